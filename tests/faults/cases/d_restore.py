"""D. The database is a newer program's, or of another day."""

import contextlib
import sqlite3

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from maild.daemon.clock import utc_now
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place


def only_when_empty(connection: Connection, _known: object) -> bool:
    """Take any schema that is there for ours."""
    return not MigrationContext.configure(connection).get_current_heads()


@case(
    "D16",
    "a newer maild has written the database: this one refuses to start and touches nothing",
    defence=Defence(
        "a schema that is not known is not worked on",
        replaced("maild.store.migrate._behind", only_when_empty),
    ),
    told=r"^A newer maild wrote this database",
)
def newer(place: Place) -> None:
    with place.process():
        pass
    known = schema(place, "9999")
    place.leave(place.question())
    place.refused()
    assert place.count("sources") == 0
    schema(place, known)
    with place.process():
        place.await_tickets(1)
        place.probe()


def schema(place: Place, name: str) -> str:
    """Give the schema another name; return the one it had."""
    with contextlib.closing(sqlite3.connect(place.file)) as connection, connection:
        (before,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = ?", (name,))
    return str(before)


@case(
    "D17",
    "last night's backup is restored: the mail since is read again, no letter leaves again",
    defence=Defence(
        "mail that carries maild's mark and is unknown was taken in before: its letters have left",
        replaced("maild.daemon.receiver._taken_before", lambda *_: False),
    ),
    told=r"^mail that an earlier database had taken in; its letters are not sent again",
)
def restored(place: Place) -> None:
    noura, james, sara = place.requester(), place.requester("james"), place.staff("sara")
    place.clock.now = utc_now()
    with place.running():
        place.write(by=noura)
        place.letter(noura)
        notified = place.letter(sara)
        place.until(place.at_rest)
    backup = place.folder / "backup"
    with (
        contextlib.closing(sqlite3.connect(place.file)) as database,
        contextlib.closing(sqlite3.connect(backup)) as copy,
    ):
        database.backup(copy)
    with place.running():
        place.write("When does it begin?", "Term", james)
        place.letter(james)
        place.reply(notified, "Here is the link.", sara)
        place.letter(noura, 2)
        place.letter(sara, 2)
        place.until(place.at_rest)
        place.until(lambda: len(marked(place)) == 3, what="the mark on every mail")
    place.leave(place.question("Where is it?", subject="Place", by=place.requester("late")))
    place.put(backup.read_bytes())
    place.clock.jump(days=1)
    with place.running():
        place.await_tickets(3)
        place.letter(place.requester("late"))
        place.until(place.at_rest)
        with place.store.reading() as tx:
            (cycle,) = tx.tickets.cycles(place.key, 1)
            numbers = sorted(t.number for t in tx.tickets.find())
        assert not cycle.open, "the answer of the lost day is not known"
        assert numbers[2] > 1000, "a number that was told to somebody is another's now"
    assert [len(place.letters(who)) for who in (noura, james, sara)] == [2, 1, 3 + place.probed]


def marked(place: Place) -> list[int]:
    found = place.dovecot.flags(place.at("student"))
    return [uid for uid, flags in found.items() if "$Maild" in flags]
