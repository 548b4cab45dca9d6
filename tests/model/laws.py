"""The laws: what must be true in any store after any death, whatever happened before.

Each is worked out from the tables, the servers and the sink, not by asking the flows again.
"""

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, select

from maild.mail.facts import Kind
from maild.store import tables
from maild.store.outbox import State
from maild.store.store import Transaction
from maild.tickets.ticket import Ticket
from tests.model.desks import ADMIN
from tests.model.people import FRIEND, MACHINE, STAFF
from tests.model.ticketlaws import LawBrokenError, Told, law, ticket_is_right

if TYPE_CHECKING:
    from tests.model.world import World

_FINISHED = {State.SENT, State.BOUNCED, State.UNCERTAIN}


@dataclass(frozen=True)
class Delivered:
    """One copy of a mail, as the server got it; copies of one mail share its number."""

    number: int
    mailbox: str
    raw: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.raw).digest()

    @cached_property
    def by_staff(self) -> bool:
        return b"@staff.example>" in self.raw.partition(b"\r\nTo:")[0]


@dataclass
class _Book:
    """The tables, read once; what is dear to read only of the tickets where it is looked at."""

    tickets: dict[int, Ticket]
    outbox: list[Any]
    sources: list[Any]
    messages: list[Any]
    mails: dict[bytes, int]
    told: Told


