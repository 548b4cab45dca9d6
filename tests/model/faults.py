"""Failures on purpose: at a statement, before a commit, after it; and death, which is for good."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import event

from maild.store.store import Store

_WRITES = ("INSERT", "UPDATE", "DELETE", "WITH")


class Killed(BaseException):
    """The process ended here, as by kill -9."""


class Place(StrEnum):
    """Where it happens. Only transactions that wrote something count."""

    STATEMENT = "statement"
    BEFORE_COMMIT = "before commit"
    AFTER_COMMIT = "after commit"


class Faults:
    """What will fail in the store of one process, and whether the process lives."""

    def __init__(self) -> None:
        self.dead = False
        self.fired = False
        self.on_death: Callable[[], None] = lambda: None
        self._armed: tuple[Place, int, BaseException] | None = None
        self._wrote = False

    def arm(self, place: Place, n: int, error: BaseException) -> None:
        """Let the `n`th event from now at `place` raise; Killed also ends the process."""
        self._armed, self.fired = (place, n, error), False

    def disarm(self) -> None:
        self._armed = None

    def kill(self) -> Killed:
        """End the process: its store does nothing any more."""
        self.dead = True
        self.on_death()
        return Killed()

    def attach(self, store: Store) -> None:
        """Stand at every statement and commit of `store`."""
        engine = store._engine
        event.listen(engine, "before_cursor_execute", self._statement)
        dialect: Any = engine.dialect
        commit = dialect.do_commit

        def do_commit(connection: Any) -> None:
            wrote, self._wrote = self._wrote, False
            if wrote:
                self._at(Place.BEFORE_COMMIT)
            commit(connection)
            if wrote:
                self._at(Place.AFTER_COMMIT)

        dialect.do_commit = do_commit

    def _statement(self, _c: object, _u: object, statement: str, *_: object) -> None:
        if statement == "BEGIN IMMEDIATE":
            self._wrote = False
        if statement.startswith(_WRITES):
            self._wrote = True
            self._at(Place.STATEMENT)
        elif self.dead:
            raise Killed

    def _at(self, place: Place) -> None:
        if self.dead:
            raise Killed
        if self._armed is None or self._armed[0] is not place:
            return
        _, n, error = self._armed
        if n > 1:
            self._armed = (place, n - 1, error)
            return
        self._armed, self.fired = None, True
        raise self.kill() if isinstance(error, Killed) else error
