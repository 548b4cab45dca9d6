"""What fires when: warnings, deadlines, stages, respond-by, and the next alarm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maild.sla.cycles import advance
from maild.sla.hours import OpenHours
from maild.sla.ladder import Fired, FiringKind, due, next_alarm
from maild.sla.policy import ClockKind, Count, On, Policy, RespondBy, Span, Stage, When
from maild.tickets.ticket import EventKind
from tests.sla.play import Desk
from tests.sla.rules import CALENDAR, Down
from tests.sla.words import (
    HOUR,
    OFFICE,
    after_stage,
    at,
    clock,
    event,
    letters,
    on_due,
    policy,
    story,
)

E = EventKind
RECEIVED = event(E.RECEIVED, "12 10:00")  # 24 open hours end on the 15th at 10:00
LADDER = policy(
    clock(
        ClockKind.REPLY,
        24,
        on_due(),
        after_stage(2),
        after_stage(3, priority="top", respond_by=RespondBy()),
    )
)


def stages(desk: Desk) -> list[tuple[str, str, int]]:
    return [letter for letter in letters(desk) if letter[1] in {"stage", "respond_by"}]


def test_a_silent_desk_climbs_the_whole_ladder() -> None:
    assert letters(story(LADDER, RECEIVED)) == [
        ("14 12:00", "warn", 750),
        ("15 10:00", "due", 0),
        ("15 10:00", "stage", 1),
        ("20 10:00", "stage", 2),
        ("23 10:00", "stage", 3),
        ("23 16:00", "respond_by", 3),
    ]


def test_an_answer_between_two_stages_stops_the_ladder() -> None:
    answered = story(LADDER, RECEIVED, event(E.AGENT_REPLY, "16 11:00"))
    assert stages(answered) == [("15 10:00", "stage", 1)]


def test_an_answer_in_time_spares_the_deputy_his_respond_by() -> None:
    answered = story(LADDER, RECEIVED, event(E.AGENT_REPLY, "23 15:59"))
    assert stages(answered)[-1] == ("23 10:00", "stage", 3)


def test_the_last_stage_carries_its_promise_into_the_ledger() -> None:
    desk = story(LADDER, RECEIVED)
    (entry,) = (f for f in desk.ledger if (f.kind, f.n) == (FiringKind.STAGE, 3))
    assert entry.respond_by == at("23 16:00")


def test_a_respond_by_below_the_cutoff_is_the_next_business_day() -> None:
    rules = policy(clock(ClockKind.REPLY, 8, on_due(respond_by=RespondBy(2 * HOUR))))
    desk = story(rules, event(E.RECEIVED, "23 14:01"))  # due on Sunday the 26th at 14:01
    assert stages(desk) == [("26 14:01", "stage", 1), ("27 16:00", "respond_by", 1)]


def test_several_warnings_fire_each_at_its_own_share() -> None:
    rules = policy(clock(ClockKind.REPLY, 8, warn_at=(0.5, 0.75, 0.9)))
    fired = letters(story(rules, event(E.RECEIVED, "12 08:00")))
    assert fired == [
        ("12 12:00", "warn", 500),
        ("12 14:00", "warn", 750),
        ("12 15:12", "warn", 900),
        ("12 16:00", "due", 0),
    ]


def test_after_downtime_the_late_warning_is_dropped_and_the_rest_fires_once() -> None:
    down, up = Down(at("14 08:00"), up=False), Down(at("21 12:00"), up=True)
    desk = Desk(LADDER, OFFICE).play([RECEIVED, down, up], at("2026-05-10 00:00"))
    assert letters(desk) == [
        ("21 12:00", "due", 0),
        ("21 12:00", "stage", 1),
        ("26 12:00", "stage", 2),  # its full 24 hours after stage 1 was really told
        ("29 12:00", "stage", 3),
        ("29 16:00", "respond_by", 3),
    ]
    assert desk.cycles[0].due_at == at("15 10:00")
    told = {f.kind: f.at for _, f in desk.letters[:2]}
    assert told == {FiringKind.DUE: at("15 10:00"), FiringKind.STAGE: at("15 10:00")}


def test_downtime_between_warning_and_due_still_warns() -> None:
    down, up = Down(at("14 08:00"), up=False), Down(at("14 15:00"), up=True)
    desk = Desk(LADDER, OFFICE).play([RECEIVED, down, up], at("15 00:00"))
    assert letters(desk) == [("14 15:00", "warn", 750)]


def test_a_requester_who_asks_again_after_due_reaches_stage_one_where_only_that_counts() -> None:
    resend = Stage(1, ("lead",), (When(On.RESEND_AFTER_DUE),))
    rules = policy(clock(ClockKind.REPLY, 24, resend))
    silent = story(rules, RECEIVED)
    assert stages(silent) == []
    early = story(rules, RECEIVED, event(E.RESENT, "15 10:00"))  # at the due instant, not after it
    assert stages(early) == []
    asked = story(
        rules, RECEIVED, event(E.REQUESTER_MESSAGE, "14 10:00"), event(E.RESENT, "16 14:00")
    )
    assert stages(asked) == [("16 14:00", "stage", 1)]


def test_whichever_condition_comes_first_fires_the_stage_once() -> None:
    either = Stage(1, ("lead",), (When(On.DUE, Span(4 * HOUR)), When(On.RESEND_AFTER_DUE)))
    rules = policy(clock(ClockKind.REPLY, 24, either))
    assert stages(story(rules, RECEIVED)) == [("15 14:00", "stage", 1)]
    asked = story(rules, RECEIVED, event(E.RESENT, "15 11:00"), event(E.RESENT, "15 12:00"))
    assert stages(asked) == [("15 11:00", "stage", 1)]


def test_reopening_fires_the_reopen_stage_at_once_and_due_does_not_repeat_it() -> None:
    reopen = Stage(1, ("supervisor",), (When(On.DUE), When(On.REOPEN)))
    rules = policy(clock(ClockKind.REPLY, 24, reopen, after_stage(2)))
    steps = [event(E.AGENT_REPLY, "12 11:00"), event(E.SOLVED, "12 11:00")]
    desk = story(rules, RECEIVED, *steps, event(E.REOPENED, "13 20:00"))
    assert stages(desk) == [("13 20:00", "stage", 1), ("16 16:00", "stage", 2)]


def test_a_reopened_solution_fires_its_reopen_stage_too() -> None:
    reopen = Stage(1, ("owner",), (When(On.REOPEN),))
    rules = policy(clock(ClockKind.RESOLUTION, 8, reopen))
    desk = story(rules, RECEIVED, event(E.SOLVED, "12 11:00"), event(E.REOPENED, "13 20:00"))
    assert stages(desk) == [("13 20:00", "stage", 1)]


def test_a_requester_may_escalate_an_open_question_and_then_due_is_silent() -> None:
    reopen = Stage(1, ("supervisor",), (When(On.DUE), When(On.REOPEN)))
    rules = policy(clock(ClockKind.REPLY, 24, reopen))
    desk = story(rules, RECEIVED, event(E.REOPENED, "13 09:00"), event(E.REOPENED, "13 10:00"))
    assert stages(desk) == [("13 09:00", "stage", 1)]


def test_an_emergency_pages_at_receipt_at_any_hour() -> None:
    page = Stage(1, ("on_call",), (When(On.START),))
    up = Stage(2, ("academic",), (When(On.STAGE, Span(1800, Count.CALENDAR), 1),))
    rules = policy(clock(ClockKind.REPLY, 0.25, page, up, count=Count.CALENDAR, warn_at=()))
    desk = story(rules, event(E.RECEIVED, "17 02:00"))  # a Friday night
    assert letters(desk) == [
        ("17 02:00", "stage", 1),
        ("17 02:15", "due", 0),
        ("17 02:30", "stage", 2),
    ]


def test_a_letter_may_wait_for_the_opening_while_the_breach_is_recorded() -> None:
    rules = policy(
        clock(ClockKind.REPLY, 24, on_due(deliver_in_open_hours=True), count=Count.CALENDAR)
    )
    desk = story(rules, event(E.RECEIVED, "16 20:00"))
    ((_, firing),) = ((t, f) for t, f in desk.letters if f.kind is FiringKind.STAGE)
    assert (firing.at, firing.notify_at) == (at("17 20:00"), at("19 08:00"))
    at_once = story(LADDER, RECEIVED)
    assert {f.notify_at for _, f in at_once.letters} == {None}


def test_a_pause_freezes_the_later_stages_and_the_respond_by() -> None:
    rules = policy(
        clock(ClockKind.RESOLUTION, 8, on_due(respond_by=RespondBy()), after_stage(2, 8))
    )
    steps = [event(E.PENDING, "13 11:00"), event(E.REQUESTER_MESSAGE, "15 11:00")]
    desk = story(rules, RECEIVED, *steps)
    assert stages(desk) == [
        ("13 10:00", "stage", 1),
        ("15 16:00", "respond_by", 1),
        ("16 10:00", "stage", 2),
    ]


def test_nothing_rings_while_paused_but_what_was_already_late_is_told() -> None:
    rules = policy(clock(ClockKind.RESOLUTION, 8, on_due(), after_stage(2, 8)))
    down, up = Down(at("13 09:00"), up=False), Down(at("13 12:00"), up=True)
    desk = Desk(rules, OFFICE).play(
        [RECEIVED, down, event(E.PENDING, "13 11:00"), up], at("30 00:00")
    )
    assert letters(desk)[1:] == [("13 12:00", "due", 0), ("13 12:00", "stage", 1)]


def test_a_stage_without_delay_follows_in_the_same_sweep() -> None:
    rules = policy(clock(ClockKind.REPLY, 24, on_due(), after_stage(2, 0)))
    assert stages(story(rules, RECEIVED)) == [("15 10:00", "stage", 1), ("15 10:00", "stage", 2)]


def test_stages_stop_at_a_rung_that_has_not_been_reached() -> None:
    resend = Stage(1, ("lead",), (When(On.RESEND_AFTER_DUE),))
    hurried = Stage(2, ("manager",), (When(On.DUE),))
    assert stages(story(policy(clock(ClockKind.REPLY, 24, resend, hurried)), RECEIVED)) == []


def test_a_survey_clock_sends_a_survey_and_is_never_due() -> None:
    rules = policy(clock(ClockKind.SURVEY, 24, count=Count.CALENDAR, warn_at=()))
    assert letters(story(rules, event(E.SOLVED, "12 14:00"))) == [("13 14:00", "survey", 0)]


@pytest.mark.parametrize("rules", [LADDER, policy(clock(ClockKind.RESOLUTION, 8, on_due()))])
def test_every_alarm_finds_something_to_do_and_then_moves_on(rules: Policy) -> None:
    calendars = {CALENDAR: OpenHours(OFFICE)}
    cycles = advance((), RECEIVED, rules, calendars)
    ledger: list[Fired] = []
    before = RECEIVED.at
    while alarm := next_alarm(cycles, ledger, rules, calendars):
        assert alarm > before
        assert due(cycles, ledger, rules, calendars, alarm - timedelta(seconds=1)) == ()
        now = alarm + timedelta(milliseconds=250)  # a sweep is never on the dot
        found = due(cycles, ledger, rules, calendars, now)
        assert found
        assert all(f.at <= now for f in found)
        ledger += [f.fired(now) for f in found]
        assert due(cycles, ledger, rules, calendars, now) == ()
        before = alarm


def test_a_ticket_without_promises_has_no_alarm() -> None:
    calendars = {CALENDAR: OpenHours(OFFICE)}
    assert next_alarm((), (), LADDER, calendars) is None
    cycles = advance((), RECEIVED, LADDER, calendars)
    done = advance(cycles, event(E.AGENT_REPLY, "12 11:00"), LADDER, calendars)
    assert next_alarm(done, (), LADDER, calendars) is None


def test_removing_the_policy_silences_its_timers() -> None:
    calendars = {CALENDAR: OpenHours(OFFICE)}
    cycles = advance((), RECEIVED, LADDER, calendars)
    assert next_alarm(cycles, (), policy(), calendars) is None
    assert due(cycles, (), policy(), calendars, at("30 00:00")) == ()


def test_a_cycle_keeps_its_timers_when_another_policy_names_the_clock_otherwise() -> None:
    calendars = {CALENDAR: OpenHours(OFFICE)}
    cycles = advance((), RECEIVED, LADDER, calendars)
    renamed = policy(replace(LADDER.clocks[0], name="answer"))
    ledger = [f.fired(at("15 10:00")) for f in due(cycles, (), LADDER, calendars, at("15 10:00"))]
    assert due(cycles, ledger, renamed, calendars, at("15 10:00")) == ()
    assert next_alarm(cycles, ledger, renamed, calendars) == at("20 10:00")
