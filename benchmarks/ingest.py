"""From Dovecot to committed tickets, acknowledgements composed and queued, beside the floor."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks import floor
from benchmarks.mails import generate
from benchmarks.parts import intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line, rate
from tests.servers.dovecot import PASSWORD

WANTED = 0.5
FLATNESS = 1.3  # memory at the end of a backlog over that at its middle


def measure(place: Place, count: int = 5000, runs: int = 3) -> Iterator[Line]:
    """Run the floor and maild in turn on the same mailbox; yield the speed and the memory."""
    place.fill("student", list(generate(count, 7, f"student@{DOMAIN}")))
    floors, rates = [], []
    memory: list[int] = []
    for run in range(runs):
        port = place.dovecot.imap_port
        found, seconds = floor.ingest("127.0.0.1", port, f"student@{DOMAIN}", PASSWORD)
        floors.append(found / seconds)
        taken, seconds, memory = once(place, f"ingest{run}", count)
        rates.append(taken / seconds)
    what = f"ingest, {count:,} mails"
    yield rate(what, statistics.median(floors), statistics.median(rates), "mails/s", WANTED)
    yield flat(memory)


def once(place: Place, name: str, count: int) -> tuple[int, float, list[int]]:
    """Bring the mailbox in once; return mails, seconds, and resident kB after each batch.

    Raises AssertionError when a mail or an acknowledgement is missing from the store afterwards.
    """
    place.reset_flags("student")
    memory = [resident()]
    with intake(place.settings(name)) as parts:
        seconds = parts.bring_in("student", lambda: memory.append(resident()))
        parts.check("student", count)
    return count, seconds, memory


def flat(memory: list[int]) -> Line:
    """Return the line of the daemon's memory at the start, in the middle and at the end."""
    start, middle, end = memory[0], memory[len(memory) // 2], memory[-1]
    shown = f"{start / 1024:.0f}, {middle / 1024:.0f}, {end / 1024:.0f} MB"
    ratio = end / middle
    return Line(
        "memory at start, middle, end of it", shown, "", f"{ratio:.2f}", f"<= {FLATNESS}",
        ratio <= FLATNESS,
    )  # fmt: skip


def resident() -> int:
    """Return this process's resident memory in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def processor(process: int) -> float:
    """Return the processor seconds a process has used, without its children."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
