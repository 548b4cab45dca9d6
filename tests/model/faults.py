"""Failures on purpose at any place; death, which is for good; and sleep while others work."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, event

from maild.store.store import Store
from tests.model.places import CHANGES, Place


class Killed(BaseException):
    """The process ended here, as by kill -9."""


class Faults:
    """What will happen to one process, where, and whether it lives."""

    def __init__(self) -> None:
        self.dead = False
        self.fired = False
        self.on_death: Callable[[], None] = lambda: None
        self.seen: Callable[[Place], None] = lambda _: None  # hears of every place
        self._armed: tuple[frozenset[Place], int, BaseException | Callable[[], None]] | None = None
        self._wrote = False

    def arm(
        self, places: Place | frozenset[Place], n: int, what: BaseException | Callable[[], None]
    ) -> None:
        """At the `n`th of `places` from now raise `what`, or call it. Killed ends the process."""
        places = places if isinstance(places, frozenset) else frozenset({places})
        self._armed, self.fired = (places, n, what), False

    def disarm(self) -> None:
        self._armed = None

    def kill(self) -> Killed:
        """End the process: its store does nothing any more."""
        self.dead = True
        self.on_death()
        return Killed()

    def attach(self, store: Store) -> None:
        """Stand at every statement and commit of `store`."""
        if store._engine not in _STANDING:
            _stand(store._engine)
        _STANDING[store._engine] = self

    def at(self, place: Place) -> None:
        """Be at a place."""
        if self.dead:
            raise Killed
        self.seen(place)
        if self._armed is None or place not in self._armed[0]:
            return
        places, n, what = self._armed
        if n > 1:
            self._armed = (places, n - 1, what)
            return
        self._armed, self.fired = None, True
        if not isinstance(what, BaseException):
            what()
            return
        raise self.kill() if isinstance(what, Killed) else what

    def statement(self, statement: str) -> None:
        """Be at a statement. Only transactions that wrote something count."""
        if statement == "BEGIN IMMEDIATE":
            self._wrote = False
        if statement.lstrip().startswith(CHANGES):
            self._wrote = True
            self.at(Place.STATEMENT)
        elif self.dead:
            raise Killed

    def commit(self, commit: Callable[[], None]) -> None:
        """Be before a commit, and after it."""
        wrote, self._wrote = self._wrote, False
        if wrote:
            self.at(Place.BEFORE_COMMIT)
        commit()
        if wrote:
            self.at(Place.AFTER_COMMIT)


_STANDING: "WeakKeyDictionary[Engine, Faults]" = WeakKeyDictionary()


def standing(store: Store) -> Faults:
    """Return the faults of the process whose store it is."""
    return _STANDING[store._engine]


def _stand(engine: Engine) -> None:
    """Listen to an engine, which several lives of a process share one after another."""

    def statement(_c: object, _u: object, words: str, *_: object) -> None:
        _STANDING[engine].statement(words)

    event.listen(engine, "before_cursor_execute", statement)
    dialect: Any = engine.dialect
    commit = dialect.do_commit
    dialect.do_commit = lambda connection: _STANDING[engine].commit(lambda: commit(connection))
