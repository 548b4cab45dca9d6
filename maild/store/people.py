"""What is remembered about people: requesters, what they were acknowledged, who was told what."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, func, not_, or_, select

from maild.store.columns import keyed
from maild.store.pending import Pending, windows
from maild.store.tables import acknowledgements, requesters, tickets, told
from maild.store.upsert import upsert
from maild.tickets.ticket import Status

# How the keys of troubles of a mailbox begin: it is not read, its letters are refused.
TROUBLE = "mailbox "
LETTERS_TROUBLE = "letters of "


@dataclass(frozen=True, slots=True)
class Requester:
    """An address that wrote to a desk. Addresses are compared without regard to case."""

    desk: str
    address: str
    first_seen_at: datetime  # UTC
    last_seen_at: datetime
    language: str | None = None
    muted_until: datetime | None = None  # gets no automatic letter before
    strikes: int = 0
    suspended_until: datetime | None = None  # conduct


_GET = select(requesters).where(
    requesters.c.desk == bindparam("desk"), requesters.c.address == bindparam("address")
)
_GET_MANY = select(requesters).where(
    requesters.c.desk == bindparam("desk"),
    requesters.c.address.in_(bindparam("keys", expanding=True)),
)
_SAVE = upsert(
    requesters,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "address"],
        set_={c.name: insert.excluded[c.name] for c in requesters.c if not c.primary_key},
    ),
)
# Nothing else: another process may have suspended the address since it was looked up.
_SEEN = upsert(
    requesters,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "address"],
        set_={name: insert.excluded[name] for name in ("language", "last_seen_at")},
    ),
)
_CONCERNED = (
    select(requesters)
    .where(
        requesters.c.desk == bindparam("desk"),
        or_(
            requesters.c.last_seen_at >= bindparam("since"),
            exists().where(
                tickets.c.desk == requesters.c.desk,
                tickets.c.requester == requesters.c.address,
                tickets.c.status.in_([s.value for s in Status if s.active]),
            ),
        ),
        or_(
            requesters.c.suspended_until.is_(None),
            requesters.c.suspended_until <= bindparam("now"),
        ),
    )
    .order_by(requesters.c.address)
)
_ACKED = upsert(
    acknowledgements,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "address", "at"],
        set_={"count": acknowledgements.c["count"] + 1},
    ),
)
_SUSPENDED = (
    select(requesters)
    .where(requesters.c.suspended_until > bindparam("now"))
    .order_by(requesters.c.desk, requesters.c.address)
)
_ACKS = select(func.coalesce(func.sum(acknowledgements.c["count"]), 0)).where(
    acknowledgements.c.desk == bindparam("desk"), acknowledgements.c.at >= bindparam("since")
)
_ACKS_OF_ADDRESS = _ACKS.where(acknowledgements.c.address == bindparam("address"))
_ACKS_OF_DOMAIN = _ACKS.where(acknowledgements.c.domain == bindparam("domain"))
_ACKS_OF_ADDRESSES = (
    select(acknowledgements.c.address, func.sum(acknowledgements.c["count"]))
    .where(
        acknowledgements.c.desk == bindparam("desk"),
        acknowledgements.c.at >= bindparam("since"),
        acknowledgements.c.address.in_(bindparam("keys", expanding=True)),
    )
    .group_by(acknowledgements.c.address)
)
_FORGET_ACKS = delete(acknowledgements).where(acknowledgements.c.at < bindparam("before"))
_TELL = upsert(told, lambda insert: insert.on_conflict_do_nothing(index_elements=["desk", "key"]))
_FORGET_TOLD = delete(told).where(
    told.c.at < bindparam("before"),
    *(not_(told.c.key.startswith(beginning)) for beginning in (TROUBLE, LETTERS_TROUBLE)),
)
_OVER = delete(told).where(told.c.desk == bindparam("desk"), told.c.key == bindparam("key"))


class Requesters:
    """The people who ask, and how often each was acknowledged."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name
        self._got: dict[tuple[str, str], Requester | None] = {}
        self._seen: dict[tuple[str, str], dict[str, Any]] = {}
        # How many acknowledgements an address, a domain ("@…") or a desk ("") got since an instant.
        self._counts: dict[tuple[str, str], dict[datetime, int]] = {}
        self._acked: list[dict[str, Any]] = []
        pending.written_by(self._write)

    def expect(self, desk: str, addresses: Collection[str]) -> None:
        """Look up together what `get` will be asked about the writers of a batch."""
        self._got.update(dict.fromkeys((desk, keyed(a.lower())) for a in addresses))
        for window in windows([address for of, address in self._got if of == desk]):
            for row in self._pending.execute(_GET_MANY, {"desk": desk, "keys": window}):
                self._got[desk, row.address] = _requester(row)

    def expect_acks(self, desk: str, addresses: Collection[str], since: datetime) -> None:
        """Look up together what `acks_since` will be asked."""
        keys = sorted({keyed(a.lower()) for a in addresses})
        for key in keys:
            self._counts.setdefault((desk, key), {})[since] = 0
        for window in windows(keys):
            values = {"desk": desk, "keys": window, "since": since}
            for address, count in self._pending.execute(_ACKS_OF_ADDRESSES, values):
                self._counts[desk, address][since] = int(count)

    def get(self, desk: str, address: str) -> Requester | None:
        """Return what is known about an address; None when it never wrote."""
        key = desk, keyed(address.lower())
        if key not in self._got:
            values = {"desk": desk, "address": key[1]}
            row = self._pending.execute(_GET, values).one_or_none()
            self._got[key] = None if row is None else _requester(row)
        return self._got[key]

    def forget(self) -> None:
        """Drop what was looked up or is not written yet: a rollback has undone it."""
        self._got.clear()
        self._seen.clear()
        self._counts.clear()
        self._acked.clear()

    def concerned(self, desk: str, since: datetime, now: datetime) -> tuple[Requester, ...]:
        """Return who wrote since an instant or has an active ticket, but for the suspended."""
        values = {"desk": desk, "since": since, "now": now}
        return tuple(_requester(row) for row in self._pending.execute(_CONCERNED, values))

    def suspended(self, now: datetime) -> tuple[Requester, ...]:
        """Return who is suspended at `now` (UTC), of every desk."""
        return tuple(_requester(row) for row in self._pending.execute(_SUSPENDED, {"now": now}))

    def save(self, requester: Requester) -> None:
        """Remember a requester as it is now."""
        self._pending.execute(_SAVE[self._engine], _row(requester))
        address = keyed(requester.address.lower())
        self._got[requester.desk, address] = replace(requester, address=address)

    def seen(self, desk: str, address: str, language: str | None, at: datetime) -> None:
        """Remember that an address wrote, and the language it was spoken to in."""
        key = desk, keyed(address.lower())
        known = self.get(*key) or Requester(*key, at, at)
        self._got[key] = known = replace(known, language=language, last_seen_at=at)
        self._seen[key] = _row(known)

    def acked(self, desk: str, address: str, at: datetime) -> None:
        """Remember that an acknowledgement was posted to an address."""
        address = keyed(address.lower())
        domain = keyed(_domain(address))
        self._acked.append(
            {"desk": desk, "address": address, "at": at, "domain": domain, "count": 1}
        )
        for name in (address, f"@{domain}", ""):
            counts = self._counts.get((desk, name), {})
            for since in counts:
                counts[since] += at >= since

    def acks_since(self, desk: str, address: str, since: datetime) -> int:
        """Return how many acknowledgements an address got at or after `since`."""
        address = keyed(address.lower())
        return self._count(_ACKS_OF_ADDRESS, desk, address, since, {"address": address})

    def domain_acks_since(self, desk: str, domain: str, since: datetime) -> int:
        """Return how many acknowledgements the addresses of a domain got at or after `since`."""
        domain = keyed(domain.lower())
        return self._count(_ACKS_OF_DOMAIN, desk, f"@{domain}", since, {"domain": domain})

    def desk_acks_since(self, desk: str, since: datetime) -> int:
        """Return how many acknowledgements left the desk at or after `since`."""
        return self._count(_ACKS, desk, "", since, {})

    def _count(
        self, statement: Any, desk: str, name: str, since: datetime, values: dict[str, str]
    ) -> int:
        counts = self._counts.setdefault((desk, name), {})
        if since not in counts:
            found = self._pending.look(statement, {"desk": desk, "since": since} | values)
            waiting = (row for row in self._acked if values.items() <= row.items())
            counts[since] = int(found.scalar_one()) + sum(
                row["desk"] == desk and row["at"] >= since for row in waiting
            )
        return counts[since]

    def _write(self) -> None:
        seen, self._seen = self._seen, {}
        self._pending.write(_SEEN[self._engine], list(seen.values()))
        acked, self._acked = self._acked, []
        self._pending.write(_ACKED[self._engine], acked)

    def forget_acks(self, before: datetime) -> int:
        """Drop the acknowledgements that no limit looks at any more; return how many."""
        return self._pending.execute(_FORGET_ACKS, {"before": before}).rowcount


