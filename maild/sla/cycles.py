"""What an event does to the cycles of a ticket. Pure: cycles and an event in, cycles out.

Each rule is one line of a table: which event ends which clock, and how. Instants are those of the
events, never of their processing, so mail read late after downtime gives the same cycles.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from maild.sla.cycle import Cycle, Outcome, due_instant, used_seconds
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, ClockKind, Policy
from maild.sla.timing import Calendars, clock_named
from maild.tickets.ticket import Event, EventKind

Cycles = tuple[Cycle, ...]

_FOLLOW_UPS = frozenset({EventKind.REQUESTER_MESSAGE, EventKind.RESENT, EventKind.REOPENED})
_REQUESTER = _FOLLOW_UPS | {EventKind.RECEIVED}
_RESUMES = _FOLLOW_UPS | {EventKind.OPENED, EventKind.ANSWER_BOUNCED}  # work goes on
_PAUSES = frozenset({EventKind.PENDING, EventKind.ON_HOLD})
_ROUTABLE = frozenset({ClockKind.REPLY, ClockKind.RESOLUTION})  # kinds `start_on` speaks of

_UNANSWERED = Outcome.CLOSED_WITHOUT_REPLY
# Which event ends a clock of which kind: the reason, and the outcome where it is not a matter of
# time. Out-of-office, acknowledgements, notes and third parties stand nowhere for a reply clock.
_ENDS: dict[tuple[ClockKind, EventKind], tuple[str, Outcome | None]] = {
    (ClockKind.REPLY, EventKind.AGENT_REPLY): ("agent_reply", None),
    (ClockKind.REPLY, EventKind.SOLVED): ("solved", _UNANSWERED),
    (ClockKind.REPLY, EventKind.CLOSED): ("closed", _UNANSWERED),
    (ClockKind.ROUTE, EventKind.ROUTED): ("routed", None),
    (ClockKind.ROUTE, EventKind.SOLVED): ("solved", _UNANSWERED),
    (ClockKind.ROUTE, EventKind.CLOSED): ("closed", _UNANSWERED),
    (ClockKind.TRIAGE, EventKind.ROUTED): ("answered", None),
    (ClockKind.TRIAGE, EventKind.AGENT_REPLY): ("answered", None),
    (ClockKind.TRIAGE, EventKind.AGENT_NOTE): ("answered", None),
    (ClockKind.TRIAGE, EventKind.SOLVED): ("solved", _UNANSWERED),
    (ClockKind.TRIAGE, EventKind.CLOSED): ("closed", _UNANSWERED),
    (ClockKind.RESOLUTION, EventKind.SOLVED): ("solved", None),
    (ClockKind.RESOLUTION, EventKind.CLOSED): ("closed", None),
    (ClockKind.APPOINTMENT, EventKind.SOLVED): ("solved", None),
    (ClockKind.APPOINTMENT, EventKind.CLOSED): ("closed", None),
    (ClockKind.SURVEY, EventKind.SURVEYED): ("sent", Outcome.SENT),
    **{(ClockKind.SURVEY, kind): ("cancelled", Outcome.CANCELLED) for kind in _RESUMES},
    **{(kind, EventKind.MERGED): ("merged", Outcome.CANCELLED) for kind in ClockKind},
    **{(kind, EventKind.CANCELLED): ("cancelled", Outcome.CANCELLED) for kind in ClockKind},
}


def advance(cycles: Iterable[Cycle], event: Event, policy: Policy, calendars: Calendars) -> Cycles:
    """Return the cycles of a ticket after `event`; apply events in the order they happened."""
    found = list(cycles)
    for clock in policy.clocks:
        own = [c for c in found if clock_named(c.clock, c.kind, policy) is clock]
        last = latest(own)
        number = 1 + max((c.n for c in found if c.clock == clock.name), default=0)
        after = _step(last, event, clock, calendars[clock.calendar], number)
        if after is None or after is last:
            continue
        if last is not None and (after.clock, after.n) == (last.clock, last.n):
            found[found.index(last)] = after
        else:
            found.append(after)
    return tuple(_ended_elsewhere(c, event) if _is_foreign(c, policy) else c for c in found)


def _is_foreign(cycle: Cycle, policy: Policy) -> bool:
    """Whether an open cycle is of rules that are not known here: another daemon read them first."""
    return cycle.open and clock_named(cycle.clock, cycle.kind, policy) is None


def _ended_elsewhere(cycle: Cycle, event: Event) -> Cycle:
    """Return a cycle whose clock is not known after `event`; nobody can say how much it counted.

    A ticket that ends is looked at by no new rules: its clocks would stay open for ever.
    """
    end = _ENDS.get((cycle.kind, event.kind))
    if end is None:
        return cycle
    reason, outcome = end
    if outcome in {None, _UNANSWERED} and cycle.late(event.at):
        outcome = Outcome.BREACHED
    return replace(cycle, stopped_at=event.at, outcome=outcome or Outcome.MET, stop_reason=reason)


def latest(own: Iterable[Cycle]) -> Cycle | None:
    """Return the open cycle of one clock, else the one that began last."""
    return max(own, key=lambda c: (c.open, c.started_at, c.n), default=None)


def ended(
    cycle: Cycle, at: datetime, reason: str, outcome: Outcome | None, clock: Clock, hours: OpenHours
) -> Cycle:
    """Return `cycle` stopped at `at`. Without an outcome, time decides between met and breached."""
    if outcome in {None, _UNANSWERED} and cycle.late(at):
        outcome = Outcome.BREACHED
    elapsed = 0 if cycle.waiting else int(used_seconds(cycle, clock, hours, at))
    return replace(
        cycle,
        stopped_at=at,
        outcome=outcome or Outcome.MET,
        stop_reason=reason,
        elapsed_seconds=elapsed,
    )


def _resumed(cycle: Cycle, event: Event, clock: Clock, hours: OpenHours) -> Cycle:
    """Return a stopped cycle running on; the time it stood still is a pause."""
    pauses, begin = cycle.pauses, cycle.stopped_at or event.at
    if cycle.paused:
        begin, pauses = pauses[-1][0], pauses[:-1]
    reopened_at = event.at if event.kind is EventKind.REOPENED else None
    running = replace(
        reopened_cycle(cycle),
        pauses=(*pauses, (begin, event.at)) if event.at > begin else pauses,
        reopened_at=cycle.reopened_at or reopened_at,
    )
    return timed(running, clock, hours)


def reopened_cycle(cycle: Cycle) -> Cycle:
    """Return `cycle` without its end."""
    return replace(cycle, stopped_at=None, outcome=None, stop_reason=None, elapsed_seconds=None)


def timed(cycle: Cycle, clock: Clock, hours: OpenHours) -> Cycle:
    """Return `cycle` with its due instant computed, and the first one kept as the promise."""
    due = due_instant(cycle, clock, hours)
    return replace(cycle, due_at=due, initial_due_at=cycle.initial_due_at or due)


def _step(
    last: Cycle | None, event: Event, clock: Clock, hours: OpenHours, number: int
) -> Cycle | None:
    if last is not None and last.open:
        end = _ENDS.get((clock.kind, event.kind))
        if end is None:
            return _lived(last, event, clock, hours)
        if event.kind is EventKind.AGENT_REPLY and event.at < last.started_at:
            return last  # written before the question that is open now
        reason, outcome = end
        return ended(last, event.at, reason, outcome, clock, hours)
    if not _starts(last, event, clock):
        return last
    if clock.kind is ClockKind.RESOLUTION and last is not None and clock.reopen == "resume":
        return _resumed(last, event, clock, hours)
    fresh = Cycle(
        clock=clock.name,
        kind=clock.kind,
        n=number,
        started_at=event.at,
        waiting=clock.start_on == "routed" and clock.kind in _ROUTABLE and last is None,
        reopened_at=event.at if event.kind is EventKind.REOPENED else None,
        appointment_at=_booked(event) if clock.kind is ClockKind.APPOINTMENT else None,
    )
    return timed(fresh, clock, hours)


def _starts(last: Cycle | None, event: Event, clock: Clock) -> bool:
    """Whether `event` opens a cycle where none is open; `last` is the one that ended last."""
    match clock.kind:
        case ClockKind.REPLY:
            if event.kind not in _REQUESTER:
                return False
            # Read late from another mailbox: the answer given since has covered it.
            answered = last is not None and last.stop_reason == "agent_reply"
            return not (answered and last is not None and _after(last.stopped_at, event.at))
        case ClockKind.ROUTE | ClockKind.TRIAGE:
            return event.kind is EventKind.RECEIVED and last is None
        case ClockKind.RESOLUTION:
            if last is None:
                return event.kind in {EventKind.RECEIVED, EventKind.REOPENED}
            return event.kind in _RESUMES - {EventKind.REQUESTER_MESSAGE, EventKind.RESENT}
        case ClockKind.SURVEY:
            sent = last is not None and last.outcome is Outcome.SENT
            return event.kind is EventKind.SOLVED and not sent
        case ClockKind.APPOINTMENT:
            return _booked(event) is not None


def _after(stopped: datetime | None, at: datetime) -> bool:
    return stopped is not None and stopped > at


def _lived(cycle: Cycle, event: Event, clock: Clock, hours: OpenHours) -> Cycle:
    """Return an open cycle after an event that does not end it."""
    changes: dict[str, Any] = {}
    if event.kind is EventKind.ROUTED and cycle.waiting:
        changes.update(started_at=event.at, waiting=False)
    if event.kind in _PAUSES and clock.pausable and not cycle.paused and not cycle.waiting:
        changes["pauses"] = (*cycle.pauses, (max(event.at, cycle.started_at), None))
    if event.kind in _RESUMES and cycle.paused:
        begin = cycle.pauses[-1][0]
        over = ((begin, event.at),) if event.at > begin else ()
        changes["pauses"] = (*cycle.pauses[:-1], *over)
    if event.kind is EventKind.REOPENED and cycle.reopened_at is None:
        changes["reopened_at"] = event.at
    if event.kind in _FOLLOW_UPS and cycle.late(event.at) and not _resent(cycle):
        changes["resent_at"] = event.at
    if cycle.kind is ClockKind.APPOINTMENT and (booked := _booked(event)) is not None:
        changes["appointment_at"] = booked
    return timed(replace(cycle, **changes), clock, hours) if changes else cycle


def _resent(cycle: Cycle) -> bool:
    """Whether the requester has asked again since the present due instant."""
    return cycle.resent_at is not None and cycle.late(cycle.resent_at)


def _booked(event: Event) -> datetime | None:
    """Return the instant of a booked call that `event` sets ("appointment", ISO 8601 with zone)."""
    value = event.data.get("appointment")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(UTC)
