"""A. The process ends while it migrates, reloads or drains, or a mail kills who reads it."""

import contextlib
import pickle
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from maild.store import migrate as migration
from maild.store import tables
from maild.store.installation import ConfigVersions
from maild.store.outbox import State
from tests.faults.case import Defence, case, replaced
from tests.faults.disk import Disk
from tests.faults.place import Place

_LOAD = 400  # mails that lie there; a fast machine must not have answered them all at SIGTERM


def step_by_step(connection: Connection) -> None:
    """Migrate with every statement a transaction of its own."""
    connection.exec_driver_sql("COMMIT")
    migrate(connection)
    connection.exec_driver_sql("BEGIN IMMEDIATE")


migrate = migration.migrate


@case(
    "A10",
    "kill -9 at several points of a migration: the schema is the old one or the new, never half",
    defence=Defence(
        "a migration is one transaction",
        replaced("maild.store.store.migrate", step_by_step),
    ),
)
def within_a_migration(place: Place) -> None:
    for at in ("migrate-begin", "migrate-mid:12", "migrate-mid:30", "migrate-end"):
        place.die(at)
        found = schema(place.file)
        assert not found, (
            f"after {at} there are {len(found)} tables of {len(tables.metadata.tables)}"
        )
    with place.process():
        place.write()
        place.letter(place.requester())
        place.probe()


def schema(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in rows}


@case(
    "A11",
    "kill -9 while other rules come into force: after the restart they hold for every ticket",
    defence=Defence(
        "rules count as in force only when every open ticket has been recomputed",
        replaced("maild.store.installation.ConfigVersions.begin", ConfigVersions.adopt),
    ),
)
def within_a_reload(place: Place) -> None:
    for n in range(3):
        raw = place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
        place.leave(raw)
    with place.process("die adopting:2") as process:
        place.await_tickets(3)
        place.until(place.at_rest)
        file = place.config / "desks" / f"{place.key}.yaml"
        fresh = file.with_suffix(".new")
        fresh.write_text(
            file.read_text().replace("24 open hours of office", "8 open hours of office")
        )
        fresh.replace(file)
        assert process.popen.wait(20) == -signal.SIGKILL
    with place.process():
        place.until(lambda: promised(place) == {8.0}, what="life by the new rules")
        place.probe()


def promised(place: Place) -> set[float]:
    """Return the open hours that the clocks of the tickets were given."""
    hours = place.settings.desks[place.key].calendars["office"]
    with place.store.reading() as tx:
        cycles = [c for t in tx.tickets.find() for c in tx.tickets.cycles(place.key, t.number)]
    return {hours.between(c.started_at, c.due_at) / 3600 for c in cycles if c.due_at}


@case(
    "A13",
    "SIGTERM under load: it ends within 20 s, no mail half taken in, no letter half sent",
    defence=Defence(
        "the daemon waits for the letters in hand before it ends",
        replaced("maild.daemon.outgoing.Outgoing.stop", lambda *_: None),
    ),
    quick=True,
)
def stopped_under_load(place: Place) -> None:
    questions = [
        place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
        for n in range(_LOAD)
    ]
    place.dovecot.append_all(place.at("student"), questions)
    with place.process() as process:
        place.until(lambda: '"verdict": "sent"' in process.journal())
        began = time.monotonic()
        assert process.end() == 0
        assert time.monotonic() - began < 20
    with place.store.reading() as tx:
        counts = tx.outbox.counts()
    assert not counts[State.SENDING], f"{counts[State.SENDING]} letters are half sent"
    assert counts[State.QUEUED], "there was no load"
    with place.process():
        place.await_tickets(_LOAD)
        place.until(place.at_rest)
        place.probe()
    with place.store.reading() as tx:
        assert not [e for e in tx.outbox.list(limit=1000) if e.doubts]


@contextlib.contextmanager
def written_when_convenient() -> Iterator[None]:
    """Let SQLite tell the disk to write only now and then."""
    from maild.store import engine

    pragmas = [p for p in engine._SQLITE_PRAGMAS if "synchronous" not in p]
    with patch.object(engine, "_SQLITE_PRAGMAS", (*pragmas, "synchronous = NORMAL")):
        yield


@case(
    "A14",
    "the power goes as soon as an acknowledgement has left: its ticket and letter are there",
    defence=Defence("every commit is on the disk before it counts", written_when_convenient),
)
def power_lost(place: Place) -> None:
    data = place.folder / "data"
    disk = Disk(place.folder, data)
    disk.begin("synced")
    place.environment |= disk.environment
    with place.process() as process:
        place.write()
        place.letter(place.requester())
        place.letter(place.staff("sara"))
        place.until(place.at_rest)
        process.kill()
    disk.lose_power()
    assert len(place.attacked_subjects()) == 1, "a ticket whose number was told is gone"
    with place.process():
        place.probe()
        place.until(place.at_rest)
    assert len(place.letters(place.requester())) == 1


@contextlib.contextmanager
def read_in_the_daemon() -> Iterator[None]:
    """Read mail in the daemon's own process."""
    from maild import parsing

    class Careless:
        def begin(self, raws: Sequence[bytes], charset: str | None = None) -> Callable[[], Any]:
            answer = parsing._read_batch(raws, charset, 10)
            return lambda: pickle.loads(answer)  # noqa: S301 - written just now

        def close(self) -> None:
            pass

    with patch("maild.daemon.service.Reader", Careless):
        yield


@case(
    "A16",
    "a mail kills whoever reads it, each time: it is quarantined, and the others are ticketed",
    defence=Defence("foreign mail is read in child processes", read_in_the_daemon),
    told=r"^quarantined student 3: Reading the mail used more time or memory",
)
def poison(place: Place) -> None:
    for n in range(6):
        raw = place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
        place.leave(raw if n != 2 else b"X-Poison: yes\r\n" + raw)
    with place.process("poison") as process:
        place.await_tickets(5)
        place.probe()
        assert process.popen.poll() is None
