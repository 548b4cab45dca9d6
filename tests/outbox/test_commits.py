"""Letters share their ways into the store; what fails there, or lasts long, harms no companion."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from maild.outbox import flush
from maild.store.errors import StoreBusyError, StoreConflictError
from maild.store.outbox import Key, Outbox, State
from maild.store.store import Store
from tests.outbox.outbox_case import START, Desk, Recorder


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store(f"sqlite:///{tmp_path / 'maild.db'}")
    yield Desk(store)
    store.close()


def test_a_store_that_is_busy_for_a_moment_breaks_off_no_letter_under_way(desk: Desk) -> None:
    courier = desk.courier = Recorder(seconds=1.5)  # further letters are looked for meanwhile
    desk.post()
    claim, calls = Outbox.claim, count()

    def claimed(*arguments: Any) -> Any:
        if next(calls) == 1:
            raise StoreBusyError("PostgreSQL says: deadlock detected.")
        return claim(*arguments)

    with patch.object(Outbox, "claim", claimed):
        assert desk.flush() == {"sent": 1}
    assert next(calls) > 2
    assert len(courier.taken) == 1
    assert (desk.letter().state, desk.letter().doubts) == (State.SENT, 0)


def test_letters_that_leave_together_share_their_transactions(desk: Desk) -> None:
    desk.courier = Recorder(seconds=0.3)
    for number in range(16):
        desk.post(f"r{number}@learner.example")
    transactions = together = 0
    begin, sent = Store.transaction, Outbox.sent

    def begun(self: Store) -> Any:
        nonlocal transactions
        transactions += 1
        return begin(self)

    def recorded(self: Outbox, replies: Mapping[Key, str], *arguments: Any) -> None:
        nonlocal together
        together = max(together, len(replies))
        sent(self, replies, *arguments)

    with patch.object(Store, "transaction", begun), patch.object(Outbox, "sent", recorded):
        assert desk.flush() == {"sent": 16}
    assert transactions < 16
    assert together > 1


def test_a_letter_whose_end_cannot_be_recorded_costs_no_other_its_own(desk: Desk) -> None:
    courier = desk.courier = Recorder(seconds=0.3)
    ids = [desk.post(f"r{number}@learner.example") for number in range(8)]
    sent = Outbox.sent

    def recorded(self: Outbox, replies: Mapping[Key, str], *arguments: Any) -> None:
        if ("diplomas", ids[3]) in replies:
            raise StoreConflictError("The database refused a second row.")
        sent(self, replies, *arguments)

    with patch.object(Outbox, "sent", recorded):
        assert desk.flush() == {"sent": 7, "left alone": 1}
    left = [letter.id for letter in desk.letters() if letter.state is not State.SENT]
    assert left == [ids[3]]
    assert len(courier.taken) == 8


def test_a_letter_that_takes_longer_than_its_lease_stays_with_its_sender(desk: Desk) -> None:
    courier = desk.courier = Recorder(seconds=3)
    desk.post()
    began = time.monotonic()

    async def sending(owner: str) -> Counter[str]:
        return await flush(
            desk.store,
            {("diplomas", "student"): courier},
            owner,
            lambda: START + timedelta(seconds=time.monotonic() - began),
            desk.failed,
            jitter=lambda: 0.5,
        )

    async def both() -> tuple[Counter[str], Counter[str]]:
        first = asyncio.create_task(sending("one"))
        await asyncio.sleep(2)
        second = await sending("two")
        return await first, second

    with patch("maild.outbox.LEASE", 1.5):
        assert asyncio.run(both()) == ({"sent": 1}, {})
    assert len(courier.taken) == 1
