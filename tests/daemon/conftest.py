"""Watches that the tests of this room start."""

from collections.abc import Iterator
from typing import Any

import pytest

from maild.daemon.watch import Watch
from maild.desk import MailboxSettings
from maild.imap.wire import Limits
from tests.daemon.receiver import Recorder, Watching

QUICK = Limits(connect=2, read=0.5, command=1, idle=5)


@pytest.fixture
def watching() -> Iterator[Watching]:
    """Start watches that hardly pause between attempts; every one must end within a second."""
    watches: list[Watch] = []

    def started(settings: MailboxSettings, receiver: Recorder, **more: Any) -> Watch:
        options: dict[str, Any] = {"pause": lambda attempt, kind: 0.05, "limits": QUICK} | more
        watches.append(Watch(settings, receiver, **options))
        watches[-1].start()
        return watches[-1]

    yield started
    for watch in watches:
        watch.stop()
        assert watch.join(1)
