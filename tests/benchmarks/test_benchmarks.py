"""The benchmarks run, on sizes too small to say anything about speed."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from benchmarks import due, floor, ingest, letters, ticks
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
    assert [line.wanted for line in lines] == [">= 0.5", "<= 1.3"]
    taken, _ = floor.ingest("127.0.0.1", place.dovecot.imap_port, "student@desk.example", "secret")
    assert taken == 60


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
