"""The same mailbox taken in by helpdesks a user could pick instead, beside maild."""
