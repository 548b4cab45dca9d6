"""The words of the mail room: what one inbound mail says, as plain frozen values.

A `Mail` is made by `maild.mail.read` from any bytes whatever. It carries no header objects of
the standard library, so it can cross a process boundary cheaply and be compared in a test.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from maild.mail.carried import Carried


class Nature(StrEnum):
    """Who is writing: a person or one of the machines that must never be answered (RFC 3834)."""

    PERSON = "person"
    AUTO = "auto"
    LIST = "list"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Address(Carried):
    """One mailbox of an address header (RFC 5322 3.4): a display name and an addr-spec."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment(Carried):
    """A part that is not the body: its safe name, type and decoded content."""

    name: str
    content_type: str
    content: bytes
    content_id: str | None = None  # without angle brackets; set for inline images
    inline: bool = False

    @property
    def size(self) -> int:
        """Length of the decoded content in bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class FailedRecipient(Carried):
    """One address a bounce speaks of (RFC 3464 2.3)."""

    address: str
    status: str | None  # enhanced status code, RFC 3463: "5.1.1"
    permanent: bool  # class 5 of RFC 3463: this address will not do; class 4 may another day
    delayed: bool = False  # RFC 3464 Action "delayed": the letter is still being tried


@dataclass(frozen=True, slots=True)
class Bounce(Carried):
    """A delivery report: who was not reached, and which letter of ours came back."""

    recipients: tuple[FailedRecipient, ...]
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Mail(Carried):
    """One inbound mail, read. Ids carry their angle brackets; text is Unicode, lines end in LF."""

    message_id: str | None = None
    from_: Address | None = None  # None when there is no sender, or not exactly one
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    date: datetime | None = None  # the sender's claim, UTC; never used to compute a deadline
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()  # oldest first, In-Reply-To's ids not repeated
    language: str | None = None  # "ar", "en", "other"; None when there is nothing to judge by
    nature: Nature = Nature.PERSON
    reason: str = ""  # which header or pattern decided the nature
    bounce: Bounce | None = None
    text: str = ""  # the whole readable body
    new_text: str = ""  # what the writer added: no quoted history, no signature
    attachments: tuple[Attachment, ...] = ()
    defects: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(
        default=(), repr=False
    )  # (lower-case name, decoded)

    def header(self, name: str) -> str | None:
        """Return the first header of that name (case-insensitive), decoded, or None."""
        return next((value for key, value in self.headers if key == name.lower()), None)
