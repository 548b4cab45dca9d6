"""The tickets a transaction has in hand, each with its thread, events, cycles and ledger.

A locked ticket is nobody else's until the transaction ends: SQLite has one writer at a time, and a
transaction that only reads sees one state. So what was read of it once stays true, and what is
added to it is kept at hand until it is written with what belongs to other tickets.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, delete, func, insert, select, update

from maild.sla.cycle import Cycle
from maild.sla.ladder import Fired
from maild.store import rows
from maild.store.errors import StaleTicketError, StoreConflictError
from maild.store.pending import Pending, windows
from maild.store.tables import cycles, events, ledger, messages, tickets
from maild.store.upsert import upsert
from maild.tickets.ticket import Event, Message, Ticket


def _of_ticket(table: Table, *order: str) -> Select[Any]:
    mine = table.c.desk == bindparam("desk"), table.c.ticket == bindparam("ticket")
    return select(table).where(*mine).order_by(*(table.c[name] for name in order))


def _of_many(table: Table, *order: str) -> Select[Any]:
    mine = table.c.ticket.in_(bindparam("keys", expanding=True))
    wanted = select(table).where(table.c.desk == bindparam("desk"), mine)
    return wanted.order_by(*(table.c[name] for name in order))


def _last_id(table: Table) -> Select[Any]:
    mine = table.c.desk == bindparam("desk"), table.c.ticket == bindparam("ticket")
    return select(func.coalesce(func.max(table.c.id), 0)).where(*mine)


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
# In the order of their numbers, so that two transactions never wait for each other.
_LOCK_MANY = (
    select(tickets)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.number.in_(bindparam("keys", expanding=True)),
    )
    .order_by(tickets.c.number)
    .with_for_update(key_share=True)
)
_ADD_MESSAGE = insert(messages)
_MESSAGES = _of_ticket(messages, "id")
_LAST_MESSAGE = _last_id(messages)
_ADD_EVENT = insert(events)
_MESSAGES_OF_MANY = _of_many(messages, "ticket", "id")
_EVENTS = _of_ticket(events, "id")
_LAST_EVENTS = (
    select(events.c.ticket, func.max(events.c.id))
    .where(
        events.c.desk == bindparam("desk"),
        events.c.ticket.in_(bindparam("keys", expanding=True)),
    )
    .group_by(events.c.ticket)
)
_LAST_EVENT = _last_id(events)
_CYCLES = _of_ticket(cycles, "clock", "n")
_DROP_CYCLES = delete(cycles).where(
    cycles.c.desk == bindparam("of_desk"), cycles.c.ticket == bindparam("of_ticket")
)
_ADD_CYCLES = insert(cycles)
_FIRED = _of_ticket(ledger, "at", "clock", "cycle", "kind", "n")
_CYCLES_OF_MANY = _of_many(cycles, "ticket", "clock", "n")
_FIRED_OF_MANY = _of_many(ledger, "ticket", "at", "clock", "cycle", "kind", "n")
_FIRE = upsert(ledger, lambda insert: insert.on_conflict_do_nothing())

Key = tuple[str, int]


@dataclass(slots=True)
class Dossier:
    """What is known of one ticket; None: it was not looked up yet."""

    ticket: Ticket
    version: int  # as it is in the database
    locked: bool
    stored: bool = True  # not added by this transaction
    changed: bool = False
    thread: list[Message] | None = None
    last_message: int | None = None
    last_event: int | None = None
    cycles: tuple[Cycle, ...] | None = None
    cycles_changed: bool = False
    has_cycles: bool = True  # in the database, as far as is known
    fired: list[Fired] | None = None


@dataclass(slots=True)
class _Rows:
    """What is to be written of all of them."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    fired: list[dict[str, Any]] = field(default_factory=list)


