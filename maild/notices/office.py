"""The office of a desk: every letter is written, addressed, signed and composed here.

A letter's Message-ID is made from what the letter is about (`key`), so that writing it again gives
the same id and the outbox keeps it once. Letters to one person about one ticket share a thread
root, so that a mail client shows them together whichever of them arrived first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from maild.desk import Desk, MailboxSettings
from maild.mail.compose import compose
from maild.mail.facts import Kind
from maild.mail.letters import Letters, Text
from maild.mail.mail import Address, Attachment
from maild.mail.outgoing import Letter, Outgoing
from maild.sla.policy import Count, Span
from maild.sla.wording import spoken_deadline, spoken_target
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket
from maild.tickets.tokens import Keyring, Purpose

_AUTOMATIC_ANSWERS = frozenset(
    {Kind.ACKNOWLEDGEMENT, Kind.OUT_OF_SCOPE, Kind.CLOSED_REPLY, Kind.SUSPENDED, Kind.DECLINED}
)
_THREAD_LENGTH = 12  # ids kept in References; RFC 5322 sets no limit, old servers cut long headers


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a letter hangs in its reader's mail client (RFC 5322 3.6.4)."""

    in_reply_to: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Office:
    """Writes the letters of one desk."""

    desk: Desk
    letters: Letters
    keyring: Keyring

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which people read instants."""
        return ZoneInfo(self.desk.timezone)

    def name(self, language: str) -> str:
        """Return the desk's name in a language, or in its first one."""
        return said(self.desk.name, language, self.desk)

    def when(self, instant: datetime, language: str) -> str:
        """Return an instant in words, in the desk's zone."""
        return spoken_deadline(instant, self.zone, language)

    def language_of(self, person: Person) -> str:
        """Return the language somebody of the staff is written to in."""
        return person.language or self.desk.languages[0]

    def mailbox(self, ticket: Ticket) -> MailboxSettings:
        """Return the mailbox a ticket's letters leave through; the desk's first if it is gone."""
        boxes = self.desk.mailboxes
        return boxes.get(ticket.mailbox) or next(iter(boxes.values()))

    def to_staff(
        self,
        kind: Kind,
        ticket: Ticket,
        person: Person,
        facts: Mapping[str, object],
        key: str,
        now: datetime,
        *,
        attachments: tuple[Attachment, ...] = (),
        not_before: datetime | None = None,
        sender_name: str | None = None,
    ) -> Letter:
        """Write to somebody of the staff; an answer to the letter acts on the ticket as theirs."""
        mailbox = self.mailbox(ticket)
        root = self._id(ticket, Purpose.STAFF, person.email, "root", mailbox)
        return self._letter(
            kind,
            ticket,
            Address(person.name, person.email),
            self.language_of(person),
            facts,
            message_id=self._id(ticket, Purpose.STAFF, person.email, key, mailbox),
            thread=Thread(root, (root,)),
            purpose=Purpose.STAFF,
            now=now,
            attachments=attachments,
            not_before=not_before,
            sender_name=sender_name,
        )

    def to_requester(
        self,
        kind: Kind,
        ticket: Ticket,
        recipient: Address,
        facts: Mapping[str, object],
        key: str,
        now: datetime,
        *,
        thread: Thread,
        attachments: tuple[Attachment, ...] = (),
        sender_name: str | None = None,
        author: str | None = None,
        event: int | None = None,
    ) -> Letter:
        """Write to somebody outside, from the mailbox's address, in the ticket's language.

        What answers by itself bears no name its reader did not give us: a From line may name a
        victim, and its display name be the message (reflection).
        """
        if kind in _AUTOMATIC_ANSWERS:
            recipient = Address("", recipient.address)
        mailbox = self.mailbox(ticket)
        return self._letter(
            kind,
            ticket,
            recipient,
            ticket.language,
            facts,
            message_id=self._id(ticket, Purpose.REQUESTER, recipient.address, key, mailbox),
            thread=thread,
            purpose=Purpose.REQUESTER,
            now=now,
            attachments=attachments,
            sender_name=sender_name,
            author=author,
            event=event,
        )

    def _letter(
        self,
        kind: Kind,
        ticket: Ticket,
        recipient: Address,
        language: str,
        facts: Mapping[str, object],
        *,
        message_id: str,
        thread: Thread,
        purpose: Purpose,
        now: datetime,
        attachments: tuple[Attachment, ...] = (),
        not_before: datetime | None = None,
        sender_name: str | None = None,
        author: str | None = None,
        event: int | None = None,
    ) -> Letter:
        mailbox = self.mailbox(ticket)
        text = self.write(kind, language, {"tag": ticket.tag, **facts})
        token = self.keyring.reply_token(
            self.desk.key, ticket.number, purpose, recipient.address, now
        )
        name = sender_name or said(mailbox.name, language, self.desk)
        answers = kind in _AUTOMATIC_ANSWERS
        automatic = "auto-replied" if answers else "auto-generated"
        outgoing = Outgoing(
            from_=Address(name, mailbox.address),
            to=recipient,
            subject=text.subject,
            text=text.text,
            html=text.html,
            message_id=message_id,
            date=now,
            language=language,
            reply_to=Address(name, subaddressed(mailbox, token)),
            in_reply_to=thread.in_reply_to,
            references=thread.references,
            attachments=attachments,
            auto_submitted=None if kind is Kind.RELAY else automatic,
        )
        return Letter(
            desk=self.desk.key,
            mailbox=mailbox.key,
            sender="" if answers and mailbox.null_sender else mailbox.address,
            recipient=recipient.address,
            message_id=message_id,
            raw=compose(outgoing),
            purpose=kind.value,
            ticket=ticket.number,
            not_before=not_before,
            author=author,
            event=event,
        )

    def reply_address(self, ticket: Ticket, person: Person, now: datetime) -> str | None:
        """Return the address at which somebody of the staff acts on a ticket, or None."""
        mailbox = self.mailbox(ticket)
        if mailbox.subaddress is None:
            return None
        token = self.keyring.reply_token(
            self.desk.key, ticket.number, Purpose.STAFF, person.email, now
        )
        return subaddressed(mailbox, token)

    def to_admin(
        self,
        kind: Kind,
        address: str,
        facts: Mapping[str, object],
        key: str,
        now: datetime,
        language: str | None = None,
        through: MailboxSettings | None = None,
    ) -> Letter:
        """Write about the desk or installation, by default through the desk's first mailbox."""
        return self.about_no_ticket(
            kind,
            Address("", address),
            facts,
            key,
            now,
            language or self.desk.languages[0],
            through or next(iter(self.desk.mailboxes.values())),
        )

    def about_no_ticket(
        self,
        kind: Kind,
        recipient: Address,
        facts: Mapping[str, object],
        key: str,
        now: datetime,
        language: str,
        mailbox: MailboxSettings,
        thread: Thread | None = None,
    ) -> Letter:
        """Write what concerns no ticket; an answer to it is a new mail."""
        text = self.write(kind, language, facts)
        digest = hashlib.sha256(f"{kind}\0{key}\0{recipient.address}".encode()).hexdigest()[:32]
        answers = kind in _AUTOMATIC_ANSWERS
        message_id = (
            f"<{kind.value.replace('_', '-')}.{digest}@{mailbox.address.rpartition('@')[2]}>"
        )
        outgoing = Outgoing(
            from_=Address(said(mailbox.name, language, self.desk), mailbox.address),
            to=recipient,
            subject=text.subject,
            text=text.text,
            html=text.html,
            message_id=message_id,
            date=now,
            language=language,
            in_reply_to=thread.in_reply_to if thread else None,
            references=thread.references if thread else (),
            auto_submitted="auto-replied" if answers else "auto-generated",
        )
        return Letter(
            desk=self.desk.key,
            mailbox=mailbox.key,
            sender="" if answers and mailbox.null_sender else mailbox.address,
            recipient=recipient.address,
            message_id=message_id,
            raw=compose(outgoing),
            purpose=kind.value,
        )

    def write(self, kind: Kind, language: str, facts: Mapping[str, object]) -> Text:
        """Render a letter's words; every letter knows the desk's name."""
        return self.letters.write(kind, language, {"desk": self.name(language), **facts})

    def _id(
        self, ticket: Ticket, purpose: Purpose, person: str, key: str, mailbox: MailboxSettings
    ) -> str:
        domain = mailbox.address.rpartition("@")[2]
        return self.keyring.message_id(self.desk.key, ticket.number, purpose, person, key, domain)


