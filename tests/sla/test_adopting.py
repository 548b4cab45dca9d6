"""Rules that daemons read at different times: the same again, and an end by the old ones."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.sla.changes import adopt
from maild.sla.cycle import Cycle, Outcome
from maild.sla.cycles import advance
from maild.sla.hours import OpenHours
from maild.sla.ladder import next_alarm
from maild.sla.policy import ClockKind, Policy
from maild.tickets.ticket import Event, EventKind
from tests.sla.play import Desk
from tests.sla.rules import CALENDAR, Down, NewRules, Step
from tests.sla.words import OFFICE, after_stage, at, clock, event, on_due, policy, story

E = EventKind
RECEIVED = event(E.RECEIVED, "12 10:00")
LADDER = policy(clock(ClockKind.REPLY, 24, on_due(), after_stage(2)))
CALENDARS = {CALENDAR: OpenHours(OFFICE)}


def alarm(desk: Desk) -> datetime | None:
    return next_alarm(desk.cycles, desk.ledger, desk.policy, CALENDARS)


def adopted(desk: Desk, rules: Policy, when: datetime) -> tuple[Cycle, ...]:
    """Return the cycles of a desk that is given `rules`, which may be those it has."""
    arguments = (desk.cycles, desk.ledger, alarm(desk), rules, CALENDARS, when, desk.events)
    return adopt(*arguments)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10 * 24 * 60),
            st.sampled_from([E.PENDING, E.OPENED, E.AGENT_REPLY, E.REQUESTER_MESSAGE, E.SOLVED]),
        ),
        max_size=5,
    ),
    st.floats(0.5, 60),
    st.integers(0, 10 * 24 * 60),
    st.booleans(),
)
def test_the_same_rules_again_change_nothing(
    happenings: list[tuple[int, EventKind]], hours: float, late: int, up: bool
) -> None:
    ladder = (on_due(), after_stage(2))
    first = policy(clock(ClockKind.RESOLUTION, 24), clock(ClockKind.REPLY, 24, *ladder))
    rules = policy(clock(ClockKind.RESOLUTION, hours), clock(ClockKind.REPLY, hours, *ladder))
    happened: list[Step] = [
        Event(kind, RECEIVED.at + timedelta(minutes=minute)) for minute, kind in sorted(happenings)
    ]
    last = max((step.at for step in happened), default=RECEIVED.at)
    now = last + timedelta(minutes=late)
    desk = Desk(first, OFFICE).play(
        [RECEIVED, *happened, NewRules(last, rules), Down(last, up)], now
    )
    assert adopted(desk, rules, now) == desk.cycles


def test_other_rules_for_warnings_alone_bring_none_before_they_came() -> None:
    desk = story(LADDER, RECEIVED, until="13 15:00")
    sooner = policy(replace(LADDER.clocks[0], warn_at=(0.25,)))
    desk.policy, desk.cycles = sooner, adopted(desk, sooner, at("13 15:00"))
    assert alarm(desk) == at("13 15:00")


def test_a_target_that_became_shorter_in_a_pause_is_not_late_before_the_change() -> None:
    paused = policy(clock(ClockKind.RESOLUTION, 8))
    desk = story(paused, RECEIVED, event(E.PENDING, "12 15:00"), until="13 12:00")
    (cycle,) = adopted(desk, policy(clock(ClockKind.RESOLUTION, 4)), at("13 12:00"))
    assert cycle.due_at == at("13 12:00")


@pytest.mark.parametrize(
    ("kind", "when", "outcome"),
    [
        (E.CANCELLED, "13 09:00", Outcome.CANCELLED),
        (E.CLOSED, "13 09:00", Outcome.MET),
        (E.CLOSED, "20 09:00", Outcome.BREACHED),
    ],
)
def test_an_end_ends_a_clock_of_rules_that_only_another_daemon_has_read(
    kind: EventKind, when: str, outcome: Outcome
) -> None:
    both = policy(clock(), clock(ClockKind.RESOLUTION, 24))
    cycles = advance((), RECEIVED, both, CALENDARS)
    end = event(kind, when)
    _, resolution = advance(cycles, end, LADDER, CALENDARS)
    assert (resolution.stopped_at, resolution.outcome) == (end.at, outcome)
    note = event(E.AGENT_NOTE, when)
    assert advance(cycles, note, LADDER, CALENDARS) == cycles
