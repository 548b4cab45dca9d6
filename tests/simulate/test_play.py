"""What a played desk does, a sentence each."""

from datetime import timedelta
from pathlib import Path

import pytest

from maild.simulate.happenings import Daemon, PlayError, Rules, What, Written
from maild.simulate.timeline import Seen
from maild.tickets.ticket import Status
from tests.simulate.stories import answer, at, desk, fired, question, standings, told

DUE = at(8, "09:00")  # 24 open hours after Sunday 09:00


def test_an_answer_at_the_due_instant_is_in_time(tmp_path: Path) -> None:
    timeline = told(desk(tmp_path), question(at(5, "09:00")), answer(DUE), until=at(20, "09:00"))
    assert standings(timeline) == ["met"]
    assert [kind for _, kind, _ in fired(timeline)] == ["warn"]


def test_an_answer_a_moment_later_is_late_and_stops_the_ladder(tmp_path: Path) -> None:
    late = DUE + timedelta(seconds=1)
    timeline = told(desk(tmp_path), question(at(5, "09:00")), answer(late), until=at(20, "09:00"))
    assert standings(timeline) == ["breached"]
    assert [kind for _, kind, _ in fired(timeline)] == ["warn", "due", "stage"]


def test_the_last_instant_is_played_too(tmp_path: Path) -> None:
    timeline = told(desk(tmp_path), question(at(5, "09:00")), until=DUE)
    assert fired(timeline)[-1] == (DUE, "stage", 1)  # type: ignore[index]


def test_nothing_rings_while_the_daemon_is_down_and_all_rings_once_after(tmp_path: Path) -> None:
    up = at(12, "13:00")
    timeline = told(
        desk(tmp_path),
        question(at(5, "09:00")),
        Daemon(at(8, "08:00"), up=False),
        Daemon(up, up=True),
        until=at(13, "09:00"),
    )
    assert [(when, kind) for when, kind, _ in fired(timeline)][1:] == [(up, "due"), (up, "stage")]
    assert timeline.cycles[1][0].due_at == DUE


def test_other_rules_move_what_is_open_and_say_by_how_much(tmp_path: Path) -> None:
    old = desk(tmp_path)
    new = desk(tmp_path, ("target: 24 open hours", "target: 32 open hours"))
    timeline = told(old, question(at(5, "09:00")), Rules(at(6, "10:00"), new), until=at(7, "09:00"))
    (moved,) = (e.facts for e in timeline.entries if e.seen is Seen.MOVED)
    assert (moved["old_due_at"], moved["new_due_at"]) == (DUE, at(9, "09:00"))


def test_an_order_may_name_a_ticket_of_the_scenario(tmp_path: Path) -> None:
    timeline = told(
        desk(tmp_path),
        question(at(5, "09:00"), "a"),
        question(at(5, "10:00"), "b", "something else"),
        answer(at(5, "11:00"), "merge a", ticket="b"),
        until=at(5, "12:00"),
    )
    merged = timeline.tickets[timeline.names["b"]]
    assert (merged.status, merged.merged_into) == (Status.MERGED, timeline.names["a"])


def test_who_has_no_letter_about_a_ticket_cannot_answer_it(tmp_path: Path) -> None:
    with pytest.raises(PlayError, match="The boss has no letter about ticket a"):
        told(
            desk(tmp_path),
            question(at(5, "09:00")),
            answer(at(5, "10:00"), by="boss"),
            until=at(6, "09:00"),
        )


def test_an_answer_to_no_ticket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlayError, match="There is no ticket called a"):
        told(desk(tmp_path), answer(at(5, "10:00")), until=at(6, "09:00"))


def test_a_suppliers_mail_moves_no_clock_and_reaches_the_agent(tmp_path: Path) -> None:
    supplier = Written(at(5, "11:00"), What.THIRD_PARTY, "a", by="help@supplier.example")
    timeline = told(
        desk(tmp_path),
        question(at(5, "09:00")),
        answer(at(5, "10:00")),
        answer(at(5, "10:05"), "cc help@supplier.example"),
        supplier,
        until=at(5, "12:00"),
    )
    assert standings(timeline) == ["met"]
    assert len(timeline.tickets) == 1
    last = timeline.entries[-1].facts
    assert (last["purpose"], last["to"]) == ("follow_up", "sara@desk.example")


def test_what_waits_for_the_requester_can_be_taken_up_again(tmp_path: Path) -> None:
    timeline = told(
        desk(tmp_path),
        question(at(5, "09:00")),
        answer(at(5, "10:00"), "wait"),
        answer(at(5, "11:00"), "reopen"),
        until=at(5, "12:00"),
    )
    assert timeline.tickets[1].status is Status.OPEN


def test_a_solved_ticket_closes_in_its_time_and_the_report_leaves_in_its_own(
    tmp_path: Path,
) -> None:
    reported = desk(
        tmp_path,
        ("policies:", "reports: [ { every: week on sun 08:00, to: huda } ]\npolicies:"),
    )
    timeline = told(
        reported,
        question(at(6, "09:00")),
        answer(at(6, "10:00"), "solve"),
        until=at(14, "12:00"),
    )
    assert timeline.tickets[1].status is Status.CLOSED
    reports = [e.at for e in timeline.entries if e.facts.get("purpose") == "report"]
    assert reports == [at(12, "08:00")]


def test_a_play_keeps_nothing_from_the_one_before(tmp_path: Path) -> None:
    story = question(at(5, "09:00")), answer(at(5, "10:00"))
    first, second = (told(desk(tmp_path), *story, until=at(9, "09:00")) for _ in range(2))
    assert first == second


def test_a_flood_is_played_as_digests_a_quarter_of_an_hour_apart(tmp_path: Path) -> None:
    crowd = [
        Written(at(5, "09:00") + timedelta(seconds=n), What.NEW, f"t{n}", by=f"p{n}@of{n}.example",
                subject=f"question {n}")
        for n in range(40)
    ]  # fmt: skip
    timeline = told(desk(tmp_path), *crowd, until=at(5, "10:00"))
    letters = [e for e in timeline.entries if e.facts.get("to") == "sara@desk.example"]
    digests = [e.at for e in letters if e.facts["purpose"] == "digest"]
    assert sum(e.facts["purpose"] == "notification" for e in letters) == 30
    assert len(digests) == 2
    assert timedelta(minutes=15) <= digests[1] - digests[0] <= timedelta(minutes=17)
