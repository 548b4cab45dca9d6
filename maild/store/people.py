"""What is remembered about people: requesters, what they were acknowledged, who was told what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, or_, select

from maild.store.tables import acknowledgements, requesters, tickets, told
from maild.store.upsert import upsert
from maild.tickets.ticket import Status


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
_SAVE = upsert(
    requesters,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["desk", "address"],
        set_={c.name: insert.excluded[c.name] for c in requesters.c if not c.primary_key},
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
_FORGET_ACKS = delete(acknowledgements).where(acknowledgements.c.at < bindparam("before"))
_TELL = upsert(told, lambda insert: insert.on_conflict_do_nothing(index_elements=["desk", "key"]))
_OVER = delete(told).where(told.c.desk == bindparam("desk"), told.c.key == bindparam("key"))


class Requesters:
    """The people who ask, and how often each was acknowledged."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._engine = connection.dialect.name
        self._got: dict[tuple[str, str], Requester | None] = {}  # until the next save

    def get(self, desk: str, address: str) -> Requester | None:
        """Return what is known about an address; None when it never wrote."""
        key = desk, address.lower()
        if key not in self._got:
            row = self._connection.execute(_GET, {"desk": desk, "address": key[1]}).one_or_none()
            self._got[key] = None if row is None else _requester(row)
        return self._got[key]

    def forget(self) -> None:
        """Drop what was read: somebody may have changed it, or a rollback undone it."""
        self._got.clear()

    def concerned(self, desk: str, since: datetime, now: datetime) -> tuple[Requester, ...]:
        """Return who wrote since an instant or has an active ticket, but for the suspended."""
        values = {"desk": desk, "since": since, "now": now}
        return tuple(_requester(row) for row in self._connection.execute(_CONCERNED, values))

    def suspended(self, now: datetime) -> tuple[Requester, ...]:
        """Return who is suspended at `now` (UTC), of every desk."""
        return tuple(_requester(row) for row in self._connection.execute(_SUSPENDED, {"now": now}))

    def save(self, requester: Requester) -> None:
        """Remember a requester as it is now."""
        self.forget()
        self._connection.execute(
            _SAVE[self._engine],
            {
                "desk": requester.desk,
                "address": requester.address.lower(),
                "language": requester.language,
                "first_seen_at": requester.first_seen_at,
                "last_seen_at": requester.last_seen_at,
                "muted_until": requester.muted_until,
                "strikes": requester.strikes,
                "suspended_until": requester.suspended_until,
            },
        )

    def acked(self, desk: str, address: str, at: datetime) -> None:
        """Remember that an acknowledgement was posted to an address."""
        address = address.lower()
        values = {"desk": desk, "address": address, "at": at, "domain": _domain(address)}
        self._connection.execute(_ACKED[self._engine], values | {"count": 1})

    def acks_since(self, desk: str, address: str, since: datetime) -> int:
        """Return how many acknowledgements an address got at or after `since`."""
        values = {"desk": desk, "address": address.lower(), "since": since}
        return int(self._connection.execute(_ACKS_OF_ADDRESS, values).scalar_one())

    def domain_acks_since(self, desk: str, domain: str, since: datetime) -> int:
        """Return how many acknowledgements the addresses of a domain got at or after `since`."""
        values = {"desk": desk, "domain": domain.lower(), "since": since}
        return int(self._connection.execute(_ACKS_OF_DOMAIN, values).scalar_one())

    def desk_acks_since(self, desk: str, since: datetime) -> int:
        """Return how many acknowledgements left the desk at or after `since`."""
        return int(self._connection.execute(_ACKS, {"desk": desk, "since": since}).scalar_one())

    def forget_acks(self, before: datetime) -> int:
        """Drop the acknowledgements that no limit looks at any more; return how many."""
        return self._connection.execute(_FORGET_ACKS, {"before": before}).rowcount


class Told:
    """Who was told of which incident: once, until it is over."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._engine = connection.dialect.name

    def first(self, desk: str, key: str, at: datetime) -> bool:
        """Remember that somebody is told; False when that happened before and is not over.

        `key` names the incident and the person: "mailbox student sara@diplomas.example".
        """
        values = {"desk": desk, "key": key, "at": at}
        return self._connection.execute(_TELL[self._engine], values).rowcount == 1

    def over(self, desk: str, key: str) -> bool:
        """Forget an incident, so that the next one is told again; False when none was told."""
        return self._connection.execute(_OVER, {"desk": desk, "key": key}).rowcount == 1


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


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
