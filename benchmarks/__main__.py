"""`make bench`: every benchmark in one run, and one table. Exit status 0 when it ran.

`python -m benchmarks NAME…` runs some of: due letters running ticks ingest.
"""

import logging
import sys
from collections.abc import Callable, Iterator

import structlog

from benchmarks import due, ingest, letters, running, ticks
from benchmarks.place import Place, servers
from benchmarks.table import Line, show

EACH: dict[str, Callable[[Place], Iterator[Line]]] = {
    "due": lambda _: due.measure(),
    "letters": letters.measure,
    "running": running.measure,
    "ingest": ingest.measure,
    "ticks": ticks.measure,
}


def main(wanted: list[str]) -> None:
    """Run the benchmarks of these names, or all, and print what they show."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    lines: list[Line] = []
    with servers() as place:
        for name in wanted or EACH:
            print(f"{name}…", file=sys.stderr, flush=True)
            lines += EACH[name](place)
    print(show(lines))


if __name__ == "__main__":  # the children of the reader import this file and shall do nothing
    main(sys.argv[1:])
