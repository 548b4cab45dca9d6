"""The mail that came in: its raw bytes, and what became of every place it was found in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CursorResult,
    Executable,
    LargeBinary,
    Row,
    and_,
    bindparam,
    case,
    column,
    func,
    insert,
    select,
    update,
)

from maild.mail.mail import Nature
from maild.mail.packing import Packed, sha256
from maild.store.errors import StoreConflictError
from maild.store.numbers import Numbers
from maild.store.pending import Pending, windows
from maild.store.tables import attempts, mails, quarantine, sources
from maild.store.upsert import upsert


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
    nature: str | None  # who wrote it, by this copy's headers; None where nobody could read them


_PACKED = bindparam("packed", type_=LargeBinary)  # by whoever read it
_KEEP = upsert(
    mails,
    lambda insert: insert.values(raw=_PACKED).on_conflict_do_nothing(
        index_elements=["desk", "sha256"]
    ),
)
_BY_CONTENT = select(mails.c.id).where(
    mails.c.desk == bindparam("desk"), mails.c.sha256 == bindparam("sha256")
)
_BY_CONTENTS = select(mails.c.sha256, mails.c.id).where(
    mails.c.desk == bindparam("desk"), mails.c.sha256.in_(bindparam("keys", expanding=True))
)
_ADD = insert(mails).values(raw=_PACKED)
_RAW = select(mails.c.raw).where(mails.c.desk == bindparam("desk"), mails.c.id == bindparam("id"))
_SEEN = select(sources.c.uid).where(
    sources.c.desk == bindparam("desk"),
    sources.c.mailbox == bindparam("mailbox"),
    sources.c.uidvalidity == bindparam("uidvalidity"),
    sources.c.uid.in_(bindparam("uids", expanding=True)),
)
_HIGHEST = (
    select(sources.c.uid)
    .where(
        sources.c.desk == bindparam("desk"),
        sources.c.mailbox == bindparam("mailbox"),
        sources.c.uidvalidity == bindparam("uidvalidity"),
    )
    .order_by(sources.c.uid.desc())
    .limit(bindparam("at_most"))
)
# A mail released from quarantine has its outcome replaced; any other outcome is final.
_RECORD = upsert(
    sources,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "mailbox", "uidvalidity", "uid"],
        set_={
            name: insert.excluded[name]
            for name in ("outcome", "reason", "ticket", "mail", "identity", "nature", "at")
        },
        where=sources.c.outcome == Outcome.QUARANTINED.value,
    ),
)
_RECORDS = (
    select(sources)
    .where(sources.c.desk == bindparam("desk"), sources.c.mail == bindparam("mail"))
    .order_by(sources.c.at, sources.c.mailbox, sources.c.uid)
)
# What copies share is locked before it is looked up, in one order for everybody: of two mailboxes
# that bring one mail in the same instant, the second waits until the first has recorded it.
_LOCK = select(func.pg_advisory_xact_lock(column("key"))).select_from(
    func.unnest(bindparam("keys", type_=ARRAY(BigInteger))).alias("key")
)
_TWIN = (
    select(sources)
    .where(
        and_(sources.c.desk == bindparam("desk"), sources.c.identity == bindparam("identity")),
        sources.c.outcome != Outcome.QUARANTINED.value,
    )
    .order_by(case((sources.c.nature != Nature.PERSON.value, 1), else_=0), sources.c.at)
    .limit(1)
)
_WITH_TWINS = select(sources.c.identity).where(
    sources.c.desk == bindparam("desk"),
    sources.c.identity.in_(bindparam("keys", expanding=True)),
    sources.c.outcome != Outcome.QUARANTINED.value,
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

    def __init__(self, pending: Pending, numbers: Numbers) -> None:
        self._pending = pending
        self._numbers = numbers
        self._engine = pending.dialect.name
        self._ids: dict[tuple[str, bytes], int] = {}  # of contents that are kept
        self._new: dict[tuple[str, bytes], int] = {}  # ids for contents known not to be kept
        self._locked: set[tuple[str, str]] = set()  # identities nobody else takes up meanwhile
        self._twinless: set[tuple[str, str]] = set()  # identities known to have no record
        self._mails: list[dict[str, Any]] = []
        self._records: list[dict[str, Any]] = []
        pending.written_by(self._write)

    def seen(self, desk: str, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
        """Return those of `uids` that have a record: nothing is left to do for them."""
        found: set[int] = set()
        for window in windows(uids):
            values = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity}
            found.update(self._pending.execute(_SEEN, values | {"uids": window}).scalars())
        return found

    def latest(self, desk: str, mailbox: str, uidvalidity: int, limit: int) -> list[int]:
        """Return the highest UIDs that have a record, ascending."""
        values = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity, "at_most": limit}
        return sorted(self._pending.execute(_HIGHEST, values).scalars())

    def expect(self, desk: str, digests: Collection[bytes], identities: Collection[str]) -> None:
        """Look up together what `keep` and `twin` will be asked about these mails.

        Waits for other transactions that take in copies of them.
        """
        self._lock(desk, identities)
        missing = dict.fromkeys(digests)
        for window in windows(list(missing)):
            for digest, number in self._pending.execute(
                _BY_CONTENTS, {"desk": desk, "keys": window}
            ):
                self._ids[desk, bytes(digest)] = number
                missing.pop(bytes(digest))
        numbers = self._numbers.rows(desk, len(missing)) if missing else []
        self._new.update(
            ((desk, digest), number) for digest, number in zip(missing, numbers, strict=True)
        )
        lonely = set(identities)
        for window in windows(list(lonely)):
            found = self._pending.execute(_WITH_TWINS, {"desk": desk, "keys": window})
            lonely.difference_update(found.scalars())
        self._twinless.update((desk, identity) for identity in lonely)

    def forget(self) -> None:
        """Drop what was looked up or is not written yet: a rollback has undone it."""
        self._ids.clear()
        self._new.clear()
        self._twinless.clear()
        self._locked.clear()
        self._mails.clear()
        self._records.clear()

    def keep(self, desk: str, packed: Packed, at: datetime) -> int:
        """Keep the bytes of a mail and return their id; the same bytes have the same id."""
        key = desk, packed.digest
        if key in self._ids:
            return self._ids[key]
        row = {
            "desk": desk,
            "sha256": packed.digest,
            "size": packed.size,
            "packed": packed.content,
            "at": at,
        }
        number = self._new.pop(key, None)
        if number is not None:
            self._mails.append(row | {"id": number})
        else:
            number = self._numbers.row(desk)
            if self._pending.execute(_KEEP[self._engine], row | {"id": number}).rowcount != 1:
                found = self.find_content(*key)
                if found is None:
                    raise StoreConflictError("A mail that was kept before has gone meanwhile.")
                number = found
        self._ids[key] = number
        return number

    def find_content(self, desk: str, digest: bytes) -> int | None:
        """Return the id of the mail with this SHA-256 digest, when the desk has kept it."""
        values = {"desk": desk, "sha256": digest}
        return self._pending.execute(_BY_CONTENT, values).scalar_one_or_none()

    def raw(self, desk: str, mail: int) -> bytes:
        """Return the bytes of a mail as they came. Raises KeyError when there is none."""
        found = self._pending.execute(_RAW, {"desk": desk, "id": mail}).scalar_one_or_none()
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
        nature: Nature | None = None,
    ) -> None:
        """Record what became of the mail of a source; `identity` is shared by copies of one mail.

        When that is decided already, StoreConflictError is raised as it is written, at the latest
        before the commit, so that no mail has its effect twice. Only a quarantined one can get
        another outcome.
        """
        row = _source_row(source) | {
            "received_at": source.received_at,
            "outcome": outcome.value,
            "reason": reason,
            "ticket": ticket,
            "mail": mail,
            "identity": identity,
            "nature": nature.value if nature else None,
            "at": at,
        }
        self._records.append(row)
        if outcome is not Outcome.QUARANTINED and identity is not None:
            self._twinless.discard((source.desk, identity))

    def records(self, desk: str, mail: int) -> tuple[Record, ...]:
        """Return what became of these bytes in every place they were found, oldest first."""
        rows = self._look(_RECORDS, {"desk": desk, "mail": mail})
        return tuple(_record(row) for row in rows)

    def twin(self, desk: str, identity: str) -> Record | None:
        """Return what became of an earlier copy of a mail, through whichever mailbox it came.

        Of several it is the first that came straight from its writer.
        """
        if (desk, identity) in self._twinless:
            return None
        self._lock(desk, [identity])
        values = {"desk": desk, "identity": identity}
        row = self._look(_TWIN, values).one_or_none()
        return None if row is None else _record(row)

    def _lock(self, desk: str, identities: Collection[str]) -> None:
        """Keep other transactions from looking for copies of these mails until this one ends."""
        new = {(desk, identity) for identity in identities} - self._locked
        if new and self._engine == "postgresql":  # SQLite has one writer at a time
            keys = sorted(_lock_key(desk, identity) for desk, identity in new)
            self._pending.look(_LOCK, {"keys": keys})
        self._locked |= new

    def retire(self, desk: str, mailbox: str, uidvalidity: int) -> None:
        """Give the sources of one UIDVALIDITY another, below zero, where no server's lie.

        For a server that gives the same numbers to other mails, against RFC 3501 2.3.1.1: what
        lay under them keeps its record, and what lies there now is not taken for it.
        """
        key = {"desk": desk, "mailbox": mailbox}
        oldest = self._pending.execute(_OLDEST_NUMBERS, key).scalar_one_or_none() or 0
        values = {
            "of_desk": desk,
            "of_mailbox": mailbox,
            "of_uidvalidity": uidvalidity,
            "retired": min(oldest, 0) - 1,
        }
        for statement in _RETIRE:
            self._pending.execute(statement, values)

    def strike(self, desk: str, mailbox: str, uidvalidity: int, uid: int) -> int:
        """Count an attempt at one mail and return how many there were. Commit before trying."""
        row = {"desk": desk, "mailbox": mailbox, "uidvalidity": uidvalidity, "uid": uid, "count": 1}
        return int(self._pending.execute(_STRIKE[self._engine], row).scalar_one())

    def _look(
        self, statement: Executable, values: Mapping[str, Any]
    ) -> CursorResult[*tuple[Any, ...]]:
        """Ask about records: those at hand are written first; other rooms' rows can wait."""
        self._write()
        return self._pending.look(statement, values)

    def _write(self) -> None:
        rows, self._mails = self._mails, []
        self._pending.write(_ADD, rows)
        rows, self._records = self._records, []
        if self._pending.write(_RECORD[self._engine], rows) != len(rows):
            raise StoreConflictError("A mail was processed before.")


def _lock_key(desk: str, identity: str) -> int:
    return int.from_bytes(sha256(f"{desk} {identity}".encode())[:8], signed=True)


def _source_row(source: Source) -> dict[str, Any]:
    return {
        "desk": source.desk,
        "mailbox": source.mailbox,
        "uidvalidity": source.uidvalidity,
        "uid": source.uid,
    }


def _record(row: Row[Any]) -> Record:
    source = Source(row.desk, row.mailbox, row.uidvalidity, row.uid, row.received_at)
    outcome = Outcome(row.outcome)
    return Record(source, row.mail, outcome, row.reason, row.ticket, row.at, row.nature)
