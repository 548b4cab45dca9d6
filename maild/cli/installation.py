"""A configuration with its database, opened beside the daemon that works on it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from maild.cli.command import ProblemError, WrongUsageError
from maild.config.load import load
from maild.config.settings import Settings
from maild.desk import Desk
from maild.store.store import Store, Transaction
from maild.tickets.ticket import Ticket

Found = TypeVar("Found")

_NAME = re.compile(r"(?:(?P<desk>[^/]+)/)?\[?#?(?P<number>\d{1,18})\]?")


@dataclass(frozen=True, slots=True)
class Installation:
    """What a command works on."""

    settings: Settings
    store: Store

    def desk(self, key: str) -> Desk:
        """Return a desk by its key. Raises WrongUsageError when there is none of that name."""
        found = self.settings.desks.get(key)
        if found is None:
            known = ", ".join(sorted(self.settings.desks))
            raise WrongUsageError(f"There is no desk {key}; the desks are {known}.")
        return found

    def zone(self, desk: str) -> tzinfo:
        """Return the zone in which the people of a desk read instants."""
        return ZoneInfo(self.desk(desk).timezone)

    def ticket(self, tx: Transaction, name: str) -> Ticket:
        """Return the ticket called DESK/NUMBER, or NUMBER where only one desk has it.

        Raises WrongUsageError for any other name, ProblemError when there is no such ticket.
        """
        return self.named("ticket", name, tx.tickets.get)

    def named(self, kind: str, name: str, get: Callable[[str, int], Found | None]) -> Found:
        """Return what `get` finds under DESK/NUMBER, or under NUMBER in one desk only.

        Raises WrongUsageError for any other name, ProblemError when nothing is there.
        """
        read = _NAME.fullmatch(name.strip())
        if read is None:
            raise WrongUsageError(f"{name} names no {kind}: write DESK/NUMBER, or the number.")
        number = int(read["number"])  # Arabic-Indic digits are digits
        desks = [self.desk(read["desk"]).key] if read["desk"] else sorted(self.settings.desks)
        found = [(desk, it) for desk in desks if (it := get(desk, number)) is not None]
        if not found:
            raise ProblemError(f"There is no {kind} {name.strip()}.")
        if len(found) > 1:
            choices = " or ".join(f"{desk}/{number}" for desk, _ in found)
            raise WrongUsageError(f"Several desks have a {kind} {number}: write {choices}.")
        return found[0][1]


@contextmanager
def opened(directory: Path) -> Iterator[Installation]:
    """Open the configuration in a directory, and its database beside the daemon.

    Passwords of mailboxes are not needed. Raises ConfigError, StoreError, and WrongUsageError when
    no daemon has made the database yet.
    """
    settings = load(directory, os.environ, secrets=False)
    store = store_of(settings)
    if not store.exists():
        raise WrongUsageError(
            f"There is no database yet ({settings.database}): maild run makes it when it starts."
        )
    try:
        store.expect_schema()
        yield Installation(settings, store)
    finally:
        store.close()


def store_of(settings: Settings) -> Store:
    """Return the store of a configuration, not opened yet."""
    password = settings.database_password
    return Store(settings.database, password.text if password else None)