class Laws:
    """Every law, over one world."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._held: dict[int, object] = {}  # all that was known of a ticket when its laws held

    def hold(self, *, at_rest: bool = False) -> None:
        """Raise LawBrokenError at the first law that is broken.

        A ticket of which nothing has changed since its laws held is looked at again at rest only.
        """
        with self._world.process.store.reading() as tx:
            book = _read(tx)
            self._mail_is_accounted_for(book, tx, at_rest=at_rest)
            self._letters_go_where_they_may(book)
            self._letters_arrive_once(book, tx, at_rest=at_rest)
            known = _known(tx, f"{self._world.rules} {self._world.reload_owed}")
            for number, ticket in book.tickets.items():
                if at_rest or self._held.get(number) != known[number]:
                    ticket_is_right(self._world, tx, ticket, book.told)
                    self._held[number] = known[number]

    def _mail_is_accounted_for(self, book: _Book, tx: Transaction, *, at_rest: bool) -> None:
        by_mail: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in book.sources:
            law(row.reason, f"UID {row.uid} of {row.mailbox} was decided without a reason")
            by_mail[row.mail].append(row)
        kept = {(row.mailbox, row.uidvalidity, row.uid) for row in book.sources}
        for folder in self._world.folders.values():
            cursor = tx.mailboxes.cursor("diplomas", folder.mailbox)
            for uid, (_, raw) in folder.mails.items():
                if b"history" in raw:
                    continue
                key = (folder.mailbox, folder.uidvalidity, uid)
                passed = cursor and cursor.uidvalidity == folder.uidvalidity
                if at_rest or (cursor and passed and uid <= cursor.last_uid):
                    law(key in kept, f"the mail {key} was passed over: {raw[:300]!r}")
                if (folder.uidvalidity, uid) in folder.marked:
                    law(key in kept, f"the mail {key} was marked on the server before it was kept")
        ids: dict[int, set[int]] = defaultdict(set)
        mute = {copy.number for copy in self._world.delivered if copy.by_staff}  # orders, no text
        for copy in self._world.delivered:
            mail = book.mails.get(copy.sha256)
            law(mail or not at_rest, f"mail {copy.number} to {copy.mailbox} is lost")
            if mail is not None:
                ids[copy.number].add(mail)
        messages = _messages(book)
        for number, mails in ids.items():
            records = [row for mail in mails for row in by_mail[mail]]
            outcomes = Counter(row.outcome for row in records)
            law(records, f"mail {number} is kept and nobody knows why")
            law(outcomes["stored"] + outcomes["ignored"] <= 1, f"mail {number}: {outcomes}")
            law(
                outcomes["duplicate"] == 0
                or outcomes["stored"] + outcomes["ignored"] == 1
                or outcomes["quarantined"],  # one for each mailbox it came to
                f"mail {number} is a duplicate of nothing: {outcomes}",
            )
            told = sum(messages[mail] for mail in mails)
            silent = number in mute or any("delivery report" in r.reason for r in records)
            law(
                told == outcomes["stored"] or (silent and told == 0),
                f"mail {number} stands {told} times in threads: {outcomes}",
            )

    def _letters_go_where_they_may(self, book: _Book) -> None:
        ours = {*STAFF, ADMIN}
        for row in book.outbox:
            law(
                row.recipient != MACHINE.address or row.purpose == Kind.RELAY,  # a person's words
                f"a machine was answered: {row.purpose}",
            )
            if not Kind(row.purpose).to_requester:
                law(row.recipient in ours, f"{row.purpose} for {row.recipient}")
            elif row.ticket is not None:
                ticket = book.tickets[row.ticket]
                outside = {ticket.requester.address.lower(), *ticket.collaborators}
                law(
                    row.recipient in outside,
                    f"{row.purpose} of ticket {row.ticket} for {row.recipient}",
                )
                law(
                    outside <= {ticket.requester.address.lower(), FRIEND, *STAFF},
                    f"ticket {row.ticket} has {outside}",
                )

    def _letters_arrive_once(self, book: _Book, tx: Transaction, *, at_rest: bool) -> None:
        sink = self._world.sink
        known = {(row.recipient, row.message_id): row for row in book.outbox}
        law(len(known) == len(book.outbox), "a letter stands twice in the outbox")
        law(
            len({row.message_id for row in book.outbox}) == len(book.outbox),
            "a Message-ID stands twice in the outbox",
        )
        for key, copies in sink.copies.items():
            row = known.get(key)
            if row is None:
                raise LawBrokenError(f"{key} arrived and stands in no outbox")
            law(
                copies <= 1 + (row.doubts > 0), f"{key} arrived {copies} times, {row.doubts} doubts"
            )
            law(
                copies <= 1 or sink.bytes_of[row.message_id] == _raw(tx, row.message_id),
                f"{key} came in two wordings",
            )
        for key, row in known.items():
            copies = sink.copies[key]
            if row.state == State.SENT:
                law(copies >= 1, f"{key} counts as sent and never arrived")
            if at_rest:
                law(
                    State(row.state) in _FINISHED and row.finished_at,
                    f"{key} ({row.purpose}) never comes to its end: {row.state}",
                )


def _messages(book: _Book) -> Counter[int]:
    """Count the messages each mail became; a held answer that was sent counts once."""
    copies, held = Counter[tuple[int, int]](), set()
    for row in book.messages:
        if row.role != "maild" and not row.joined_by.startswith(("merge of", "split from")):
            copies[row.ticket, row.mail] += 1
        if row.joined_by == "held":
            held.add((row.ticket, row.mail))
    messages = Counter[int]()
    for (ticket, mail), n in copies.items():
        messages[mail] += n - (n > 1 and (ticket, mail) in held)
    return messages


def _read(tx: Transaction) -> _Book:
    connection, box, thread = tx._connection, tables.outbox.c, tables.messages.c
    letters = select(
        box.ticket, box.recipient, box.purpose, box.message_id, box.state, box.doubts,
        box.finished_at,
    )  # fmt: skip
    outbox = list(connection.execute(letters))
    mails = connection.execute(select(tables.mails.c.sha256, tables.mails.c.id))
    return _Book(
        {ticket.number: ticket for ticket in tx.tickets.find(limit=100_000)},
        outbox,
        list(connection.execute(select(tables.sources))),
        list(connection.execute(select(thread.ticket, thread.mail, thread.role, thread.joined_by))),
        {bytes(row.sha256): row.id for row in mails},
        Counter((row.ticket, row.recipient, row.purpose) for row in outbox),
    )


def _raw(tx: Transaction, message_id: str) -> bytes:
    box = tables.outbox.c
    raw: bytes = tx._connection.execute(
        select(box.raw).where(box.message_id == message_id)
    ).scalar_one()
    return raw


def _known(tx: Transaction, rules: str) -> dict[int, list[object]]:
    """Return by ticket all that its laws are worked out from, as the driver has it."""
    known: dict[int, list[object]] = defaultdict(lambda: [rules])
    for statement in (
        "SELECT number, tickets.* FROM tickets",
        "SELECT ticket, events.* FROM events ORDER BY ticket, id",
        "SELECT ticket, ledger.* FROM ledger ORDER BY ticket, clock, cycle, kind, n",
        "SELECT ticket, cycles.* FROM cycles ORDER BY ticket, clock, n",
        "SELECT ticket, message_id FROM outbox WHERE ticket IS NOT NULL ORDER BY ticket, id",
    ):
        for row in tx._connection.exec_driver_sql(statement):
            known[row[0]].append(tuple(row))
    return known
