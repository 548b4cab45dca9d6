"""What events do to the clocks of a ticket, a sentence each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.sla.cycle import Cycle, Outcome
from maild.sla.cycles import advance
from maild.sla.hours import OpenHours
from maild.sla.ladder import due
from maild.sla.policy import ClockKind, Count
from maild.tickets.ticket import Event, EventKind
from tests.sla.play import Desk
from tests.sla.rules import CALENDAR
from tests.sla.words import OFFICE, at, clock, event, letters, on_due, policy, story

E = EventKind
RECEIVED = event(E.RECEIVED, "12 10:00")  # a Sunday; 24 open hours end on the 15th at 10:00
REPLY = policy(clock())
RESOLUTION = policy(clock(ClockKind.RESOLUTION, 8, on_due()))
CALENDARS = {CALENDAR: OpenHours(OFFICE)}


def only(desk: Desk) -> Cycle:
    (cycle,) = desk.cycles
    return cycle


@pytest.mark.parametrize(
    "kind",
    [
        E.ACKNOWLEDGED,
        E.AGENT_NOTE,
        E.THIRD_PARTY_MESSAGE,
        E.REQUESTER_AUTO,
        E.REASSIGNED,
        E.ROUTED,
        E.CHANGED,
        E.PENDING,
        E.ON_HOLD,
        E.OPENED,
        E.WARNED,
        E.ESCALATED,
        E.RATED,
    ],
)
def test_only_a_human_public_answer_stops_the_reply_clock(kind: EventKind) -> None:
    cycle = only(story(REPLY, RECEIVED, event(kind, "13 09:00")))
    assert cycle.open
    assert cycle.due_at == at("15 10:00")


def test_a_ticket_an_agent_opened_has_no_reply_clock_until_the_requester_writes() -> None:
    assert story(REPLY, event(E.AGENT_REPLY, "12 10:00")).cycles == ()
    desk = story(REPLY, event(E.AGENT_REPLY, "12 10:00"), event(E.REQUESTER_MESSAGE, "13 10:00"))
    assert only(desk).started_at == at("13 10:00")


def test_further_messages_do_not_restart_an_open_cycle() -> None:
    more = [event(E.REQUESTER_MESSAGE, "13 09:00"), event(E.RESENT, "14 09:00")]
    assert only(story(REPLY, RECEIVED, *more)).started_at == RECEIVED.at


def test_the_oldest_unanswered_message_counts_when_the_answer_is_to_the_latest() -> None:
    more = [event(E.REQUESTER_MESSAGE, "16 09:00"), event(E.AGENT_REPLY, "16 09:05")]
    assert only(story(REPLY, RECEIVED, *more)).outcome is Outcome.BREACHED


def test_an_answer_at_the_due_instant_is_in_time_and_nothing_is_sent() -> None:
    desk = story(policy(clock(warn_at=())), RECEIVED, event(E.AGENT_REPLY, "15 10:00"))
    assert only(desk).outcome is Outcome.MET
    assert letters(desk) == []


def test_solving_without_an_answer_is_said_and_is_a_breach_only_when_late() -> None:
    assert only(story(REPLY, RECEIVED, event(E.SOLVED, "14 10:00"))).outcome == (
        Outcome.CLOSED_WITHOUT_REPLY
    )
    late = only(story(REPLY, RECEIVED, event(E.CLOSED, "15 10:01")))
    assert (late.outcome, late.stop_reason) == (Outcome.BREACHED, "closed")


@pytest.mark.parametrize("kind", list(ClockKind))
@pytest.mark.parametrize("end", [E.MERGED, E.CANCELLED])
def test_merged_and_cancelled_tickets_keep_no_clock(kind: ClockKind, end: EventKind) -> None:
    start = E.SOLVED if kind is ClockKind.SURVEY else E.RECEIVED
    booked = {"appointment": "2026-04-20T11:00:00+03:00"}
    desk = story(policy(clock(kind)), event(start, "12 10:00", **booked), event(end, "13 10:00"))
    assert only(desk).outcome is Outcome.CANCELLED
    assert letters(desk) == []


def test_a_thank_you_after_the_solution_runs_until_the_ticket_is_closed_again() -> None:
    steps = [
        RECEIVED,
        event(E.AGENT_REPLY, "13 11:00"),
        event(E.REQUESTER_MESSAGE, "13 11:20"),
        event(E.SOLVED, "13 15:00"),
    ]
    first, second = story(REPLY, *steps).cycles
    assert (first.outcome, second.outcome) == (Outcome.MET, Outcome.CLOSED_WITHOUT_REPLY)
    assert (first.n, second.n) == (1, 2)


def test_reply_then_pending_in_one_step_counts_the_reply() -> None:
    both = [event(E.AGENT_REPLY, "13 09:00"), event(E.PENDING, "13 09:00")]
    rules = policy(clock(), clock(ClockKind.RESOLUTION, 8))
    reply, resolution = story(rules, RECEIVED, *both).cycles
    assert reply.outcome is Outcome.MET
    assert resolution.paused


def test_a_message_read_late_is_covered_by_the_answer_given_since() -> None:
    desk = Desk(REPLY, OFFICE)
    for step in (
        RECEIVED,
        event(E.AGENT_REPLY, "13 10:00"),
        event(E.REQUESTER_MESSAGE, "13 09:30"),
    ):
        desk.apply(step)
    assert only(desk).outcome is Outcome.MET


def test_an_answer_written_before_the_question_does_not_answer_it() -> None:
    desk = Desk(REPLY, OFFICE)
    for step in (RECEIVED, event(E.AGENT_REPLY, "12 09:59")):
        desk.apply(step)
    assert only(desk).open


def test_a_question_in_the_second_of_the_answer_waits_for_another_one() -> None:
    steps = [event(E.AGENT_REPLY, "13 10:00"), event(E.REQUESTER_MESSAGE, "13 10:00")]
    assert [c.open for c in story(REPLY, RECEIVED, *steps).cycles] == [False, True]


def test_the_cycles_of_a_conversation_are_counted_from_one() -> None:
    talk = [event(k, f"13 1{n}:00") for n in (1, 2) for k in (E.AGENT_REPLY, E.REQUESTER_MESSAGE)]
    assert [c.n for c in story(REPLY, RECEIVED, *talk).cycles] == [1, 2, 3]


def test_routing_is_promised_for_received_mail_only() -> None:
    rules = policy(clock(ClockKind.ROUTE, 24), clock(ClockKind.TRIAGE, 1))
    opened = [event(E.AGENT_REPLY, "12 10:00"), event(E.REQUESTER_MESSAGE, "12 11:00")]
    assert story(rules, *opened).cycles == ()


def test_an_answer_in_the_second_of_the_question_answers_it() -> None:
    assert only(story(REPLY, RECEIVED, event(E.AGENT_REPLY, "12 10:00"))).outcome is Outcome.MET


def test_only_a_message_after_due_is_remembered_as_asked_again() -> None:
    early = event(E.REQUESTER_MESSAGE, "15 10:00")
    assert only(story(REPLY, RECEIVED, early)).resent_at is None
    late = [event(E.RESENT, "16 10:00"), event(E.RESENT, "17 10:00")]
    assert only(story(REPLY, RECEIVED, early, *late)).resent_at == at("16 10:00")


def test_a_pause_over_the_weekend_moves_the_deadline_by_open_hours_only() -> None:
    steps = [
        event(E.RECEIVED, "16 14:00"),  # Thursday
        event(E.PENDING, "16 15:00"),
        event(E.REQUESTER_MESSAGE, "19 09:00"),  # Sunday: one open hour of the pause
    ]
    cycle = only(story(RESOLUTION, *steps))
    assert cycle.initial_due_at == at("19 14:00")
    assert cycle.due_at == at("19 16:00")


def test_a_paused_clock_has_no_due_instant_and_rings_for_nothing() -> None:
    desk = story(RESOLUTION, RECEIVED, event(E.PENDING, "12 11:00"))
    assert only(desk).due_at is None
    assert only(desk).standing(at("30 00:00")) == "paused"
    assert letters(desk) == []


def test_out_of_office_does_not_end_a_pause_but_opening_does() -> None:
    pending, auto = event(E.PENDING, "12 11:00"), event(E.REQUESTER_AUTO, "12 11:05")
    assert only(story(RESOLUTION, RECEIVED, pending, auto)).paused
    opened = story(RESOLUTION, RECEIVED, pending, auto, event(E.OPENED, "13 08:00"))
    assert only(opened).due_at == at("13 15:00")


def test_a_third_party_pauses_like_the_requester() -> None:
    steps = [event(E.ON_HOLD, "12 11:00"), event(E.OPENED, "13 09:00")]
    assert only(story(RESOLUTION, RECEIVED, *steps)).due_at == at("13 16:00")


def test_a_second_pending_does_not_open_a_second_pause() -> None:
    steps = [event(E.PENDING, "12 11:00"), event(E.ON_HOLD, "12 12:00")]
    assert len(only(story(RESOLUTION, RECEIVED, *steps)).pauses) == 1


def test_solving_out_of_a_pause_leaves_the_pause_out() -> None:
    steps = [event(E.PENDING, "12 11:00"), event(E.SOLVED, "14 11:00")]
    cycle = only(story(RESOLUTION, RECEIVED, *steps))
    assert cycle.elapsed_seconds == 3600
    assert cycle.outcome is Outcome.MET


def test_a_pause_after_the_breach_does_not_undo_it() -> None:
    steps = [event(E.PENDING, "13 12:00"), event(E.SOLVED, "14 12:00")]
    cycle = only(story(RESOLUTION, RECEIVED, *steps))
    assert cycle.due_at == at("13 10:00")
    assert cycle.outcome is Outcome.BREACHED


def test_a_clock_that_is_not_pausable_runs_through_pending() -> None:
    rules = policy(replace(clock(ClockKind.RESOLUTION, 8), pausable=False))
    assert only(story(rules, RECEIVED, event(E.PENDING, "12 11:00"))).due_at == at("13 10:00")


def test_a_reopened_resolution_goes_on_with_what_was_left() -> None:
    steps = [event(E.SOLVED, "12 15:00"), event(E.REOPENED, "20 09:00")]
    desk = story(RESOLUTION, RECEIVED, *steps)
    assert only(desk).due_at == at("20 12:00")
    assert letters(desk)[0] == ("20 10:00", "warn", 750)  # nothing was overdue at the reopening


def test_a_reopening_out_of_a_pause_leaves_out_the_pause_and_the_time_solved() -> None:
    steps = [
        event(E.PENDING, "12 12:00"),
        event(E.SOLVED, "12 14:00"),
        event(E.REOPENED, "13 08:00"),
    ]
    assert only(story(RESOLUTION, RECEIVED, *steps)).due_at == at("13 14:00")


def test_reopening_may_restart_the_full_target() -> None:
    rules = policy(clock(ClockKind.RESOLUTION, 8, reopen="restart"))
    steps = [event(E.SOLVED, "12 15:00"), event(E.REOPENED, "20 09:00")]
    first, second = story(rules, RECEIVED, *steps).cycles
    assert first.outcome is Outcome.MET
    assert second.due_at == at("21 09:00")


def test_an_agent_who_opens_a_solved_ticket_resumes_its_resolution_too() -> None:
    steps = [event(E.SOLVED, "12 15:00"), event(E.OPENED, "20 09:00")]
    cycle = only(story(RESOLUTION, RECEIVED, *steps))
    assert cycle.due_at == at("20 12:00")
    assert cycle.reopened_at is None  # the requester's right to escalate is the requester's


@pytest.mark.parametrize("kind", [E.REQUESTER_MESSAGE, E.RESENT])
def test_a_follow_up_that_reopens_nothing_resumes_nothing(kind: EventKind) -> None:
    steps = [event(E.SOLVED, "12 15:00"), event(kind, "13 09:00")]
    assert not only(story(RESOLUTION, RECEIVED, *steps)).open


@pytest.mark.parametrize("kind", [E.ROUTED, E.AGENT_REPLY, E.AGENT_NOTE])
def test_triage_ends_with_the_first_human_touch(kind: EventKind) -> None:
    cycle = only(story(policy(clock(ClockKind.TRIAGE, 0.5)), RECEIVED, event(kind, "12 10:20")))
    assert (cycle.outcome, cycle.stop_reason) == (Outcome.MET, "answered")


def test_route_ends_with_the_routing_and_begins_only_once() -> None:
    rules = policy(clock(ClockKind.ROUTE, 24, count=Count.CALENDAR))
    steps = [event(E.ROUTED, "12 11:00"), event(E.REOPENED, "14 11:00")]
    cycle = only(story(rules, RECEIVED, *steps))
    assert (cycle.stop_reason, cycle.elapsed_seconds) == ("routed", 3600)


def test_a_reply_clock_may_start_at_the_routing() -> None:
    rules = policy(clock(start_on="routed"))
    waiting = only(story(rules, RECEIVED))
    assert waiting.standing(at("30 00:00")) == "waiting"
    routed = only(story(rules, RECEIVED, event(E.ROUTED, "13 10:00")))
    assert (routed.started_at, routed.due_at) == (at("13 10:00"), at("16 10:00"))
    answered = story(rules, RECEIVED, event(E.AGENT_REPLY, "12 11:00"), event(E.ROUTED, "12 12:00"))
    assert not only(answered).open
    later = story(
        rules,
        RECEIVED,
        event(E.ROUTED, "13 10:00"),
        event(E.AGENT_REPLY, "13 11:00"),
        event(E.REQUESTER_MESSAGE, "14 10:00"),
    )
    assert later.cycles[1].started_at == at("14 10:00")


def test_a_survey_is_cancelled_by_a_message_and_sent_once() -> None:
    rules = policy(clock(ClockKind.SURVEY, 24, count=Count.CALENDAR, warn_at=()))
    steps = [
        event(E.SOLVED, "12 14:00"),
        event(E.REQUESTER_MESSAGE, "13 09:00"),
        event(E.SOLVED, "13 11:00"),
        event(E.REOPENED, "15 09:00"),
        event(E.SOLVED, "15 10:00"),
    ]
    desk = story(rules, RECEIVED, *steps)
    assert [c.outcome for c in desk.cycles] == [Outcome.CANCELLED, Outcome.SENT]
    assert letters(desk) == [("14 11:00", "survey", 0)]


def test_closing_a_solved_ticket_leaves_its_survey() -> None:
    rules = policy(clock(ClockKind.SURVEY, 24, count=Count.CALENDAR))
    desk = story(rules, event(E.SOLVED, "12 14:00"), event(E.CLOSED, "12 15:00"))
    assert only(desk).outcome is Outcome.SENT


def test_a_booked_call_is_due_at_its_appointment_and_can_be_moved() -> None:
    rules = policy(clock(ClockKind.APPOINTMENT, 0, on_due(), warn_at=(0.5,)))
    booked = event(E.RECEIVED, "12 10:00", appointment="2026-04-14T10:00:00+03:00")
    desk = story(rules, booked)
    assert letters(desk) == [
        ("13 10:00", "warn", 500),
        ("14 10:00", "due", 0),
        ("14 10:00", "stage", 1),
    ]
    moved = event(E.CHANGED, "13 09:00", appointment=at("20 10:00"))
    assert only(story(rules, booked, moved, event(E.SOLVED, "20 10:00"))).outcome is Outcome.MET
    nonsense = event(E.CHANGED, "13 09:00", appointment="tomorrow")
    assert only(story(rules, booked, nonsense)).due_at == at("14 10:00")


def test_an_unreachable_deadline_is_none_and_never_an_exception() -> None:
    far = policy(clock(ClockKind.REPLY, 10**6))
    cycle = only(story(far, RECEIVED))
    assert cycle.due_at is None
    assert cycle.standing(at("30 00:00")) == "open"


@pytest.mark.parametrize("year", [1, 9998])
def test_an_impossible_receipt_breaks_nothing(year: int) -> None:
    rules = policy(clock(), clock(ClockKind.RESOLUTION, 8), clock(ClockKind.ROUTE, 24))
    received = Event(E.RECEIVED, RECEIVED.at.replace(year=year))
    steps = [event(k, "13 10:00") for k in (E.PENDING, E.OPENED, E.AGENT_REPLY, E.SOLVED)]
    desk = Desk(rules, OFFICE)
    for step in (received, *steps):
        desk.apply(step)
    assert due(desk.cycles, (), rules, desk.calendars, at("30 00:00")) == ()
    assert len(desk.cycles) == 3


def test_events_before_any_policy_leave_no_cycle() -> None:
    assert advance((), RECEIVED, policy(), CALENDARS) == ()


def test_a_cycle_survives_its_row() -> None:
    steps = [
        event(E.PENDING, "12 11:00"),
        event(E.OPENED, "12 12:00"),
        event(E.ON_HOLD, "13 09:00"),
    ]
    cycle = only(story(RESOLUTION, RECEIVED, *steps))
    assert Cycle.from_row(cycle.to_row()) == cycle
    solved = only(story(RESOLUTION, RECEIVED, *steps, event(E.SOLVED, "13 10:00")))
    assert Cycle.from_row(solved.to_row() | {"ticket": 7}) == solved


kinds = st.sampled_from([k for k in EventKind if k is not E.POLICY_CHANGED])
histories = st.lists(st.tuples(kinds, st.integers(0, 30 * 24 * 60)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(histories)
def test_any_history_leaves_at_most_one_open_cycle_a_clock_and_rings_everything_once(
    history: list[tuple[EventKind, int]],
) -> None:
    rules = policy(
        clock(ClockKind.REPLY, 8, on_due()),
        clock(ClockKind.ROUTE, 8),
        clock(ClockKind.TRIAGE, 1),
        clock(ClockKind.RESOLUTION, 16, on_due()),
        clock(ClockKind.SURVEY, 24, count=Count.CALENDAR),
    )
    steps = [
        Event(kind, at("01 00:00") + timedelta(minutes=minute))
        for kind, minute in sorted(history, key=lambda pair: pair[1])
    ]
    desk = story(rules, *steps, until="2026-06-01 00:00")
    keys = [(f.clock, f.cycle, f.kind, f.n) for f in desk.ledger]
    assert len(keys) == len(set(keys))
    for name in {c.clock for c in desk.cycles}:
        own = [c for c in desk.cycles if c.clock == name]
        assert sum(c.open for c in own) <= 1
        assert len({c.n for c in own}) == len(own)
    for cycle in desk.cycles:
        assert Cycle.from_row(cycle.to_row()) == cycle
        assert cycle.open == (cycle.stopped_at is None) == (cycle.stop_reason is None)
        assert cycle.elapsed_seconds is None or cycle.elapsed_seconds >= 0
