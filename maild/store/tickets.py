"""Tickets with their messages, events, cycles and ledger. Whoever writes one has read it locked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from maild.sla.cycle import Cycle
from maild.sla.ladder import Fired
from maild.store import rows
from maild.store.columns import keyed
from maild.store.dossiers import Dossier, Dossiers, Key
from maild.store.numbers import Numbers
from maild.store.pending import Pending, windows
from maild.store.tables import messages, tickets
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
_OPENED_BY_MANY = (
    select(tickets.c.requester, func.count())
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.requester.in_(bindparam("keys", expanding=True)),
        tickets.c.status.in_([s.value for s in Status]),
        tickets.c.opened_at > bindparam("since", type_=tickets.c.opened_at.type),
    )
    .group_by(tickets.c.requester)
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
_WITH_OPEN_TICKETS = (
    select(tickets.c.requester)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.requester.in_(bindparam("keys", expanding=True)),
        tickets.c.status.in_(_ACTIVE),
    )
    .distinct()
)


class Tickets:
    """The tickets of every desk, inside one transaction."""

    def __init__(self, pending: Pending, numbers: Numbers, *, writing: bool) -> None:
        self._pending = pending
        self._numbers = numbers
        self._dossiers = Dossiers(pending, writing=writing)
        self._known: dict[tuple[str, str], list[Known]] = {}  # what stands under Message-IDs
        self._idle: set[tuple[str, str]] = set()  # addresses without an active ticket
        self._opened: dict[tuple[str, str], dict[datetime, int]] = {}  # since then, by whom

    def expect(self, desk: str, message_ids: Collection[str], requesters: Collection[str]) -> None:
        """Look up together what the flow will ask about the mails of a batch.

        Which tickets know these Message-IDs, the tickets, and which writers have no active one.
        """
        ids = {keyed(i) for i in message_ids}
        self._known.update(((desk, i), []) for i in ids)
        for known in self._look_up(desk, list(ids)):
            self._known[desk, known.message_id].append(known)
        self._dossiers.take_up(desk, {k.number for i in ids for k in self._known[desk, i]})
        idle = {keyed(r.lower()) for r in requesters}
        for window in windows(list(idle)):
            found = self._pending.execute(_WITH_OPEN_TICKETS, {"desk": desk, "keys": window})
            idle.difference_update(found.scalars())
        self._idle.update((desk, requester) for requester in idle)

    def expect_opened(self, desk: str, requesters: Collection[str], since: datetime) -> None:
        """Look up together what `opened_since` will be asked."""
        keys = sorted({keyed(r.lower()) for r in requesters})
        for key in keys:
            self._opened.setdefault((desk, key), {})[since] = 0
        for window in windows(keys):
            values = {"desk": desk, "keys": window, "since": since}
            for requester, count in self._pending.execute(_OPENED_BY_MANY, values):
                self._opened[desk, requester][since] = count

    def standing(self) -> Mapping[Key, Dossier]:
        """Return what a savepoint can go back to: everything is written."""
        return self._dossiers.standing()

    def go_back(self, standing: Mapping[Key, Dossier]) -> None:
        """Forget everything since then: a rollback has undone it."""
        self._dossiers.go_back(standing)
        self._known.clear()
        self._idle.clear()
        self._opened.clear()

    def next_number(self, desk: str) -> int:
        """Return the number of the next ticket: from 1, without gaps, even after a rollback."""
        return self._numbers.ticket(desk)

    def skip_numbers(self, desk: str, many: int) -> None:
        """Give so many numbers to no ticket; before the transaction takes one."""
        self._numbers.skip(desk, many)

    def add(self, ticket: Ticket) -> None:
        """Add a new ticket."""
        self._dossiers.add(ticket)
        requester = keyed(ticket.requester.address.lower())
        self._idle.discard((ticket.desk, requester))
        counts = self._opened.get((ticket.desk, requester), {})
        for since in counts:
            counts[since] += ticket.opened_at > since

    def get(self, desk: str, number: int, *, lock: bool = True) -> Ticket | None:
        """Return a ticket, or None. Locked, it is nobody else's until this transaction ends.

        A transaction that only reads takes no lock.
        """
        return self._dossiers.get((desk, number), lock=lock)

    def lock(self, desk: str, numbers: Collection[int]) -> None:
        """Get tickets and what belongs to them together, locked, for whoever takes each up next."""
        self._dossiers.take_up(desk, numbers)

    def save(self, ticket: Ticket) -> None:
        """Store a ticket that this transaction has added or got.

        Raises StaleTicketError when it was never read, or, as it is written, at the latest before
        the commit, when it was changed by somebody else since.
        """
        self._dossiers.save(ticket)
        self._idle.discard((ticket.desk, keyed(ticket.requester.address.lower())))

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
        return tuple(rows.ticket(row) for row in self._pending.execute(wanted.limit(limit)))

    def unanswered_of(self, desk: str, address: str, since: datetime) -> tuple[Unanswered, ...]:
        """Return the active tickets of a requester opened since then that wait for an answer.

        Newest first. One with a public message of an agent after the requester's last one is
        answered; its requester has nothing to resend.
        """
        if (desk, keyed(address.lower())) in self._idle:
            return ()
        values = {"desk": desk, "requester": address.lower(), "since": since}
        found = []
        for row in self._pending.execute(_UNANSWERED, values).all():
            thread = [m for m in self.messages(desk, row.number) if _counts(m)]
            if thread and thread[-1].role == "requester":
                questions = tuple(m for m in thread if m.role == "requester")
                found.append(Unanswered(rows.ticket(row), questions))
        return tuple(found)

    def opened_since(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many tickets a requester opened after `since`, as far as `at_most`."""
        requester = keyed(address.lower())
        opened = self._opened.get((desk, requester), {}).get(since)
        if opened is not None:
            return min(at_most, opened)
        values = {"desk": desk, "requester": requester, "since": since, "at_most": at_most}
        return len(self._pending.execute(_OPENED, values).all())

    def ringing(
        self, desks: Collection[str], now: datetime, limit: int
    ) -> tuple[tuple[str, int], ...]:
        """Return desk and number of the tickets whose alarm is due, the longest due first.

        Only of `desks`: alarms of a desk that is not configured any more ring for nobody.
        """
        values = {"desks": list(desks), "now": now, "at_most": limit}
        due = self._pending.execute(_RINGING, values)
        return tuple((row.desk, row.number) for row in due)

    def next_alarm(self) -> datetime | None:
        """Return when the next alarm rings, or None: no ticket has one."""
        found: datetime | None = self._pending.execute(_NEXT_ALARM).scalar_one()
        return found

    def running(self) -> tuple[tuple[str, int], ...]:
        """Return desk and number of every ticket whose clocks run, wait, or may begin to.

        For a change of the rules: one that is paused or has no target yet has no alarm.
        """
        return tuple((row.desk, row.number) for row in self._pending.execute(_RUNNING))

    def solved_before(self, desk: str, limit: datetime, at_most: int) -> tuple[int, ...]:
        """Return tickets that were solved at or before `limit` (UTC) and not closed yet."""
        values = {"desk": desk, "limit": limit, "at_most": at_most}
        return tuple(self._pending.execute(_SOLVED, values).scalars())

    def load(self, desk: str, assignees: Collection[str]) -> Mapping[str, int]:
        """Return how many active tickets each of these people has, nought included."""
        found = dict.fromkeys(assignees, 0)
        values = {"desk": desk, "assignees": list(assignees)}
        found.update((row[0], row[1]) for row in self._pending.execute(_LOAD, values))
        return found

    def add_message(self, desk: str, number: int, message: Message) -> int:
        """Add a message to a thread and return its id, which counts the thread from 1."""
        if message.message_id is not None:
            key = keyed(message.message_id)
            if (desk, key) in self._known:
                known = Known(key, number, message.role, message.author.address)
                self._known[desk, key].append(known)
        return self._dossiers.add_message((desk, number), message)

    def messages(self, desk: str, number: int) -> tuple[Message, ...]:
        """Return a thread in the order in which it was stored."""
        return self._dossiers.messages((desk, number))

    def by_message_ids(self, desk: str, message_ids: Iterable[str]) -> tuple[Known, ...]:
        """Return what stands under these Message-IDs, in the order in which they are given."""
        ids = tuple(dict.fromkeys(keyed(i) for i in message_ids))
        if all((desk, i) in self._known for i in ids):
            found = [known for i in ids for known in self._known[desk, i]]
        else:
            found = self._look_up(desk, ids)
        place = {message_id: n for n, message_id in enumerate(ids)}
        return tuple(sorted(found, key=lambda k: (place[k.message_id], k.number)))

    def _look_up(self, desk: str, ids: Sequence[str]) -> list[Known]:
        """Return what stands under these Message-IDs, by tickets and in the order of a thread."""
        found: list[Any] = []
        for window in windows(ids):
            values = {"desk": desk, "message_ids": window}
            found += self._pending.execute(_KNOWN, values).all()
        return [Known(*row[:4]) for row in sorted(found, key=lambda r: (r.ticket, r.id))]

    def add_event(self, desk: str, number: int, event: Event) -> int:
        """Append an event and return its id, which counts the ticket's events from 1."""
        return self._dossiers.add_event((desk, number), event)

    def events(self, desk: str, number: int) -> tuple[Event, ...]:
        """Return the history of a ticket in the order in which it was written."""
        return self._dossiers.events((desk, number))

    def cycles(self, desk: str, number: int) -> tuple[Cycle, ...]:
        """Return every cycle of every clock of a ticket."""
        return self._dossiers.cycles((desk, number))

    def save_cycles(self, desk: str, number: int, found: Sequence[Cycle]) -> None:
        """Store these cycles as all that a ticket has."""
        self._dossiers.save_cycles((desk, number), found)

    def fired(self, desk: str, number: int) -> tuple[Fired, ...]:
        """Return the ledger of a ticket, oldest first."""
        return self._dossiers.fired((desk, number))

    def fire(self, desk: str, number: int, fired: Fired) -> bool:
        """Write a line into the ledger; False when it was there: it must not be done again."""
        return self._dossiers.fire((desk, number), fired)


def _counts(message: Message) -> bool:
    """Whether a message asks or answers. Collaborators and machines do neither."""
    return message.visibility is Visibility.PUBLIC and message.role in {"requester", "agent"}
