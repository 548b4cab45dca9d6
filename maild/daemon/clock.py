"""The one place where the time of day is read; everything below is handed an instant."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_NOTABLE = timedelta(minutes=5)


def utc_now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


class Jumps:
    """Notices that a clock was set, or that the machine slept: it moved otherwise than time did."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin to watch a clock that gives UTC."""
        self._clock = clock
        self._last = (clock(), time.monotonic())

    def look(self) -> timedelta | None:
        """Return by how much the clock jumped since the last look; None when by nothing notable."""
        (before, began), self._last = self._last, (self._clock(), time.monotonic())
        now, at = self._last
        jump = now - before - timedelta(seconds=at - began)
        return jump if abs(jump) > _NOTABLE else None
