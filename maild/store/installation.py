"""What belongs to the installation and to no desk: who owns what for now, and which rules ran."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update

from maild.store.pending import Pending
from maild.store.tables import config_versions, leases
from maild.store.upsert import upsert

_ACQUIRE = upsert(
    leases,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["name"],
        set_={
            "owner": insert.excluded.owner,
            "until": insert.excluded.until,
            "token": leases.c.token + 1,
        },
        where=or_(leases.c.until <= bindparam("now"), leases.c.owner == insert.excluded.owner),
    ).returning(leases.c.token),
)
_MINE = (leases.c.name == bindparam("of_name"), leases.c.token == bindparam("of_token"))
_RENEW = update(leases).where(*_MINE)
# Locked for the rest of the transaction: whoever wants the lease waits until its writes are in.
_HOLDS = select(leases.c.token).where(*_MINE).with_for_update(read=True)
_ADOPT = upsert(
    config_versions,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["fingerprint"], set_={"at": insert.excluded.at}
    ),
)
_NEWEST = select(func.max(config_versions.c.at))
_UNDER_WAY = " under way"
_MOMENT = timedelta(microseconds=1)  # the finest an instant is kept
_LATEST = (
    select(config_versions.c.fingerprint)
    .order_by(config_versions.c.at.desc(), config_versions.c.fingerprint)
    .limit(1)
)


class Leases:
    """Ownership that ends by itself. The fencing token grows with every owner of a name."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name

    def acquire(self, name: str, owner: str, now: datetime, seconds: float) -> int | None:
        """Return a fencing token, or None while somebody else holds the lease.

        `owner` must be new for every start of a process.
        """
        until = now + timedelta(seconds=seconds)
        values = {"name": name, "owner": owner, "until": until, "token": 1, "now": now}
        return self._pending.execute(_ACQUIRE[self._engine], values).scalar_one_or_none()

    def renew(self, name: str, token: int, now: datetime, seconds: float) -> bool:
        """Hold on to a lease; False when it was lost to somebody else."""
        until = now + timedelta(seconds=seconds)
        values = {"of_name": name, "of_token": token, "until": until}
        return self._pending.execute(_RENEW, values).rowcount == 1

    def release(self, name: str, token: int, now: datetime) -> bool:
        """Let somebody else have the lease at once; False when it was lost before."""
        return self.renew(name, token, now, 0)

    def holds(self, name: str, token: int) -> bool:
        """Tell whether the lease is still this token's, and keep it so until the commit.

        Ask in the transaction that writes: a process that slept past its lease must not write.
        """
        values = {"of_name": name, "of_token": token}
        return self._pending.execute(_HOLDS, values).scalar_one_or_none() is not None


class ConfigVersions:
    """Which configurations were in force."""

    def __init__(self, pending: Pending) -> None:
        self._pending = pending
        self._engine = pending.dialect.name

    def begin(self, fingerprint: str, at: datetime) -> bool:
        """Remember that a configuration is being put in force; False when it is already.

        Until `adopt` none is: who dies on the way, or is given the former one again, begins anew.
        """
        if self.latest() == fingerprint:
            return False
        self._write(f"{fingerprint}{_UNDER_WAY}", at)
        return True

    def adopt(self, fingerprint: str, at: datetime) -> bool:
        """Remember which configuration is in force; False when it was already."""
        if self.latest() == fingerprint:
            return False
        self._write(fingerprint, at)
        return True

    def _write(self, fingerprint: str, at: datetime) -> None:
        """Remember the fingerprint as the newest, though the machine's clock was set back."""
        newest = self._pending.execute(_NEWEST).scalar_one_or_none()
        after = at if newest is None else max(at, newest + _MOMENT)
        self._pending.execute(_ADOPT[self._engine], {"fingerprint": fingerprint, "at": after})

    def latest(self) -> str | None:
        """Return the fingerprint of the configuration in force; None before the first."""
        return self._pending.execute(_LATEST).scalar_one_or_none()
