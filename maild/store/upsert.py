"""INSERT … ON CONFLICT for both engines: SQLAlchemy spells it once per dialect."""

from collections.abc import Callable, Mapping

from sqlalchemy import Table, UpdateBase
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def upsert(table: Table, finish: Callable[[Insert], UpdateBase]) -> Mapping[str, UpdateBase]:
    """Return the statement that `finish` makes of an INSERT into `table`, by dialect name."""
    return {
        "sqlite": finish(sqlite.insert(table)),
        "postgresql": finish(postgresql.insert(table)),
    }
