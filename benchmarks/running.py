"""The real program on the real clock: how soon it acknowledges, and what it costs when idle."""

import contextlib
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.place import BOXES, DOMAIN, Place
from benchmarks.table import Line

BEHIND_MEDIAN, BEHIND_LATE = 0.25, 1.0  # seconds after the IDLE notification itself
IDLE_SHARE = 0.5  # percent of one processor, three mailboxes
MAIL = """\
From: Noura <noura{number}@trainee.example>\r
To: student@desk.example\r
Subject: Lecture\r
Message-ID: <latency.{number}@trainee.example>\r
\r
I cannot open the third lecture since yesterday, please help.\r
"""


def measure(place: Place, count: int = 20, seconds: float = 20) -> Iterator[Line]:
    """Run the daemon with three mailboxes; deliver mail one by one, then leave it alone."""
    place.settings("running", BOXES)
    with _process(place.config("running")) as process:
        yield from _latency(place, count)
        time.sleep(min(5, seconds))
        yield _idle(process, seconds)


def _latency(place: Place, count: int) -> Iterator[Line]:
    """Measure from the delivery to the notification, and to the acknowledgement at the sink."""
    notified, acknowledged = [], []
    with _listener(place) as heard:
        for number in range(count):
            sink = place.dovecot.folder / f"mail/trainee.example/noura{number}/Maildir/new"
            raw = MAIL.format(number=number).encode()
            began = time.monotonic()
            place.dovecot.deliver(f"student@{DOMAIN}", raw)
            _until(lambda sink=sink: sink.is_dir() and any(sink.iterdir()))  # type: ignore[misc]
            acknowledged.append(time.monotonic() - began)
            _until(lambda number=number: len(heard) > number)  # type: ignore[misc]
            notified.append(heard[number] - began)
    for name, of, most in (
        ("median", statistics.median, BEHIND_MEDIAN),
        (f"slowest of {count}", max, BEHIND_LATE),
    ):
        here: Callable[[list[float]], float] = of
        floor, maild = here(notified), here(acknowledged)
        behind = maild - floor
        yield Line(
            f"delivery to acknowledgement, {name}", f"{maild:.2f} s", f"{floor:.2f} s",
            f"{behind:+.2f} s", f"<= +{most} s", behind <= most,
        )  # fmt: skip


def _idle(process: int, seconds: float) -> Line:
    before = _used(process)
    time.sleep(seconds)
    share = (_used(process) - before) / seconds * 100
    return Line(
        f"idle, 3 mailboxes, {seconds:.0f} s", f"{share:.2f} % of a processor", "", "",
        f"<= {IDLE_SHARE} %", share <= IDLE_SHARE,
    )  # fmt: skip


@contextlib.contextmanager
def _process(config: Path) -> Iterator[int]:
    """Run maild until the end, and return its process id once every mailbox idles."""
    journal = config.parent / "journal"
    with journal.open("wb") as out:
        command = [sys.executable, "-m", "maild", "run", "--config", str(config)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            _until(lambda: b'"event": "running"' in journal.read_bytes())
            time.sleep(3)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


@contextlib.contextmanager
def _listener(place: Place) -> Iterator[list[float]]:
    """Idle on the mailbox as maild does; the list grows by the instant of each new mail."""
    heard: list[float] = []
    over = threading.Event()
    with place.dovecot.session(f"student@{DOMAIN}") as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        thread = threading.Thread(target=_listen, args=(client, heard, over))
        thread.start()
        try:
            yield heard
        finally:
            over.set()
            thread.join()


def _listen(client: Any, heard: list[float], over: threading.Event) -> None:
    while not over.is_set():
        said = client.idle_check(timeout=0.5)
        heard += [time.monotonic() for each in said if each[1:] == (b"EXISTS",)]


def _used(process: int) -> float:
    """Return the processor seconds of a process and of all its descendants that live."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number = int(path.parent.name)
            fields = path.read_text().rpartition(")")[2].split()
            parents[number] = int(fields[1])
            used[number] = (int(fields[11]) + int(fields[12])) / 100
    family = {process}
    while more := {n for n, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(used.get(number, 0) for number in family)


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what the benchmark waits for did not happen")
        time.sleep(0.005)
