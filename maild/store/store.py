"""The store: one database, and transactions in it. The only door to the tables."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import cached_property
from threading import Lock

from sqlalchemy import Connection
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from maild.store.clock import forget_future
from maild.store.digests import Digests
from maild.store.engine import begun, in_memory, open_engine, sqlite_file
from maild.store.erasure import erase
from maild.store.errors import (
    StoreBrokenError,
    StoreBusyError,
    StoreOwnedError,
    StoreUnavailableError,
)
from maild.store.figures import count
from maild.store.installation import ConfigVersions, Leases
from maild.store.lately import Lately
from maild.store.mailboxes import Mailboxes
from maild.store.mails import Mails
from maild.store.migrate import expect, migrate
from maild.store.numbers import Numbers
from maild.store.outbox import Outbox
from maild.store.pending import Pending
from maild.store.people import Requesters, Told
from maild.store.quarantine import Quarantine
from maild.store.status import Standing, standing
from maild.store.tickets import Tickets
from maild.tickets.figures import Figures

PATIENCE = 30  # seconds that a transaction waits for another thread's


class Transaction:
    """Everything that can be read and written inside one transaction."""

    def __init__(self, connection: Connection, *, writing: bool) -> None:
        self._connection = connection
        self._pending = pending = Pending(connection)
        self._numbers = Numbers(pending)
        self.mails = Mails(pending, self._numbers)
        self.tickets = Tickets(pending, self._numbers, writing=writing)
        self.outbox = Outbox(pending, self._numbers)
        self.requesters = Requesters(pending)
        self.mailboxes = Mailboxes(pending)
        self.digests = Digests(pending, self._numbers)
        self.lately = Lately(pending, self.outbox, self.digests)
        self.told = Told(pending)
        self.leases = Leases(pending)

    def flush(self) -> None:
        """Write what is pending: what the database refuses is raised here, and not later."""
        self._pending.flush()

    @cached_property
    def quarantine(self) -> Quarantine:
        """The mails that wait for a person."""
        return Quarantine(self._pending, self._numbers, self.mails)

    @cached_property
    def config_versions(self) -> ConfigVersions:
        """Which configurations were in force."""
        return ConfigVersions(self._pending)

    def figures(self, desk: str, since: datetime, until: datetime) -> Figures:
        """Count what a report says of a desk's period [since, until), UTC."""
        return count(self._pending, desk, since, until)

    def erase(self, desk: str, limit: datetime, at_most: int) -> int:
        """Erase up to `at_most` tickets that ended at or before `limit` (UTC); return how many."""
        return erase(self._pending, desk, limit, at_most)

    def forget_future(self, now: datetime) -> int:
        """End waits that a clock which ran ahead has made endless; return how many. UTC."""
        return forget_future(self._connection, now)

    def status(self) -> Standing:
        """Return how the installation is."""
        return standing(self._pending)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is done inside when it raises: one bad mail of a batch costs only itself."""
        self.flush()
        tickets, posted = self.tickets.standing(), len(self.outbox.posted)
        kept = len(self.digests.kept)
        try:
            with self._connection.begin_nested():
                yield
                self.flush()
        except BaseException:
            self._numbers.forget()
            self.mails.forget()
            self.requesters.forget()
            self.tickets.go_back(tickets)
            self.outbox.forget(posted)
            self.digests.go_back(kept)
            self.lately.forget()
            raise


class Store:
    """A database given by its URL: "sqlite:///file", "sqlite://" (in memory), "postgresql://…".

    Safe to share between threads. One thread never begins a transaction inside another.
    """

    def __init__(self, url: str, password: str | None = None) -> None:
        """Open nothing yet. Raises StoreError when the URL names no engine that maild knows."""
        self._engine = open_engine(url, password)
        self._one_writer = self._engine.dialect.name == "sqlite"
        self._one_at_a_time = self._one_writer and in_memory(self._engine.url)
        self._place = Lock()
        self.broken: StoreBrokenError | None = None  # since when nothing is done any more
        self.when_broken: Callable[[], None] = lambda: None

    def migrate(self) -> None:
        """Bring the schema up to this program's; safe when several processes start at once.

        Raises SchemaTooNewError when a newer maild has written the database.
        """
        with self._begin(writing=True) as connection:
            migrate(connection)

    def exists(self) -> bool:
        """Tell whether there is a database: a daemon makes the file of SQLite when it starts."""
        path = sqlite_file(self._engine)
        return path is None or path.exists()

    def expect_schema(self) -> None:
        """Raise SchemaTooOldError or SchemaTooNewError unless the schema is this program's.

        For whoever works beside a daemon, which alone migrates.
        """
        with self._begin(writing=False) as connection:
            expect(connection)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction that may write. It commits at the end, and rolls back on exceptions.

        On SQLite it is the only one that writes. Never wait for a network inside: PostgreSQL ends
        it after 10 idle seconds. Raises StoreError and its kinds, also from within.
        """
        with self._begin(writing=True) as connection:
            tx = Transaction(connection, writing=True)
            yield tx
            tx.flush()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """Begin a transaction that sees one state of the database and refuses to write."""
        with self._begin(writing=False) as connection:
            tx = Transaction(connection, writing=False)
            yield tx
            tx.flush()  # what was not to be written is refused

    @contextmanager
    def sole_owner(self) -> Iterator[None]:
        """Keep a second daemon off an SQLite file for as long as this lasts.

        Raises StoreOwnedError when there is one. PostgreSQL is shared on purpose, by leases.
        """
        path = sqlite_file(self._engine)
        if path is None:
            yield
            return
        guard = path.with_name(path.name + ".lock")
        try:
            # Of this process, not of the open file: children that outlive us hold nothing.
            descriptor = os.open(guard, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailableError(
                f"The file {guard} cannot be opened: {error.strerror}."
            ) from None
        try:
            try:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreOwnedError(
                    f"Another maild is already working on {path}; run only one, or use PostgreSQL."
                ) from None
            yield
        finally:
            os.close(descriptor)

    def check(self) -> None:
        """Raise StoreBrokenError when an SQLite file is damaged. Takes seconds on a large one."""
        if self._engine.dialect.name != "sqlite":
            return
        with self._begin(writing=False) as connection:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            raise StoreBrokenError(f"The database is damaged: {found}.")

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _begin(self, *, writing: bool) -> Iterator[Connection]:
        if self.broken is not None:
            raise StoreBrokenError(str(self.broken))
        try:
            with self._turn(writing=writing), ExitStack() as stack:
                try:
                    connection = stack.enter_context(begun(self._engine, writing=writing))
                except PoolTimeoutError:
                    raise StoreBusyError("Every connection to the database is in use.") from None
                yield connection
        except StoreBrokenError as error:
            self._give_up(error)
            raise

    def _give_up(self, error: StoreBrokenError) -> None:
        """Do nothing any more with an SQLite file whose disk has failed.

        What a disk says after a write that failed is not to be believed, an fsync that succeeds
        the second time least of all. PostgreSQL sees to its own disk, and others share it.
        """
        if self._one_writer and self.broken is None:
            self.broken = error
            self.when_broken()

    @contextmanager
    def _turn(self, *, writing: bool) -> Iterator[None]:
        """Wait for the one place there is: SQLite's own way of waiting is to look again later."""
        if not (self._one_at_a_time or (self._one_writer and writing)):
            yield
            return
        if not self._place.acquire(timeout=PATIENCE):
            raise StoreBusyError(f"The database was busy for {PATIENCE} seconds.")
        try:
            yield
        finally:
            self._place.release()
