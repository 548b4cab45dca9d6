"""Memory over a backlog: the parts that bring mail in, alone in a process, and its children.

`python -m benchmarks.backlog CONFIG COUNT` is that process; it prints the figures as JSON.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from benchmarks.mails import generate
from benchmarks.parts import intake
from benchmarks.place import DOMAIN, Place
from benchmarks.processes import memory
from benchmarks.table import Line
from maild.config.load import load

BOX = "backlog"
FLATNESS = 1.3  # memory at the end over that after a tenth
EVERY = 10  # batches between two looks


def measure(place: Place, count: int = 50_000) -> Iterator[Line]:
    """Bring a backlog in; yield the memory after a tenth, half and all of it, and the highest."""
    place.fill(BOX, generate(count, 17, f"{BOX}@{DOMAIN}"))
    place.settings("backlog", (BOX,))
    command = [sys.executable, "-m", "benchmarks.backlog", str(place.config("backlog")), str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, found = json.loads(done.stdout)
    yield flat(f"memory of all processes over {count:,} mails", found)
    yield Line(f"a backlog of {count:,} mails, speed", f"{count / seconds:,.0f} mails/s")


def flat(what: str, found: Sequence[int]) -> Line:
    """Return the line of memory figures (kB) taken at equal distances."""
    tenth, half, end = (found[(len(found) - 1) * n // 10] for n in (1, 5, 10))
    ratio = end / tenth
    shown = ", ".join(f"{kilobytes / 1024:.0f}" for kilobytes in (tenth, half, end, max(found)))
    return Line(
        f"{what}: after a tenth, half, all, most", f"{shown} MB", "", f"{ratio:.2f}",
        f"<= {FLATNESS}", ratio <= FLATNESS,
    )  # fmt: skip


def main(config: str, count: int) -> None:
    """Bring the mailbox in, and print the seconds and the memory every few batches."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    found: list[int] = []
    batches = 0

    def committed() -> None:
        nonlocal batches
        batches += 1
        if batches % EVERY == 0:
            found.append(memory(os.getpid()))

    with intake(load(Path(config), os.environ)) as parts:
        seconds = parts.bring_in(BOX, committed, patience=7200)
        found.append(memory(os.getpid()))
        parts.check(BOX, count)
    print(json.dumps([seconds, found]))


if __name__ == "__main__":  # the children of the reader import this file and shall do nothing
    main(sys.argv[1], int(sys.argv[2]))
