"""How much somebody of the staff has heard lately, in letters and in pieces of digests.

Counted from what is there anyway, by indexes of its reader and instant: it holds across restarts
and for several daemons, and nobody has to remember it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, select, text

from maild.mail.facts import Kind
from maild.store.digests import Piece
from maild.store.tables import TO_STAFF, digest_items, outbox

_SINCE = bindparam("since", type_=outbox.c.created_at.type)
# In the words of its index, else no engine would see that the index will do.
_LETTERS = and_(
    text(TO_STAFF),
    outbox.c.desk == bindparam("desk"),
    outbox.c.recipient == bindparam("address"),
    outbox.c.created_at > _SINCE,
)
_AT_MOST = bindparam("at_most", type_=Integer)
_NEWS = select(outbox.c.id).where(_LETTERS, outbox.c.purpose != Kind.DIGEST.value).limit(_AT_MOST)
_DIGEST = select(outbox.c.id).where(_LETTERS, outbox.c.purpose == Kind.DIGEST.value).limit(1)
_PIECES = (
    select(digest_items.c.id)
    .where(
        digest_items.c.desk == bindparam("desk"),
        digest_items.c.address == bindparam("address"),
        digest_items.c.at > _SINCE,
        digest_items.c.kind == Piece.NEWS.value,
    )
    .limit(_AT_MOST)
)


class Lately:
    """What was said to somebody after an instant; counted no further than is asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def letters(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many letters brought mail to somebody."""
        return self._count(_NEWS, desk=desk, address=address, since=since, at_most=at_most)

    def pieces(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many pieces of news were kept for somebody's digest, told or not."""
        return self._count(_PIECES, desk=desk, address=address, since=since, at_most=at_most)

    def digest(self, desk: str, address: str, since: datetime) -> bool:
        """Tell whether a digest was posted to somebody."""
        return self._count(_DIGEST, desk=desk, address=address, since=since) > 0

    def _count(self, statement: Any, **values: Any) -> int:
        found: Mapping[str, Any] = values
        return len(self._connection.execute(statement, found).all())
