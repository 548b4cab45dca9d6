"""What digests will tell: kept with what it tells of, so that a crash loses neither.

A piece that was told is kept for a while: whether somebody hears too much at the moment is judged
by all that befell them lately, told or not.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from maild.store.columns import keyed
from maild.store.numbers import Numbers
from maild.store.pending import Pending
from maild.store.tables import digest_items


class Piece(StrEnum):
    """What a piece of a digest tells of."""

    NEWS = "news"  # mail that came
    LATENESS = "lateness"  # time that is, or is nearly, up


@dataclass(frozen=True, slots=True)
class Kept:
    """One piece: what befell a ticket, in words ready for the reader."""

    address: str
    ticket: int
    kind: Piece
    what: str
    at: datetime
    text: str | None = None  # the beginning of what somebody wrote
    not_before: datetime | None = None


_MINE = digest_items.c.desk == bindparam("desk")
_WAITS = digest_items.c.told_at.is_(None)
_THEIRS = digest_items.c.address == bindparam("address")
_RIPE = digest_items.c.not_before <= bindparam("now", type_=digest_items.c.at.type)
_ADD = insert(digest_items)
_RIPE_FOR = select(digest_items.c.address).where(_MINE, _WAITS, _RIPE).distinct()
_NEXT = select(func.min(digest_items.c.not_before)).where(_MINE, _WAITS)
_FIRST = (
    select(digest_items)
    .where(_MINE, _WAITS, _THEIRS, _RIPE)
    .order_by(digest_items.c.id)
    .limit(bindparam("at_most"))
    .with_for_update()  # two daemons do not tell the same; SQLite has one writer
)
_LEFT = select(func.count(digest_items.c.ticket.distinct())).where(_MINE, _WAITS, _THEIRS, _RIPE)
_TELL = (
    update(digest_items)
    .where(digest_items.c.desk == bindparam("of_desk"), digest_items.c.id == bindparam("of_id"))
    .values(told_at=bindparam("now"))
)
_FORGET = delete(digest_items).where(
    _MINE, digest_items.c.told_at <= bindparam("before", type_=digest_items.c.at.type)
)


class Digests:
    """The pieces of the digests of every desk, inside one transaction."""

    def __init__(self, pending: Pending, numbers: Numbers) -> None:
        self._pending = pending
        self._numbers = numbers
        self._waiting: list[tuple[str, Kept]] = []  # desk and piece
        pending.written_by(self._write)
        self.news: Counter[tuple[str, str]] = Counter()  # pieces of it, by desk and address
        self.kept: list[Kept] = []  # by this transaction, for who shows what it would do

    def keep(self, desk: str, piece: Kept) -> None:
        """Keep a piece for somebody's digest."""
        self._waiting.append((desk, piece))
        self.news[desk, keyed(piece.address)] += piece.kind is Piece.NEWS
        self.kept.append(piece)

    def next_at(self, desk: str) -> datetime | None:
        """Return from when on the first piece that waits may be told; None: nothing waits."""
        found: datetime | None = self._pending.execute(_NEXT, {"desk": desk}).scalar_one()
        return found

    def ripe(self, desk: str, now: datetime) -> tuple[str, ...]:
        """Return the addresses for which something waits that may be told at `now`."""
        return tuple(self._pending.execute(_RIPE_FOR, {"desk": desk, "now": now}).scalars())

    def take(
        self, desk: str, address: str, now: datetime, at_most: int
    ) -> tuple[int, tuple[Kept, ...], int]:
        """Return what waits for somebody, oldest first, as told with the commit.

        The first number names the first piece, and so this digest; the last says how many tickets
        wait still.
        """
        values = {"desk": desk, "address": address, "now": now}
        rows = self._pending.execute(_FIRST, values | {"at_most": at_most}).all()
        if not rows:
            return 0, (), 0
        told = [{"of_desk": desk, "of_id": row.id, "now": now} for row in rows]
        self._pending.execute(_TELL, told)
        left = int(self._pending.execute(_LEFT, values).scalar_one())
        found = tuple(
            Kept(row.address, row.ticket, Piece(row.kind), row.what, row.at, row.text)
            for row in rows
        )
        return rows[0].id, found, left

    def forget(self, desk: str, before: datetime) -> None:
        """Drop what was told at or before an instant."""
        self._pending.execute(_FORGET, {"desk": desk, "before": before})

    def go_back(self, kept: int) -> None:
        """Drop what was kept after so many pieces: a rollback has undone it."""
        self._waiting.clear()
        del self.kept[kept:]

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        rows = []
        for desk in dict.fromkeys(desk for desk, _ in waiting):
            own = [piece for of, piece in waiting if of == desk]
            numbers = self._numbers.rows(desk, len(own))
            rows += [_row(desk, *each) for each in zip(own, numbers, strict=True)]
        self._pending.write(_ADD, rows)


def _row(desk: str, piece: Kept, number: int) -> dict[str, Any]:
    return {
        "desk": desk,
        "id": number,
        "address": piece.address,
        "ticket": piece.ticket,
        "kind": piece.kind.value,
        "what": piece.what,
        "text": piece.text,
        "at": piece.at,
        "not_before": piece.not_before or piece.at,
    }
