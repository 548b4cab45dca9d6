"""The envelope of the next letter leaves with the final dot of the one before, harming neither."""

import asyncio
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

import pytest

from maild.smtp.connection import Patience
from maild.smtp.courier import Courier
from maild.smtp.passage import LeaseLostError, Passage
from maild.smtp.verdict import Bounced, Sent, Uncertain, Verdict
from tests.servers.fake_smtp import FakeSmtp, Fault, Script
from tests.smtp.courier_case import OWN, RAW, courier_to

ONE, TWO, THREE = (f"{name}@learner.example" for name in ("one", "two", "three"))


def deliver(
    sink: FakeSmtp, recipients: Sequence[str], sender: str = OWN, **options: Any
) -> list[Verdict]:
    """Deliver these letters over one line, unless told otherwise; return their verdicts."""

    async def run() -> list[Verdict]:
        async with sink, courier_to(sink, **{"connections": 1, **options}) as courier:
            letters = (courier.deliver(sender, recipient, RAW) for recipient in recipients)
            return list(await asyncio.gather(*letters))

    return asyncio.run(run())


def test_a_server_that_forgets_what_came_with_a_dot_is_noticed_once_and_takes_every_letter() -> (
    None
):
    sink = FakeSmtp(forgetful=True)
    verdicts = deliver(sink, [ONE, TWO, THREE])
    assert [type(verdict) for verdict in verdicts] == [Sent, Sent, Sent]
    assert sink.forgotten.split(b"\r\n")[1] == b"RCPT TO:<%s>" % TWO.encode()
    assert sink.forgotten.count(b"MAIL FROM") == 1
    assert sink.recipients == [ONE, TWO, THREE]


def test_nothing_leaves_with_a_dot_where_the_server_does_not_offer_it() -> None:
    sink = FakeSmtp(extensions=("SIZE 50000000",), forgetful=True)
    assert [type(verdict) for verdict in deliver(sink, [ONE, TWO])] == [Sent, Sent]
    assert (sink.forgotten, sink.connections) == (b"", 1)


@pytest.mark.parametrize(
    ("script", "first", "lines"),
    [
        ({"dot": ["554 5.7.1 spam"]}, Bounced, 1),
        ({"dot": [Fault.DISCONNECT]}, Uncertain, 2),
        ({"dot": ["garbage"]}, Uncertain, 2),
        ({"stored": ["250 2.0.0 taken\r\n421 4.3.2 going down", Fault.DISCONNECT]}, Sent, 2),
    ],
)
def test_the_end_of_a_letter_is_its_own(script: Script, first: type[Verdict], lines: int) -> None:
    sink = FakeSmtp(script)
    verdicts = deliver(sink, [ONE, TWO])
    assert isinstance(verdicts[0], first)
    assert sink.recipients.count(TWO) == 1
    assert sink.connections == lines


def test_a_refused_recipient_whose_envelope_left_with_a_dot_bounces_alone() -> None:
    sink = FakeSmtp({f"RCPT:{TWO}": "550 5.1.1 no"})
    verdicts = deliver(sink, [ONE, TWO, THREE])
    assert [type(verdict) for verdict in verdicts] == [Sent, Bounced, Sent]
    assert (sink.recipients, sink.connections) == ([ONE, THREE], 1)


def test_a_null_sender_that_is_refused_beside_a_dot_is_replaced() -> None:
    sink = FakeSmtp({"NULL": [None, "553 5.1.7 bad sender", "553 5.1.7 bad sender"]})
    verdicts = deliver(sink, [ONE, TWO, THREE], sender="")
    assert [type(verdict) for verdict in verdicts] == [Sent, Sent, Sent]
    assert [delivery.sender for delivery in sink.deliveries] == ["", OWN, OWN]


def test_a_letter_given_up_when_its_envelope_has_left_is_not_sent_and_spoils_no_other() -> None:
    async def run() -> FakeSmtp:
        script: Script = {"stored": [0.3]}
        async with FakeSmtp(script) as sink, courier_to(sink, connections=1) as courier:
            first, given_up = (
                asyncio.create_task(courier.deliver(OWN, to, RAW)) for to in (ONE, TWO)
            )
            await asyncio.sleep(0.15)
            given_up.cancel()
            assert isinstance(await first, Sent)
            assert isinstance(await courier.deliver(OWN, THREE, RAW), Sent)
            assert given_up.cancelled()
            return sink

    assert asyncio.run(run()).recipients == [ONE, THREE]


