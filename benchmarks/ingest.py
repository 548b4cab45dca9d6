"""From Dovecot to committed tickets, acknowledgements composed and queued, beside the floor."""

import contextlib
import statistics
from collections.abc import Iterator

from benchmarks import floor
from benchmarks.mails import generate
from benchmarks.parts import intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line, rate
from tests.servers.dovecot import PASSWORD
from tests.servers.postgres import Postgres

WANTED = 0.5
BOX = "ingest"


def measure(place: Place, count: int = 5000, runs: int = 5) -> Iterator[Line]:
    """Run the floor and maild, on each engine, in turn on the same mailbox."""
    place.fill(BOX, generate(count, 7, f"{BOX}@{DOMAIN}"))
    floors, on_sqlite, on_postgres = [], [], []
    with contextlib.closing(_Databases()) as databases:
        for run in range(runs):
            port = place.dovecot.imap_port
            found, seconds = floor.ingest("127.0.0.1", port, f"{BOX}@{DOMAIN}", PASSWORD)
            floors.append(found / seconds)
            on_sqlite.append(count / once(place, f"ingest{run}", count))
            url = databases.create()
            on_postgres.append(count / once(place, f"postgres{run}", count, url))
    base, what = statistics.median(floors), f"ingest, {count:,} mails"
    yield rate(f"{what}, SQLite", base, statistics.median(on_sqlite), "mails/s", WANTED)
    yield rate(f"{what}, PostgreSQL", base, statistics.median(on_postgres), "mails/s")


def once(place: Place, name: str, count: int, database: str | None = None) -> float:
    """Bring the mailbox in once, into SQLite or the database of that URL; return the seconds.

    Raises AssertionError when a mail or an acknowledgement is missing from the store afterwards.
    """
    place.reset_flags(BOX)
    with intake(place.settings(name, (BOX,)), database) as parts:
        seconds = parts.bring_in(BOX)
        parts.check(BOX, count)
    return seconds


class _Databases:
    """A PostgreSQL that waits for the disk at every commit, as SQLite does here."""

    def __init__(self) -> None:
        self._server = Postgres(fsync=True)
        self._server.start()

    def create(self) -> str:
        return self._server.url(self._server.create())

    def close(self) -> None:
        self._server.remove()
