"""The passage of a letter: that its final dot may leave is recorded before it does."""

import asyncio
from collections.abc import Awaitable, Callable

_FRESH = 10  # seconds for which what was recorded early holds; less than any lease


class LeaseLostError(Exception):
    """Somebody else has taken the letter over: leave it alone."""


async def nothing_to_record() -> bool:
    """For callers that keep no record."""
    return True


class Passage:
    """What a courier asks before the final dot, and what it may ask somewhat earlier."""

    def __init__(
        self, record: Callable[[], Awaitable[bool]] = nothing_to_record, *, early: bool = False
    ) -> None:
        """`record` commits that the dot may leave; False when it must not, or it raises why.

        early: it may be recorded while the dots of letters before are on their way. A crash then
        costs this one a doubt it need not have; a letter that has one already can afford none.
        """
        self._record = record
        self._early = early
        self._recording: asyncio.Future[bool] | None = None
        self._begun_at = 0.0
        self.entered = False  # the final dot may have left
        self.failed = False  # it must not leave

    def begin(self) -> None:
        """Record it early: the letter is one of the next."""
        if self._early and self._recording is None:
            self._begun_at = asyncio.get_running_loop().time()
            self._recording = asyncio.ensure_future(self._record())
            self._recording.add_done_callback(_looked_at)

    async def enter(self) -> None:
        """Wait until it is recorded.

        Raises LeaseLostError, and what `record` raises; the dot must not leave then.
        """
        self.failed = True
        now = asyncio.get_running_loop().time()
        fresh = self._recording is not None and now - self._begun_at < _FRESH
        if not await (self._recording if self._recording and fresh else self._record()):
            raise LeaseLostError
        self.failed, self.entered = False, True


def _looked_at(recording: asyncio.Future[bool]) -> None:
    """Look at an error that need not concern anybody: the letter may end before its dot."""
    if not recording.cancelled():
        recording.exception()