class Told:
    """Who was told of which incident: once, until it is over."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name

    def first(self, desk: str, key: str, at: datetime) -> bool:
        """Remember that somebody is told; False when that happened before and is not over.

        `key` names the incident and the person: "mailbox student sara@diplomas.example".
        """
        values = {"desk": desk, "key": key, "at": at}
        return self._pending.execute(_TELL[self._engine], values).rowcount == 1

    def over(self, desk: str, key: str) -> bool:
        """Forget an incident, so that the next one is told again; False when none was told."""
        return self._pending.execute(_OVER, {"desk": desk, "key": key}).rowcount == 1

    def forget(self, before: datetime) -> int:
        """Drop what was told before an instant (UTC); return how much.

        Not of a trouble: it may last for years, and is dropped when it is over.
        """
        return self._pending.execute(_FORGET_TOLD, {"before": before}).rowcount


def _requester(row: Row[Any]) -> Requester:
    return Requester(
        desk=row.desk,
        address=row.address,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        language=row.language,
        muted_until=row.muted_until,
        strikes=row.strikes,
        suspended_until=row.suspended_until,
    )


def _row(requester: Requester) -> dict[str, Any]:
    return {
        "desk": requester.desk,
        "address": requester.address.lower(),
        "language": requester.language,
        "first_seen_at": requester.first_seen_at,
        "last_seen_at": requester.last_seen_at,
        "muted_until": requester.muted_until,
        "strikes": requester.strikes,
        "suspended_until": requester.suspended_until,
    }


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
