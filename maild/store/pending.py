"""What a transaction is still to write: gathered, and written together.

Fifty rows in one statement cost a fraction of fifty statements. Each room gathers its rows and
names, when the transaction begins, who writes them. Whatever is asked of the database finds them
written; only who keeps what it gathers at hand may look without that (`look`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable, UpdateBase

Values = Mapping[str, Any]

_WINDOW = 500  # keys asked for in one statement


class Pending:
    """The connection of one transaction, and the rows that are not written to it yet."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._writers: list[Callable[[], None]] = []
        self.dialect = connection.dialect

    def written_by(self, writer: Callable[[], None]) -> None:
        """Remember who writes the rows of a room; rooms are written in the order they are named."""
        self._writers.append(writer)

    def flush(self) -> None:
        """Write what is pending."""
        for write in self._writers:
            write()

    def execute(
        self, statement: Executable, values: Values | Sequence[Values] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute a statement on the database as it is with everything written."""
        self.flush()
        return self._connection.execute(statement, values)

    def look(
        self, statement: Executable, values: Values | Sequence[Values] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute a statement past what is pending, which has nothing to do with it."""
        return self._connection.execute(statement, values)

    def write(self, statement: UpdateBase, rows: Sequence[Values]) -> int:
        """Write the rows of a room, which have the same columns; return how many it took."""
        if not rows:
            return 0
        sql, values = _prepared(statement, self.dialect, tuple(rows[0]))
        return self._connection.exec_driver_sql(sql, [values(row) for row in rows]).rowcount


@lru_cache(maxsize=256)  # statements are constants, an engine has one dialect
def _prepared(
    statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[str, Callable[[Values], Any]]:
    """Return a statement as the driver wants it, and what makes a row into its parameters.

    SQLAlchemy would find out anew for every row how each of its values is bound, which costs more
    than SQLite needs to write it.
    """
    compiled = statement.compile(dialect=dialect, column_keys=columns, for_executemany=True)
    own = {n: bind.value for n, bind in compiled.binds.items() if n not in columns}  # constants
    processors = {
        name: bind.type.dialect_impl(dialect).bind_processor(dialect)
        for name, bind in compiled.binds.items()
    }
    names = [*(compiled.positiontup or processors)]
    bound = [(at, bind) for at, name in enumerate(names) if (bind := processors[name])]

    def by_place(row: Values) -> list[Any]:
        row = {**own, **row} if own else row
        values = [row[name] for name in names]
        for at, bind in bound:
            values[at] = bind(values[at])
        return values

    if compiled.positiontup is not None:
        return str(compiled), lambda row: tuple(by_place(row))
    return str(compiled), lambda row: dict(zip(processors, by_place(row), strict=True))


def windows(keys: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut keys into lists short enough for one statement."""
    for start in range(0, len(keys), _WINDOW):
        yield list(keys[start : start + _WINDOW])
