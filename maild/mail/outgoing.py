"""The words of a letter of ours, before and after it is turned into bytes."""

from dataclasses import dataclass
from datetime import datetime

from maild.mail.mail import Address, Attachment


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a letter of ours says. `maild.mail.compose` turns it into bytes, or refuses."""

    from_: Address
    to: Address
    subject: str
    text: str
    message_id: str  # with angle brackets, fixed for good when the letter is enqueued
    date: datetime  # UTC
    html: str | None = None
    language: str = "ar"  # "ar" letters are laid out from right to left
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    auto_submitted: str | None = None  # RFC 3834 5; None: a person wrote it
    headers: tuple[tuple[str, str], ...] = ()  # further headers of ours, ASCII


@dataclass(frozen=True, slots=True)
class Letter:
    """A composed letter on its way to one recipient: envelope (RFC 5321) and frozen bytes."""

    desk: str
    mailbox: str  # the mailbox whose submission server sends it
    sender: str  # envelope sender; "" is the null reverse-path
    recipient: str
    message_id: str
    raw: bytes
    purpose: str  # "acknowledgement", "notification", "relay", "escalation"...
    ticket: int | None = None
    not_before: datetime | None = None  # UTC; deliver at the next opening
    author: str | None = None  # key of the person to tell when it cannot be delivered
    event: int | None = None  # id of the AGENT_REPLY event it carries; a bounce re-opens its cycle
