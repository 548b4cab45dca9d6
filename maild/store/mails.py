"""The mail that came in: its raw bytes, and what became of every place it was found in."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from maild.store.errors import StoreConflictError
from maild.store.numbers import Numbers
from maild.store.tables import attempts, mails, quarantine, sources
from maild.store.upsert import upsert

_WINDOW = 500  # UIDs asked for in one statement


class Outcome(StrEnum):
    """What became of a mail."""

    STORED = "stored"  # it is in a ticket
    QUARANTINED = "quarantined"  # it could not be processed; the raw bytes wait for a person
    IGNORED = "ignored"  # on purpose; the reason says why
    DUPLICATE = "duplicate"  # the same bytes had come before, here or in another mailbox


@dataclass(frozen=True, slots=True)
class Source:
    """Where a mail was found. Mailbox, UIDVALIDITY and UID name it for ever (RFC 3501 2.3.1.1)."""

    desk: str
    mailbox: str
    uidvalidity: int
    uid: int
    received_at: datetime  # UTC; the server's receipt (INTERNALDATE)


@dataclass(frozen=True, slots=True)
class Record:
    """What became of the mail of one source."""

    source: Source
    mail: int | None  # id of the raw bytes
    outcome: Outcome
    reason: str
    ticket: int | None
    at: datetime  # UTC


_KEEP = upsert(
    mails, lambda insert: insert.on_conflict_do_nothing(index_elements=["desk", "sha256"])
)
_BY_CONTENT = select(mails.c.id).where(
    mails.c.desk == bindparam("desk"), mails.c.sha256 == bindparam("sha256")
)
_RAW = select(mails.c.raw).where(mails.c.desk == bindparam("desk"), mails.c.id == bindparam("id"))
_SEEN = select(sources.c.uid).where(
    sources.c.desk == bindparam("desk"),
    sources.c.mailbox == bindparam("mailbox"),
    sources.c.uidvalidity == bindparam("uidvalidity"),
    sources.c.uid.in_(bindparam("uids", expanding=True)),
)
# A mail released from quarantine has its outcome replaced; any other outcome is final.
_RECORD = upsert(
    sources,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "mailbox", "uidvalidity", "uid"],
        set_={
            name: insert.excluded[name]
            for name in ("outcome", "reason", "ticket", "mail", "identity", "at")
        },
        where=sources.c.outcome == Outcome.QUARANTINED.value,
    ),
)
_RECORDS = (
    select(sources)
    .where(sources.c.desk == bindparam("desk"), sources.c.mail == bindparam("mail"))
    .order_by(sources.c.at, sources.c.mailbox, sources.c.uid)
)
_TWIN = (
    select(sources)
    .where(
        and_(sources.c.desk == bindparam("desk"), sources.c.identity == bindparam("identity")),
        sources.c.outcome != Outcome.QUARANTINED.value,
    )
    .order_by(sources.c.at)
    .limit(1)
)
_STRIKE = upsert(
    attempts,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "mailbox", "uidvalidity", "uid"],
        set_={"count": attempts.c["count"] + 1},
    ).returning(attempts.c["count"]),
)

_OLDEST_NUMBERS = select(func.min(sources.c.uidvalidity)).where(
    sources.c.desk == bindparam("desk"), sources.c.mailbox == bindparam("mailbox")
)
_RETIRE = tuple(
    update(table)
    .where(
        table.c.desk == bindparam("of_desk"),
        table.c.mailbox == bindparam("of_mailbox"),
        table.c.uidvalidity == bindparam("of_uidvalidity"),
    )
    .values(uidvalidity=bindparam("retired"))
    for table in (sources, attempts, quarantine)
)


class Mails:
    """Raw mail by content, and one record per source."""

    def __init__(self, connection: Connection, numbers: Numbers) -> None:
        self._connection = connection
        self._numbers = numbers
        self._engine = connection.dialect.name

    def seen(self, desk: str, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        """Return those of `uids` that have a record: nothing is left to do for them."""
        found: set[int] = set()
        for start in range(0, len(uids), _WINDOW):
            values = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity}
            window = values | {"uids": list(uids[start : start + _WINDOW])}
            found.update(self._connection.execute(_SEEN, window).scalars())
        return found

    def keep(self, desk: str, raw: bytes, at: datetime) -> int:
        """Keep the bytes of a mail and return their id; the same bytes have the same id."""
        number = self._numbers.row(desk)
        digest = sha256(raw)
        row = {"desk": desk, "id": number, "sha256": digest, "size": len(raw), "raw": raw, "at": at}
        if self._connection.execute(_KEEP[self._engine], row).rowcount == 1:
            return number
        found = self.find_content(desk, digest)
        if found is None:
            raise StoreConflictError("A mail that was kept before has gone meanwhile.")
        return found

    def find_content(self, desk: str, digest: bytes) -> int | None:
        """Return the id of the mail with this SHA-256 digest, when the desk has kept it."""
        values = {"desk": desk, "sha256": digest}
        return self._connection.execute(_BY_CONTENT, values).scalar_one_or_none()

    def raw(self, desk: str, mail: int) -> bytes:
        """Return the bytes of a mail as they came. Raises KeyError when there is none."""
        found = self._connection.execute(_RAW, {"desk": desk, "id": mail}).scalar_one_or_none()
        if found is None:
            raise KeyError(mail)
        return bytes(found)

    def record(
        self,
        source: Source,
        mail: int | None,
        outcome: Outcome,
        reason: str,
        ticket: int | None,
        at: datetime,
        identity: str | None = None,
    ) -> None:
        """Record what became of the mail of a source; `identity` is shared by copies of one mail.

        Raises StoreConflictError when that is decided already: roll back, so that no mail has its
        effect twice. Only a quarantined one can get another outcome.
        """
        row = _source_row(source) | {
            "received_at": source.received_at,
            "outcome": outcome.value,
            "reason": reason,
            "ticket": ticket,
            "mail": mail,
            "identity": identity,
            "at": at,
        }
        if self._connection.execute(_RECORD[self._engine], row).rowcount != 1:
            raise StoreConflictError(
                f"UID {source.uid} of mailbox {source.mailbox} was processed before."
            )

    def records(self, desk: str, mail: int) -> tuple[Record, ...]:
        """Return what became of these bytes in every place they were found, oldest first."""
        rows = self._connection.execute(_RECORDS, {"desk": desk, "mail": mail})
        return tuple(_record(row) for row in rows)

    def twin(self, desk: str, identity: str) -> Record | None:
        """Return what became of an earlier copy of a mail, through whichever mailbox it came."""
        values = {"desk": desk, "identity": identity}
        row = self._connection.execute(_TWIN, values).one_or_none()
        return None if row is None else _record(row)

    def retire(self, desk: str, mailbox: str, uidvalidity: int) -> None:
        """Give the sources of one UIDVALIDITY another, below zero, where no server's lie.

        For a server that gives the same numbers to other mails, against RFC 3501 2.3.1.1: what
        lay under them keeps its record, and what lies there now is not taken for it.
        """
        key = {"desk": desk, "mailbox": mailbox}
        oldest = self._connection.execute(_OLDEST_NUMBERS, key).scalar_one_or_none() or 0
        values = {
            "of_desk": desk,
            "of_mailbox": mailbox,
            "of_uidvalidity": uidvalidity,
            "retired": min(oldest, 0) - 1,
        }
        for statement in _RETIRE:
            self._connection.execute(statement, values)

    def strike(self, desk: str, mailbox: str, uidvalidity: int, uid: int) -> int:
        """Count an attempt at one mail and return how many there were. Commit before trying."""
        row = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid, "count": 1}
        return int(self._connection.execute(_STRIKE[self._engine], row).scalar_one())


def sha256(raw: bytes) -> bytes:
    """Return the digest by which the content of a mail is known."""
    return hashlib.sha256(raw).digest()


def _source_row(source: Source) -> dict[str, Any]:
    return {
        "desk": source.desk,
        "mailbox": source.mailbox,
        "uidvalidity": source.uidvalidity,
        "uid": source.uid,
    }


def _record(row: Row[Any]) -> Record:
    source = Source(row.desk, row.mailbox, row.uidvalidity, row.uid, row.received_at)
    return Record(source, row.mail, Outcome(row.outcome), row.reason, row.ticket, row.at)
