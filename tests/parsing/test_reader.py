"""The children in which mail is read: limits, batches, and their end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from maild import parsing
from maild.mail.mail import Mail
from maild.mail.read import read
from maild.mail.reading import Reading
from maild.mail.unreadable import Unreadable
from maild.parsing import Reader
from tests.bad.mails import text

GOOD = text(b"hello\r\n")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(2) as pool:
        pool.read(GOOD)
        yield pool


def children(parent: int) -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(parent)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in found.stdout.split()]


def alive(process: int) -> bool:
    """Whether a process runs; a zombie, which its new parent has not yet buried, does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_answers_come_in_the_order_of_the_mails(reader: Reader) -> None:
    raws = [text(b"mail %d" % n) for n in range(150)]
    answers = [each.mail for each in reader.read_many(raws)]
    assert [each.text for each in answers if isinstance(each, Mail)] == [
        f"mail {n}" for n in range(150)
    ]


def test_no_mail_at_all_gives_no_answer(reader: Reader) -> None:
    assert reader.read_many([]) == []


def test_a_mail_that_needs_too_much_memory_costs_only_itself(reader: Reader) -> None:
    bad = text(b"> \xff\r\n" * 6_900_000, b"text/plain; format=flowed")
    answers = [each.mail for each in reader.read_many([GOOD, bad, GOOD])]
    assert [type(each) for each in answers] == [Mail, Unreadable, Mail]
    refused = answers[1]
    assert isinstance(refused, Unreadable)
    assert "memory" in refused.reason
    assert refused.header("subject") == "help"


def test_a_killed_child_costs_no_mail(reader: Reader) -> None:
    reader.read(GOOD)
    for server in children(os.getpid()):
        for child in children(server):
            with contextlib.suppress(ProcessLookupError):  # it was ending anyway
                os.kill(child, signal.SIGKILL)
    assert all(isinstance(each.mail, Mail) for each in reader.read_many([GOOD] * 40))


def readers() -> set[int]:
    return {child for server in children(os.getpid()) for child in children(server)}


def processor_time(process: int) -> float:
    """Return the seconds of processor time a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_mail_whose_child_was_given_no_processor_is_read_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parsing, "WALL_SECONDS", 2)
    large = text(b"a line of a long report, and another one\r\n" * 400_000)
    answers: list[Reading] = []
    before = readers()
    with Reader(1) as pool:
        pool.read(GOOD)
        (child,) = readers() - before
        used = processor_time(child)
        reading = threading.Thread(target=lambda: answers.append(pool.read(large)))
        reading.start()
        while processor_time(child) < used + 0.1:
            time.sleep(0.01)
        os.kill(child, signal.SIGSTOP)  # as on a machine on which all others go first
        reading.join(60)
        assert not alive(child)
    assert [type(each.mail) for each in answers] == [Mail]


def test_many_threads_may_share_a_reader(reader: Reader) -> None:
    answers: list[Reading] = []
    threads = [
        threading.Thread(target=lambda: answers.extend(reader.read_many([GOOD] * 20)))
        for _ in range(5)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 100
    assert all(isinstance(each.mail, Mail) for each in answers)


@pytest.mark.parametrize("busy", [False, True])
def test_children_die_with_a_killed_parent(busy: bool) -> None:
    script = (
        "import sys, threading, time\n"
        "from maild.parsing import Reader\n"
        "from tests.bad.mails import MAILS\n"
        "reader = Reader(1)\n"
        "reader.read(b'hello')\n"
        "long = MAILS['35 MB of lines']()\n"
        f"if {busy}: threading.Thread(target=reader.read, args=(long,), daemon=True).start()\n"
        "time.sleep(0.5)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert parent.stdout is not None
    with parent.stdout:
        assert parent.stdout.readline() == b"ready\n"
        family = children(parent.pid)
        family += [child for each in family for child in children(each)]
        assert family
        parent.kill()
        parent.wait()
        end = time.monotonic() + 2
        while any(map(alive, family)):
            assert time.monotonic() < end, "a child outlived its parent"
            time.sleep(0.05)


def test_whoever_commits_goes_before_the_children_that_read_ahead(reader: Reader) -> None:
    reader.read(GOOD)
    own = os.getpriority(os.PRIO_PROCESS, 0)
    claims = [os.getpriority(os.PRIO_PROCESS, child) for child in readers()]
    assert any(claim > own for claim in claims)  # other children may only just be starting


def test_children_print_nothing_and_a_forgotten_reader_ends_with_its_program() -> None:
    script = (
        "from maild.parsing import Reader\n"
        "from tests.bad.mails import MAILS\n"
        "reader = Reader(1)\n"
        "reader.read_many([make() for name, make in MAILS.items() if name[:3] in ('E5 ', 'E8 ')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_closed_reader_says_so() -> None:
    pool = Reader(1)
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        pool.read(GOOD)


def test_a_mistake_of_ours_costs_only_the_mail_it_meets(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = text(b"the mail nobody thought of\r\n")

    def mistaken(raw: bytes, default_charset: str | None = None) -> Mail | Unreadable:
        if raw == bad:
            raise ZeroDivisionError
        return read(raw, default_charset)

    monkeypatch.setattr(parsing, "read", mistaken)
    answers = [parsing._read_one(raw, None).mail for raw in (GOOD, bad, GOOD)]
    assert [type(answer) for answer in answers] == [Mail, Unreadable, Mail]
    reason = "maild cannot read this mail (ZeroDivisionError)."
    assert answers[1] == Unreadable(reason, answers[1].headers)
    assert answers[1].header("from") == answers[0].header("from")
