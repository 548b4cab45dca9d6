"""Where numbers come from. A number that was given away is never given again."""

from sqlalchemy import Connection, select

from maild.store.tables import counters, row_ids
from maild.store.upsert import upsert

_BLOCK = 32  # row ids taken at once on SQLite, where nobody else can write meanwhile

_ADVANCE = upsert(
    counters,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "name"],
        set_={"value": counters.c.value + insert.excluded.value},
    ).returning(counters.c.value),
)
_NEXT_ROW_ID = select(row_ids.next_value())


class Numbers:
    """The numbers of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._engine = connection.dialect.name
        self._blocks: dict[str, range] = {}

    def ticket(self, desk: str) -> int:
        """Return the next ticket number of a desk: from 1 and without gaps, even after a rollback.

        Other transactions that open a ticket of this desk wait until this one ends.
        """
        return self._take(desk, "ticket", 1)

    def row(self, desk: str) -> int:
        """Return an id for a row: ascending in the order in which they are asked for."""
        if self._engine == "postgresql":
            return self._connection.execute(_NEXT_ROW_ID).scalar_one()
        block = self._blocks.get(desk)
        if not block:
            last = self._take(desk, "row", _BLOCK)
            block = range(last - _BLOCK + 1, last + 1)
        self._blocks[desk] = block[1:]
        return block[0]

    def forget(self) -> None:
        """Drop what was taken in advance: a rollback may have given it back."""
        self._blocks.clear()

    def _take(self, desk: str, name: str, by: int) -> int:
        values = {"desk": desk, "name": name, "value": by}
        return int(self._connection.execute(_ADVANCE[self._engine], values).scalar_one())
