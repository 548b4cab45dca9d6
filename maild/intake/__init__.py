"""FLOW. One inbound mail, one transaction; `receive` is the page to read."""
