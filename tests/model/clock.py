"""A clock that jumps, and an event loop that lives by it: nothing ever waits for real."""

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

START = datetime(2026, 4, 5, 6, 0, tzinfo=UTC)  # a Sunday, 09:00 in Riyadh
_INSTANT = timedelta(microseconds=1)


class Clock:
    """The instant it is, for everybody."""

    def __init__(self) -> None:
        self.furthest = self._now = START  # it may be set back

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, at: datetime) -> None:
        self._now, self.furthest = at, max(at, self.furthest)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose waits move the clock, and whose threads are no threads.

    Everything happens in one order, so a seed replays exactly.
    """

    def __init__(self, clock: Clock) -> None:
        self._of_the_model = clock
        super().__init__(_Jumping(clock))
        self.set_default_executor(_AtOnce())
        self.set_exception_handler(lambda *_: None)  # what the dead leave unsaid

    def time(self) -> float:
        return (self._of_the_model.now - START).total_seconds()

    def abandon(self) -> None:
        """Let every task end where it is: its process is dead."""
        while tasks := asyncio.all_tasks(self):
            for task in tasks:
                task.cancel()
            self.run_until_complete(asyncio.sleep(0))


class _Jumping(selectors.DefaultSelector):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            waiting = [str(task) for task in asyncio.all_tasks()]
            raise AssertionError(f"nothing will ever happen: something hangs: {waiting}")
        self._clock.now += timedelta(seconds=timeout) + _INSTANT
        return ready


class _AtOnce(ThreadPoolExecutor):
    """Does at once, in the caller's thread, what it is given."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except BaseException as error:
            done.set_exception(error)
        return done
