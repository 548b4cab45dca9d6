"""The envelope of a letter, as MAIL and RCPT name it (RFC 5321 3.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends ("" for the null reverse-path), who receives, and how much."""

    sender: str
    recipient: str
    size: int  # bytes
    utf8: bool  # RFC 6531: the letter or its envelope has characters outside ASCII
