"""What is done to the real program from within, by name, before it starts: `Place.process(…)`.

die PLACE:N      kill -9 at a place of tests/model/places.py, or before or after the commit that
                 has written to a table: before-commit/sources, after-commit/outbox, or right
                 before it is written to: writing/sources
                 or before one mail is taken in (taking), one ticket gets new rules (adopting)
sleep PLACE:N    SIGSTOP there, instead
leases           a mailbox waits for another reader for 3 s only
memory MB        no process may have more data than that
descriptors N    no process may have more files open than that
ahead SECONDS    its clock runs ahead
poison           a mail with the header X-Poison kills whoever reads it
hasty            a letter in doubt waits 2 seconds for its second try, a mailbox in trouble 0.1
"""

import functools
import os
import resource
import signal
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, event

from maild import parsing
from maild.casework import Case
from maild.daemon import ownership
from maild.daemon.receiver import DeskReceiver
from maild.daemon.watch import Watch
from maild.store import outbox
from tests.faults.poison import read_batch as deadly
from tests.model.edges import ahead, stand_everywhere
from tests.model.places import Place

STORE: Any = import_module("maild.store.store")
SERVICE: Any = import_module("maild.daemon.service")
_METHODS = {"taking": (DeskReceiver, "_take"), "adopting": (Case, "adopt_policy")}
FAULTS: dict[str, Callable[[str], None]] = {}


def inflict(words: str) -> None:
    """Inflict one fault, given by its name and argument."""
    name, _, argument = words.partition(" ")
    FAULTS[name](argument)


def fault(function: Callable[[str], None]) -> Callable[[str], None]:
    """Register a fault under the name of its function."""
    FAULTS[function.__name__] = function
    return function


@fault
def die(place: str) -> None:
    """Kill the program at the n-th time it comes to a place."""
    _stand(place, signal.SIGKILL)


@fault
def sleep(place: str) -> None:
    """Stop the program at the n-th time it comes to a place, until SIGCONT."""
    _stand(place, signal.SIGSTOP)


@fault
def ahead_of_time(seconds: str) -> None:
    """Let its clock run ahead."""
    ahead(float(seconds))


FAULTS["ahead"] = FAULTS.pop("ahead_of_time")


@fault
def poison(_: str) -> None:
    """Let some mails kill."""
    parsing._read_batch = deadly


@fault
def hasty(_: str) -> None:
    """Shorten the long waits."""
    outbox.UNCERTAIN_PAUSE = timedelta(seconds=2)
    SERVICE.Watch = functools.partial(Watch, pause=lambda *_: 0.1)


@fault
def leases(_: str) -> None:
    """Let the leases of mailboxes end soon."""
    ownership.LEASE = 3.0
    SERVICE.RENEWAL = 0.7


@fault
def memory(megabytes: str) -> None:
    """Limit the memory of the program and of its children, each."""
    limit = int(megabytes) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


@fault
def descriptors(count: str) -> None:
    """Limit the open files."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (int(count), int(count)))


def _stand(place: str, number: signal.Signals) -> None:
    name, _, count = place.partition(":")
    left = int(count or 1)

    def reached(where: str) -> None:
        nonlocal left
        if where == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), number)

    if name in _METHODS:
        _stand_before(*_METHODS[name], lambda: reached(name))
    elif "/" in name:
        _stand_at_a_table(name.partition("/")[2], reached)
    else:
        assert name in list(Place), f"there is no place {name}"
        stand_everywhere(reached)


def _stand_before(owner: type, name: str, reached: Callable[[], None]) -> None:
    method = getattr(owner, name)

    def called(*arguments: Any, **options: Any) -> Any:
        reached()
        return method(*arguments, **options)

    setattr(owner, name, called)


def _stand_at_a_table(table: str, reached: Callable[[str], None]) -> None:
    opened = STORE.open_engine

    def open_engine(url: str, password: str | None = None) -> Engine:
        engine: Engine = opened(url, password)
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def note(connection: Any, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith((f"INSERT INTO {table} ", f"UPDATE {table} ")):
                connection.info["at the table"] = True
                reached(f"writing/{table}")

        def do_commit(connection: Any) -> None:
            wrote = connection.info.pop("at the table", False)
            if wrote:
                reached(f"before-commit/{table}")
            commit(connection)
            if wrote:
                reached(f"after-commit/{table}")

        event.listen(engine, "before_cursor_execute", note)
        event.listen(engine, "rollback", lambda c: c.info.pop("at the table", None))
        dialect.do_commit = do_commit
        return engine

    STORE.open_engine = open_engine
