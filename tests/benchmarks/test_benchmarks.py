"""The benchmarks run, on sizes too small to say anything about speed."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from benchmarks import backlog, due, floor, growth, ingest, letters, running, ticks
from benchmarks.mails import generate
from benchmarks.place import Place, servers
from benchmarks.table import HEADS, Line, rate, show
from maild.mail.mail import Mail
from maild.mail.read import read


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with servers() as running:
        yield running


def test_equal_seeds_give_equal_mails_half_of_them_replies() -> None:
    mails = list(generate(400, 1, "student@desk.example"))
    assert mails == list(generate(400, 1, "student@desk.example"))
    assert mails != list(generate(400, 2, "student@desk.example"))
    readings = [read(raw) for raw, _ in mails]
    replies = [m for m in readings if isinstance(m, Mail) and m.references]
    files = [m for m in readings if isinstance(m, Mail) and m.attachments]
    assert 160 <= len(replies) <= 240
    assert 20 <= len(files) <= 80
    assert all(earlier < later for (_, earlier), (_, later) in pairwise(mails))


def test_the_floor_and_maild_take_in_every_mail(place: Place) -> None:
    lines = list(ingest.measure(place, count=60, runs=1))
    assert [line.wanted for line in lines] == [">= 0.5", ""]
    taken, _ = floor.ingest("127.0.0.1", place.dovecot.imap_port, "ingest@desk.example", "secret")
    assert taken == 60


def test_mail_is_taken_in_by_a_store_that_was_filled(place: Place) -> None:
    assert len(list(growth.measure(place, sizes=(0, 300), count=30, runs=1))) == 2


def test_memory_is_looked_at_along_a_backlog(place: Place) -> None:
    lines = list(backlog.measure(place, count=120))
    assert "120 mails" in lines[0].what
    rising = backlog.flat("memory", range(100, 211))
    assert rising.ok is False
    assert backlog.flat("memory", [100] * 11).ok


def test_acknowledgements_are_timed_and_idleness_is_weighed(place: Place) -> None:
    median, late = running.latency(place, count=2)
    assert "median of 2" in median.what
    assert "p99 of 2" in late.what
    (line,) = running.idle(place, {4: 100.0}, seconds=0.5)
    assert line.ok
    assert running.p99(list(range(1, 201))) == 198


def test_letters_leave_and_due_instants_agree_with_plain_arithmetic(place: Place) -> None:
    assert len(list(letters.measure(place, count=20, runs=1))) == 1
    assert len(list(due.measure(count=2000))) == 1


def test_a_tick_rings_what_is_due_on_both_engines(place: Place) -> None:
    lines = list(ticks.measure(place, sizes=(30, 60), due=25))
    assert len(lines) == 4


def test_the_table_says_which_figure_falls_short() -> None:
    shown = show(
        [rate("fast", 100, 90, "/s", 0.5), rate("slow", 100, 10, "/s", 0.5), Line("x", "1")]
    )
    heads, fast, slow, other = shown.splitlines()
    assert heads.split() == list(HEADS)
    assert fast.endswith("yes")
    assert slow.endswith("NO")
    assert other.split() == ["x", "1"]
