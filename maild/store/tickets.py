"""Tickets with their messages, events, cycles and ledger. Whoever writes one has read it locked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from maild.sla.cycle import Cycle
from maild.sla.ladder import Fired
from maild.store import rows
from maild.store.errors import StaleTicketError
from maild.store.numbers import Numbers
from maild.store.tables import cycles, events, ledger, messages, tickets
from maild.store.upsert import upsert
from maild.tickets.ticket import Event, Message, Status, Ticket, Visibility

_ACTIVE = tuple(s.value for s in Status if s.active)
_MANY_OPEN = 20  # tickets of one requester looked at for a resend, newest first


@dataclass(frozen=True, slots=True)
class Known:
    """A Message-ID that stands in the thread of a ticket, and who wrote it."""

    message_id: str
    number: int
    role: str
    author: str  # address


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A ticket of a requester that no agent has answered since; `questions` are its messages."""

    ticket: Ticket
    questions: tuple[Message, ...]


def _next_id(table: Table) -> Any:
    """Return the id of the next row of a ticket; the lock on the ticket makes it ours."""
    mine = table.c.desk == bindparam("of_desk"), table.c.ticket == bindparam("of_ticket")
    return select(func.coalesce(func.max(table.c.id), 0) + 1).where(*mine).scalar_subquery()


def _of_ticket(table: Table, *order: str) -> Select[Any]:
    mine = table.c.desk == bindparam("desk"), table.c.ticket == bindparam("ticket")
    return select(table).where(*mine).order_by(*(table.c[name] for name in order))


_ADD = insert(tickets)
_SAVE = update(tickets).where(
    tickets.c.desk == bindparam("of_desk"),
    tickets.c.number == bindparam("of_number"),
    tickets.c.version == bindparam("of_version"),
)
_GET = select(tickets).where(
    tickets.c.desk == bindparam("desk"), tickets.c.number == bindparam("number")
)
_LOCK = _GET.with_for_update(key_share=True)
_UNANSWERED = (
    select(tickets)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.requester == bindparam("requester"),
        tickets.c.status.in_(_ACTIVE),
        tickets.c.opened_at >= bindparam("since"),
    )
    # Not by number: SQLite would walk every ticket of the desk to have them in that order.
    .order_by(tickets.c.opened_at.desc(), tickets.c.number.desc())
    .limit(_MANY_OPEN)
)
_OPENED = (
    select(tickets.c.number)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.requester == bindparam("requester"),
        tickets.c.status.in_([s.value for s in Status]),  # so that the index leads to the instant
        tickets.c.opened_at > bindparam("since", type_=tickets.c.opened_at.type),
    )
    .limit(bindparam("at_most"))
)
# SQLite would take the index of the desks, and read every ticket: an expression has no index.
_RINGING = (
    select(tickets.c.desk, tickets.c.number)
    .where(
        tickets.c.alarm_at <= bindparam("now"),
        (tickets.c.desk + "").in_(bindparam("desks", expanding=True)),
    )
    .order_by(tickets.c.alarm_at)
    .limit(bindparam("at_most"))
)
_NEXT_ALARM = select(func.min(tickets.c.alarm_at)).where(tickets.c.alarm_at.is_not(None))
_RUNNING = select(tickets.c.desk, tickets.c.number).where(
    or_(tickets.c.alarm_at.is_not(None), tickets.c.status.in_(_ACTIVE))
)
_SOLVED = (
    select(tickets.c.number)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.status == Status.SOLVED.value,
        tickets.c.closed_at <= bindparam("limit"),
    )
    .limit(bindparam("at_most"))
)
_LOAD = (
    select(tickets.c.assignee, func.count())
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.assignee.in_(bindparam("assignees", expanding=True)),
        tickets.c.status.in_(_ACTIVE),
    )
    .group_by(tickets.c.assignee)
)
_ADD_MESSAGE = insert(messages).values(id=_next_id(messages)).returning(messages.c.id)
_MESSAGES = _of_ticket(messages, "id")
# Put in order afterwards: for an order of its own SQLite would walk every message of the desk.
_KNOWN = select(
    messages.c.message_id,
    messages.c.ticket,
    messages.c.role,
    messages.c.author_address,
    messages.c.id,
).where(
    messages.c.desk == bindparam("desk"),
    messages.c.message_id.in_(bindparam("message_ids", expanding=True)),
)
_ADD_EVENT = insert(events).values(id=_next_id(events)).returning(events.c.id)
_EVENTS = _of_ticket(events, "id")
_CYCLES = _of_ticket(cycles, "clock", "n")
_DROP_CYCLES = delete(cycles).where(
    cycles.c.desk == bindparam("desk"), cycles.c.ticket == bindparam("ticket")
)
_ADD_CYCLES = insert(cycles)
_FIRED = _of_ticket(ledger, "at", "clock", "cycle", "kind", "n")
_FIRE = upsert(ledger, lambda insert: insert.on_conflict_do_nothing())


