"""One reply of the collection."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reply:
    """A mail's text as a client wrote it, and what of it is new."""

    name: str
    text: str
    new_text: str
    html: bool = False
