"""One ticket under one policy on a clock that jumps from alarm to alarm, with no flow around it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from maild.sla import ladder
from maild.sla.calendar import Calendar
from maild.sla.changes import recompute
from maild.sla.cycle import Cycle
from maild.sla.cycles import advance
from maild.sla.hours import OpenHours
from maild.sla.ladder import Fired, Firing, FiringKind
from maild.sla.policy import Policy
from maild.sla.timing import clock_named
from maild.tickets.ticket import Event, EventKind
from tests.sla.rules import CALENDAR, Down, NewRules, Step


class Desk:
    """One ticket, and a clock that jumps."""

    def __init__(self, policy: Policy, calendar: Calendar) -> None:
        self.policy = policy
        self.calendars = {CALENDAR: OpenHours(calendar)}
        self.cycles: tuple[Cycle, ...] = ()
        self.ledger: list[Fired] = []
        self.letters: list[tuple[datetime, Firing]] = []
        self.events: list[Event] = []
        self.up = True
        self.now = datetime(1970, 1, 1, tzinfo=UTC)
        self.first_warnings: dict[tuple[str, int], list[datetime]] = {}

    def play(self, steps: Iterable[Step], until: datetime) -> "Desk":
        """Apply what happens, ring what is due in between, and stop at `until` (included)."""
        for step in steps:
            if step.at > until:
                break
            self.ring(step.at)
            self.now = step.at
            if isinstance(step, Down):
                self.up = step.up
            elif isinstance(step, NewRules):
                self.change(step)
            else:
                self.apply(step)
        self.ring(until + timedelta(microseconds=1))
        self.now = until
        return self

    def change(self, rules: NewRules) -> None:
        self.policy = rules.policy or self.policy
        if rules.calendar is not None:
            self.calendars = {CALENDAR: OpenHours(rules.calendar)}
        self.cycles = recompute(self.cycles, self.policy, self.calendars, rules.at, self.events)

    def apply(self, event: Event) -> None:
        self.events.append(event)
        self.cycles = advance(self.cycles, event, self.policy, self.calendars)
        for cycle in self.cycles:
            clock = clock_named(cycle.clock, cycle.kind, self.policy)
            if clock is not None and not cycle.waiting:
                found = ladder.warnings(cycle, clock, self.calendars[CALENDAR])
                self.first_warnings.setdefault((cycle.clock, cycle.n), [at for _, at in found])

    def ring(self, until: datetime) -> None:
        """Ring every alarm before `until`; what happens at one instant comes before its timers."""
        while self.up:
            alarm = ladder.next_alarm(self.cycles, self.ledger, self.policy, self.calendars)
            if alarm is None or max(alarm, self.now) >= until:
                return
            self.now = max(alarm, self.now)
            self.sweep()

    def sweep(self) -> None:
        found = ladder.due(self.cycles, self.ledger, self.policy, self.calendars, self.now)
        assert found, "an alarm rang for nothing"
        for firing in found:
            self.ledger.append(firing.fired(self.now))
            self.letters.append((self.now, firing))
            if firing.kind is FiringKind.SURVEY:
                self.apply(Event(EventKind.SURVEYED, self.now))