def said(texts: Mapping[str, str], language: str, desk: Desk) -> str:
    """Return a text in `language`, else in the desk's first language, else in any, else ""."""
    return texts.get(language) or texts.get(desk.languages[0]) or next(iter(texts.values()), "")


def in_words(seconds: float, count: Count, language: str) -> str:
    """Return a length of counted time as it is said: whole hours, or minutes below two hours."""
    unit = 3600 if seconds >= 7200 else 60
    return spoken_target(Span(max(1, round(seconds / unit)) * unit, count), language)


def subaddressed(mailbox: MailboxSettings, token: str) -> str:
    """Return the mailbox's address with a token as its detail part (RFC 5233), where it may."""
    if mailbox.subaddress is None:
        return mailbox.address
    local, _, domain = mailbox.address.rpartition("@")
    return f"{local}{mailbox.subaddress}{token}@{domain}"


def thread_of(messages: tuple[Message, ...], message_id: str | None) -> Thread:
    """Return where a letter to the requester hangs: under `message_id`, after the public thread."""
    ids = [m.message_id for m in messages if m.visibility == "public" and m.message_id]
    if message_id and message_id not in ids:
        ids.append(message_id)
    last = message_id or (ids[-1] if ids else None)
    recent = [*ids[:1], *ids[1:][-_THREAD_LENGTH:]]  # the root is what threading needs most
    return Thread(last, tuple(dict.fromkeys(recent)))
