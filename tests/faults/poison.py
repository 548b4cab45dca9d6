"""A mail whose reading kills whoever reads it."""

import os
import signal
from collections.abc import Sequence

from maild import parsing

POISON = b"X-Poison: yes"
honest = parsing._read_batch


def read_batch(batch: Sequence[bytes], default_charset: str | None, seconds: int) -> bytes:
    """Read a batch; die of the first bad mail in it."""
    if any(POISON in raw for raw in batch):
        os.kill(os.getpid(), signal.SIGKILL)
    return honest(batch, default_charset, seconds)
