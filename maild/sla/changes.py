"""Changes that are no step of one clock: new rules, two tickets made one, an answer come back."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from maild.sla.cycle import Cycle, Outcome
from maild.sla.cycles import Cycles, advance, ended, latest, reopened_cycle, timed
from maild.sla.ladder import Fired, FiringKind, next_alarm
from maild.sla.policy import ClockKind, Policy
from maild.sla.timing import Calendars, clock_named
from maild.tickets.ticket import Event, EventKind

_NO_POLICY = "policy"  # stop reason of a cycle whose clock no policy has any more


def recompute(
    cycles: Iterable[Cycle],
    policy: Policy,
    calendars: Calendars,
    now: datetime,
    events: Sequence[Event] = (),
) -> Cycles:
    """Return the cycles under changed rules, from `now` on; ended ones stay as they are.

    For a changed policy or calendar, and for a ticket that another policy now speaks for. A cycle
    keeps its start, its pauses and its name (so the ledger still knows what was sent). It is never
    late before `now` through the change; one that already was keeps its breach. A clock the new
    policy does not have is cancelled; one that it adds starts from the ticket's `events`.
    """
    kept = [_under(c, policy, calendars, now, _floor(now, c)) for c in cycles]
    return with_added(kept, policy, calendars, now, events)


def adopt(
    cycles: Cycles,
    fired: Iterable[Fired],
    alarm_at: datetime | None,
    policy: Policy,
    calendars: Calendars,
    now: datetime,
    events: Sequence[Event] = (),
) -> Cycles:
    """Return the cycles under rules that may be the ones they go by: then the very same.

    Nobody knows which rules a ticket was timed by, for another daemon may have done it. They are
    the same to it where they give each deadline and the alarm it has, `alarm_at`.
    """
    timed_again = [_under(c, policy, calendars, now, c.not_before) for c in cycles]
    same = with_added(timed_again, policy, calendars, now, events) == cycles
    if same and next_alarm(cycles, fired, policy, calendars) == alarm_at:
        return cycles
    return recompute(cycles, policy, calendars, now, events)


def _under(
    cycle: Cycle, policy: Policy, calendars: Calendars, now: datetime, not_before: datetime | None
) -> Cycle:
    """Return a cycle as `policy` times it; cancelled at `now` where that has no such clock."""
    clock = clock_named(cycle.clock, cycle.kind, policy)
    if not cycle.open:
        return cycle
    if clock is None:
        return replace(cycle, stopped_at=now, outcome=Outcome.CANCELLED, stop_reason=_NO_POLICY)
    waiting = cycle.waiting and clock.start_on == "routed"
    ruled = replace(cycle, waiting=waiting, not_before=not_before)
    return timed(ruled, clock, calendars[clock.calendar])


def _floor(now: datetime, *cycles: Cycle) -> datetime:
    """Return the earliest instant a change at `now` may call them late: now, or as they were."""
    return min([now, *(c.due_at for c in cycles if c.due_at is not None)])


def with_added(
    cycles: Sequence[Cycle],
    policy: Policy,
    calendars: Calendars,
    now: datetime,
    events: Sequence[Event],
) -> Cycles:
    """Return the cycles and those of clocks the policy adds, or has again after another policy.

    Those start from the ticket's `events`, under rules that are in force from `now` on.
    """
    found, came_back = list(cycles), _came_back(events)
    former = {
        clock.name: latest(c for c in found if clock_named(c.clock, c.kind, policy) is clock)
        for clock in policy.clocks
        if clock.kind is not ClockKind.SURVEY
    }
    missing = tuple(
        clock
        for clock in policy.clocks
        if clock.name in former
        and ((last := former[clock.name]) is None or _ended_by_nobody(last, came_back))
    )
    added = replace(policy, clocks=missing)
    for cycle in replayed(events, added, calendars):
        clock = clock_named(cycle.clock, cycle.kind, added)
        if clock is None or not cycle.open:
            continue
        last, hours = former[clock.name], calendars[clock.calendar]
        if last is not None and last.started_at == cycle.started_at:
            # The same wait as before: the ledger of its cycle still counts.
            again = replace(
                cycle,
                clock=last.clock,
                n=last.n,
                initial_due_at=last.initial_due_at,
                not_before=last.due_at if last.late(last.stopped_at or now) else now,
            )
            found[found.index(last)] = timed(again, clock, hours)
        else:
            number = 1 + max((c.n for c in found if c.clock == clock.name), default=0)
            fresh = replace(cycle, n=number, initial_due_at=None, not_before=now)
            found.append(timed(fresh, clock, hours))
    return tuple(found)


def _ended_by_nobody(cycle: Cycle, came_back: Collection[datetime]) -> bool:
    """Whether a cycle ended by a change of rules, or by an answer nobody received."""
    bounced = cycle.stop_reason == "agent_reply" and cycle.stopped_at in came_back
    return cycle.stop_reason == _NO_POLICY or bounced


def replayed(events: Sequence[Event], policy: Policy, calendars: Calendars) -> Cycles:
    """Return the cycles a whole history gives under one policy.

    A merge alone cannot be worked out of one ticket's history.
    """
    cycles: Cycles = ()
    for event in events:
        cycles = advance(cycles, event, policy, calendars)
        if (answered_at := _bounced(event, events)) is not None:
            cycles = unanswer(cycles, answered_at, policy, calendars)
        if "undone" in event.data:
            undone_at = datetime.fromisoformat(event.data["undone"])
            cycles = revive(cycles, undone_at, policy, calendars)
    return cycles


def _came_back(events: Sequence[Event]) -> set[datetime]:
    """Return when the answers were given that bounced for good."""
    return {at for event in events if (at := _bounced(event, events)) is not None}


def _bounced(event: Event, events: Sequence[Event]) -> datetime | None:
    """Return when the answer was given of which `event` says that it bounced; else None."""
    number = event.data.get("answer")  # counted from 1
    if event.kind is not EventKind.ANSWER_BOUNCED or not isinstance(number, int):
        return None
    if not 0 < number <= len(events):
        return None
    return events[number - 1].at


def merge(
    survivor: Iterable[Cycle],
    survivor_fired: Iterable[Fired],
    merged: Iterable[Cycle],
    merged_fired: Iterable[Fired],
    policy: Policy,
    calendars: Calendars,
    now: datetime,
) -> tuple[Cycles, tuple[Fired, ...]]:
    """Return the surviving ticket's cycles, and the ledger entries it takes over.

    It waits since the earliest unanswered message of the two, and goes on from the highest stage
    either reached; nothing is sent twice. `merged` are the other ticket's cycles as they were
    before it was merged (`advance` with MERGED cancels those). `policy` is the survivor's.
    """
    found, taken = list(survivor), []
    ledger = {(f.clock, f.cycle, f.kind, f.n) for f in survivor_fired}
    entries = tuple(merged_fired)
    for other in merged:
        clock = clock_named(other.clock, other.kind, policy)
        if clock is None or clock.kind is not ClockKind.REPLY or not other.open or other.waiting:
            continue
        hours = calendars[clock.calendar]
        own = latest(c for c in found if clock_named(c.clock, c.kind, policy) is clock)
        if own is not None and own.open:
            earlier = own.waiting or other.started_at < own.started_at
            start = other.started_at if earlier else own.started_at
            joined = replace(
                own, started_at=start, waiting=False, not_before=_floor(now, own, other)
            )
            found[found.index(own)] = target = timed(joined, clock, hours)
        else:
            earlier = True
            number = 1 + max((c.n for c in found if c.clock == clock.name), default=0)
            moved = replace(
                other, clock=clock.name, n=number, pauses=(), not_before=_floor(now, other)
            )
            target = timed(moved, clock, hours)
            found.append(target)
        for entry in entries:
            key = (target.clock, target.n, entry.kind, entry.n)
            same = (entry.clock, entry.cycle) == (other.clock, other.n) and key not in ledger
            if same and (earlier or entry.kind in {FiringKind.STAGE, FiringKind.RESPOND_BY}):
                ledger.add(key)
                taken.append(replace(entry, clock=target.clock, cycle=target.n))
    return tuple(found), tuple(taken)


def unanswer(
    cycles: Iterable[Cycle], answered_at: datetime, policy: Policy, calendars: Calendars
) -> Cycles:
    """Return the cycles after the answer of `answered_at` bounced for good.

    The cycle that answer had ended runs again from its old start: nobody was answered. A question
    that came in since waits in it too. Where a later answer reached the requester, nothing changes.
    """
    found = list(cycles)
    for cycle in cycles_ended_by(found, answered_at):
        clock = clock_named(cycle.clock, cycle.kind, policy)
        if clock is None:
            continue
        hours = calendars[clock.calendar]
        own = [c for c in found if clock_named(c.clock, c.kind, policy) is clock]
        since = [c for c in own if c.n > cycle.n or c.started_at > cycle.started_at]
        if any(c.stop_reason == "agent_reply" for c in since):
            continue
        for later in since:
            if later.open:
                found[found.index(later)] = ended(
                    later, later.started_at, "answer_bounced", Outcome.CANCELLED, clock, hours
                )
        found[found.index(cycle)] = timed(reopened_cycle(cycle), clock, hours)
    return tuple(found)


def cycles_ended_by(cycles: Iterable[Cycle], answered_at: datetime) -> list[Cycle]:
    """Return the reply cycles that the answer of `answered_at` had ended."""
    return [
        c
        for c in cycles
        if c.kind is ClockKind.REPLY
        and c.stop_reason == "agent_reply"
        and c.stopped_at == answered_at
    ]


def revive(
    cycles: Iterable[Cycle], ended_at: datetime, policy: Policy, calendars: Calendars
) -> Cycles:
    """Return the cycles after solving or closing at `ended_at` was undone.

    A question that nobody had answered waits again, from its old start. A resolution clock is no
    matter of this: it resumes with the event that opened the ticket again.
    """
    found = []
    for cycle in cycles:
        clock = clock_named(cycle.clock, cycle.kind, policy)
        ended_so = cycle.stopped_at == ended_at and cycle.stop_reason in {"solved", "closed"}
        if clock is not None and ended_so and cycle.kind in _WAITING:
            cycle = timed(reopened_cycle(cycle), clock, calendars[clock.calendar])
        found.append(cycle)
    return tuple(found)


_WAITING = frozenset({ClockKind.REPLY, ClockKind.ROUTE, ClockKind.TRIAGE})
