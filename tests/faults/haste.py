"""Time in the cases: real pauses made shorter, and what the processor spent meanwhile."""

import time
from collections.abc import Callable

from maild.daemon import watch


def hurried(times: float) -> Callable[[int, str], float]:
    """Return a mailbox's own pauses between attempts, so many times shorter."""
    return lambda attempt, kind: watch.pause(attempt, kind) / times


def busy(seconds: float) -> float:
    """Let that time pass; return the part of it that a processor worked for this process."""
    before = time.process_time()
    time.sleep(seconds)
    return (time.process_time() - before) / seconds
