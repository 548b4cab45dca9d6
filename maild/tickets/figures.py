"""What a periodic report counts."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a period; instants are UTC, the end is not part of it."""

    received: int
    met: int  # promises kept, of those that ended in the period
    breached: int
    closed_without_reply: int
    open_now: int
    overdue_now: int
    no_target: int  # open tickets no policy speaks for
    ratings: Mapping[int, int]
    causes: Mapping[str, int]  # why answers were late, as leads wrote it
    categories: Mapping[str, int]  # of what was received
    teams: Mapping[str, tuple[int, int]]  # kept and broken promises
    people: Mapping[str, tuple[int, int]]  # of those who had a ticket to themselves
    services: Mapping[str, tuple[int, int]]