def test_a_letter_does_not_wait_for_long_behind_another_while_a_line_is_free() -> None:
    slow = Patience(connect=2, command=2, upload=1, dot=4)
    sink = FakeSmtp({f"dot:{ONE}": Fault.HANG, f"RCPT:{TWO}": [0.3]})
    ended: list[str] = []

    async def run() -> None:
        async with sink, courier_to(sink, connections=2, patience=slow) as courier:

            async def letter(recipient: str) -> None:
                await courier.deliver(OWN, recipient, RAW)
                ended.append(recipient)

            await asyncio.gather(*(letter(recipient) for recipient in (ONE, TWO, THREE)))

    asyncio.run(run())
    assert ended == [TWO, THREE, ONE]
    assert sink.recipients == [TWO, THREE]


@pytest.mark.parametrize(("early", "order"), [(True, "2 1"), (False, "1 2")])
def test_a_passage_may_be_recorded_while_the_dot_before_is_on_its_way(
    early: bool, order: str
) -> None:
    happened: list[str] = []

    async def recorded() -> bool:
        happened.append("2")
        return True

    async def first(courier: Courier) -> None:
        assert isinstance(await courier.deliver(OWN, ONE, RAW), Sent)
        happened.append("1")

    async def run() -> None:
        sink = FakeSmtp({"stored": [0.2]})
        async with sink, courier_to(sink, connections=1) as courier:
            second = courier.deliver(OWN, TWO, RAW, Passage(recorded, early=early))
            await asyncio.gather(first(courier), second)

    asyncio.run(run())
    assert happened == order.split()


def test_no_more_letters_are_recorded_early_than_can_soon_leave() -> None:
    recorded: list[str] = []

    async def letter(courier: Courier, number: int) -> list[str]:
        async def record() -> bool:
            recorded.append(str(number))
            return True

        passage = Passage(record, early=True)
        assert isinstance(await courier.deliver(OWN, ONE, RAW, passage), Sent)
        return list(recorded)

    async def run() -> list[str]:
        sink = FakeSmtp({"stored": [0.2]})
        async with sink, courier_to(sink, connections=1) as courier:
            seen = await asyncio.gather(*(letter(courier, number) for number in range(5)))
            return seen[0]

    assert asyncio.run(run()) == ["0", "1", "2"]
    assert recorded == ["0", "1", "2", "3", "4"]


def test_what_was_recorded_early_is_recorded_again_when_the_line_took_long() -> None:
    records: list[str] = []

    async def recorded() -> bool:
        records.append("again" if records else "early")
        return records[-1] != "again"  # somebody else has it now

    async def run() -> FakeSmtp:
        sink = FakeSmtp({"stored": [0.3]})
        async with sink, courier_to(sink, connections=1) as courier:
            with patch("maild.smtp.passage._FRESH", 0.1):
                first = courier.deliver(OWN, ONE, RAW)
                second = courier.deliver(OWN, TWO, RAW, Passage(recorded, early=True))
                ends = await asyncio.gather(first, second, return_exceptions=True)
            assert [type(end) for end in ends] == [Sent, LeaseLostError]
            return sink

    assert asyncio.run(run()).recipients == [ONE]
    assert records == ["early", "again"]


def test_a_letter_refused_after_its_passage_was_recorded_early_bounces_quietly() -> None:
    async def failing() -> bool:
        raise KeyError("its lease is lost")

    async def run() -> None:
        sink = FakeSmtp({"stored": [0.2], f"RCPT:{TWO}": "550 5.1.1 no"})
        async with sink, courier_to(sink, connections=1) as courier:
            first = courier.deliver(OWN, ONE, RAW)
            second = courier.deliver(OWN, TWO, RAW, Passage(failing, early=True))
            assert [type(end) for end in await asyncio.gather(first, second)] == [Sent, Bounced]

    asyncio.run(run())
