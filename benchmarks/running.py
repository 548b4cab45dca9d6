"""The real program on the real clock: how soon it acknowledges, and what it costs when idle."""

import contextlib
import math
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.place import DOMAIN, Place
from benchmarks.processes import memory, processor
from benchmarks.table import Line

BOX = "latency"
BEHIND_MEDIAN, BEHIND_LATE = 0.25, 1.0  # seconds after the IDLE notification itself
CALM = 0.5  # seconds between two mails
IDLE_SHARES = {3: 0.5, 300: 5.0}  # mailboxes: percent of one processor
# Seconds of idleness that are measured: longer than the 300 after which maild opens a folder anew.
SILENCE = 330.0
SETTLING = 10.0
MAIL = """\
From: Noura <noura{number}@trainee.example>\r
To: latency@desk.example\r
Subject: Lecture\r
Message-ID: <latency.{number}@trainee.example>\r
\r
I cannot open the third lecture since yesterday, please help.\r
"""


def latency(place: Place, count: int = 200) -> Iterator[Line]:
    """Run the daemon and deliver mail one by one, with a pause: how soon is each acknowledged?"""
    place.settings("latency", (BOX,))
    notified, acknowledged = [], []
    with _process(place.config("latency")), _listener(place) as heard:
        for number in range(count):
            sink = place.dovecot.folder / f"mail/trainee.example/noura{number}/Maildir/new"
            raw = MAIL.format(number=number).encode()
            began = time.monotonic()
            place.dovecot.deliver(f"{BOX}@{DOMAIN}", raw)
            _until(partial(_holds_mail, sink))
            acknowledged.append(time.monotonic() - began)
            _until(partial(_more_than, heard, number))
            notified.append(heard[number] - began)
            time.sleep(CALM)
    behind = [done - known for done, known in zip(acknowledged, notified, strict=True)]
    for name, of, most in (("median", statistics.median, BEHIND_MEDIAN), ("p99", p99, BEHIND_LATE)):
        here: Callable[[list[float]], float] = of
        late = here(behind)
        yield Line(
            f"delivery to acknowledgement, {name} of {count}", f"{here(acknowledged):.2f} s",
            f"{here(notified):.2f} s", f"{late:+.2f} s", f"<= +{most} s", late <= most,
        )  # fmt: skip


def p99(values: Sequence[float]) -> float:
    """Return the value that 99 of 100 do not exceed."""
    return sorted(values)[math.ceil(len(values) * 0.99) - 1]


def idle(
    place: Place, shares: Mapping[int, float] = IDLE_SHARES, seconds: float = SILENCE
) -> Iterator[Line]:
    """Run the daemon with so many mailboxes and leave it alone; what processor does it use?"""
    for count, most in shares.items():
        place.settings(f"idle{count}", [f"idle{number}" for number in range(count)])
        with _process(place.config(f"idle{count}")) as process:
            _until(partial(_idle, place, count), 300)
            time.sleep(min(SETTLING, seconds))
            before = processor(process)
            time.sleep(seconds)
            share = (processor(process) - before) / seconds * 100
            held = memory(process) / 1024
        yield Line(
            f"idle, {count} mailboxes, {seconds:.0f} s", f"{share:.2f} %, {held:.0f} MB", "", "",
            f"<= {most} %", share <= most,
        )  # fmt: skip


def _holds_mail(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _more_than(heard: Sequence[float], count: int) -> bool:
    return len(heard) > count


def _idle(place: Place, count: int) -> bool:
    return _idling(place) >= count


def _idling(place: Place) -> int:
    """Return how many connections to Dovecot's IMAP port are open, by the kernel's table."""
    port = f":{place.dovecot.imap_port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] == "01" for row in rows)


@contextlib.contextmanager
def _process(config: Path) -> Iterator[int]:
    """Run maild until the end, and return its process id once every mailbox idles."""
    journal = config.parent / "journal"
    with journal.open("wb") as out:
        command = [sys.executable, "-m", "maild", "run", "--config", str(config)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            _until(lambda: b'"event": "running"' in journal.read_bytes(), 300)
            time.sleep(3)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


@contextlib.contextmanager
def _listener(place: Place) -> Iterator[list[float]]:
    """Idle on the mailbox as maild does; the list grows by the instant of each new mail."""
    heard: list[float] = []
    over = threading.Event()
    with place.dovecot.session(f"{BOX}@{DOMAIN}") as client:
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


def _until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("what the benchmark waits for did not happen")
        time.sleep(0.005)
