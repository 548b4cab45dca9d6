"""`make bench`: every benchmark in one run, and one table. Exit status 0 when all ran.

`python -m benchmarks NAME…` runs some of them, in that order; the names are those of EACH.
"""

import logging
import sys
from collections.abc import Callable, Iterator

import structlog

from benchmarks import backlog, due, growth, ingest, letters, running, ticks
from benchmarks.place import Place, servers
from benchmarks.table import Line, show

EACH: dict[str, Callable[[Place], Iterator[Line]]] = {
    "due": lambda _: due.measure(),
    "letters": letters.measure,
    "latency": running.latency,
    "idle": running.idle,
    "ingest": ingest.measure,
    "growth": growth.measure,
    "ticks": ticks.measure,
    "backlog": backlog.measure,
}


def main(wanted: list[str]) -> int:
    """Run the benchmarks of these names, or all, and print what they show.

    Returns 1 when one of them failed, which costs only its own lines.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    lines: list[Line] = []
    failed = 0
    with servers() as place:
        for name in wanted or EACH:
            print(f"{name}…", file=sys.stderr, flush=True)
            try:
                lines += EACH[name](place)
            except Exception as error:
                lines.append(Line(name, f"failed: {type(error).__name__}: {error}"))
                failed = 1
    print(show(lines))
    return failed


if __name__ == "__main__":  # the children of the reader import this file and shall do nothing
    sys.exit(main(sys.argv[1:]))
