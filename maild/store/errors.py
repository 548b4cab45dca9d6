"""What can go wrong with the database, one class per thing its caller must do about it.

The text of each is one plain sentence for people. No statement, no parameter, no body is in it:
a database quotes the failing row in its details, and that row may be somebody's letter.
"""

import sqlite3

import psycopg


class StoreError(Exception):
    """The store could not do what was asked. Nothing of the transaction is kept."""


class StoreBusyError(StoreError):
    """Another transaction stood in the way (lock, deadlock): do the whole transaction again."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached or written now: try again later, with back-off."""


class StoreBrokenError(StoreError):
    """The disk failed or the file is damaged: stop, never continue."""


class StoreConflictError(StoreError):
    """A unique key is taken: the same thing was done before, by this process or another."""


class StaleTicketError(StoreConflictError):
    """The ticket was changed since it was read: read it again."""


class SchemaTooNewError(StoreError):
    """A newer maild wrote this database."""


class SchemaTooOldError(StoreError):
    """The database lacks migrations of this program; a daemon makes them when it starts."""


class StoreOwnedError(StoreError):
    """Another process already works on this SQLite file."""


_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_UNAVAILABLE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
}
_SQLITE_BROKEN = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

# PostgreSQL, appendix A: whole SQLSTATEs first, then their classes.
_POSTGRESQL: dict[str, type[StoreError]] = {
    "40001": StoreBusyError,  # serialization_failure
    "40P01": StoreBusyError,  # deadlock_detected
    "55P03": StoreBusyError,  # lock_not_available
    "23505": StoreConflictError,  # unique_violation
    "25P03": StoreUnavailableError,  # idle_in_transaction_session_timeout: we were asleep
    "25006": StoreUnavailableError,  # read_only_sql_transaction: a standby
    "08": StoreUnavailableError,  # connection exception
    "28": StoreUnavailableError,  # the password is wrong
    "3D": StoreUnavailableError,  # there is no such database
    "53": StoreUnavailableError,  # disk full, out of memory, too many connections
    "57": StoreUnavailableError,  # shut down by its operator
    "58": StoreBrokenError,  # I/O error
    "XX": StoreBrokenError,  # data or index corrupted
}


def translated(error: BaseException, *, disconnected: bool) -> StoreError | None:
    """Return the typed error for what a driver raised, or None: then it is a mistake of ours."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, psycopg.Error):
        return _of_postgresql(error, disconnected)
    return None


def _of_sqlite(error: sqlite3.Error) -> StoreError | None:
    code = getattr(error, "sqlite_errorcode", 0) or 0
    primary = code & 0xFF  # the rest is the extended code
    if code in {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}:
        return StoreConflictError(f"The database refused a second row: {error}.")
    if primary in _SQLITE_BUSY:
        return StoreBusyError("The database is locked by another process.")
    if primary in _SQLITE_UNAVAILABLE:
        return StoreUnavailableError(f"The database cannot be used: {error}.")
    if primary in _SQLITE_BROKEN:
        return StoreBrokenError(f"The database is damaged or its disk fails: {error}.")
    return None


def _of_postgresql(error: psycopg.Error, disconnected: bool) -> StoreError | None:
    state = error.sqlstate or ""
    kind = _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
    if kind is None and (disconnected or (not state and isinstance(error, _UNREACHABLE))):
        kind = StoreUnavailableError
    if kind is None:
        return None
    said = error.diag.message_primary or "the connection failed"
    return kind(f"PostgreSQL says: {said}.")


_UNREACHABLE = (psycopg.OperationalError, psycopg.InterfaceError)
