"""Stops, crashes and downtime of the real process; what refuses to start says why."""

import contextlib
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from maild.store.outbox import Entry, State
from tests.e2e.house import House, Process, until

WRITERS = 24


def backlog(house: House, first: int = 0) -> None:
    """Let many people have written while nobody looked."""
    student = house.at("student")
    with house.dovecot.session(student) as client:
        for n in range(first, first + WRITERS):
            raw = house.compose(f"Question {n}?", f"Q{n}", house.requester(f"w{n}"), student)
            client.append("INBOX", raw)


def test_after_sigterm_it_goes_on_where_it_was_and_sends_nothing_twice(house: House) -> None:
    sara = house.staff("sara")
    with house.process() as process:
        house.write()
        notified = house.letter(sara)
        house.letter(house.requester())
        assert process.end() == 0
        assert '"event": "stopped"' in process.journal()
    house.reply(notified, "Here is the link.", sara)
    with house.process():
        assert "Here is the link." in house.letter(house.requester(), 2).mail.text
        time.sleep(1)
    assert len(house.letters(house.requester())) == 2
    assert len(house.letters(sara)) == 1


@pytest.mark.parametrize("answered", [0, 5])
def test_after_sigkill_in_the_middle_nothing_is_lost_and_nothing_is_sent_twice(
    house: House, answered: int
) -> None:
    house.desk(house.mailbox("student", "history: open"))  # dead, perhaps, before its first look
    with house.process() as process:
        backlog(house)
        until(lambda: process.journal().count('"verdict": "sent"') >= answered)
        process.kill()
    with house.process():
        until(lambda: not waiting(house))
    doubtful = {e.recipient for e in letters(house) if e.state is State.UNCERTAIN}
    for n in range(WRITERS):
        address = house.requester(f"w{n}").address
        got = len(house.letters(address))
        assert got == 1 or (address in doubtful and got == 0), f"{address} got {got}"
    assert len(doubtful) <= 20  # what can be under way at once


def letters(house: House) -> list[Entry]:
    with house.store.reading() as tx:
        return list(tx.outbox.list(limit=1000))


def waiting(house: House) -> bool:
    """Tell whether anything is still to be taken in or sent; a doubtful letter waits longer."""
    with house.store.reading() as tx:
        if len(tx.tickets.find(limit=1000)) < WRITERS:
            return True
    return any(e.finished_at is None and e.state is not State.UNCERTAIN for e in letters(house))


def test_mail_of_a_downtime_keeps_its_receipt_time_and_is_read_before_alarms_ring(
    house: House,
) -> None:
    sara, noura, student = house.staff("sara"), house.requester(), house.at("student")
    with house.running():
        house.write()
        notified = house.letter(sara)
        house.letter(noura)
    asked_at = house.clock()
    house.clock.jump(days=7)  # the deadline passed meanwhile, and the answer lies there
    answered_at = asked_at + timedelta(hours=3)
    answer = house.compose(
        "Here is the link.",
        f"Re: {notified.mail.subject}",
        sara,
        notified.mail.reply_to[0].address,
        in_reply_to=notified.mail.message_id,
    )
    house.dovecot.append(student, answer, received_at=answered_at)
    late = house.compose("Still nothing?", "Other", house.requester("james"), student)
    house.dovecot.append(student, late, received_at=asked_at + timedelta(days=1))
    with house.running(wait=False) as daemon:
        daemon.ring()  # waits by itself
        assert "Here is the link." in house.letter(noura, 2).mail.text
        house.letter(house.staff("huda"))
        with daemon.store.reading() as tx:
            (cycle,) = tx.tickets.cycles("diplomas", 1)
            other = tx.tickets.get("diplomas", 2)
            assert tx.tickets.fired("diplomas", 1) == ()
        assert not cycle.open
        assert cycle.stopped_at == answered_at
        assert other is not None
        assert other.opened_at == asked_at + timedelta(days=1)
    assert "Other" in house.letters(house.staff("huda"))[0].mail.subject
    acknowledged = house.letter(house.requester("james")).mail.text
    assert "working hours" not in acknowledged  # what was due meanwhile is not promised any more
    assert "2024" not in acknowledged


def test_a_second_daemon_on_the_same_database_refuses_in_one_sentence(house: House) -> None:
    with house.process():
        second = run(house.config)
    assert second.returncode == 2
    assert len(second.stderr.strip().splitlines()) == 1
    assert "Another maild is already working" in second.stderr


def test_a_configuration_that_is_missing_empty_or_full_of_mistakes_is_refused(
    house: House, tmp_path: Path
) -> None:
    missing = run(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    empty = run(tmp_path / "empty")
    desk = house.config / "desks" / "diplomas.yaml"
    desk.write_text(desk.read_text().replace("manager: director", "manager: nobody")
                    .replace("poll: 5", "pol: 5"))  # fmt: skip
    wrong = run(house.config)
    for done in (missing, empty, wrong):
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr.strip()
    assert "no such directory" in missing.stderr
    assert {"nobody", "pol"} <= set(wrong.stderr.replace("'", " ").replace('"', " ").split())


def run(config: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "maild", "run", "--config", str(config)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def test_an_idle_daemon_uses_next_to_no_processor(house: House) -> None:
    house.desk(*(house.mailbox(key) for key in ("student", "finance", "support")))
    with house.process() as process:
        time.sleep(2)  # until all have started
        before = processor_seconds(process)
        time.sleep(6)
        assert processor_seconds(process) - before < 0.3


def processor_seconds(process: Process) -> float:
    """Return the processor time that a process and all below it have used so far."""
    used: dict[int, float] = {}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid] = int(fields[1])
            used[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    below = {process.popen.pid}
    while fresh := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= fresh
    return sum(used.get(pid, 0) for pid in below)
