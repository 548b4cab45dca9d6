"""What an admin announces: the words, and what tells one announcement from another."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announcement:
    """An admin's own words to many requesters."""

    title: str
    body: str

    @property
    def fingerprint(self) -> str:
        """The same for the same words: nobody is told the same thing twice."""
        return hashlib.sha256(f"{self.title}\0{self.body}".encode()).hexdigest()[:32]

    @property
    def text(self) -> str:
        """The whole as plain text, for a short message."""
        return f"{self.title}\n\n{self.body}\n"
