"""How much somebody of the staff has heard lately, in letters and in pieces of digests.

Counted from what is there anyway, by indexes of its reader and instant: it holds across restarts
and for several daemons, and nobody has to remember it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select, text

from maild.mail.facts import Kind
from maild.store.columns import keyed
from maild.store.digests import Digests, Piece
from maild.store.outbox import Outbox
from maild.store.pending import Pending
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
_DIGEST = select(outbox.c.id).where(_LETTERS, outbox.c.purpose == Kind.DIGEST.value).limit(_AT_MOST)
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

    def __init__(self, pending: Pending, outbox: Outbox, digests: Digests) -> None:
        self._pending = pending
        self._outbox = outbox
        self._digests = digests
        # What the database counted, and how much this transaction had said by then.
        self._letters: dict[tuple[str, str, datetime, int], tuple[int, int]] = {}
        self._pieces: dict[tuple[str, str, datetime, int], tuple[int, int]] = {}

    def letters(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many letters brought mail to somebody, as far as `at_most`."""
        key, said = (desk, address, since, at_most), self._outbox.to_staff[desk, keyed(address)]
        if key not in self._letters:
            self._letters[key] = self._count(_NEWS, *key), said
        counted, before = self._letters[key]
        return min(at_most, counted + said - before)

    def pieces(self, desk: str, address: str, since: datetime, at_most: int) -> int:
        """Return how many pieces of news were kept for somebody's digest, told or not."""
        key, said = (desk, address, since, at_most), self._digests.news[desk, keyed(address)]
        if key not in self._pieces:
            self._pieces[key] = self._count(_PIECES, *key), said
        counted, before = self._pieces[key]
        return min(at_most, counted + said - before)

    def digest(self, desk: str, address: str, since: datetime) -> bool:
        """Tell whether a digest was posted to somebody."""
        return self._count(_DIGEST, desk, address, since, 1) > 0

    def forget(self) -> None:
        """Drop what was counted: a rollback has undone what was said since."""
        self._letters.clear()
        self._pieces.clear()

    def _count(self, statement: Any, desk: str, address: str, since: datetime, at_most: int) -> int:
        values = {"desk": desk, "address": address, "since": since, "at_most": at_most}
        return len(self._pending.execute(statement, values).all())
