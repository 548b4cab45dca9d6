"""Lines are kept for the letters that follow, and no letter is the poorer for it."""

import asyncio
from collections.abc import Sequence
from unittest.mock import patch

import pytest

from maild.smtp.connection import Patience
from maild.smtp.line import Line
from maild.smtp.passage import Passage
from maild.smtp.verdict import Bounced, Deferred, Sent
from tests.servers.fake_smtp import FakeSmtp, Fault, Script
from tests.smtp.courier_case import EITHER_WAY, OWN, RAW, TO, courier_to


def test_a_refused_null_sender_is_replaced_once_and_remembered_for_the_connection() -> None:
    async def run() -> FakeSmtp:
        async with FakeSmtp({"NULL": "553 5.1.7 bad sender"}) as sink, courier_to(sink) as courier:
            for _ in range(2):
                assert isinstance(await courier.deliver("", TO, RAW), Sent)
            return sink

    sink = asyncio.run(run())
    assert [d.sender for d in sink.deliveries] == [OWN, OWN]
    assert sum(c.startswith("MAIL FROM:<>") for c in sink.commands) == 1
    assert sink.connections == 1


@EITHER_WAY
def test_connections_are_kept_and_survive_a_refusal_between_letters(
    extensions: Sequence[str],
) -> None:
    async def run() -> FakeSmtp:
        script: Script = {"RCPT": [None, "550 5.1.1 no", None, "450 4.2.0 later"]}
        async with FakeSmtp(script, extensions) as sink, courier_to(sink) as courier:
            kinds = [type(await courier.deliver(OWN, TO, RAW)) for _ in range(5)]
            assert kinds == [Sent, Bounced, Sent, Deferred, Sent]
            return sink

    sink = asyncio.run(run())
    assert (sink.connections, len(sink.deliveries)) == (1, 3)


@pytest.mark.parametrize("end", [Fault.DISCONNECT, "421 4.4.2 idle too long"])
def test_a_kept_line_the_server_closed_costs_nothing(end: Fault | str) -> None:
    async def run() -> FakeSmtp:
        async with FakeSmtp({"MAIL": [None, end]}) as sink, courier_to(sink) as courier:
            for _ in range(2):
                assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            return sink

    sink = asyncio.run(run())
    assert (sink.connections, len(sink.deliveries)) == (2, 2)


def test_a_connection_is_recycled_after_its_number_of_letters() -> None:
    async def run() -> int:
        patience = Patience(connect=2, command=1, upload=1, dot=1, letters=2)
        async with FakeSmtp() as sink, courier_to(sink, patience=patience) as courier:
            for _ in range(5):
                await courier.deliver(OWN, TO, RAW)
            return sink.connections

    assert asyncio.run(run()) == 3


def test_no_more_connections_than_allowed() -> None:
    async def run() -> tuple[int, int]:
        async with FakeSmtp() as sink, courier_to(sink, connections=3) as courier:
            await asyncio.gather(*(courier.deliver(OWN, TO, RAW) for _ in range(20)))
            return sink.connections, len(sink.deliveries)

    assert asyncio.run(run()) == (3, 20)


def test_a_courier_closed_while_a_letter_is_under_way_finishes_it_and_keeps_nothing() -> None:
    async def run() -> None:
        async with FakeSmtp() as sink, courier_to(sink) as courier:

            async def close_now() -> bool:
                await courier.close()
                return True

            assert isinstance(await courier.deliver(OWN, TO, RAW, Passage(close_now)), Sent)
            assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            assert sink.connections == 2

    asyncio.run(run())


def test_a_long_letter_leaves_in_pieces_and_arrives_whole() -> None:
    raw = RAW + b"".join(b".line %d\r\n" % number for number in range(400_000))
    most = 0

    async def run() -> FakeSmtp:
        async with FakeSmtp({}) as sink, courier_to(sink) as courier:
            with patch.object(Line, "send", send):
                assert isinstance(await courier.deliver(OWN, TO, raw), Sent)
            return sink

    sent = Line.send

    def send(line: Line, data: bytes, replies: int = 1) -> None:
        nonlocal most
        sent(line, data, replies)
        most = max(most, line._transport.get_write_buffer_size())

    delivered = asyncio.run(run()).deliveries[0].raw
    assert delivered == raw
    assert 0 < most < len(raw) / 2
