"""Where numbers come from. A number that was given away is never given again."""

from sqlalchemy import bindparam, func, select

from maild.store.pending import Pending
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
_ROW_IDS = select(row_ids.next_value()).select_from(func.generate_series(1, bindparam("many")))


class Numbers:
    """The numbers of one transaction."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name
        self._blocks: dict[str, range] = {}
        self._tickets: dict[str, int] = {}  # the last one given away
        self._ahead: dict[str, int] = {}  # how many the counter does not know of yet
        pending.written_by(self._write)

    def ticket(self, desk: str) -> int:
        """Return the next ticket number of a desk: from 1 and without gaps, even after a rollback.

        Other transactions that open a ticket of this desk wait until this one ends.
        """
        if desk not in self._tickets:
            self._tickets[desk] = self._take(desk, "ticket", 1)
        else:
            self._tickets[desk] += 1
            self._ahead[desk] = self._ahead.get(desk, 0) + 1
        return self._tickets[desk]

    def skip(self, desk: str, many: int) -> None:
        """Give so many ticket numbers to nobody; before the transaction takes one."""
        self._take(desk, "ticket", many)

    def row(self, desk: str) -> int:
        """Return an id for a row: ascending in the order in which they are asked for."""
        return self.rows(desk, 1)[0]

    def rows(self, desk: str, many: int) -> list[int]:
        """Return as many ids for rows, ascending."""
        if self._engine == "postgresql":
            return sorted(self._pending.look(_ROW_IDS, {"many": many}).scalars())
        block = self._blocks.get(desk, range(0))
        taken = list(block[:many])
        self._blocks[desk] = block[many:]
        if (lacking := many - len(taken)) > 0:
            more = max(_BLOCK, lacking)
            last = self._take(desk, "row", more)
            taken += range(last - more + 1, last - more + 1 + lacking)
            self._blocks[desk] = range(last - more + 1 + lacking, last + 1)
        return taken

    def forget(self) -> None:
        """Drop what was taken in advance: a rollback may have given it back."""
        self._blocks.clear()
        self._tickets.clear()
        self._ahead.clear()

    def _write(self) -> None:
        for desk, many in self._ahead.items():
            self._take(desk, "ticket", many)
        self._ahead.clear()

    def _take(self, desk: str, name: str, by: int) -> int:
        values = {"desk": desk, "name": name, "value": by}
        return int(self._pending.look(_ADVANCE[self._engine], values).scalar_one())
