"""Where a clock's time runs: counted hours without its pauses. Shared by cycles and the ladder."""

from collections.abc import Mapping
from datetime import datetime

from maild.sla.calendar import BeyondHorizonError
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, Count, Policy, Span

Calendars = Mapping[str, OpenHours]  # by the key a clock names
Pause = tuple[datetime, datetime | None]  # [from, to); None: not over yet
Pauses = tuple[Pause, ...]  # ascending, disjoint


def reach(start: datetime, span: Span, pauses: Pauses, hours: OpenHours) -> datetime | None:
    """Return the earliest instant at which `span` has been counted since `start`.

    Pauses are left out, measured in the same unit as the span. None: a pause is not over yet, or
    the calendar never holds that much (`OpenHours.add` says so where configuration is read).
    """
    return reach_seconds(start, span.seconds, span.count, pauses, hours)


def reach_seconds(
    start: datetime, seconds: float, count: Count, pauses: Pauses, hours: OpenHours
) -> datetime | None:
    """Return what `reach` returns, for a share of a target."""
    left = seconds
    for begin, end in pauses:
        if end is not None and end <= start:
            continue
        if begin > start:
            counted = hours.between(start, begin, count)
            if left <= counted:
                break
            left -= counted
        elif left <= 0:
            break
        if end is None:
            return None
        start = end
    try:
        return hours.add(start, left, count)
    except BeyondHorizonError:
        return None


def used(start: datetime, stop: datetime, count: Count, pauses: Pauses, hours: OpenHours) -> float:
    """Return the seconds counted from `start` to `stop` outside the pauses."""
    total = hours.between(start, stop, count)
    for begin, end in pauses:
        first, last = max(begin, start), stop if end is None else min(end, stop)
        total -= hours.between(first, last, count)
    return total


def clock_named(name: str, kind: str, policy: Policy) -> Clock | None:
    """Return the clock of `policy` that carries on a cycle: its name, else its only kindred."""
    kindred = [clock for clock in policy.clocks if clock.kind == kind]
    for clock in kindred:
        if clock.name == name:
            return clock
    return kindred[0] if len(kindred) == 1 else None
