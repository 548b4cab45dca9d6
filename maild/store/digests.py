"""What a digest will tell: kept with what it tells of, so that a crash loses neither."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select

from maild.store.numbers import Numbers
from maild.store.tables import digest_items

_ADD = insert(digest_items)
_ALL = (
    select(digest_items).where(digest_items.c.desk == bindparam("desk")).order_by(digest_items.c.id)
)
_ONE = select(digest_items.c.id).where(digest_items.c.desk == bindparam("desk")).limit(1)
_TAKE = delete(digest_items).where(
    digest_items.c.desk == bindparam("of_desk"), digest_items.c.id == bindparam("of_id")
)

Items = tuple[tuple[int, str], ...]  # ticket number, and what befell it


class Digests:
    """The pieces of the digests of every desk, inside one transaction."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers

    def add(self, desk: str, address: str, ticket: int, what: str, at: datetime) -> None:
        """Keep for somebody's digest what befell a ticket."""
        row = {"desk": desk, "address": address, "ticket": ticket, "what": what, "at": at}
        self._connection.execute(_ADD, row | {"id": self._numbers.row(desk)})

    def waiting(self, desk: str) -> bool:
        """Tell whether anything is kept for anybody."""
        return self._connection.execute(_ONE, {"desk": desk}).first() is not None

    def take(self, desk: str) -> Mapping[str, Items]:
        """Return what waits for each address, oldest first, and forget it with the commit."""
        found: dict[str, Items] = {}
        rows = self._connection.execute(_ALL, {"desk": desk}).all()
        for row in rows:
            found[row.address] = (*found.get(row.address, ()), (row.ticket, row.what))
        if rows:
            self._connection.execute(_TAKE, [{"of_desk": desk, "of_id": row.id} for row in rows])
        return found
