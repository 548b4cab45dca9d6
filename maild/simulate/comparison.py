"""Two plays of the same mail under different rules: what differs."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from maild.simulate.timeline import Seen, Timeline, was_late

Name = tuple[datetime, str, str]  # a ticket: when it was opened, by whom, its subject
Promise = tuple[datetime | None, bool]  # due, and whether it was late


@dataclass(frozen=True, slots=True)
class Differing:
    """A run of a clock that is due or ends otherwise; None: there is no such run."""

    ticket: Name
    clock: str
    cycle: int
    old: Promise | None
    new: Promise | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs from `old` to `new`."""

    clocks: tuple[Differing, ...]
    letters: Mapping[tuple[str, str], tuple[int, int]]  # (to, purpose) -> how many, old and new


def compare(old: Timeline, new: Timeline) -> Comparison:
    """Return what differs between two plays of the same mail."""
    before, after = _promises(old), _promises(new)
    keys = sorted({*before, *after}, key=lambda k: (k[0][0], str(k)))
    clocks = tuple(
        Differing(*key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    )
    wrote, writes = letters(old), letters(new)
    differing = {
        key: (wrote[key], writes[key])
        for key in sorted({*wrote, *writes})
        if wrote[key] != writes[key]
    }
    return Comparison(clocks, differing)


def letters(played: Timeline) -> Counter[tuple[str, str]]:
    """Return how many letters each person got, by address and purpose."""
    return Counter(
        (str(e.facts["to"]), str(e.facts["purpose"]))
        for e in played.entries
        if e.seen is Seen.LETTER
    )


def _promises(played: Timeline) -> dict[tuple[Name, str, int], Promise]:
    found = {}
    for number, ticket in played.tickets.items():
        name = ticket.opened_at, ticket.requester.address.lower(), ticket.subject
        for cycle in played.cycles[number]:
            late = was_late(cycle, played.until)
            found[name, cycle.clock, cycle.n] = (cycle.due_at, late)
    return found
