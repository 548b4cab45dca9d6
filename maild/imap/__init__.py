"""EDGE. A watched mailbox: new bytes in, flags and moves out."""
