"""EDGE. A letter leaves over SMTP submission (RFC 6409); the replies become a verdict."""
