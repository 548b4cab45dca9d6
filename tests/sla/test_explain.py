"""`maild due` shows the arithmetic a person would do."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.sla.explain import Explanation, SpecialDates, explain
from maild.sla.policy import ClockKind, Count, Policy
from maild.tickets.ticket import Event, EventKind
from tests.sla.words import OFFICE, at, clock, event, policy, story

E = EventKind
REPLY = policy(clock())


def told(
    rules: Policy, *events: Event, until: str = "30 00:00", language: str = "en"
) -> Explanation:
    desk = story(rules, *events, until=until)
    found = explain(desk.cycles[0], rules, desk.calendars, desk.now, language)
    assert found is not None
    return found


def lines(told: Explanation) -> list[tuple[str, str, float]]:
    return [
        (f"{i.opens:%d %H:%M}", f"{i.closes:%d %H:%M}", i.seconds / 3600) for i in told.intervals
    ]


def test_every_open_interval_up_to_the_due_instant_is_listed_in_the_zone_of_the_desk() -> None:
    found = told(REPLY, event(E.RECEIVED, "12 10:00"), until="12 11:00")
    assert lines(found) == [
        ("12 10:00", "12 16:00", 6.0),
        ("13 08:00", "13 16:00", 8.0),
        ("14 08:00", "14 16:00", 8.0),
        ("15 08:00", "15 10:00", 2.0),
    ]
    assert found.intervals[-1].total == 24 * 3600
    assert found.due_at == at("15 10:00")
    assert found.due_at.tzinfo == ZoneInfo("Asia/Riyadh")
    assert (found.used, found.left, found.standing) == (3600, 23 * 3600, "open")


def test_pauses_are_cut_out_and_named() -> None:
    steps = [
        event(E.RECEIVED, "12 10:00"),
        event(E.PENDING, "12 11:00"),
        event(E.OPENED, "12 12:00"),
        event(E.PENDING, "12 15:00"),
        event(E.OPENED, "13 09:00"),
    ]
    found = told(policy(clock(ClockKind.RESOLUTION, 8)), *steps)
    assert lines(found) == [
        ("12 10:00", "12 11:00", 1.0),
        ("12 12:00", "12 15:00", 3.0),
        ("13 09:00", "13 13:00", 4.0),
    ]
    assert [p.seconds / 3600 for p in found.pauses] == [1.0, 2.0]


def test_a_running_pause_shows_no_due_instant() -> None:
    steps = [event(E.RECEIVED, "12 10:00"), event(E.PENDING, "12 11:00")]
    found = told(policy(clock(ClockKind.RESOLUTION, 8)), *steps, until="12 14:00")
    assert (found.due_at, found.due_hijri, found.standing) == (None, None, "paused")
    assert lines(found) == [("12 10:00", "12 11:00", 1.0)]
    assert (found.pauses[0].ends, found.pauses[0].seconds) == (None, 3 * 3600)


def test_holidays_on_the_way_are_named() -> None:
    found = told(REPLY, event(E.RECEIVED, "2026-05-25 12:00"), until="2026-05-25 13:00")
    eid = OFFICE.holidays[0]
    assert found.special == (SpecialDates("holiday", eid.name, eid.start, eid.end),)
    assert found.due_at == at("2026-06-02 12:00")
    assert date(2026, 5, 31) not in {found.special[0].first, found.special[0].last}


def test_the_due_date_is_shown_by_umm_al_qura_too() -> None:
    received = event(E.RECEIVED, "2026-03-04 15:30")
    assert told(REPLY, received).due_hijri == "20 Ramadan 1447 AH"
    assert told(REPLY, received, language="ar").due_hijri == "20 رمضان 1447 هـ"


def test_a_late_cycle_says_by_how_much() -> None:
    found = told(REPLY, event(E.RECEIVED, "12 10:00"), until="15 12:00")
    assert (found.left, found.standing) == (-2 * 3600, "breached_open")


def test_a_stopped_cycle_is_explained_up_to_its_end() -> None:
    found = told(REPLY, event(E.RECEIVED, "12 10:00"), event(E.AGENT_REPLY, "12 12:00"))
    assert lines(found) == [("12 10:00", "12 12:00", 2.0)]
    assert (found.used, found.standing) == (2 * 3600, "met")


def test_a_clock_the_policy_no_longer_has_is_not_explained() -> None:
    desk = story(REPLY, event(E.RECEIVED, "12 10:00"))
    assert explain(desk.cycles[0], policy(), desk.calendars, desk.now) is None


pauses = st.lists(st.integers(0, 20 * 24 * 60), max_size=8)


@settings(max_examples=60, deadline=None)
@given(pauses, st.sampled_from(list(Count)))
def test_the_intervals_always_add_up_to_the_target(minutes: list[int], count: Count) -> None:
    rules = policy(clock(ClockKind.RESOLUTION, 30, count=count))
    start = at("12 10:00")
    kinds = [E.PENDING if n % 2 == 0 else E.OPENED for n in range(len(minutes))]
    steps = [
        Event(kind, start + timedelta(minutes=m))
        for kind, m in zip(kinds, sorted(minutes), strict=True)
    ]
    found = told(rules, Event(E.RECEIVED, start), *steps, until="2026-08-01 00:00")
    total = sum(i.seconds for i in found.intervals)
    assert total == pytest.approx(30 * 3600 if found.due_at else found.used)
