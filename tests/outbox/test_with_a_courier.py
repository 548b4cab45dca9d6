"""The flow over a real courier and a server that fails anywhere: none lost, none sent twice."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.desk import Server
from maild.outbox import flush
from maild.smtp.connection import Patience
from maild.smtp.courier import Courier
from maild.store.outbox import State
from maild.store.store import Store
from tests.outbox.outbox_case import START, Desk
from tests.servers.fake_smtp import FakeSmtp, Fault, Script

LETTERS = 3
BREAKS: list[str | Fault | None] = [None, "garbage", Fault.DISCONNECT, Fault.HANG]
REFUSALS = [*BREAKS, "421 4.3.2 bye", "450 4.2.0 later", "550 5.1.1 no", "554 5.7.1 spam"]
REFUSING = st.lists(st.sampled_from(REFUSALS), max_size=4)
BREAKING = st.lists(st.sampled_from(BREAKS), max_size=4)
# A server that keeps a letter and then refuses it lies; nobody can help against that.
SCRIPTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["CONNECT", "EHLO", "MAIL", "NULL", "RCPT", "DATA", "dot"], REFUSING),
        "stored": BREAKING,
    },
)


async def work_through(desk: Desk, sink: FakeSmtp, lines: int = 4) -> None:
    courier = Courier(
        Server("127.0.0.1", sink.port, "plain"),
        "student@desk.example",
        connections=lines,
        patience=Patience(connect=0.1, command=0.1, upload=0.1, dot=0.1),
    )
    for _ in range(60):
        await flush(
            desk.store,
            {("diplomas", "student"): courier},
            desk.owner,
            lambda: desk.now,
            desk.failed,
            jitter=lambda: 0.0,
        )
        desk.now += timedelta(hours=4)
        if all(letter.finished_at for letter in desk.letters()):
            break
    await courier.close()


@settings(max_examples=25, deadline=None)
@given(SCRIPTS, st.sampled_from((1, 4)))
def test_whatever_fails_every_letter_is_sent_or_told_of(script: Script, lines: int) -> None:
    async def run() -> None:
        async with FakeSmtp(script) as sink:
            await work_through(desk, sink, lines)
            arrived.update(sink.recipients)

    store = Store("sqlite://")
    desk, arrived = Desk(store), Counter[str]()
    for number in range(LETTERS):
        desk.post(f"r{number}@learner.example")
    asyncio.run(run())
    told = {message_id for message_id, _ in desk.failures}
    for letter in desk.letters():
        copies = arrived[letter.recipient]
        assert letter.finished_at, letter
        assert copies <= 1 + (letter.doubts > 0)
        if letter.state is State.SENT:
            assert copies >= 1
        else:
            assert letter.message_id in told
    assert len(desk.failures) == len(told)
    store.close()


@pytest.mark.parametrize("stored", [True, False])
def test_a_line_that_breaks_after_the_dot_gives_one_more_copy_at_most(
    tmp_path: Path, stored: bool
) -> None:
    async def run() -> list[bytes]:
        script: Script = {"stored" if stored else "dot": [Fault.DISCONNECT]}
        async with FakeSmtp(script) as sink:
            await work_through(desk, sink)
            return [delivery.raw for delivery in sink.deliveries]

    store = Store(f"sqlite:///{tmp_path / 'maild.db'}")
    desk = Desk(store)
    desk.post()
    copies = asyncio.run(run())
    assert len(copies) == (2 if stored else 1)
    assert len(set(copies)) == 1
    assert (desk.letter().state, desk.letter().doubts) == (State.SENT, 1)
    assert desk.failures == []
    store.close()


def test_the_phase_is_in_the_database_before_the_dot_leaves(tmp_path: Path) -> None:
    seen: list[str | None] = []
    arrived = asyncio.Event()

    def look() -> Fault:
        seen.append(desk.letter().phase)
        arrived.set()
        return Fault.HANG

    async def run() -> None:
        async with FakeSmtp({"dot": look}) as sink:
            courier = Courier(Server("127.0.0.1", sink.port, "plain"), "student@desk.example")
            sending = asyncio.create_task(
                flush(
                    desk.store,
                    {("diplomas", "student"): courier},
                    "one",
                    lambda: START,
                    desk.failed,
                    jitter=lambda: 0.0,
                )
            )
            await asyncio.wait_for(arrived.wait(), 30)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await courier.close()

    store = Store(f"sqlite:///{tmp_path / 'maild.db'}")
    desk = Desk(store)
    desk.post()
    asyncio.run(run())
    assert seen == ["data"]
    assert desk.letter().state is State.UNCERTAIN  # stopped with the dot on its way
    store.close()
