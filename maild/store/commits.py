"""The way of many small changes into the store: what waits together is committed together."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from maild.store.errors import StoreBrokenError, StoreBusyError, StoreUnavailableError
from maild.store.store import Store, Transaction

_MOMENT, _PATIENCE, _ASIDE = 0.003, 0.005, 0.002  # seconds

T = TypeVar("T")
R = TypeVar("R")
Work = Callable[[Transaction, Sequence[T]], Sequence[R]]


class Commits:
    """Changes that wait together are one transaction, which costs far more than a change.

    Each waits a moment for companions. Changes of one kind are made together, in one statement or
    few.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Work[Any, Any], Any, asyncio.Future[Any]]] = []
        self._runner: asyncio.Task[None] | None = None
        self._hurry = False  # one of those that wait is not patient
        self._alarm: asyncio.TimerHandle | None = None  # for those that are

    def make(self, work: Work[T, R], item: T, *, patient: bool = False) -> asyncio.Future[R]:
        """Have `work` do what is to be done with `item`; its result comes once it is committed.

        `work` gets all items that wait for it, and returns a result for each. It may be called a
        second time when a companion's failure undid the first. A `patient` change goes with the
        next that is not, or a little later without. Instead of the result comes what `work` raised,
        or the StoreError for which nothing could be committed.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()
        self._waiting.append((work, item, done))
        if not patient:
            self._start()
        elif self._alarm is None:
            self._alarm = loop.call_later(_PATIENCE, self._start)
        return done

    def _start(self) -> None:
        self._hurry = True
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._hurry:
            await asyncio.sleep(_MOMENT)
            self._hurry = False
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
            together, self._waiting = self._waiting, []
            changes = [(work, item) for work, item, _ in together]
            ends = await self._committed(changes)
            for (_, _, done), end in zip(together, ends, strict=True):
                if done.done():  # given up meanwhile
                    continue
                if isinstance(end, Exception):
                    done.set_exception(end)
                else:
                    done.set_result(end)

    async def _committed(self, changes: Sequence[tuple[Work[Any, Any], Any]]) -> list[Any]:
        """Commit off the loop: a slow disk must not look like a slow server.

        At first the loop stands aside: two threads that pass the interpreter's lock to and fro at
        every step of a statement need twice as long for a commit as one alone.
        """
        made = threading.Event()

        def commit() -> list[Any]:
            try:
                return self._commit(changes)
            finally:
                made.set()

        committing = asyncio.get_running_loop().run_in_executor(None, commit)
        made.wait(_ASIDE)
        return await committing

    def _commit(self, changes: Sequence[tuple[Work[Any, Any], Any]]) -> list[Any]:
        """Return for each change what came of it, or its error."""
        try:
            with self._store.transaction() as tx:
                return _made(tx, changes)
        except (StoreBusyError, StoreUnavailableError, StoreBrokenError) as error:
            return [error] * len(changes)
        except Exception as error:
            if len(changes) == 1:
                return [error]
        return [end for change in changes for end in self._commit([change])]


def _made(tx: Transaction, changes: Sequence[tuple[Work[Any, Any], Any]]) -> list[Any]:
    """Make the changes, those of one kind together; return their results in the order given."""
    kinds: dict[Work[Any, Any], list[int]] = {}
    for place, (work, _) in enumerate(changes):
        kinds.setdefault(work, []).append(place)
    ends: dict[int, Any] = {}
    for work, places in kinds.items():
        items = [changes[place][1] for place in places]
        ends.update(zip(places, work(tx, items), strict=True))
    return [ends[place] for place in range(len(changes))]
