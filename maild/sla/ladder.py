"""What is due: warnings, the deadline, the stages of escalation, and the next alarm.

The ledger (`Fired`) says what was sent; a timer that stands in it never rings again. Stages climb:
the next one is the lowest above the highest that fired, whatever policy it fired under.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from maild.sla.calendar import BeyondHorizonError
from maild.sla.cycle import Cycle
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, ClockKind, On, Policy, RespondBy, Stage, When
from maild.sla.timing import Calendars, clock_named, reach, reach_seconds


class FiringKind(StrEnum):
    """What rings, in the order of one instant."""

    WARN = "warn"  # n: thousandths of the target, 750 for 75 %
    DUE = "due"  # n: 0
    STAGE = "stage"  # n: the stage
    RESPOND_BY = "respond_by"  # n: the stage that was not answered in time
    SURVEY = "survey"  # n: 0


_ORDER = {kind: place for place, kind in enumerate(FiringKind)}


@dataclass(frozen=True, slots=True)
class Fired:
    """One row of the ledger, unique in (ticket, clock, cycle, kind, n)."""

    clock: str
    cycle: int
    kind: FiringKind
    n: int
    at: datetime  # when it really fired
    respond_by: datetime | None = None  # promised with a stage


@dataclass(frozen=True, slots=True)
class Firing:
    """Something to do now. `at` is when it should have been done, in the past after downtime."""

    clock: str
    cycle: int
    kind: FiringKind
    n: int
    at: datetime
    stage: Stage | None = None
    respond_by: datetime | None = None
    notify_at: datetime | None = None  # letter leaves then; None: at once

    def fired(self, now: datetime) -> Fired:
        """Return the ledger row to write when it is done at `now`."""
        return Fired(self.clock, self.cycle, self.kind, self.n, now, self.respond_by)


class _Timer(NamedTuple):
    at: datetime
    kind: FiringKind
    n: int
    stage: Stage | None = None


_Ledger = dict[tuple[FiringKind, int], Fired]  # of one cycle


def due(
    cycles: Iterable[Cycle],
    fired: Iterable[Fired],
    policy: Policy,
    calendars: Calendars,
    now: datetime,
) -> tuple[Firing, ...]:
    """Return everything that must be done at `now`, in order; all events up to `now` are applied.

    A warning is dropped when its deadline has passed. A stage that follows another is counted from
    the instant that one really fired, which after downtime is `now`.
    """
    entries = tuple(fired)
    found = []
    for cycle in cycles:
        clock = _running(cycle, policy)
        if clock is None:
            continue
        hours, ledger = calendars[clock.calendar], _ledger(cycle, entries)
        while timer := _first(cycle, clock, hours, ledger, now):
            firing = _firing(cycle, timer, hours, now)
            ledger[timer.kind, timer.n] = firing.fired(now)
            found.append(firing)
    return tuple(sorted(found, key=lambda f: (f.at, _ORDER[f.kind], f.n)))


def next_alarm(
    cycles: Iterable[Cycle], fired: Iterable[Fired], policy: Policy, calendars: Calendars
) -> datetime | None:
    """Return the next instant at which `due` may have something to say; None: no promise runs."""
    entries = tuple(fired)
    instants = [
        timer.at
        for cycle in cycles
        if (clock := _running(cycle, policy)) is not None
        for timer in _timers(cycle, clock, calendars[clock.calendar], _ledger(cycle, entries))
    ]
    return min(instants, default=None)


def warnings(cycle: Cycle, clock: Clock, hours: OpenHours) -> Iterator[tuple[float, datetime]]:
    """Yield each share of the target, ascending, and when that much has been counted."""
    for share in clock.warn_at:
        if cycle.appointment_at is not None and cycle.due_at is not None:
            at: datetime | None = cycle.started_at + share * (cycle.due_at - cycle.started_at)
        else:
            seconds = share * clock.target.seconds
            at = reach_seconds(cycle.started_at, seconds, clock.target.count, cycle.pauses, hours)
        if at is not None:
            yield share, at


def _running(cycle: Cycle, policy: Policy) -> Clock | None:
    if not cycle.open or cycle.waiting:
        return None
    return clock_named(cycle.clock, cycle.kind, policy)


def _ledger(cycle: Cycle, entries: Iterable[Fired]) -> _Ledger:
    own = (f for f in entries if (f.clock, f.cycle) == (cycle.clock, cycle.n))
    return {(f.kind, f.n): f for f in own}


def _first(
    cycle: Cycle, clock: Clock, hours: OpenHours, ledger: _Ledger, now: datetime
) -> _Timer | None:
    passed = cycle.due_at is not None and cycle.due_at <= now
    ready = (
        timer
        for timer in _timers(cycle, clock, hours, ledger)
        if timer.at <= now and not (passed and timer.kind is FiringKind.WARN)
    )
    return min(ready, key=lambda t: (t.at, _ORDER[t.kind], t.n), default=None)


def _firing(cycle: Cycle, timer: _Timer, hours: OpenHours, now: datetime) -> Firing:
    stage, respond_by, notify_at = timer.stage, None, None
    if timer.kind is FiringKind.STAGE and stage is not None:
        if stage.respond_by is not None:
            respond_by = _answer_by(now, stage.respond_by, hours)
        if stage.deliver_in_open_hours:
            notify_at = _opening(now, hours)
    return Firing(cycle.clock, cycle.n, timer.kind, timer.n, timer.at, stage, respond_by, notify_at)


def _answer_by(at: datetime, rule: RespondBy, hours: OpenHours) -> datetime | None:
    try:
        return hours.business_day_close(at, rule.cutoff)
    except BeyondHorizonError:
        return None


def _opening(at: datetime, hours: OpenHours) -> datetime:
    try:
        return hours.next_open(at)
    except BeyondHorizonError:
        return at  # never open again: better heard at night than not at all


def _timers(cycle: Cycle, clock: Clock, hours: OpenHours, ledger: _Ledger) -> Iterator[_Timer]:
    """Yield what can fire next, of warnings and stages the first, with its true instant."""
    floor = cycle.not_before
    for timer in _unfloored(cycle, clock, hours, ledger):
        yield timer if floor is None else timer._replace(at=max(timer.at, floor))


def _unfloored(cycle: Cycle, clock: Clock, hours: OpenHours, ledger: _Ledger) -> Iterator[_Timer]:
    deadline = FiringKind.SURVEY if clock.kind is ClockKind.SURVEY else FiringKind.DUE
    if (deadline, 0) not in ledger:
        if cycle.due_at is not None:
            yield _Timer(cycle.due_at, deadline, 0)
        for share, at in warnings(cycle, clock, hours):
            if (FiringKind.WARN, round(share * 1000)) not in ledger:
                yield _Timer(at, FiringKind.WARN, round(share * 1000))
                break
    stage = _next_stage(clock, ledger)
    if stage is not None:
        rungs = (_rung(cycle, when, hours, ledger) for when in stage.when)
        instants = [instant for instant in rungs if instant is not None]
        if instants:
            yield _Timer(min(instants), FiringKind.STAGE, stage.n, stage)
    for (kind, n), entry in ledger.items():
        if kind is FiringKind.STAGE and (FiringKind.RESPOND_BY, n) not in ledger:
            stage = next((each for each in clock.stages if each.n == n), None)
            answer_by = _answer_due(cycle, entry, stage, hours)
            if answer_by is not None:
                yield _Timer(answer_by, FiringKind.RESPOND_BY, n, stage)


def _next_stage(clock: Clock, ledger: _Ledger) -> Stage | None:
    reached = max((n for kind, n in ledger if kind is FiringKind.STAGE), default=0)
    return next((stage for stage in clock.stages if stage.n > reached), None)


def _rung(cycle: Cycle, when: When, hours: OpenHours, ledger: _Ledger) -> datetime | None:
    """Return the instant of one condition of a stage, or None while it has not begun."""
    begin = None
    match when.on:
        case On.START:
            begin = cycle.started_at
        case On.DUE:
            begin = cycle.due_at
        case On.REOPEN:
            begin = cycle.reopened_at
        case On.RESEND_AFTER_DUE:
            if cycle.resent_at is not None and cycle.late(cycle.resent_at):
                begin = cycle.resent_at
        case On.STAGE:
            entry = ledger.get((FiringKind.STAGE, when.stage or 0))
            begin = entry.at if entry else None
    return None if begin is None else reach(begin, when.after, cycle.pauses, hours)


def _answer_due(
    cycle: Cycle, entry: Fired, stage: Stage | None, hours: OpenHours
) -> datetime | None:
    """Return when the reader of a stage should have answered; a pause gives the day after it."""
    at = entry.respond_by
    rule = stage.respond_by if stage is not None and stage.respond_by else RespondBy()
    for begin, end in cycle.pauses:
        if at is not None and entry.at <= begin < at:
            at = None if end is None else _answer_by(end, rule, hours)
    return at