class Dossiers:
    """The tickets of one transaction."""

    def __init__(self, pending: Pending, *, writing: bool) -> None:
        self._pending = pending
        self._engine = pending.dialect.name
        self._writing = writing
        self._alone = not writing or self._engine == "sqlite"  # nobody else changes anything
        self._dossiers: dict[Key, Dossier] = {}
        self._changed: dict[Key, None] = {}  # in the order in which they were
        self._rows = _Rows()
        pending.written_by(self._write)

    def add(self, ticket: Ticket) -> None:
        """Add a new ticket, of which there is nothing yet."""
        self._dossiers[ticket.desk, ticket.number] = Dossier(
            rows.stored_ticket(ticket), 1, locked=True, stored=False, changed=True, thread=[],
            last_message=0, last_event=0, cycles=(), has_cycles=False, fired=[],
        )  # fmt: skip
        self._changed[ticket.desk, ticket.number] = None

    def get(self, key: Key, *, lock: bool) -> Ticket | None:
        """Return a ticket, or None; locked in a transaction that may write."""
        dossier = self._dossiers.get(key)
        if dossier is not None and (dossier.locked or not lock):
            return dossier.ticket
        statement = _LOCK if lock and self._writing else _GET
        values = {"desk": key[0], "number": key[1]}
        row = self._pending.look(statement, values).one_or_none()
        if row is None:
            return None
        self._take_up(row, lock=lock)
        return self._dossiers[key].ticket

    def take_up(self, desk: str, numbers: Collection[int]) -> None:
        """Get and lock the tickets with these numbers together, as far as there are any."""
        wanted = sorted(n for n in numbers if (desk, n) not in self._dossiers)
        for window in windows(wanted):
            found = self._pending.look(_LOCK_MANY, {"desk": desk, "keys": window})
            for row in found.all():
                self._take_up(row, lock=True)
        for window in windows([n for n in wanted if (desk, n) in self._dossiers]):
            self._read_together(desk, window)

    def _read_together(self, desk: str, numbers: Sequence[int]) -> None:
        """Read what belongs to tickets that were just locked."""
        wanted = {"desk": desk, "keys": numbers}
        dossiers = {n: self._dossiers[desk, n] for n in numbers}
        threads: dict[int, list[Message]] = {n: [] for n in numbers}
        for number, dossier in dossiers.items():
            dossier.thread, dossier.cycles, dossier.fired = threads[number], (), []
            dossier.last_message = dossier.last_event = 0
        for row in self._pending.look(_MESSAGES_OF_MANY, wanted):
            threads[row.ticket].append(rows.message(row))
            dossiers[row.ticket].last_message = row.id
        for number, last in self._pending.look(_LAST_EVENTS, wanted):
            dossiers[number].last_event = last
        for stored in self._pending.look(_CYCLES_OF_MANY, wanted).mappings():
            dossier = dossiers[stored["ticket"]]
            dossier.cycles = (*(dossier.cycles or ()), Cycle.from_row(dict(stored)))
        for row in self._pending.look(_FIRED_OF_MANY, wanted):
            dossier = dossiers[row.ticket]
            dossier.fired = [*(dossier.fired or ()), rows.fired(row)]

    def save(self, ticket: Ticket) -> None:
        """Change a ticket. Raises StaleTicketError when this transaction has not read it."""
        dossier = self._read_before((ticket.desk, ticket.number))
        dossier.ticket = rows.stored_ticket(ticket)
        dossier.changed = True

    def add_message(self, key: Key, message: Message) -> int:
        """Add a message to a thread and return its id."""
        dossier = self._dossiers.get(key)
        last = dossier.last_message if dossier else None
        number = (self._last(_LAST_MESSAGE, key) if last is None else last) + 1
        self._rows.messages.append(rows.message_row(*key, message) | {"id": number})
        if dossier is not None and self._is_ours(dossier):
            dossier.last_message = number
            if dossier.thread is not None:
                dossier.thread.append(rows.stored_message(message))
        return number

    def messages(self, key: Key) -> tuple[Message, ...]:
        """Return a thread in the order in which it was stored."""
        dossier = self._dossiers.get(key)
        if dossier is not None and dossier.thread is not None:
            return tuple(dossier.thread)
        thread = [rows.message(row) for row in self._all(_MESSAGES, key)]  # some may be pending
        if dossier is not None and self._is_ours(dossier):
            dossier.thread = thread
        return tuple(thread)

    def add_event(self, key: Key, event: Event) -> int:
        """Append an event and return its id."""
        dossier = self._dossiers.get(key)
        last = dossier.last_event if dossier else None
        number = (self._last(_LAST_EVENT, key) if last is None else last) + 1
        self._rows.events.append(rows.event_row(*key, event) | {"id": number})
        if dossier is not None and self._is_ours(dossier):
            dossier.last_event = number
        return number

    def events(self, key: Key) -> tuple[Event, ...]:
        """Return the history of a ticket in the order in which it was written."""
        return tuple(rows.event(row) for row in self._all(_EVENTS, key))

    def cycles(self, key: Key) -> tuple[Cycle, ...]:
        """Return every cycle of every clock of a ticket."""
        dossier = self._dossiers.get(key)
        if dossier is not None and dossier.cycles is not None:
            return dossier.cycles
        values = {"desk": key[0], "ticket": key[1]}
        stored = self._pending.look(_CYCLES, values).mappings()
        found = tuple(Cycle.from_row(dict(row)) for row in stored)
        if dossier is not None and self._is_ours(dossier):
            dossier.cycles = found
        return found

    def save_cycles(self, key: Key, found: Sequence[Cycle]) -> None:
        """Store these cycles as all that a ticket has. The ticket was added or got before."""
        dossier = self._read_before(key)
        dossier.cycles = tuple(found)
        dossier.cycles_changed = True

    def fired(self, key: Key) -> tuple[Fired, ...]:
        """Return the ledger of a ticket, oldest first."""
        dossier = self._dossiers.get(key)
        if dossier is not None and dossier.fired is not None:
            return tuple(dossier.fired)
        values = {"desk": key[0], "ticket": key[1]}
        found = [rows.fired(row) for row in self._pending.look(_FIRED, values)]
        if dossier is not None and self._is_ours(dossier):
            dossier.fired = found
        return tuple(found)

    def fire(self, key: Key, fired: Fired) -> bool:
        """Write a line into the ledger; False when it was there: it must not be done again."""
        row = rows.fired_row(*key, fired)
        dossier = self._dossiers.get(key)
        if dossier is None or not self._is_ours(dossier):
            return self._pending.execute(_FIRE[self._engine], row).rowcount == 1
        known = self.fired(key)
        if any(_line(fired) == _line(other) for other in known):
            return False
        dossier.fired = sorted((*known, fired), key=lambda f: (f.at, *_line(f)))
        self._rows.fired.append(row)
        return True

    def standing(self) -> Mapping[Key, Dossier]:
        """Return what a savepoint can go back to: everything is written."""
        return {
            key: Dossier(dossier.ticket, dossier.version, dossier.locked)
            for key, dossier in self._dossiers.items()
        }

    def go_back(self, standing: Mapping[Key, Dossier]) -> None:
        """Forget everything since then: a rollback has undone it."""
        self._dossiers = dict(standing)
        self._changed.clear()
        self._rows = _Rows()

    def _read_before(self, key: Key) -> Dossier:
        """Return a dossier that is about to be changed."""
        dossier = self._dossiers.get(key)
        if dossier is None:
            raise StaleTicketError(f"Ticket {key[1]} was not read before it was changed.")
        self._changed[key] = None
        return dossier

    def _is_ours(self, dossier: Dossier) -> bool:
        """Whether nobody else can change anything of a ticket until the transaction ends."""
        return dossier.locked or self._alone

    def _take_up(self, row: Row[Any], *, lock: bool) -> None:
        key = row.desk, row.number
        self._dossiers[key] = Dossier(rows.ticket(row), row.version, lock and self._writing)

    def _all(self, statement: Select[Any], key: Key) -> Sequence[Row[Any]]:
        return self._pending.execute(statement, {"desk": key[0], "ticket": key[1]}).all()

    def _last(self, statement: Select[Any], key: Key) -> int:
        values = {"desk": key[0], "ticket": key[1]}
        return int(self._pending.execute(statement, values).scalar_one())

    def _write(self) -> None:
        changed, self._changed = self._changed, {}
        written, self._rows = self._rows, _Rows()
        self._write_tickets([self._dossiers[key] for key in changed])
        self._pending.write(_ADD_MESSAGE, written.messages)
        self._pending.write(_ADD_EVENT, written.events)
        cycled = [key for key in changed if self._dossiers[key].cycles_changed]
        self._write_cycles(cycled)
        if self._pending.write(_FIRE[self._engine], written.fired) != len(written.fired):
            raise StoreConflictError("A line of the ledger was written by somebody else meanwhile.")

    def _write_tickets(self, changed: Sequence[Dossier]) -> None:
        new = [f for f in changed if not f.stored]
        self._pending.write(_ADD, [rows.ticket_row(f.ticket) | {"version": f.version} for f in new])
        old = [f for f in changed if f.stored and f.changed]
        if self._pending.write(_SAVE, [_saved(f) for f in old]) != len(old):
            raise StaleTicketError("A ticket was changed by somebody else meanwhile.")
        for dossier in old:
            dossier.version += 1
        for dossier in changed:
            dossier.stored, dossier.changed = True, False

    def _write_cycles(self, keys: Sequence[Key]) -> None:
        """All cycles of a ticket are written anew, after those it had are dropped."""
        old = [k for k in keys if self._dossiers[k].has_cycles]
        self._pending.write(_DROP_CYCLES, [{"of_desk": d, "of_ticket": n} for d, n in old])
        added = []
        for desk, number in keys:
            dossier = self._dossiers[desk, number]
            found = dossier.cycles or ()
            added += [c.to_row() | {"desk": desk, "ticket": number} for c in found]
            dossier.has_cycles, dossier.cycles_changed = bool(found), False
        self._pending.write(_ADD_CYCLES, added)


def _line(fired: Fired) -> tuple[str, int, str, int]:
    """Return what is unique in the ledger of a ticket."""
    return fired.clock, fired.cycle, fired.kind.value, fired.n


def _saved(dossier: Dossier) -> dict[str, Any]:
    ticket = dossier.ticket
    values = rows.ticket_row(ticket) | {"version": dossier.version + 1}
    del values["desk"], values["number"]
    where = {"of_desk": ticket.desk, "of_number": ticket.number, "of_version": dossier.version}
    return where | values
