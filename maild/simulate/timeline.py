"""What was seen while a desk was played, in the order in which it was seen."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from maild.sla.cycle import Cycle, Outcome
from maild.sla.ladder import Firing
from maild.tickets.ticket import Ticket


class Seen(StrEnum):
    """Kinds of entries."""

    MAIL = "mail"  # facts: by, mailbox, outcome, reason, received_at
    EVENT = "event"  # event
    PROMISE = "promise"  # clock, cycle, started_at, due_at, warn_at
    MOVED = "moved"  # clock, cycle, old_due_at, new_due_at
    FIRED = "fired"  # clock, cycle, what, n, and for a stage to, respond_by, notify_at
    LETTER = "letter"  # purpose, to, not_before
    DAEMON = "daemon"  # up
    RULES = "rules"  # moved
    IGNORED = "ignored"  # by, reason: an answer of the past that answers nothing here


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing seen."""

    at: datetime  # UTC
    seen: Seen
    ticket: int | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rung:
    """A timer that fired, and when it really did."""

    at: datetime
    ticket: int
    firing: Firing


@dataclass(frozen=True, slots=True)
class Timeline:
    """A played desk: what was seen, and how its tickets stood at the end."""

    entries: tuple[Entry, ...]
    rung: tuple[Rung, ...]
    tickets: Mapping[int, Ticket]
    cycles: Mapping[int, tuple[Cycle, ...]]  # by ticket
    warnings: Mapping[tuple[int, str, int], tuple[datetime, ...]]  # as first promised
    names: Mapping[str, int]  # the scenario's names of tickets
    until: datetime

    def late(self) -> tuple[tuple[int, Cycle], ...]:
        """Return the runs of clocks that were late, ended or not, with their tickets."""
        return tuple(
            (number, cycle)
            for number, cycles in self.cycles.items()
            for cycle in cycles
            if was_late(cycle, self.until)
        )

    def counts(self) -> Mapping[str, int]:
        """Return how many tickets, mails, letters, stages, and runs of clocks by their end."""
        seen = Counter(entry.seen for entry in self.entries)
        ends = Counter(
            cycle.standing(self.until) for cycles in self.cycles.values() for cycle in cycles
        )
        stages = Counter(f"stage_{r.firing.n}" for r in self.rung if r.firing.kind.value == "stage")
        return {
            "tickets": len(self.tickets),
            "mails": seen[Seen.MAIL],
            "letters": seen[Seen.LETTER],
            **dict(sorted(ends.items())),
            **dict(sorted(stages.items())),
        }


def was_late(cycle: Cycle, until: datetime) -> bool:
    """Tell whether a run of a clock was late at its end or, when it has none, is late."""
    return cycle.outcome is Outcome.BREACHED or cycle.standing(until) == "breached_open"
