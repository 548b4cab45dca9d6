"""One engine per database: how SQLite and PostgreSQL are opened, and what each is made to keep."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from maild.store.columns import json_text
from maild.store.errors import StoreError, StoreUnavailableError, translated

_OPTIONS: dict[str, Any] = {
    "json_serializer": json_text,
    "hide_parameters": True,  # they are people's letters
    "execution_options": {"preserve_rowcount": True},  # of an INSERT that met its like
}
_SQLITE_PRAGMAS = (
    "busy_timeout = 30000",  # milliseconds; first, since the others can meet a lock
    "journal_mode = WAL",
    "synchronous = FULL",  # a committed mail survives loss of power, not only a crash
    "foreign_keys = ON",
    "cache_size = -32768",  # KiB
    "journal_size_limit = 67108864",  # bytes
    "wal_autocheckpoint = 4000",  # pages, 16 MB; a backlog changes the same ones again and again
)
# A daemon stopped in the middle of a transaction must not hold its locks for ever: the server
# ends it, and another takes over. Milliseconds.
_POSTGRESQL_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=15000 -c idle_in_transaction_session_timeout=10000"
)
_POSTGRESQL_CONNECTION = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30000,
    "options": _POSTGRESQL_OPTIONS,
    "application_name": "maild",
}


def open_engine(url: str, password: str | None = None) -> Engine:
    """Return an engine for "sqlite:///file", "sqlite://" (in memory) or "postgresql://…".

    `password` is kept apart, so that a URL can be shown.

    Nothing is connected yet. Raises StoreError with one sentence for any other URL.
    """
    try:
        parsed = make_url(url)
        if password is not None:
            parsed = parsed.set(password=password)
    except ArgumentError:
        raise StoreError("The database must be sqlite:///FILE or postgresql://….") from None
    match parsed.drivername:
        case "sqlite":
            engine = _sqlite(parsed)
        case "postgresql":
            engine = _postgresql(parsed)
        case other:
            raise StoreError(f"The database must be sqlite or postgresql, not {other}.")
    # Of the dialect: a listener of the engine itself would slow every statement down.
    event.listen(engine.dialect, "handle_error", _translate)
    return engine


@contextmanager
def begun(engine: Engine, *, writing: bool) -> Iterator[Connection]:
    """Begin a transaction that commits at the end; without `writing` it sees one state only.

    SQLite takes the write lock at once where there will be writing: a deferred transaction that
    reads first and writes later fails when somebody wrote between, however long it would have
    waited (SQLITE_BUSY_SNAPSHOT).
    """
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            if connection.info.get("writing") is not writing:  # what it was used for last
                connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writing else 'ON'}")
                connection.info["writing"] = writing
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        elif not writing:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of an SQLite engine; None for PostgreSQL and for a database in memory."""
    if engine.dialect.name != "sqlite" or in_memory(engine.url):
        return None
    return Path(str(engine.url.database))


def in_memory(url: URL) -> bool:
    """Tell whether an SQLite URL names no file."""
    return url.database in {None, "", ":memory:"}


def _sqlite(url: URL) -> Engine:
    options = dict(_OPTIONS)
    if in_memory(url):
        # One connection for everybody: a second one would be a second, empty database.
        options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    engine = create_engine(url, **options)
    event.listen(engine, "do_connect", _create_private)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=20,
        connect_args=_POSTGRESQL_CONNECTION,
        **_OPTIONS,
    )


def _create_private(
    _dialect: object, _record: object, arguments: list[Any], _options: dict[str, Any]
) -> None:
    """Create the file readable by its owner only: it will hold other people's letters."""
    path = Path(arguments[0])
    if arguments[0] == ":memory:" or path.exists():
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreUnavailableError(
            f"The database {path} cannot be created: {error.strerror}."
        ) from None


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver shall not begin transactions of its own
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _translate(context: ExceptionContext) -> None:
    known = translated(context.original_exception, disconnected=context.is_disconnect)
    if known is not None:
        raise known
