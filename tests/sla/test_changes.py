"""New rules for old tickets, tickets made one, and answers that came back."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from maild.sla.calendar import Calendar, Holiday
from maild.sla.changes import merge, recompute, unanswer
from maild.sla.cycle import Cycle, Outcome
from maild.sla.hours import OpenHours
from maild.sla.ladder import Fired, FiringKind, next_alarm
from maild.sla.policy import ClockKind, Count, Match, On, Policy, Span, Stage, When
from maild.tickets.ticket import Event, EventKind
from tests.sla.play import Desk
from tests.sla.rules import CALENDAR, NewRules, Step
from tests.sla.words import (
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
RECEIVED = event(E.RECEIVED, "12 10:00")
LADDER = policy(clock(ClockKind.REPLY, 24, on_due(), after_stage(2)))
CALENDARS = {CALENDAR: OpenHours(OFFICE)}


def play(rules: Policy, *steps: Step, until: str = "30 00:00") -> Desk:
    return Desk(rules, OFFICE).play(steps, at(until))


def changed(when: str, rules: Policy | None = None, calendar: Calendar | None = None) -> NewRules:
    return NewRules(at(when), rules, calendar)


def answered_in(hours: float, *stages: Stage) -> Policy:
    return policy(clock(ClockKind.REPLY, hours, *stages or LADDER.clocks[0].stages))


def closed_on(day: date) -> Calendar:
    return replace(OFFICE, holidays=(*OFFICE.holidays, Holiday("suspended", day, day)))


def test_a_shorter_target_is_never_late_before_the_change() -> None:
    desk = play(LADDER, RECEIVED, changed("14 14:00", answered_in(16)))
    assert desk.cycles[0].due_at == at("14 14:00")
    assert letters(desk)[1:3] == [("14 14:00", "due", 0), ("14 14:00", "stage", 1)]


def test_a_reply_at_the_instant_of_the_change_is_in_time() -> None:
    steps: list[Step] = [changed("14 14:00", answered_in(16)), event(E.AGENT_REPLY, "14 14:00")]
    assert play(LADDER, RECEIVED, *steps).cycles[0].outcome is Outcome.MET


def test_a_longer_target_moves_the_deadline_and_the_warning_that_was_not_sent() -> None:
    desk = play(LADDER, RECEIVED, changed("13 10:00", answered_in(48)))
    assert letters(desk)[:2] == [("16 14:00", "warn", 750), ("20 10:00", "due", 0)]


def test_a_warning_that_was_sent_is_not_repeated_when_a_closure_moves_the_deadline() -> None:
    desk = play(LADDER, RECEIVED, changed("14 17:00", calendar=closed_on(date(2026, 4, 15))))
    assert letters(desk)[:2] == [("14 12:00", "warn", 750), ("16 10:00", "due", 0)]


def test_a_change_after_the_breach_neither_repeats_nor_excuses_it() -> None:
    desk = play(LADDER, RECEIVED, changed("16 12:00", answered_in(16)))
    assert desk.cycles[0].due_at == at("15 10:00")
    assert letters(desk) == letters(play(LADDER, RECEIVED))


def test_a_second_change_keeps_the_breach_of_the_first() -> None:
    steps: list[Step] = [changed("14 14:00", answered_in(16)), changed("16 12:00", answered_in(8))]
    assert play(LADDER, RECEIVED, *steps).cycles[0].due_at == at("14 14:00")


def test_closed_cycles_are_frozen() -> None:
    steps: list[Step] = [event(E.AGENT_REPLY, "13 10:00"), changed("14 10:00", answered_in(1))]
    cycle = play(LADDER, RECEIVED, *steps).cycles[0]
    assert (cycle.outcome, cycle.due_at) == (Outcome.MET, at("15 10:00"))


def test_a_question_that_waited_for_routing_runs_once_the_rules_start_at_receipt() -> None:
    at_routing = policy(replace(LADDER.clocks[0], start_on="routed"))
    desk = play(at_routing, RECEIVED, changed("13 10:00", LADDER))
    assert desk.cycles[0].due_at == at("15 10:00")
    back = play(LADDER, RECEIVED, changed("13 10:00", at_routing))
    assert back.cycles[0].due_at == at("15 10:00")  # what runs is not set back to waiting


def test_a_pause_already_earned_survives_a_new_target() -> None:
    before = policy(clock(ClockKind.RESOLUTION, 24))
    after = policy(clock(ClockKind.RESOLUTION, 8))
    steps: list[Step] = [
        event(E.PENDING, "12 11:00"),
        event(E.REQUESTER_MESSAGE, "13 11:00"),
        changed("13 12:00", after),
    ]
    assert play(before, RECEIVED, *steps).cycles[0].due_at == at("14 10:00")


def test_a_change_while_paused_waits_for_the_end_of_the_pause() -> None:
    rules = policy(clock(ClockKind.RESOLUTION, 8))
    steps: list[Step] = [
        event(E.PENDING, "12 11:00"),
        changed("13 12:00", policy(clock(ClockKind.RESOLUTION, 4))),
    ]
    desk = play(rules, RECEIVED, *steps, event(E.OPENED, "14 08:00"))
    assert desk.cycles[0].due_at == at("14 11:00")


def test_a_policy_that_is_removed_cancels_its_open_clocks() -> None:
    desk = play(LADDER, RECEIVED, changed("13 10:00", policy(clock(ClockKind.TRIAGE, 1000))))
    assert desk.cycles[0].outcome is Outcome.CANCELLED
    assert desk.cycles[0].stop_reason == "policy"
    assert letters(desk) == []


def test_a_ticket_that_comes_back_to_its_policy_goes_on_where_it_was() -> None:
    away: list[Step] = [changed("15 12:00", policy()), changed("16 12:00", LADDER)]
    desk = play(LADDER, RECEIVED, *away)
    assert [(c.n, c.due_at) for c in desk.cycles] == [(1, at("15 10:00"))]
    assert letters(desk) == letters(play(LADDER, RECEIVED))
    soon: list[Step] = [changed("13 12:00", policy()), changed("16 12:00", LADDER)]
    assert play(LADDER, RECEIVED, *soon).cycles[0].due_at == at("16 12:00")  # not promised between


def test_a_question_answered_under_another_policy_needs_no_clock_on_the_way_back() -> None:
    steps: list[Step] = [
        changed("13 12:00", policy()),
        event(E.AGENT_REPLY, "14 10:00"),
        changed("16 12:00", LADDER),
    ]
    assert not any(c.open for c in play(LADDER, RECEIVED, *steps).cycles)
    later = event(E.REQUESTER_MESSAGE, "15 11:00")
    cycles = play(LADDER, RECEIVED, *steps[:2], later, *steps[2:]).cycles
    assert [(c.n, c.open, c.started_at) for c in cycles] == [
        (1, False, at("12 10:00")),
        (2, True, at("15 11:00")),
    ]


def test_a_clock_the_new_policy_adds_counts_from_the_history_but_is_not_late_at_once() -> None:
    both = policy(*LADDER.clocks, clock(ClockKind.RESOLUTION, 8))
    steps: list[Step] = [event(E.PENDING, "12 11:00"), event(E.REQUESTER_MESSAGE, "12 12:00")]
    desk = play(LADDER, RECEIVED, *steps, changed("12 13:00", both))
    added = desk.cycles[1]
    assert (added.started_at, added.due_at) == (RECEIVED.at, at("13 11:00"))
    late = play(LADDER, RECEIVED, changed("14 13:00", both)).cycles[1]
    assert late.due_at == at("14 13:00")


def test_a_solved_ticket_gets_no_survey_from_a_policy_that_adds_one() -> None:
    both = policy(*LADDER.clocks, clock(ClockKind.SURVEY, 1))
    steps: list[Step] = [event(E.AGENT_REPLY, "12 11:00"), event(E.SOLVED, "12 11:00")]
    assert len(play(LADDER, RECEIVED, *steps, changed("20 10:00", both)).cycles) == 1


def test_a_question_raised_to_an_emergency_pages_at_that_moment() -> None:
    page = Stage(1, ("on_call",), (When(On.START),))
    urgent = Policy(
        "emergency",
        LADDER.when,
        (clock(ClockKind.REPLY, 0.25, page, count=Count.CALENDAR, warn_at=(), name="answer"),),
    )
    desk = play(LADDER, RECEIVED, changed("12 20:00", urgent))
    assert letters(desk) == [("12 20:00", "due", 0), ("12 20:00", "stage", 1)]


def test_a_stage_once_fired_is_not_fired_again_by_another_policy() -> None:
    other = answered_in(24, on_due(to="somebody else"), after_stage(2, 8))
    desk = play(LADDER, RECEIVED, changed("15 12:00", other))
    stages = [letter for letter in letters(desk) if letter[1] == "stage"]
    assert stages == [("15 10:00", "stage", 1), ("16 10:00", "stage", 2)]


def fired(kind: FiringKind, n: int, when: str) -> Fired:
    return Fired("reply", 1, kind, n, at(when))


def test_merged_tickets_wait_since_the_earliest_question() -> None:
    late = story(LADDER, event(E.RECEIVED, "13 10:00"), until="13 11:00")
    early = story(LADDER, RECEIVED, until="13 11:00")
    cycles, taken = merge(
        late.cycles, late.ledger, early.cycles, early.ledger, LADDER, CALENDARS, at("13 11:00")
    )
    assert [(c.n, c.started_at, c.due_at) for c in cycles] == [(1, at("12 10:00"), at("15 10:00"))]
    assert taken == ()


def test_the_survivor_goes_on_from_the_highest_stage_of_the_two() -> None:
    early = story(LADDER, RECEIVED, until="15 12:00")
    late = story(LADDER, event(E.RECEIVED, "14 10:00"), until="15 12:00")
    cycles, taken = merge(
        late.cycles, late.ledger, early.cycles, early.ledger, LADDER, CALENDARS, at("15 12:00")
    )
    assert {(f.kind, f.n) for f in taken} == {
        (FiringKind.WARN, 750),
        (FiringKind.DUE, 0),
        (FiringKind.STAGE, 1),
    }
    assert next_alarm(cycles, [*late.ledger, *taken], LADDER, CALENDARS) == at("20 10:00")


def test_a_merged_younger_ticket_changes_nothing_but_its_stage() -> None:
    early = story(LADDER, RECEIVED, until="14 13:00")
    quick = policy(clock(ClockKind.REPLY, 1, on_due()))
    late = story(quick, event(E.RECEIVED, "14 10:00"), until="14 13:00")
    cycles, taken = merge(
        early.cycles, early.ledger, late.cycles, late.ledger, LADDER, CALENDARS, at("14 13:00")
    )
    assert cycles == tuple(replace(c, not_before=at("14 11:00")) for c in early.cycles)
    assert [(f.kind, f.n) for f in taken] == [(FiringKind.STAGE, 1)]


def test_an_answered_survivor_takes_over_the_open_question() -> None:
    answered = story(LADDER, RECEIVED, event(E.AGENT_REPLY, "12 11:00"), until="15 12:00")
    waiting = story(LADDER, event(E.RECEIVED, "12 09:00"), until="15 12:00")
    cycles, taken = merge(
        answered.cycles,
        answered.ledger,
        waiting.cycles,
        waiting.ledger,
        LADDER,
        CALENDARS,
        at("15 12:00"),
    )
    assert [(c.n, c.open, c.started_at) for c in cycles] == [
        (1, False, at("12 10:00")),
        (2, True, at("12 09:00")),
    ]
    assert {f.cycle for f in taken} == {2}
    assert {f.kind for f in taken} == {FiringKind.WARN, FiringKind.DUE, FiringKind.STAGE}


def test_an_answered_duplicate_leaves_the_survivor_alone() -> None:
    waiting = story(LADDER, RECEIVED, until="12 12:00")
    answered = story(
        LADDER, event(E.RECEIVED, "12 09:00"), event(E.AGENT_REPLY, "12 11:00"), until="12 12:00"
    )
    merged = merge(
        waiting.cycles, (), answered.cycles, answered.ledger, LADDER, CALENDARS, at("12 12:00")
    )
    assert merged == (waiting.cycles, ())


def test_a_merge_is_no_reason_to_be_late_before_it() -> None:
    quick = policy(clock(ClockKind.REPLY, 1))
    survivor = story(quick, event(E.RECEIVED, "13 10:00"), until="13 10:30")
    slow = story(LADDER, RECEIVED, until="13 10:30")
    cycles, _ = merge(survivor.cycles, (), slow.cycles, (), quick, CALENDARS, at("13 10:30"))
    assert cycles[0].due_at == at("13 10:30")


def bounced(*steps: Step, answered: str = "13 10:00") -> tuple[Cycle, ...]:
    desk = play(LADDER, RECEIVED, *steps)
    return unanswer(desk.cycles, at(answered), LADDER, CALENDARS)


ANSWER = event(E.AGENT_REPLY, "13 10:00")


def test_an_answer_that_bounced_reopens_its_cycle_with_the_old_start() -> None:
    (cycle,) = bounced(ANSWER)
    assert cycle.open
    assert (cycle.started_at, cycle.due_at) == (RECEIVED.at, at("15 10:00"))
    assert cycle.elapsed_seconds is None


def test_a_question_after_the_lost_answer_waits_in_the_reopened_cycle() -> None:
    first, second = bounced(ANSWER, event(E.REQUESTER_MESSAGE, "14 10:00"))
    assert first.open
    assert (second.outcome, second.stop_reason) == (Outcome.CANCELLED, "answer_bounced")


def test_a_later_answer_that_arrived_keeps_everything_closed() -> None:
    more = [event(E.REQUESTER_MESSAGE, "14 10:00"), event(E.AGENT_REPLY, "14 11:00")]
    assert not any(c.open for c in bounced(ANSWER, *more))


def test_a_bounce_of_some_other_letter_changes_nothing() -> None:
    assert not any(c.open for c in bounced(ANSWER, answered="13 10:01"))


def test_a_bounced_answer_lets_the_resolution_run_again() -> None:
    rules = policy(clock(ClockKind.RESOLUTION, 8))
    steps = [event(E.AGENT_REPLY, "12 11:00"), event(E.SOLVED, "12 11:00")]
    (cycle,) = story(rules, RECEIVED, *steps, event(E.ANSWER_BOUNCED, "12 12:00")).cycles
    assert (cycle.open, cycle.due_at) == (True, at("13 11:00"))


NO_CLOCKS = Policy("none", Match(), ())
BOUNCED = event(E.ANSWER_BOUNCED, "14 10:00", answer=2)


def test_an_answer_that_bounced_while_no_rule_promised_one_is_owed_when_a_rule_does() -> None:
    answered = play(LADDER, RECEIVED, ANSWER).cycles
    events = (RECEIVED, ANSWER, BOUNCED)
    without = recompute(answered, NO_CLOCKS, CALENDARS, at("13 12:00"), events[:2])
    assert unanswer(without, ANSWER.at, NO_CLOCKS, CALENDARS) == without
    (cycle,) = recompute(without, LADDER, CALENDARS, at("14 12:00"), events)
    assert (cycle.n, cycle.open, cycle.started_at) == (1, True, RECEIVED.at)
    assert cycle.due_at == at("15 10:00")


def test_an_answer_that_was_given_and_bounced_while_no_rule_promised_one_is_owed() -> None:
    asked = play(LADDER, RECEIVED, until="12 12:00").cycles
    without = recompute(asked, NO_CLOCKS, CALENDARS, at("12 12:00"), (RECEIVED,))
    events = (RECEIVED, ANSWER, BOUNCED)
    (cycle,) = recompute(without, LADDER, CALENDARS, at("14 12:00"), events)
    assert (cycle.n, cycle.open, cycle.started_at) == (1, True, RECEIVED.at)


def test_a_later_answer_that_arrived_is_an_answer_under_new_rules_too() -> None:
    again = (event(E.REQUESTER_MESSAGE, "13 11:00"), event(E.AGENT_REPLY, "13 12:00"))
    answered = play(LADDER, RECEIVED, ANSWER, *again).cycles
    events = (RECEIVED, ANSWER, *again, BOUNCED)
    assert not any(c.open for c in recompute(answered, LADDER, CALENDARS, at("14 12:00"), events))


def test_a_closing_undone_while_no_rule_promised_an_answer_is_undone_when_one_does() -> None:
    asked = play(LADDER, RECEIVED, until="12 12:00").cycles
    without = recompute(asked, NO_CLOCKS, CALENDARS, at("12 12:00"), (RECEIVED,))
    solved = event(E.SOLVED, "12 13:00")
    undone = event(E.CHANGED, "12 14:00", undone=solved.at.isoformat())
    events = (RECEIVED, solved, event(E.OPENED, "12 14:00"), undone)
    (cycle,) = recompute(without, LADDER, CALENDARS, at("14 12:00"), events)
    assert (cycle.n, cycle.open, cycle.started_at) == (1, True, RECEIVED.at)


def test_a_target_in_another_unit_is_recomputed_from_the_start() -> None:
    days = policy(replace(LADDER.clocks[0], target=Span(24 * 3600, Count.WORKING_DAYS)))
    desk = play(LADDER, RECEIVED, changed("12 12:00", days))
    assert desk.cycles[0].due_at == at("13 10:00")


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10 * 24 * 60),
    st.lists(st.integers(0, 10 * 24 * 60), max_size=4),
    st.floats(0.5, 60),
    st.sampled_from(list(Count)),
)
def test_no_change_makes_a_ticket_late_before_it_whatever_the_rules(
    minute: int, pauses: list[int], hours: float, count: Count
) -> None:
    before = policy(clock(ClockKind.RESOLUTION, 24, on_due()))
    after = policy(clock(ClockKind.RESOLUTION, hours, on_due(), count=count))
    now = RECEIVED.at + timedelta(minutes=minute)
    kinds = [E.PENDING, E.OPENED] * 2
    steps = [
        Event(kind, RECEIVED.at + timedelta(minutes=m))
        for kind, m in zip(kinds, sorted(pauses), strict=False)
        if m <= minute
    ]
    desk = Desk(before, OFFICE).play([RECEIVED, *steps], now)
    (old,) = desk.cycles
    (new,) = recompute(desk.cycles, after, CALENDARS, now)
    was_late = old.due_at is not None and old.due_at < now
    assert new.started_at == old.started_at
    assert new.pauses == old.pauses
    assert new.due_at is None or was_late or new.due_at >= now
    desk.policy, desk.cycles = after, (new,)
    desk.play([], now + timedelta(days=100))
    keys = [(f.kind, f.n) for f in desk.ledger]
    assert len(keys) == len(set(keys))
