"""Who reads which mailbox, when several daemons share one PostgreSQL.

A mailbox has one owner by a lease that ends by itself; another daemon takes it over when the owner
is gone. A daemon that slept past its lease must not write what it had in hand: every batch asks in
its own transaction whether the lease still holds (a fencing token). Letters and alarms need no
owner: they are claimed and locked one by one. On SQLite there is one daemon, and all is its own.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from maild.store.errors import StoreConflictError
from maild.store.store import Store, Transaction

LEASE = 30.0  # seconds a mailbox waits for another daemon after its owner fell silent
RENEWAL = 8.0  # seconds between renewals: three may fail before the lease ends


class LeaseLostError(StoreConflictError):
    """Another daemon reads this mailbox now."""


class Ownership:
    """The leases of one daemon."""

    def __init__(
        self, store: Store, owner: str, clock: Callable[[], datetime], *, alone: bool
    ) -> None:
        """`owner` is new for every start of a process; `alone` on SQLite, where nobody else is."""
        self._store = store
        self._owner = owner
        self._clock = clock
        self._alone = alone
        self._tokens: dict[str, int] = {}

    def keep(self, names: Iterable[str]) -> set[str]:
        """Acquire or renew what can be had of `names`; return those that are ours now."""
        wanted = list(names)
        if self._alone:
            return set(wanted)
        with self._store.transaction() as tx:
            # One order in every daemon, so that none blocks another.
            tokens = {name: self._lease(tx, name) for name in sorted(wanted)}
        self._tokens = {name: token for name, token in tokens.items() if token is not None}
        return set(self._tokens)

    def _lease(self, tx: Transaction, name: str) -> int | None:
        """Renew what we hold, with its token: a batch under way must not find another one."""
        token, now = self._tokens.get(name), self._clock()
        if token is not None and tx.leases.renew(name, token, now, LEASE):
            return token
        return tx.leases.acquire(name, self._owner, now, LEASE)

    def fence(self, tx: Transaction, name: str) -> None:
        """Raise LeaseLostError unless the mailbox is ours, and keep it so until the commit."""
        if self._alone:
            return
        token = self._tokens.get(name)
        if token is None or not tx.leases.holds(name, token):
            raise LeaseLostError(f"another daemon reads {name} now")

    def release(self) -> None:
        """Let another daemon have everything at once."""
        if self._alone or not self._tokens:
            return
        with self._store.transaction() as tx:
            for name, token in self._tokens.items():
                tx.leases.release(name, token, self._clock())
        self._tokens = {}
