"""Small words to store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from maild.mail.mail import Address
from maild.mail.outgoing import Letter
from maild.store.mailboxes import Cursor
from maild.store.mails import Source
from maild.store.store import Store, Transaction
from maild.tickets.ticket import Message, Ticket, Visibility

DESK = "diplomas"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def source(uid: int = 1, mailbox: str = "student", uidvalidity: int = 7) -> Source:
    return Source(DESK, mailbox, uidvalidity, uid, NOW)


def cursor(last_uid: int, uidvalidity: int = 7) -> Cursor:
    return Cursor(DESK, "student", uidvalidity, last_uid, 4, NOW)


def ticket(number: int = 1, **changes: Any) -> Ticket:
    plain = Ticket(
        desk=DESK,
        number=number,
        mailbox="student",
        subject="سؤال عن الشهادة",
        requester=Address("نورة", "Noura@students.example"),
        opened_at=NOW,
    )
    return replace(plain, **changes)


def message(role: str = "requester", **changes: Any) -> Message:
    plain = Message(
        at=NOW,
        author=Address("نورة", "noura@students.example"),
        role=role,
        visibility=Visibility.PUBLIC,
        message_id="<1@students.example>",
        subject="سؤال عن الشهادة",
        text="متى تصدر الشهادة؟",
        new_text="متى تصدر الشهادة؟",
    )
    return replace(plain, **changes)


def letter(name: str = "one", **changes: Any) -> Letter:
    plain = Letter(
        desk=DESK,
        mailbox="student",
        sender="",
        recipient="noura@students.example",
        message_id=f"<{name}@diplomas.example>",
        raw=b"Subject: hello\r\n\r\nhello\r\n",
        purpose="acknowledgement",
        ticket=1,
    )
    return replace(plain, **changes)


def open_ticket(tx: Transaction, **changes: Any) -> Ticket:
    """Add a ticket under the next number of its desk."""
    desk = changes.get("desk", DESK)
    opened = ticket(tx.tickets.next_number(desk), **changes)
    tx.tickets.add(opened)
    return opened


def stored_ticket(store: Store, number: int = 1) -> Ticket:
    with store.reading() as tx:
        found = tx.tickets.get(DESK, number)
    assert found is not None
    return found


def posted_id(tx: Transaction, posted: Letter, now: datetime = NOW) -> int:
    """Post a letter; return its id, or that of the letter that was there before it."""
    tx.outbox.post(posted, now)
    found = tx.outbox.by_message_id(posted.desk, posted.message_id)
    assert found is not None
    return found.id
