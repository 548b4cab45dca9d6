"""D. The database is locked, goes away, breaks off, or is wanted by two at once."""

import asyncio
import contextlib
import random
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Connection, Engine, event

from maild import outbox
from maild.daemon.outgoing import Outgoing
from maild.daemon.service import Daemon
from maild.daemon.watch import Watch
from maild.imap.mailbox import Mailbox
from maild.store import engine
from maild.store.mails import Mails
from maild.store.store import Store
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.servers.postgres import Postgres


def gives_up(self: Watch) -> None:
    """Watch a mailbox until something fails."""
    self._mailbox = mailbox = Mailbox(self._settings, self._limits)
    try:
        mailbox.connect()
        self._follow(mailbox)
    except Exception as error:
        self._report(f"Mail could not be taken in: {error}", "intake")
    finally:
        mailbox.close()


@case(
    "D1",
    "another program holds the lock of the database for long: mail and letters wait, and go on",
    defence=Defence(
        "the thread of a mailbox comes back whatever has failed",
        replaced("maild.daemon.watch.Watch._run", gives_up),
    ),
    told=r"The database is locked by another process",
    quick=True,
)
def locked(place: Place) -> None:
    hasty = ("busy_timeout = 200", *engine._SQLITE_PRAGMAS[1:])
    with (
        patch.object(engine, "_SQLITE_PRAGMAS", hasty),
        place.impatient(),
        place.running(),
        contextlib.closing(other_program(place)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        place.leave(place.question())
        place.until(lambda: any("locked" in str(line) for line in place.journal))
        time.sleep(1)
        other.execute("ROLLBACK")
        place.await_tickets(1)
        place.letter(place.requester())


def other_program(place: Place) -> sqlite3.Connection:
    return sqlite3.connect(place.file, isolation_level=None)


async def until_it_fails(self: Outgoing) -> None:
    """Send letters as long as all goes well."""
    while not self._stopping:
        self._wanted.clear()
        await outbox.flush(
            self._store, self._couriers, self._owner, self._clock, self._failed,
            jitter=random.random, stopping=lambda: self._stopping,
        )  # fmt: skip
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), self._tick)
    await self._exchange({})


@case(
    "D2",
    "PostgreSQL is down at the start, and goes in the middle of a transaction: one ticket, later",
    defence=Defence(
        "the thread of the letters comes back whatever has failed",
        replaced("maild.daemon.outgoing.Outgoing._send_for_ever", until_it_fails),
    ),
    told=r"PostgreSQL says",
)
def server_gone(place: Place) -> None:
    server = postgres(place)
    server.stop()
    assert "PostgreSQL says" in place.refused()
    server.start()
    with place.process("sleep before-commit/sources") as process:
        place.leave(place.question())
        place.until(lambda: state(process.popen.pid) == "T", what="the taking in of the mail")
        server.stop("immediate")
        process.popen.send_signal(signal.SIGCONT)
        place.until(lambda: "letters could not be sent" in process.journal())
        place.until(lambda: "mailbox in trouble" in process.journal())
        server.start()
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()
    assert len(place.attacked_subjects()) == 1


def postgres(place: Place) -> Postgres:
    """Start a PostgreSQL of the case's own, and let maild use it."""
    server = Postgres()
    place.stack.callback(server.remove)
    server.start()
    place.instance(server.url(server.create()))
    return server


def state(pid: int) -> str:
    """Return the state of a process: R, S, T (stopped)…"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


@contextlib.contextmanager
def begun_at_first_write(engine: Engine, *, writing: bool) -> Iterator[Connection]:
    """Begin as SQLite does by itself: the lock is taken when something is written."""
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("PRAGMA busy_timeout = 500")
        connection.exec_driver_sql("BEGIN")
        yield connection


@contextlib.contextmanager
def nobody_waits_his_turn() -> Iterator[None]:
    with (
        patch("maild.store.store.begun", begun_at_first_write),
        patch.object(Store, "_turn", lambda *_, **__: contextlib.nullcontext()),
    ):
        yield


@case(
    "D9",
    "two mailboxes bring mail for one ticket in the same instant: every word of it is there",
    defence=Defence(
        "who will write takes the lock before reading (BEGIN IMMEDIATE)", nobody_waits_his_turn
    ),
    quick=True,
)
def two_writers(place: Place) -> None:
    both = threading.Barrier(2)
    seen = Mails.seen

    def at_once(self: Mails, desk: str, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        both.reset()
        return seen(self, desk, mailbox, uidvalidity, uids)

    noura = place.requester()
    with place.impatient(), place.running():
        place.write()
        ack = place.letter(noura).mail
        with patch.object(Mails, "seen", at_once):
            for n in range(8):
                box = ("student", "probe")[n % 2]
                place.leave(
                    place.compose(
                        f"Word {n}", f"Re: {ack.subject}", noura, place.at(box),
                        in_reply_to=ack.message_id, references=(ack.message_id,),
                    ),
                    box,
                )  # fmt: skip
            place.until(lambda: place.count("sources") == 9)
        with place.store.reading() as tx:
            words = [m.new_text for m in tx.tickets.messages(place.key, 1)]
        assert sorted(w for w in words if w.startswith("Word")) == [f"Word {n}" for n in range(8)]


@case(
    "D15",
    "PostgreSQL resets connections in the middle of transactions: nothing lost, nothing twice",
    defence=Defence(
        "what the database fails at is no fault of the mail",
        replaced("maild.daemon.receiver._NO_MAILS_FAULT", ()),
    ),
    told=r"PostgreSQL says: (terminating connection|the connection failed)",
)
def connections_reset(place: Place) -> None:
    server = postgres(place)
    with place.impatient(), place.running() as daemon:
        cut(daemon, server, "INSERT INTO sources", 4)
        cut(daemon, server, "UPDATE outbox SET state", 2)
        place.leave(place.question())
        place.await_tickets(1)
        place.letter(place.requester())
        place.letter(place.staff("sara"))
        place.until(place.at_rest)
    with place.store.reading() as tx:
        assert not tx.quarantine.waiting()


def cut(daemon: Daemon, server: Postgres, statement: str, times: int) -> None:
    """Break the connection that is about to say a statement, so many times."""
    left = times

    def reset(_connection: object, cursor: Any, said: str, *_: object) -> None:
        nonlocal left
        if left and said.startswith(statement):
            left -= 1
            with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
                pid = cursor.connection.info.backend_pid
                admin.execute("SELECT pg_terminate_backend(%s, 2000)", (pid,))

    event.listen(daemon.store._engine, "before_cursor_execute", reset)
