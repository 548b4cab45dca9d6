"""What intake is handed, and what it decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from maild.casework import Case
from maild.desk import Desk, MailboxSettings
from maild.mail.mail import Mail
from maild.mail.unreadable import Unreadable
from maild.notices.office import Office
from maild.routing.rules import Verdict
from maild.store.mails import Outcome, Source
from maild.store.store import Transaction
from maild.tickets.authority import Authority
from maild.tickets.threading import Joined
from maild.tickets.ticket import Message, Ticket, Visibility


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail as a mailbox's thread hands it over: where it lay, its bytes, and their reading."""

    source: Source
    raw: bytes
    reading: Mail | Unreadable
    archive: bool = False  # history of a mailbox: threaded, without letters or clocks


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

    @property
    def desk(self) -> Desk:
        """The desk whose mailbox received the mail."""
        return self.office.desk

    @property
    def sender(self) -> str:
        """The address of the one sender, lower-case; only asked once there is one."""
        return self.mail.from_.address.lower() if self.mail.from_ else ""

    def case(self, ticket: Ticket) -> Case:
        """Take a ticket in hand."""
        return Case(self.tx, self.desk, ticket, self.now)

    def message(self, role: str, joined_by: str = "", *, internal: bool = False) -> Message:
        """Return the mail as a message of a thread."""
        mail = self.mail
        if mail.from_ is None:
            raise ValueError("a message has one author")
        return Message(
            at=self.received_at,
            author=mail.from_,
            role=role,
            visibility=Visibility.INTERNAL if internal else Visibility.PUBLIC,
            message_id=mail.message_id,
            subject=mail.subject,
            text=mail.text,
            new_text=mail.new_text,
            language=mail.language,
            html=mail.html,
            joined_by=joined_by,
            mail=self.mail_id,
        )
