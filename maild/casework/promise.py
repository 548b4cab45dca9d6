"""The promise a requester is told: the open reply cycle and the clock it runs by."""

from maild.casework.case import Case
from maild.sla.cycle import Cycle
from maild.sla.policy import Clock, ClockKind
from maild.sla.timing import clock_named

_PROMISES = (ClockKind.REPLY, ClockKind.RESOLUTION, ClockKind.ROUTE)


def promise_of(case: Case) -> tuple[Clock, Cycle] | None:
    """Return the clock and open cycle that say when the requester hears; None: no target."""
    for kind in _PROMISES:
        for cycle in case.cycles:
            clock = clock_named(cycle.clock, cycle.kind, case.policy)
            if cycle.open and cycle.kind is kind and clock is not None and cycle.due_at:
                return clock, cycle
    return None
