"""Mail that could not be processed: why, its safe headers, and whether a person has released it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, insert, select, update

from maild.store.mails import Mails, Outcome, Source
from maild.store.numbers import Numbers
from maild.store.pending import Pending
from maild.store.tables import quarantine, sources


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One mail in quarantine."""

    id: int
    source: Source
    mail: int | None  # id of the raw bytes; None when it was too large to be fetched
    reason: str
    headers: Mapping[str, str]  # the few that are safe to show
    at: datetime  # UTC
    released_at: datetime | None


_ADD = insert(quarantine)
_ALL = (
    select(quarantine)
    .where(quarantine.c.released_at.is_(None))
    .order_by(quarantine.c.at, quarantine.c.desk, quarantine.c.id)
)
_OF_DESK = _ALL.where(quarantine.c.desk == bindparam("desk"))
_COUNT_SINCE = select(func.count()).where(
    quarantine.c.desk == bindparam("desk"), quarantine.c.at >= bindparam("since")
)
_RELEASE = update(quarantine).where(
    quarantine.c.desk == bindparam("of_desk"),
    quarantine.c.id == bindparam("of_id"),
    quarantine.c.released_at.is_(None),
)

_later = quarantine.alias("later")


def _same_source(one: Any, other: Any) -> Any:
    names = ("desk", "mailbox", "uidvalidity", "uid")
    return and_(*(one.c[name] == other.c[name] for name in names))


# A mail that was processed again has another outcome, or a newer row here.
_RELEASED = (
    select(quarantine)
    .where(
        quarantine.c.released_at.is_not(None),
        exists().where(
            _same_source(sources, quarantine), sources.c.outcome == Outcome.QUARANTINED.value
        ),
        ~exists().where(_same_source(_later, quarantine), _later.c.id > quarantine.c.id),
    )
    .order_by(quarantine.c.released_at, quarantine.c.desk, quarantine.c.id)
)
_TAKE = _RELEASED.where(
    quarantine.c.desk == bindparam("desk"), quarantine.c.id == bindparam("id")
).with_for_update(skip_locked=True, of=quarantine)


class Quarantine:
    """The mails that wait for a person."""

    def __init__(self, pending: Pending, numbers: Numbers, mails: Mails) -> None:
        self._pending = pending
        self._numbers = numbers
        self._mails = mails

    def add(
        self,
        source: Source,
        mail: int | None,
        reason: str,
        headers: Mapping[str, str],
        at: datetime,
    ) -> int:
        """Put a mail into quarantine, record that as its outcome, and return its number there.

        Raises StoreConflictError when the source has another outcome already.
        """
        self._mails.record(source, mail, Outcome.QUARANTINED, reason, None, at)
        number = self._numbers.row(source.desk)
        self._pending.execute(
            _ADD,
            {
                "desk": source.desk,
                "id": number,
                "mailbox": source.mailbox,
                "uidvalidity": source.uidvalidity,
                "uid": source.uid,
                "received_at": source.received_at,
                "mail": mail,
                "reason": reason,
                "headers": dict(headers),
                "at": at,
            },
        )
        return number

    def waiting(self, desk: str | None = None) -> tuple[Quarantined, ...]:
        """Return what was not released yet, oldest first, of one desk or of all."""
        rows = (
            self._pending.execute(_ALL)
            if desk is None
            else self._pending.execute(_OF_DESK, {"desk": desk})
        )
        return tuple(_quarantined(row) for row in rows)

    def count_since(self, desk: str, since: datetime) -> int:
        """Return how many mails of a desk were put here at or after `since`."""
        return int(self._pending.execute(_COUNT_SINCE, {"desk": desk, "since": since}).scalar_one())

    def release(self, desk: str, number: int, at: datetime) -> bool:
        """Mark a mail as released to be processed again; False when it does not wait here."""
        values = {"of_desk": desk, "of_id": number, "released_at": at}
        return self._pending.execute(_RELEASE, values).rowcount == 1

    def released(self) -> tuple[Quarantined, ...]:
        """Return what was released and not processed since, the first released first."""
        return tuple(_quarantined(row) for row in self._pending.execute(_RELEASED))

    def take(self, desk: str, number: int) -> Quarantined | None:
        """Return a released mail, locked to be processed in this transaction.

        None when somebody else has it in hand or has processed it already.
        """
        row = self._pending.execute(_TAKE, {"desk": desk, "id": number}).one_or_none()
        return None if row is None else _quarantined(row)


def _quarantined(row: Row[Any]) -> Quarantined:
    return Quarantined(
        id=row.id,
        source=Source(row.desk, row.mailbox, row.uidvalidity, row.uid, row.received_at),
        mail=row.mail,
        reason=row.reason,
        headers=row.headers,
        at=row.at,
        released_at=row.released_at,
    )
