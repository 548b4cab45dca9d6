"""The scenarios of docs/scenarios do what their comments say."""

from datetime import datetime, timedelta
from pathlib import Path

from maild.simulate import Timeline, play
from maild.simulate.scenario import load_scenario
from maild.simulate.timeline import Seen

SCENARIOS = Path(__file__).parents[2] / "docs" / "scenarios"
RIYADH = timedelta(hours=3)


def played(name: str) -> Timeline:
    story = load_scenario(SCENARIOS / f"{name}.yaml")
    return play(story.desk, story.happenings, story.until)


def wall(at: object) -> str:
    """An instant as a clock in Riyadh shows it."""
    assert isinstance(at, datetime)
    return f"{at + RIYADH:%a %d %H:%M}"


def letters(timeline: Timeline, purpose: str) -> list[tuple[str, str]]:
    return [
        (wall(e.at), str(e.facts["to"]))
        for e in timeline.entries
        if e.seen is Seen.LETTER and e.facts["purpose"] == purpose
    ]


def test_every_scenario_of_the_documentation_is_played_here() -> None:
    assert {path.stem for path in SCENARIOS.glob("*.yaml")} == {
        "nobody-answers",
        "incident-with-a-pause",
    }


def test_a_ticket_nobody_answers_climbs_the_whole_ladder() -> None:
    timeline = played("nobody-answers")
    assert letters(timeline, "escalation") == [
        ("Wed 15 10:00", "huda@diplomas.example"),
        ("Mon 20 10:00", "student-affairs@diplomas.example"),
        ("Thu 23 10:00", "deputy-ceo@diplomas.example"),
    ]
    (third,) = (r.firing for r in timeline.rung if r.firing.n == 3)
    assert wall(third.respond_by) == "Thu 23 16:00"
    assert letters(timeline, "relay") == [("Thu 23 15:00", "noura@trainee.example")]
    (reply,) = timeline.cycles[1]
    assert reply.standing(timeline.until) == "breached"
    # The out-of-office started nothing, and the resend joined the ticket.
    assert [e.facts["reason"] for e in timeline.entries if e.seen is Seen.MAIL][1:3] == [
        "a machine wrote it (Auto-Submitted: auto-replied)",
        "a follow-up by resend",
    ]


def test_the_time_an_incident_waits_for_its_requester_is_not_counted() -> None:
    timeline = played("incident-with-a-pause")
    resolution = next(c for c in timeline.cycles[1] if c.clock == "resolution")
    assert wall(resolution.initial_due_at) == "Sun 12 13:30"
    assert wall(resolution.due_at) == "Mon 13 08:00"  # 09:30 on Sunday, and seven hours
    assert resolution.standing(timeline.until) == "met"
    assert resolution.elapsed_seconds == 6 * 3600
    assert letters(timeline, "survey") == [("Mon 13 14:30", "lama@student.university.example")]


def test_mail_that_came_while_the_daemon_was_down_keeps_its_instant() -> None:
    late = [
        (wall(e.facts["received_at"]), wall(e.at))
        for e in played("incident-with-a-pause").entries
        if e.seen is Seen.MAIL and e.facts["received_at"] != e.at
    ]
    assert late == [("Sun 12 09:30", "Sun 12 10:15")]
