"""CORE. What a mail says, and how one is written; pure, and total for any bytes."""
