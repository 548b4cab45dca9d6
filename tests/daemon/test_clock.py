"""That the clock of the machine was set is noticed; that time passes is not."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from maild.daemon.clock import Jumps


def test_a_clock_that_is_set_or_a_machine_that_slept_is_noticed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, passed = datetime(2026, 4, 5, tzinfo=UTC), 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: passed)
    jumps = Jumps(lambda: now)
    now, passed = now + timedelta(hours=2), passed + 7200
    assert jumps.look() is None
    now, passed = now - timedelta(hours=1), passed + 5
    assert jumps.look() == timedelta(hours=-1, seconds=-5)
    now, passed = now + timedelta(seconds=5), passed + 5
    assert jumps.look() is None
