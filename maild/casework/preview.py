"""What other rules would do to a ticket, without doing it."""

from dataclasses import dataclass
from datetime import datetime

from maild.casework.case import Case
from maild.desk import Desk
from maild.sla.cycle import Cycle
from maild.store.store import Transaction
from maild.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Moved:
    """A run of a clock that other rules move; None: no due instant (paused, or no such clock)."""

    ticket: int
    clock: str
    cycle: int
    old_due_at: datetime | None
    new_due_at: datetime | None


def preview(tx: Transaction, desk: Desk, ticket: Ticket, now: datetime) -> tuple[Moved, ...]:
    """Return what the rules of `desk` would move if they came into force at `now` (UTC)."""
    case = Case(tx, desk, ticket, now)
    before = {(c.clock, c.n): c for c in case.cycles}
    case.adopt_policy()
    found = []
    for cycle in case.cycles:
        old = before.get((cycle.clock, cycle.n))
        if old == cycle:
            continue
        was, will = (_due(old) if old else None), _due(cycle)
        if was != will:
            found.append(Moved(ticket.number, cycle.clock, cycle.n, was, will))
    return tuple(found)


def _due(cycle: Cycle) -> datetime | None:
    return cycle.due_at if cycle.open else None
