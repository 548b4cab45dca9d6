"""Killed at any statement, all or nothing is there; what the database refuses is told in words."""

import contextlib
import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event

from maild.mail.packing import pack, sha256
from maild.sla.cycle import Cycle
from maild.sla.policy import ClockKind
from maild.store.errors import SchemaTooOldError, StoreBusyError, StoreError, StoreUnavailableError
from maild.store.mails import Outcome
from maild.store.store import Store
from maild.tickets.ticket import Event, EventKind
from tests.servers.postgres import Postgres
from tests.store.samples import DESK, NOW, cursor, letter, message, open_ticket, source, ticket

SERVER = multiprocessing.get_context("forkserver")
RAW = b"Subject: a question\r\n\r\nWhen?\r\n" * 1000


def receive(store: Store) -> None:
    """What intake does with one mail, in one transaction."""
    with store.transaction() as tx:
        if tx.mails.seen(DESK, "student", 7, [1]):
            return
        mail = tx.mails.keep(DESK, pack(RAW), NOW)
        opened = open_ticket(tx)
        tx.tickets.add_message(DESK, opened.number, message(mail=mail))
        tx.tickets.add_event(DESK, opened.number, Event(EventKind.RECEIVED, NOW))
        tx.tickets.save_cycles(DESK, opened.number, [Cycle("reply", ClockKind.REPLY, 1, NOW)])
        tx.outbox.post(letter(), NOW)
        tx.tickets.save(opened)
        tx.mails.record(source(), mail, Outcome.STORED, "new", opened.number, NOW)
        tx.mailboxes.save_cursor(cursor(1))


def there(store: Store) -> list[bool]:
    """Which parts of the mail's effect are in the database."""
    with store.reading() as tx:
        return [
            tx.mails.find_content(DESK, sha256(RAW)) is not None,
            tx.tickets.get(DESK, 1) is not None,
            bool(tx.tickets.messages(DESK, 1)),
            bool(tx.tickets.events(DESK, 1)),
            bool(tx.tickets.cycles(DESK, 1)),
            bool(tx.outbox.list()),
            bool(tx.mails.seen(DESK, "student", 7, [1])),
            tx.mailboxes.cursor(DESK, "student") is not None,
        ]


def _die_at(store: Store, fatal: int) -> None:
    """Let this process be killed just before its statement number `fatal`, commits included."""
    count = 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store._engine, "before_cursor_execute", step)
    event.listen(store._engine, "commit", step)


def _receive_and_die(url: str, fatal: int) -> None:
    store = Store(url)
    _die_at(store, fatal)
    receive(store)


def _migrate_and_die(url: str, fatal: int) -> None:
    store = Store(url)
    _die_at(store, fatal)
    store.migrate()


def test_a_kill_at_any_statement_leaves_all_or_nothing(url: str, store: Store) -> None:
    for fatal in range(1, 100):
        process = SERVER.Process(target=_receive_and_die, args=(url, fatal))
        process.start()
        process.join(60)
        assert process.exitcode in {0, -signal.SIGKILL}
        survived = process.exitcode == 0
        assert set(there(store)) == {survived}
        if survived:
            break
    assert 10 < fatal < 99
    receive(store)
    with store.reading() as tx:
        assert len(tx.tickets.find()) == len(tx.outbox.list()) == 1


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_schema(url: str) -> None:
    for fatal in range(1, 200, 17):
        process = SERVER.Process(target=_migrate_and_die, args=(url, fatal))
        process.start()
        process.join(60)
        assert process.exitcode in {0, -signal.SIGKILL}
        store = Store(url)
        with contextlib.suppress(SchemaTooOldError):
            store.expect_schema()
            assert process.exitcode == 0
        store.close()
    store = Store(url)
    store.migrate()
    receive(store)
    assert set(there(store)) == {True}
    store.close()


def test_a_full_disk_loses_nothing_and_is_told_in_words(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/maild.db")
    store.migrate()
    receive(store)

    def fill() -> None:
        with store.transaction() as tx:
            pages = tx._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
            tx.mails.keep(DESK, pack(os.urandom(1_000_000)), NOW)

    with pytest.raises(StoreUnavailableError, match="full"):
        fill()
    assert set(there(store)) == {True}
    store.close()


def test_a_file_that_may_not_be_written_is_told_in_words(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/maild.db"
    Store(url).migrate()
    store = Store(f"{url}?mode=ro&uri=true".replace("sqlite:///", "sqlite:///file:"))
    with pytest.raises(StoreUnavailableError), store.transaction() as tx:
        tx.told.first(DESK, "x", NOW)
    store.close()


def test_another_programs_lock_is_told_as_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maild.store.engine._SQLITE_PRAGMAS", ("busy_timeout = 50",))
    store = Store(f"sqlite:///{tmp_path}/maild.db")
    store.migrate()
    other = sqlite3.connect(tmp_path / "maild.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusyError), store.transaction():
        pass
    other.execute("ROLLBACK")
    other.close()
    receive(store)
    store.close()


def test_a_server_that_goes_and_comes_back_costs_one_transaction(postgres: Postgres) -> None:
    store = Store(postgres.url(postgres.create()))
    store.migrate()

    def cut() -> None:
        with store.transaction() as tx:
            tx.mails.keep(DESK, pack(b"lost with the server"), NOW)
            postgres.stop("immediate")
            tx.mails.keep(DESK, pack(b"another"), NOW)

    try:
        with pytest.raises(StoreUnavailableError):
            cut()
        with pytest.raises(StoreUnavailableError), store.transaction():
            pass
    finally:
        postgres.start()
    receive(store)
    assert set(there(store)) == {True}
    with store.reading() as tx:
        assert tx.mails.find_content(DESK, sha256(b"lost with the server")) is None
    store.close()


def test_an_error_says_nothing_of_what_was_written(store: Store) -> None:
    secret = "the letter of a patient"
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone") as refused, store.transaction() as tx:
        open_ticket(tx, subject=secret, opened_at=naive)
    assert secret not in str(refused.value)
    opened = ticket(subject=secret)
    with store.transaction() as tx:
        tx.tickets.add(opened)
    with pytest.raises(StoreError) as refused, store.transaction() as tx:
        tx.tickets.add(opened)
    assert secret not in f"{refused.value} {refused.value.__cause__!r}"
