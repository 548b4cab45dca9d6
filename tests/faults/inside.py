"""What is done to the real program from within, by name, before it starts: `Place.process(…)`.

die PLACE:N      kill -9 at a place of tests/model/places.py, or before or after the commit that
                 has written to a table: before-commit/sources, after-commit/outbox, or right
                 before it is written to: writing/sources
sleep PLACE:N    SIGSTOP there, instead
ahead SECONDS    its clock runs ahead
poison           a mail with the header X-Poison kills whoever reads it
hasty            a letter in doubt waits 2 seconds for its second try
"""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from maild import parsing
from maild.store import outbox, store
from tests.faults.poison import read_batch as deadly
from tests.model.edges import ahead, stand_everywhere
from tests.model.places import Place

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


def _stand(place: str, number: signal.Signals) -> None:
    name, _, count = place.partition(":")
    left = int(count or 1)

    def reached(where: str) -> None:
        nonlocal left
        if where == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), number)

    if "/" in name:
        _stand_at_a_table(name.partition("/")[2], reached)
    else:
        assert name in list(Place), f"there is no place {name}"
        stand_everywhere(reached)


def _stand_at_a_table(table: str, reached: Callable[[str], None]) -> None:
    opened = store.open_engine

    def open_engine(url: str, password: str | None = None) -> Engine:
        engine = opened(url, password)
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

    store.open_engine = open_engine
