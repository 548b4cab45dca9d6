"""One cycle as a person would check it: every open interval, what was counted, what was not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from maild.sla.cycle import Cycle, used_seconds
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, Policy, Span
from maild.sla.timing import Calendars, Pauses, clock_named
from maild.sla.wording import hijri_date

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """Time that was counted, in the desk's zone, and the sum up to its close, both in seconds."""

    opens: datetime
    closes: datetime
    seconds: float
    total: float


@dataclass(frozen=True, slots=True)
class Standstill:
    """A pause, in the desk's zone; `seconds` of it would have counted. No end: not over yet."""

    begins: datetime
    ends: datetime | None
    seconds: float


@dataclass(frozen=True, slots=True)
class SpecialDates:
    """A run of dates whose hours are not those of the week."""

    source: str  # "holiday" | "period" | "day"
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a cycle is due when it is. All instants are in the desk's zone."""

    clock: str
    n: int
    target: Span
    calendar: str
    started_at: datetime
    due_at: datetime | None
    due_hijri: str | None  # "20 Ramadan 1447 AH"
    initial_due_at: datetime | None  # as first promised
    standing: str  # see Cycle.standing
    used: float  # seconds counted until now, or until the end
    left: float  # seconds of the target not used yet; negative when late
    intervals: tuple[Interval, ...]  # from the start to the end, else to the due instant
    pauses: tuple[Standstill, ...]
    special: tuple[SpecialDates, ...]
    not_before: datetime | None  # a change of rules could not make it due earlier than this


def explain(
    cycle: Cycle, policy: Policy, calendars: Calendars, now: datetime, language: str = "en"
) -> Explanation | None:
    """Return how the due instant of a cycle comes about; None when `policy` has no such clock."""
    clock = clock_named(cycle.clock, cycle.kind, policy)
    if clock is None:
        return None
    hours = calendars[clock.calendar]
    end = cycle.stopped_at or cycle.due_at or now
    spent = used_seconds(cycle, clock, hours, cycle.stopped_at or now)
    local = _Local(hours)
    return Explanation(
        clock=cycle.clock,
        n=cycle.n,
        target=clock.target,
        calendar=clock.calendar,
        started_at=local(cycle.started_at),
        due_at=local.maybe(cycle.due_at),
        due_hijri=hijri_date(local(cycle.due_at).date(), language) if cycle.due_at else None,
        initial_due_at=local.maybe(cycle.initial_due_at),
        standing=cycle.standing(now),
        used=spent,
        left=clock.target.seconds - spent,
        intervals=() if cycle.waiting else tuple(_intervals(cycle, clock, hours, end)),
        pauses=tuple(_standstills(cycle, clock, hours, cycle.stopped_at or now)),
        special=tuple(_special(hours, cycle.started_at, end)),
        not_before=local.maybe(cycle.not_before),
    )


class _Local:
    """Turns instants into the desk's zone."""

    def __init__(self, hours: OpenHours) -> None:
        self._zone = hours.zone

    def __call__(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone)

    def maybe(self, instant: datetime | None) -> datetime | None:
        return None if instant is None else self(instant)


def _intervals(cycle: Cycle, clock: Clock, hours: OpenHours, end: datetime) -> Iterator[Interval]:
    total, local = 0.0, _Local(hours)
    for opens, closes in hours.intervals(cycle.started_at, end, clock.target.count):
        for first, last in _outside(opens, closes, cycle.pauses):
            seconds = (last - first).total_seconds()
            total += seconds
            yield Interval(local(first), local(last), seconds, total)


def _outside(
    opens: datetime, closes: datetime, pauses: Pauses
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what is left of an interval without the pauses."""
    for begin, over in pauses:
        if begin >= closes:
            break
        if opens < begin:
            yield opens, begin
        opens = closes if over is None else max(opens, over)
    if opens < closes:
        yield opens, closes


def _standstills(
    cycle: Cycle, clock: Clock, hours: OpenHours, now: datetime
) -> Iterator[Standstill]:
    local = _Local(hours)
    for begin, over in cycle.pauses:
        seconds = hours.between(begin, over or now, clock.target.count)
        yield Standstill(local(begin), local.maybe(over), seconds)


def _special(hours: OpenHours, start: datetime, end: datetime) -> Iterator[SpecialDates]:
    """Yield the runs of dates between two instants that the week alone does not explain."""
    day, last = start.astimezone(hours.zone).date(), end.astimezone(hours.zone).date()
    run: SpecialDates | None = None
    while day <= last:
        rule = hours.calendar.rule_on(day)
        if run is not None and (run.source, run.name) == (rule.source, rule.name):
            run = SpecialDates(run.source, run.name, run.first, day)
        else:
            if run is not None:
                yield run
            special = rule.source != "weekly"
            run = SpecialDates(rule.source, rule.name, day, day) if special else None
        day += _DAY
    if run is not None:
        yield run
