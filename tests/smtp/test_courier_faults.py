"""Whatever a server does, a letter ends as sent, waiting, bounced or uncertain, and never twice."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from maild.smtp.connection import Patience
from maild.smtp.passage import Passage
from maild.smtp.verdict import Bounced, Deferred, Refused, Sent, Uncertain, Verdict
from tests.servers.fake_smtp import FakeSmtp, Fault, Script
from tests.smtp.courier_case import EITHER_WAY, OWN, RAW, TO, TOGETHER, courier_to


def deliver(
    script: Script, sender: str = OWN, extensions: Sequence[str] = TOGETHER
) -> tuple[Verdict, FakeSmtp, bool]:
    """Deliver one letter; return the verdict, the sink and whether its dot may have left."""

    async def run() -> tuple[Verdict, FakeSmtp, bool]:
        passage = Passage()
        async with FakeSmtp(script, extensions) as sink, courier_to(sink) as courier:
            verdict = await courier.deliver(sender, TO, RAW, passage)
            return verdict, sink, passage.entered

    return asyncio.run(run())


@EITHER_WAY
def test_a_letter_arrives_unchanged_with_its_dots(extensions: Sequence[str]) -> None:
    verdict, sink, entered = deliver({}, extensions=extensions)
    assert verdict == Sent("250 2.0.0 queued as 1")
    assert [(d.sender, d.recipient, d.raw) for d in sink.deliveries] == [(OWN, TO, RAW)]
    assert entered


@EITHER_WAY
@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", ["421", "450", "451", "452"])
def test_a_temporary_refusal_waits(place: str, code: str, extensions: Sequence[str]) -> None:
    verdict, sink, _ = deliver({place: f"{code} 4.3.0 later please"}, extensions=extensions)
    assert verdict == Deferred(f"{code} 4.3.0 later please")
    assert sink.deliveries == []


@EITHER_WAY
@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA", "dot"])
@pytest.mark.parametrize("code", ["550", "552", "554"])
def test_a_permanent_refusal_bounces(place: str, code: str, extensions: Sequence[str]) -> None:
    verdict, sink, _ = deliver({place: f"{code} 5.1.1 never"}, extensions=extensions)
    assert verdict == Bounced(f"{code} 5.1.1 never")
    assert sink.deliveries == []


@EITHER_WAY
@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", list(Fault))
def test_a_line_that_breaks_before_the_body_sent_nothing(
    place: str, fault: Fault, extensions: Sequence[str]
) -> None:
    verdict, sink, entered = deliver({place: fault}, extensions=extensions)
    assert isinstance(verdict, Deferred)
    assert (sink.deliveries, entered) == ([], False)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_line_that_breaks_in_a_long_body_sent_nothing_for_certain(fault: Fault) -> None:
    async def run() -> tuple[Verdict, FakeSmtp, bool]:
        passage = Passage()
        patience = Patience(connect=2, command=1, upload=1, dot=1, speed=100_000_000)
        long = RAW + (b"y" * 70 + b"\r\n") * 300_000
        sink = FakeSmtp({"body:5000": fault})
        async with sink, courier_to(sink, patience=patience) as courier:
            return await courier.deliver(OWN, TO, long, passage), sink, passage.entered

    verdict, sink, entered = asyncio.run(run())
    assert isinstance(verdict, Deferred)
    assert (sink.deliveries, entered) == ([], False)


@pytest.mark.parametrize("place", ["body:1", "body:40"])
def test_a_line_that_breaks_in_a_short_body_never_counts_as_sent(place: str) -> None:
    verdict, sink, _ = deliver({place: Fault.DISCONNECT})
    assert isinstance(verdict, Deferred | Uncertain)  # the dot may be on its way already
    assert sink.deliveries == []


def test_a_refusal_in_the_middle_of_a_long_body_is_believed() -> None:
    async def run() -> Verdict:
        long = RAW + (b"y" * 70 + b"\r\n") * 300_000
        script: Script = {"body:5000": ["552 5.3.4 too large"], "body:5001": Fault.DISCONNECT}
        async with FakeSmtp(script) as sink, courier_to(sink) as courier:
            return await courier.deliver(OWN, TO, long)

    assert asyncio.run(run()) == Bounced("552 5.3.4 too large")


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("place", "kept"), [("dot", 0), ("stored", 1)])
def test_a_line_that_breaks_after_the_dot_is_uncertain(place: str, kept: int, fault: Fault) -> None:
    verdict, sink, entered = deliver({place: fault})
    assert isinstance(verdict, Uncertain)
    assert len(sink.deliveries) == kept
    assert entered


@pytest.mark.parametrize(
    "reply", ["garbage", "-12 odd", "999 odd", "000 odd", "299-a\r\n25", "250" + "x" * 100_000]
)
def test_an_unreadable_reply_to_the_dot_is_uncertain(reply: str) -> None:
    verdict, _, _ = deliver({"stored": reply})
    assert isinstance(verdict, Uncertain)


@EITHER_WAY
@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["garbage", "-12 odd", "999 odd", "120 odd", "5"])
def test_an_unreadable_reply_before_the_dot_waits(
    place: str, reply: str, extensions: Sequence[str]
) -> None:
    verdict, sink, entered = deliver({place: reply}, extensions=extensions)
    assert isinstance(verdict, Deferred)
    assert (sink.deliveries, entered) == ([], False)


def test_ten_megabytes_of_reply_neither_fill_the_memory_nor_hang() -> None:
    began = time.monotonic()
    verdict, _, _ = deliver({"RCPT": "\r\n".join(["250-" + "x" * 900] * 11_000)})
    assert isinstance(verdict, Deferred)
    assert time.monotonic() - began < 5


def test_a_reply_of_many_lines_is_read_whole() -> None:
    verdict, _, _ = deliver({"RCPT": "550-5.1.1 no\r\n550-5.1.1 such\r\n550 5.1.1 user"})
    assert verdict == Bounced("550 5.1.1 no 5.1.1 such 5.1.1 user")


@EITHER_WAY
def test_mail_rcpt_and_data_leave_together_where_the_server_allows_it(
    extensions: Sequence[str],
) -> None:
    verdict, sink, _ = deliver({"MAIL": ""}, extensions=extensions)  # it does not answer
    assert isinstance(verdict, Deferred)
    assert ("DATA" in sink.commands) is (extensions is TOGETHER)


def test_a_server_that_opens_the_data_for_nobody_gets_not_even_a_dot() -> None:
    async def run() -> FakeSmtp:
        script: Script = {"RCPT": ["550 5.1.1 no"], "DATA": ["354 go on"]}
        async with FakeSmtp(script) as sink, courier_to(sink) as courier:
            assert await courier.deliver(OWN, TO, RAW) == Bounced("550 5.1.1 no")
            assert sink.deliveries == []
            assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            return sink

    assert asyncio.run(run()).connections == 2


@EITHER_WAY
def test_what_a_server_says_unasked_is_no_reply_to_the_next_letter(
    extensions: Sequence[str],
) -> None:
    async def run() -> None:
        script: Script = {
            "stored": ["250 2.0.0 queued\r\n250 2.0.0 and again"],
            "RCPT": [None, "550 5.1.1 no"],
        }
        async with FakeSmtp(script, extensions) as sink, courier_to(sink) as courier:
            assert await courier.deliver(OWN, TO, RAW) == Sent("250 2.0.0 queued")
            assert await courier.deliver(OWN, TO, RAW) == Bounced("550 5.1.1 no")
            assert sink.connections == 1

    asyncio.run(run())


def test_data_that_is_neither_refused_nor_opened_sends_no_body() -> None:
    verdict, sink, entered = deliver({"DATA": "250 fine"})
    assert isinstance(verdict, Deferred)
    assert (sink.deliveries, entered) == ([], False)


@pytest.mark.parametrize(
    "script",
    [
        {"CONNECT": "421 busy"},
        {"CONNECT": "554 go away"},
        {"CONNECT": Fault.DISCONNECT},
        {"CONNECT": Fault.HANG},
        {"EHLO": Fault.DISCONNECT},
        {"EHLO": Fault.HANG},
    ],
)
def test_a_server_that_does_not_talk_pauses_the_account(script: Script) -> None:
    verdict, _, entered = deliver(script)
    assert isinstance(verdict, Refused)
    assert (verdict.kind, entered) == ("network", 0)


def test_nobody_listening_pauses_the_account() -> None:
    async def run() -> Verdict:
        async with FakeSmtp() as sink:
            pass
        async with courier_to(sink) as courier:
            return await courier.deliver(OWN, TO, RAW)

    verdict = asyncio.run(run())
    assert isinstance(verdict, Refused)
    assert verdict.kind == "network"


@pytest.mark.parametrize(
    ("place", "reply", "seconds"),
    [
        ("MAIL", "450 4.2.1 message rate limit exceeded", 120),
        ("dot", "432 4.3.2 sender thread limit exceeded", 120),
        ("RCPT", "421 4.7.28 unusual rate of mail", 120),
        ("MAIL", "454 4.7.0 Too many messages, slow down", 120),
        ("dot", "550 5.4.5 Daily user sending limit exceeded", 3600),
        ("dot", "554 5.2.0 SubmissionQuotaExceededException", 3600),
        ("RCPT", "454 Throttling failure: Daily message quota exceeded", 3600),
    ],
)
def test_a_limit_of_the_account_holds_the_letter(place: str, reply: str, seconds: int) -> None:
    verdict, _, _ = deliver({place: reply})
    assert isinstance(verdict, Refused)
    assert verdict.kind == "limit"
    assert verdict.retry_after
    assert verdict.retry_after.total_seconds() == seconds


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.2.2 mailbox quota exceeded",
        "550 5.2.3 message size limit exceeded",
        "550 5.1.1 recipient limit of this list reached",
    ],
)
def test_a_full_mailbox_is_the_recipients_and_bounces(reply: str) -> None:
    assert deliver({"RCPT": reply})[0] == Bounced(reply)


def test_a_greylisting_that_names_its_wait_is_believed() -> None:
    verdict, _, _ = deliver({"RCPT": "450 4.2.0 Greylisted, try again in 300 seconds"})
    assert isinstance(verdict, Deferred)
    assert verdict.retry_after
    assert verdict.retry_after.total_seconds() == 300


def test_a_null_sender_stays_null_where_it_is_taken() -> None:
    verdict, sink, _ = deliver({}, sender="")
    assert isinstance(verdict, Sent)
    assert [d.sender for d in sink.deliveries] == [""]


def test_if_the_phase_cannot_be_recorded_the_letter_is_not_sent() -> None:
    async def fail() -> bool:
        raise RuntimeError("the lease was lost")

    async def run() -> FakeSmtp:
        async with FakeSmtp() as sink, courier_to(sink) as courier:
            with pytest.raises(RuntimeError, match="lease"):
                await courier.deliver(OWN, TO, RAW, Passage(fail))
            assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            return sink

    sink = asyncio.run(run())
    assert (len(sink.deliveries), sink.connections) == (1, 2)


def test_a_cancelled_delivery_sends_nothing_and_leaves_the_courier_usable() -> None:
    async def run() -> FakeSmtp:
        async with FakeSmtp({"RCPT": [Fault.HANG]}) as sink, courier_to(sink) as courier:
            task = asyncio.create_task(courier.deliver(OWN, TO, RAW))
            while not any(words.startswith("RCPT") for words in sink.commands):
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            return sink

    assert len(asyncio.run(run()).deliveries) == 1


def test_a_large_letter_may_take_longer_than_a_small_one() -> None:
    async def run() -> Verdict:
        patience = Patience(connect=2, command=1, upload=0.2, dot=0.2, speed=500_000)
        big = RAW + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000
        async with FakeSmtp() as sink, courier_to(sink, patience=patience) as courier:
            verdict = await courier.deliver(OWN, TO, big)
            assert sink.deliveries[0].raw == big
            return verdict

    assert isinstance(asyncio.run(run()), Sent)


@pytest.mark.parametrize(
    "body",
    [
        b"a\n.\nMAIL FROM:<x@evil.example>\r\n",
        b"a\r.\r\nRCPT TO:<x@evil.example>\r\n",
        b"a\n.\r\nQUIT\r\n",
        b"\r.\r\n.\n",
    ],
)
def test_no_body_can_smuggle_a_second_letter(body: bytes) -> None:
    async def run() -> FakeSmtp:
        async with FakeSmtp() as sink, courier_to(sink) as courier:
            await courier.deliver(OWN, TO, b"Subject: x\r\n\r\n" + body)
            return sink

    sink = asyncio.run(run())
    assert sink.recipients == [TO]
    assert [c[:4] for c in sink.commands] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize(
    "address", ["x@y.example>\r\nRCPT TO:<v@z.example", "a b@c.example", "", "x", "<x@y.example>"]
)
def test_an_address_that_is_none_never_reaches_a_server(address: str) -> None:
    async def run() -> None:
        async with FakeSmtp() as sink, courier_to(sink) as courier:
            assert isinstance(await courier.deliver(OWN, address, RAW), Bounced)
            assert sink.connections == 0

    asyncio.run(run())


def test_an_address_outside_ascii_needs_smtputf8_and_says_so() -> None:
    async def run(*extensions: str) -> tuple[Verdict, FakeSmtp]:
        async with FakeSmtp(extensions=("SIZE", *extensions)) as sink, courier_to(sink) as courier:
            return await courier.deliver(OWN, "محمد@learner.example", RAW), sink

    verdict, sink = asyncio.run(run())
    assert isinstance(verdict, Bounced)
    assert "SMTPUTF8" in verdict.reply
    assert not any(c.startswith("MAIL") for c in sink.commands)
    verdict, sink = asyncio.run(run("SMTPUTF8"))
    assert isinstance(verdict, Sent)
    assert sink.recipients == ["محمد@learner.example"]


def test_an_international_domain_needs_nothing_special() -> None:
    async def run() -> FakeSmtp:
        async with FakeSmtp() as sink, courier_to(sink) as courier:
            assert isinstance(await courier.deliver(OWN, "info@مثال.السعودية", RAW), Sent)
            return sink

    assert asyncio.run(run()).recipients == ["info@xn--mgbh0fb.xn--mgberp4a5d4ar"]


def test_a_server_that_knows_no_ehlo_is_greeted_the_old_way() -> None:
    verdict, sink, _ = deliver({"EHLO": "502 what?"})
    assert isinstance(verdict, Sent)
    assert any(c.startswith("HELO") for c in sink.commands)


@pytest.mark.parametrize(("function", "verdict"), [("_stuffed", Deferred), ("_dot", Uncertain)])
def test_a_mistake_of_our_own_ends_as_a_verdict_and_closes_the_line(
    monkeypatch: pytest.MonkeyPatch, function: str, verdict: type[Verdict]
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a secret")

    async def run() -> None:
        async with FakeSmtp() as sink, courier_to(sink) as courier:
            with monkeypatch.context() as patch:
                patch.setattr(f"maild.smtp.transaction.{function}", fail)
                found = await courier.deliver(OWN, TO, RAW)
            assert isinstance(found, verdict)
            assert "secret" not in found.reply
            assert isinstance(await courier.deliver(OWN, TO, RAW), Sent)
            assert sink.connections == 2

    asyncio.run(run())
