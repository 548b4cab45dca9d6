"""What intake is handed, and what it decided."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from maild.casework import Case
from maild.desk import Desk, MailboxSettings
from maild.mail.mail import Address, Mail
from maild.mail.reading import Reading
from maild.mail.unreadable import Unreadable
from maild.notices.office import Office
from maild.routing.rules import Verdict
from maild.store.mails import Outcome, Source
from maild.store.store import Transaction
from maild.tickets.authority import Authority
from maild.tickets.threading import Joined
from maild.tickets.ticket import Message, Ticket, Visibility

_QUOTING = re.compile(r"\s*[:(]")


@dataclass(frozen=True)
class Arrival:
    """One mail as a mailbox's thread hands it over: where it lay, and its reading."""

    source: Source
    reading: Reading
    archive: bool = False  # history of a mailbox: threaded, without letters or clocks
    released: bool = False  # by a person from quarantine: no rule puts it there again
    sent: bool = False  # it lay in the Sent folder of the mailbox's account
    again: bool = False  # taken in by an earlier database, which is lost: its letters have left

    @property
    def mail(self) -> Mail | Unreadable:
        """What it says, or why it was not read."""
        return self.reading.mail

    @property
    def identity(self) -> str:
        """What makes two copies of a mail one mail, whichever mailboxes they reached."""
        return self.reading.identity


@dataclass(frozen=True, slots=True)
class Decision:
    """What intake decided and why; `maild explain` prints it, `run` commits it."""

    outcome: Outcome
    reason: str
    ticket: int | None = None
    joined: Joined | None = None
    related: int | None = None  # the ticket this sender may not join, linked only
    verdict: Verdict | None = None
    authority: Authority | None = None
    notes: Sequence[str] = field(default=())
    quarantined: int | None = None  # its number in quarantine
    on_purpose: bool = False  # kept aside by a rule or suspension: no admin need hear of it

    @property
    def in_short(self) -> str:
        """The reason for a log: behind a colon or in parentheses it may quote the mail."""
        return _QUOTING.split(self.reason, maxsplit=1)[0]


@dataclass(slots=True)
class Work:
    """The mail in hand and everything its decision may use."""

    tx: Transaction
    office: Office
    mailbox: MailboxSettings
    mail: Mail
    mail_id: int
    received_at: datetime  # UTC, the server's receipt
    now: datetime
    archive: bool = False
    released: bool = False
    earlier: int | None = None  # the ticket of a copy that came by a list before
    behalf: Address | None = None  # who asked, where that is not the sender
    channel: str | None = None  # where that is not the mailbox's own: form, phone, whatsapp…

    @property
    def desk(self) -> Desk:
        """The desk whose mailbox received the mail."""
        return self.office.desk

    @property
    def writer(self) -> Address:
        """Who wrote the mail: its one sender, or whom a form of the desk speaks for."""
        writer = self.behalf or self.mail.from_
        if writer is None:
            raise ValueError("a mail without exactly one sender is not taken up")
        return writer

    @property
    def sender(self) -> str:
        """The writer's address, lower-case."""
        return self.writer.address.lower()

    def case(self, ticket: Ticket) -> Case:
        """Take a ticket in hand."""
        return Case(self.tx, self.desk, ticket, self.now)

    def message(self, role: str, joined_by: str = "", *, internal: bool = False) -> Message:
        """Return the mail as a message of a thread."""
        mail = self.mail
        return Message(
            at=self.received_at,
            author=self.writer,
            role=role,
            visibility=Visibility.INTERNAL if internal else Visibility.PUBLIC,
            message_id=mail.message_id,
            subject=mail.subject,
            text=mail.text,
            new_text=mail.new_text,
            language=mail.language,
            joined_by=joined_by,
            mail=self.mail_id,
        )
