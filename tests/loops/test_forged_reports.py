"""Whoever holds one of our letters can write a delivery report about it: it gains them little."""

from datetime import datetime

from maild.store.outbox import Entry
from tests.flows.house import NOURA, SARA, mail_of
from tests.identity.scene import Scene
from tests.loops.test_loops import bounce_of


def answered() -> tuple[Scene, Entry]:
    scene = Scene()
    scene.answer(scene.notification, "هذا هو الجواب.", SARA)
    assert scene.ticket().alarm_at is None
    return scene, scene.letters("relay", NOURA.address)[0]


def due(scene: Scene) -> datetime | None:
    return scene.ticket().alarm_at


def test_a_report_that_came_where_reports_come_runs_the_clock_again() -> None:
    scene, letter = answered()
    scene.receive(bounce_of(letter))
    assert due(scene) is not None
    assert len(scene.letters("undeliverable", SARA.address)) == 1


def test_a_report_that_came_another_way_is_told_once_and_moves_no_clock() -> None:
    scene, letter = answered()
    forged = bounce_of(letter).replace(b"To: student@desk.example", b"To: list@lists.example")
    for n in range(3):
        scene.receive(forged.replace(b"failed\r\n--b", f"failed {n}\r\n--b".encode()))
    assert due(scene) is None
    (told,) = scene.letters("undeliverable", SARA.address)
    assert NOURA.address in mail_of(told).text


def test_what_an_alias_rewrote_is_known_by_where_it_was_delivered() -> None:
    scene, letter = answered()
    rewritten = bounce_of(letter).replace(
        b"To: student@desk.example", b"Delivered-To: student@desk.example\r\nTo: srs0@hop.example"
    )
    scene.receive(rewritten)
    assert due(scene) is not None


def test_a_report_about_a_letter_that_was_reported_before_changes_nothing() -> None:
    scene, letter = answered()
    scene.receive(bounce_of(letter))
    scene.later(minutes=1)
    scene.answer(scene.letters("undeliverable", SARA.address)[0], "جواب آخر.", SARA)
    assert due(scene) is None
    again = bounce_of(letter).replace(b"failed\r\n--b", b"failed again\r\n--b")
    assert scene.receive(again).outcome == "ignored"
    assert due(scene) is None


def test_a_report_weeks_after_its_letter_moves_no_clock() -> None:
    scene, letter = answered()
    scene.later(days=20)
    scene.receive(bounce_of(letter))
    assert due(scene) is None
