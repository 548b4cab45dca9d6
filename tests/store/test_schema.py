"""The schema: migrated at start by whoever comes first, refused when it is from the future."""

import multiprocessing
import sqlite3
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from maild.mail.packing import pack
from maild.store.engine import begun, open_engine
from maild.store.errors import (
    SchemaTooNewError,
    StoreBrokenError,
    StoreError,
    StoreOwnedError,
    StoreUnavailableError,
)
from maild.store.migrate import configuration
from maild.store.store import Store
from maild.store.tables import metadata
from tests.store.samples import DESK, NOW, message, open_ticket, stored_ticket

SERVER = multiprocessing.get_context("forkserver")


def test_the_migrations_make_exactly_the_tables_of_the_program(url: str, store: Store) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_of_a_desk_is_keyed_by_its_desk_first() -> None:
    first = {t.name: next(iter(t.primary_key)).name for t in metadata.tables.values()}
    shared = {name for name, column in first.items() if column != "desk"}
    assert shared == {"leases", "config_versions"}


def test_nothing_is_unique_or_refers_across_desks() -> None:
    """What docs/scaling.md says of spreading the tables by desk."""
    for table in metadata.tables.values():
        for index in table.indexes:
            assert not index.unique or next(iter(index.columns)).name == "desk", index.name
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "desk", key.name
            assert key.elements[0].column.name == "desk", key.name


def test_migrating_twice_changes_nothing(store: Store) -> None:
    with store.transaction() as tx:
        open_ticket(tx)
    store.migrate()
    assert stored_ticket(store).number == 1


def test_what_the_first_schema_held_is_there_after_the_migrations(url: str) -> None:
    engine = open_engine(url)
    with begun(engine, writing=True) as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    store = Store(url)
    with store.transaction() as tx:
        number = open_ticket(tx).number
        tx.tickets.add_message(DESK, number, message())
        tx.flush()
        tx._connection.exec_driver_sql("UPDATE messages SET html = '<p>hello</p>'")
    store.migrate()
    with store.reading() as tx:
        assert tx.tickets.messages(DESK, number) == (message(),)
    store.close()


def test_several_processes_may_start_at_once(url: str) -> None:
    barrier = SERVER.Barrier(4)
    starters = [SERVER.Process(target=_start, args=(url, barrier)) for _ in range(4)]
    for process in starters:
        process.start()
    for process in starters:
        process.join(60)
    assert [p.exitcode for p in starters] == [0, 0, 0, 0]
    store = Store(url)
    with store.transaction() as tx:
        assert tx.tickets.next_number(DESK) == 1
    store.close()


def _start(url: str, barrier: Any) -> None:
    store = Store(url)
    barrier.wait(60)
    store.migrate()
    store.close()


def test_a_schema_of_a_newer_program_is_refused_in_one_sentence(url: str, store: Store) -> None:
    engine = open_engine(url)
    newer = "UPDATE alembic_version SET version_num = '9999'"
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as plain:
            plain.execute(newer)
        plain.close()
    else:
        with psycopg.connect(url) as connection:
            connection.execute(newer)
    with pytest.raises(SchemaTooNewError, match=r"A newer maild wrote this database \(schema 9999"):
        store.migrate()
    engine.dispose()


def test_a_database_in_memory_is_migrated_and_kept_while_the_store_lives() -> None:
    store = Store("sqlite://")
    store.migrate()
    with store.transaction() as tx:
        open_ticket(tx)
    assert stored_ticket(store).opened_at == NOW
    store.close()


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/maild.db")
    store.migrate()
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("maild.db*")}
    assert set(modes.values()) == {0o600}
    store.close()


@pytest.mark.parametrize("url", ["mysql://db.example/x", "nonsense", "sqlite+aiosqlite:///x"])
def test_another_database_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(StoreError, match="must be sqlite"):
        Store(url)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/missing/maild.db")
    with pytest.raises(StoreUnavailableError, match=r"missing/maild\.db cannot be created"):
        store.migrate()


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    store = Store("postgresql://maild:secret@127.0.0.1:1/maild")
    with pytest.raises(StoreUnavailableError) as refused, store.transaction():
        pass
    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "maild.db"
    path.write_bytes(b"This is not a database. " * 100)
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StoreBrokenError):
        store.migrate()
    store.close()


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    path = tmp_path / "maild.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    with store.transaction() as tx:
        for n in range(200):
            tx.mails.keep(DESK, pack(str(n).encode() * 50), NOW)
    store.check()
    store.close()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 8192)
    damaged = Store(f"sqlite:///{path}")
    with pytest.raises(StoreBrokenError):
        damaged.check()
    damaged.close()


def _own(url: str, owned: "multiprocessing.queues.Queue[str]", free: object) -> None:
    store = Store(url)
    try:
        with store.sole_owner():
            owned.put("mine")
            free.wait(60)  # type: ignore[attr-defined]
    except StoreOwnedError as refused:
        owned.put(str(refused))


def test_a_second_daemon_on_one_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/maild.db"
    owned: multiprocessing.queues.Queue[str] = SERVER.Queue()
    free = SERVER.Event()
    first = SERVER.Process(target=_own, args=(url, owned, free))
    first.start()
    assert owned.get(timeout=30) == "mine"
    refused = pytest.raises(StoreOwnedError, match="Another maild is already working on")
    with refused, Store(url).sole_owner():
        pass
    first.kill()  # what kill -9 leaves behind keeps nobody out
    first.join(30)
    with Store(url).sole_owner():
        pass


def test_postgresql_is_shared(postgres: object) -> None:
    url = postgres.url(postgres.create())  # type: ignore[attr-defined]
    with Store(url).sole_owner(), Store(url).sole_owner():
        pass
