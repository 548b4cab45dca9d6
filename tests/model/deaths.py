"""`make deaths`: die at every place of the story, and at every place of every recovery from it.

All of it on SQLite and on a PostgreSQL of its own; the suite plays a share (test_failpoints.py).
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.model.failpoints import failpoints
from tests.servers.postgres import Postgres

_NEWS = 60  # seconds between two lines of progress


def main(engines: list[str]) -> int:
    """Play every death on each of `engines`; return how many ended badly."""
    bad = 0
    for engine in engines or ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory() as folder:
            if engine == "sqlite":
                bad += every_death(f"sqlite:///{folder}/maild.db", Path(folder))
                continue
            server = Postgres()
            try:
                server.start()
                bad += every_death(server.url(server.create()), Path(folder))
            finally:
                server.remove()
    return bad


def every_death(url: str, data: Path) -> int:
    """Play every death on an empty database; return how many ended badly."""
    bad: list[Exception] = []

    def failed(error: Exception) -> None:
        bad.append(error)
        traceback.print_exception(error)

    began = news = time.monotonic()
    first = second = 0
    with failpoints(url, data) as story:
        for again in story.explore(failed=failed):
            first, second = first + 1, second + again
            if (now := time.monotonic()) >= news + _NEWS:
                news = now
                _say(f"{first} deaths, {second} second deaths, {len(bad)} ended badly")
    took = time.monotonic() - began
    _say(
        f"{url.partition(':')[0]}: {story.visits.total()} places, {first} deaths, {second} second "
        f"deaths, {took:.0f} s: " + (f"{len(bad)} ended badly" if bad else "all ended well")
    )
    return len(bad)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
