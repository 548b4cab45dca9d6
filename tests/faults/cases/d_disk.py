"""D. The disk is full, broken or sealed, or its pages are damaged."""

import contextlib
import sqlite3
import sys
from pathlib import Path

from tests.faults.case import Defence, case, replaced
from tests.faults.disk import Disk
from tests.faults.place import Place


class Careless:
    """Writes a log line, or fails."""

    def msg(self, line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = msg


@case(
    "D3",
    "the disk is full, first for the database and then for the log: all waits, then goes on",
    defence=Defence(
        "a log that cannot be written to stops no mail and no letter",
        replaced("maild.daemon.journal._Lines", Careless),
    ),
    told=r"database or disk is full",
)
def full(place: Place) -> None:
    disk = failing(place)
    with place.process("hasty") as process:
        disk.begin("full")
        place.leave(place.question())
        place.until(lambda: "mailbox in trouble" in process.journal())
        disk.end("full")
        place.await_tickets(1)
        place.letter(place.requester())
        place.until(place.at_rest)
        disk.begin("full", place.folder / "journal")
        james = place.requester("james")
        place.leave(place.question("When does it begin?", subject="Term", by=james))
        place.letter(james)
        place.until(place.at_rest, 20, "the record that the letters were sent")
        disk.end("full")
        place.probe()


def failing(place: Place) -> Disk:
    """Return the disk under the data directory of the real program."""
    disk = Disk(place.folder, place.folder / "data")
    place.environment |= disk.environment
    return disk


@case(
    "D4",
    "fsync fails: maild stops at once, and goes on after a restart on a disk that works",
    defence=Defence(
        "a store whose disk has failed does nothing more",
        replaced("maild.store.store.Store._give_up", lambda *_: None),
    ),
    told=r"disk I/O error",
    quick=True,
)
def fsync_fails(place: Place) -> None:
    disk = failing(place)
    with place.process("hasty") as process:
        disk.begin("broken")
        place.leave(place.question())
        place.until(lambda: process.popen.poll() is not None, what="the end of maild")
        assert process.popen.returncode == 1
        assert process.journal().splitlines()[-1].startswith("maild has stopped")
    disk.end("broken")
    with place.process():
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()


@case(
    "D5",
    "the database may not be written to: maild refuses to start, in one sentence",
    defence=Defence(
        "what the database says becomes a sentence",
        replaced("maild.store.engine.translated", lambda *_, **__: None),
    ),
    told=r"^The database cannot be used: ",
)
def sealed(place: Place) -> None:
    disk = failing(place)
    with place.process():
        pass
    place.leave(place.question())
    disk.begin("sealed", place.file)
    place.refused()
    disk.end("sealed")
    with place.process():
        place.await_tickets(1)
        place.probe()


@case(
    "D6",
    "pages of the database are damaged: maild refuses to start and says so",
    defence=Defence(
        "the file is checked before anything is built on it",
        replaced("maild.store.store.Store.check", lambda *_: None),
    ),
    told=r"^The database is damaged",
)
def damaged(place: Place) -> None:
    with place.process():
        place.leave(place.question())
        place.letter(place.requester())
        place.until(place.at_rest)
    with contextlib.closing(sqlite3.connect(place.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole, root = place.file.read_bytes(), root_of("messages", place.file)
    place.put(whole[: root * 4096 - 4096] + b"\xa5" * 4096 + whole[root * 4096 :])
    place.refused()
    place.put(whole)
    with place.process():
        place.probe()


def root_of(table: str, path: Path) -> int:
    """Return the number of a table's first page."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        asked = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        return int(connection.execute(asked, (table,)).fetchone()[0])
