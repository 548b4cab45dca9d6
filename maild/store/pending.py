"""What a transaction is still to write: gathered, and written together.

Fifty rows in one statement cost a fraction of fifty statements. Each room gathers its rows and
names, when the transaction begins, who writes them. Whatever is asked of the database finds them
written; only who keeps what it gathers at hand may look without that (`look`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable

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

    def write(self, statement: Executable, rows: Sequence[Values]) -> int:
        """Write the rows of a room; return how many the database took."""
        return self._connection.execute(statement, rows).rowcount if rows else 0


def windows(keys: Sequence[Any]) -> Iterator[list[Any]]:
    """Cut keys into lists short enough for one statement."""
    for start in range(0, len(keys), _WINDOW):
        yield list(keys[start : start + _WINDOW])
