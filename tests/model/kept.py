"""All that a database keeps, taken out and put back.

Rows are as the driver has them: a whole database is read at every place where maild can die, and
SQLAlchemy's types would cost four times as much.
"""

import functools
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Table

from maild.store.tables import metadata, outbox, row_ids

Kept = dict[str, list[tuple[Any, ...]]]  # rows by table

_TABLES = metadata.sorted_tables
_OF_A_LIFE = {"lease_owner", "owner", "token"}  # columns that are new at every start
_OF_THE_PAST = {"attempts", "doubts", "finished_at"}  # of a letter


def take(engine: Engine) -> Kept:
    """Return all that is committed."""
    with engine.connect() as connection:
        return {table.name: _rows(connection, table) for table in _TABLES}


def put_back(engine: Engine, kept: Kept) -> None:
    """Let a database keep this and nothing else."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in _TABLES)}")
            ids = [row[_place(t, "id")] for t in _TABLES if "id" in t.c for row in kept[t.name]]
            top = max(ids, default=0) + 1
            connection.exec_driver_sql(f"SELECT setval('{row_ids.name}', {top})")
        else:
            for table in reversed(_TABLES):
                connection.execute(table.delete())
        for table in _TABLES:
            _insert(connection, table, kept[table.name])


def lasting(kept: Kept) -> Kept:
    """Return what is the same whichever daemon did it."""
    found = dict(kept)
    for table in _TABLES:
        if names := _OF_A_LIFE & set(table.c.keys()):
            found[table.name] = [_blank(table, row, names) for row in kept[table.name]]
    return found


def onward(kept: Kept) -> Kept:
    """Return what can decide what happens next: no letter that is done is asked how often."""
    done = _place(outbox, "finished_at")
    letters = [
        row if row[done] is None else (*_blank(outbox, row, _OF_THE_PAST), "finished")
        for row in kept["outbox"]
    ]
    return lasting(kept | {"outbox": letters})


def finished(kept: Kept) -> set[str]:
    """Return the Message-IDs of the letters that came to their end."""
    done, message_id = _place(outbox, "finished_at"), _place(outbox, "message_id")
    return {row[message_id] for row in kept["outbox"] if row[done] is not None}


def _blank(table: Table, row: tuple[Any, ...], names: set[str]) -> tuple[Any, ...]:
    places = {_place(table, name) for name in names}
    return tuple(None if n in places else value for n, value in enumerate(row))


def _rows(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    columns = ", ".join(
        f"CAST({c.name} AS TEXT)" if isinstance(c.type, JSON) else c.name for c in table.c
    )
    order = ", ".join(column.name for column in table.primary_key)
    found = connection.exec_driver_sql(f"SELECT {columns} FROM {table.name} ORDER BY {order}")  # noqa: S608
    return [tuple(row) for row in found]


def _insert(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        columns, marks = ", ".join(table.c.keys()), ", ".join([mark] * len(table.c))
        into = f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608
        connection.exec_driver_sql(into, rows)


@functools.cache
def _place(table: Table, column: str) -> int:
    return list(table.c.keys()).index(column)