class Tickets:
    """The tickets of every desk, inside one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers, *, writing: bool) -> None:
        self._connection = connection
        self._engine = connection.dialect.name
        self._numbers = numbers
        self._writing = writing
        self.versions: dict[tuple[str, int], int] = {}  # as read by this transaction
        self._without_cycles: set[tuple[str, int]] = set()  # just added

    def next_number(self, desk: str) -> int:
        """Return the number of the next ticket: from 1, without gaps, even after a rollback."""
        return self._numbers.ticket(desk)

    def add(self, ticket: Ticket) -> None:
        """Add a new ticket."""
        self._connection.execute(_ADD, rows.ticket_row(ticket) | {"version": 1})
        self.versions[ticket.desk, ticket.number] = 1
        self._without_cycles.add((ticket.desk, ticket.number))

    def get(self, desk: str, number: int, *, lock: bool = True) -> Ticket | None:
        """Return a ticket, or None. Locked, it is nobody else's until this transaction ends.

        A transaction that only reads takes no lock.
        """
        statement = _LOCK if lock and self._writing else _GET
        row = self._connection.execute(statement, {"desk": desk, "number": number}).one_or_none()
        if row is None:
            return None
        self.versions[desk, number] = row.version
        return rows.ticket(row)

    def save(self, ticket: Ticket) -> None:
        """Store a ticket that this transaction has added or got.

        Raises StaleTicketError when it was changed by somebody else since, or was never read.
        """
        key = ticket.desk, ticket.number
        version = self.versions.get(key, 0)
        where = {"of_desk": ticket.desk, "of_number": ticket.number, "of_version": version}
        values = rows.ticket_row(ticket) | {"version": version + 1}
        del values["desk"], values["number"]
        if self._connection.execute(_SAVE, where | values).rowcount != 1:
            raise StaleTicketError(
                f"Ticket {ticket.number} was changed by somebody else meanwhile."
            )
        self.versions[key] = version + 1

    def find(
        self,
        *,
        status: Collection[Status] = (),
        desk: str | None = None,
        team: str | None = None,
        requester: str | None = None,
        limit: int = 100,
    ) -> tuple[Ticket, ...]:
        """Return the tickets that match everything that is given, newest first."""
        wanted = select(tickets).order_by(
            tickets.c.opened_at.desc(), tickets.c.desk, tickets.c.number.desc()
        )
        if status:
            wanted = wanted.where(tickets.c.status.in_([s.value for s in status]))
        if desk is not None:
            wanted = wanted.where(tickets.c.desk == desk)
        if team is not None:
            wanted = wanted.where(tickets.c.team == team)
        if requester is not None:
            wanted = wanted.where(tickets.c.requester == requester.lower())
        return tuple(rows.ticket(row) for row in self._connection.execute(wanted.limit(limit)))

    def unanswered_of(self, desk: str, address: str, since: datetime) -> tuple[Unanswered, ...]:
        """Return the active tickets of a requester opened since then that wait for an answer.

        Newest first. One with a public message of an agent after the requester's last one is
        answered; its requester has nothing to resend.
        """
        values = {"desk": desk, "requester": address.lower(), "since": since}
        found = []
        for row in self._connection.execute(_UNANSWERED, values).all():
            thread = [m for m in self.messages(desk, row.number) if _counts(m)]
            if thread and thread[-1].role == "requester":
                questions = tuple(m for m in thread if m.role == "requester")
                found.append(Unanswered(rows.ticket(row), questions))
        return tuple(found)

    def opened_since(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many tickets a requester opened after `since`, as far as `at_most`."""
        values = {"desk": desk, "requester": address.lower(), "since": since, "at_most": at_most}
        return len(self._connection.execute(_OPENED, values).all())

    def ringing(
        self, desks: Collection[str], now: datetime, limit: int
    ) -> tuple[tuple[str, int], ...]:
        """Return desk and number of the tickets whose alarm is due, the longest due first.

        Only of `desks`: alarms of a desk that is not configured any more ring for nobody.
        """
        values = {"desks": list(desks), "now": now, "at_most": limit}
        due = self._connection.execute(_RINGING, values)
        return tuple((row.desk, row.number) for row in due)

    def next_alarm(self) -> datetime | None:
        """Return when the next alarm rings, or None: no ticket has one."""
        found: datetime | None = self._connection.execute(_NEXT_ALARM).scalar_one()
        return found

    def running(self) -> tuple[tuple[str, int], ...]:
        """Return desk and number of every ticket whose clocks run, wait, or may begin to.

        For a change of the rules: one that is paused or has no target yet has no alarm.
        """
        return tuple((row.desk, row.number) for row in self._connection.execute(_RUNNING))

    def solved_before(self, desk: str, limit: datetime, at_most: int) -> tuple[int, ...]:
        """Return tickets that were solved at or before `limit` (UTC) and not closed yet."""
        values = {"desk": desk, "limit": limit, "at_most": at_most}
        return tuple(self._connection.execute(_SOLVED, values).scalars())

    def load(self, desk: str, assignees: Collection[str]) -> Mapping[str, int]:
        """Return how many active tickets each of these people has, nought included."""
        found = dict.fromkeys(assignees, 0)
        values = {"desk": desk, "assignees": list(assignees)}
        found.update((row[0], row[1]) for row in self._connection.execute(_LOAD, values))
        return found

    def add_message(self, desk: str, number: int, message: Message) -> int:
        """Add a message to a thread and return its id, which counts the thread from 1."""
        row = rows.message_row(desk, number, message) | {"of_desk": desk, "of_ticket": number}
        return int(self._connection.execute(_ADD_MESSAGE, row).scalar_one())

    def messages(self, desk: str, number: int) -> tuple[Message, ...]:
        """Return a thread in the order in which it was stored."""
        found = self._connection.execute(_MESSAGES, {"desk": desk, "ticket": number})
        return tuple(rows.message(row) for row in found)

    def by_message_ids(self, desk: str, message_ids: Iterable[str]) -> tuple[Known, ...]:
        """Return what stands under these Message-IDs, in the order in which they are given."""
        ids = tuple(dict.fromkeys(message_ids))
        if not ids:
            return ()
        found = self._connection.execute(_KNOWN, {"desk": desk, "message_ids": ids})
        place = {message_id: n for n, message_id in enumerate(ids)}
        ordered = sorted(found, key=lambda r: (place.get(r[0], len(ids)), r.ticket, r.id))
        return tuple(Known(*row[:4]) for row in ordered)

    def add_event(self, desk: str, number: int, event: Event) -> int:
        """Append an event and return its id, which counts the ticket's events from 1."""
        row = rows.event_row(desk, number, event) | {"of_desk": desk, "of_ticket": number}
        return int(self._connection.execute(_ADD_EVENT, row).scalar_one())

    def events(self, desk: str, number: int) -> tuple[Event, ...]:
        """Return the history of a ticket in the order in which it was written."""
        found = self._connection.execute(_EVENTS, {"desk": desk, "ticket": number})
        return tuple(rows.event(row) for row in found)

    def cycles(self, desk: str, number: int) -> tuple[Cycle, ...]:
        """Return every cycle of every clock of a ticket."""
        if (desk, number) in self._without_cycles:
            return ()
        found = self._connection.execute(_CYCLES, {"desk": desk, "ticket": number}).mappings()
        return tuple(Cycle.from_row(dict(row)) for row in found)

    def save_cycles(self, desk: str, number: int, found: Sequence[Cycle]) -> None:
        """Store these cycles as all that a ticket has."""
        key = {"desk": desk, "ticket": number}
        if (desk, number) in self._without_cycles:
            self._without_cycles.remove((desk, number))
        else:
            self._connection.execute(_DROP_CYCLES, key)
        if found:
            self._connection.execute(_ADD_CYCLES, [cycle.to_row() | key for cycle in found])

    def fired(self, desk: str, number: int) -> tuple[Fired, ...]:
        """Return the ledger of a ticket, oldest first."""
        found = self._connection.execute(_FIRED, {"desk": desk, "ticket": number})
        return tuple(rows.fired(row) for row in found)

    def fire(self, desk: str, number: int, fired: Fired) -> bool:
        """Write a line into the ledger; False when it was there: it must not be done again."""
        row = rows.fired_row(desk, number, fired)
        return self._connection.execute(_FIRE[self._engine], row).rowcount == 1


def _counts(message: Message) -> bool:
    """Whether a message asks or answers. Collaborators and machines do neither."""
    return message.visibility is Visibility.PUBLIC and message.role in {"requester", "agent"}
