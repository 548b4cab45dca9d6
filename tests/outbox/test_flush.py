"""Every letter ends as sent, or a person hears of it; none leaves twice but one marked copy."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.outbox import backoff, flush
from maild.smtp.passage import Passage
from maild.smtp.verdict import Bounced, Deferred, Refused, Uncertain, Verdict
from maild.store.outbox import State
from maild.store.store import Store
from tests.outbox.outbox_case import START, Desk, Recorder


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = Store(f"sqlite:///{tmp_path / 'maild.db'}")
    yield Desk(store)
    store.close()


PROBE = timedelta(minutes=20)


def answering(desk: Desk, *verdicts: Verdict | BaseException) -> Recorder:
    desk.courier = courier = Recorder(list(verdicts))
    return courier


def test_a_due_letter_leaves_once(desk: Desk) -> None:
    courier = answering(desk)
    desk.post()
    assert desk.flush() == {"sent": 1}
    assert desk.flush() == {}
    assert courier.taken == [("", "b@learner.example", b"Subject: 1\r\n\r\nhello\r\n")]
    assert desk.letter().state is State.SENT
    assert desk.letter().last_reply == "250 fine"


def test_a_backlog_leaves_in_one_flush(desk: Desk) -> None:
    courier = answering(desk)
    for number in range(70):
        desk.post(f"r{number}@learner.example")
    assert desk.flush() == {"sent": 70}
    assert len({recipient for _, recipient, _ in courier.taken}) == 70


def test_letters_to_one_person_about_one_ticket_keep_their_order(desk: Desk) -> None:
    courier = answering(desk, Deferred("450 later"))
    for _ in range(3):
        desk.post(ticket=7)
    desk.flush()
    assert [raw[9:10] for _, _, raw in courier.taken] == [b"1"]
    desk.later(minutes=6)
    desk.flush()
    assert [raw[9:10] for _, _, raw in courier.taken] == [b"1", b"1", b"2", b"3"]


def test_a_deferred_letter_waits_longer_each_time(desk: Desk) -> None:
    answering(desk, *[Deferred("450 later")] * 9)
    desk.post()
    waits = []
    for _ in range(9):
        desk.flush()
        due = desk.letter().next_at
        assert due
        waits.append((due - desk.now) / timedelta(minutes=1))
        desk.now = due
    assert waits == [5, 10, 20, 40, 80, 160, 240, 240, 240]
    assert desk.flush() == {"sent": 1}


def test_a_wait_the_server_names_is_kept(desk: Desk) -> None:
    answering(desk, Deferred("450 greylisted", timedelta(minutes=30)))
    desk.post()
    desk.flush()
    assert desk.letter().next_at == START + timedelta(minutes=30)


def test_a_letter_refused_for_five_days_is_given_up_and_a_person_told_once(desk: Desk) -> None:
    answering(desk, *[Deferred("450 mailbox busy")] * 200)
    desk.post()
    list(desk.until_settled())
    assert desk.letter().state is State.BOUNCED
    assert timedelta(days=5) <= desk.now - START < timedelta(days=5, hours=5)
    assert desk.failures == [("<1@desk.example>", "450 mailbox busy")]


def test_a_bounced_letter_is_never_tried_again_and_a_person_told(desk: Desk) -> None:
    courier = answering(desk, Bounced("550 no such user"))
    desk.post()
    assert desk.flush() == {"bounced": 1}
    desk.later(days=10)
    assert desk.flush() == {}
    assert len(courier.taken) == 1
    assert desk.failures == [("<1@desk.example>", "550 no such user")]


def test_an_uncertain_letter_is_sent_once_more_after_a_quarter_hour(desk: Desk) -> None:
    courier = answering(desk, Uncertain("the connection was lost"))
    desk.post()
    desk.flush()
    desk.later(minutes=14)
    assert desk.flush() == {}
    desk.later(minutes=1)
    assert desk.flush() == {"sent": 1}
    assert courier.taken[0] == courier.taken[1]
    assert desk.failures == []


def test_an_uncertain_letter_is_never_sent_a_third_time_and_a_person_told(desk: Desk) -> None:
    courier = answering(desk, *[Uncertain("the connection was lost")] * 5)
    desk.post()
    list(desk.until_settled())
    assert len(courier.taken) == 2
    assert desk.letter().state is State.UNCERTAIN
    assert len(desk.failures) == 1
    assert "may have arrived" in desk.failures[0][1]


@pytest.mark.parametrize(
    ("kind", "minutes"), [("auth", 15), ("tls", 5), ("network", 1), ("limit", 10)]
)
def test_an_account_in_trouble_pauses_and_costs_its_letters_nothing(
    desk: Desk, kind: str, minutes: int
) -> None:
    courier = answering(desk, *[Refused("535 wrong", kind)] * 3)
    courier.enters_data = False
    for number in range(3):
        desk.post(f"r{number}@learner.example")
    other = desk.couriers["diplomas", "finance"] = Recorder()
    desk.post(mailbox="finance")
    assert desk.flush() == {"refused": 3, "sent": 1}
    assert [letter.attempts for letter in desk.letters()] == [0, 0, 0, 1]
    assert desk.flush() == {}
    desk.later(minutes=minutes)
    assert desk.flush() == {"sent": 3}
    assert len(other.taken) == 1
    assert desk.failures == []


def test_a_limit_reached_after_the_dot_holds_the_letter(desk: Desk) -> None:
    answering(desk, Refused("550 5.4.5 daily limit", "limit", timedelta(hours=1)))
    desk.post()
    assert desk.flush() == {"refused": 1}
    desk.later(hours=1)
    assert desk.flush() == {"sent": 1}


def test_a_server_that_is_down_for_six_days_ends_with_one_notice(desk: Desk) -> None:
    courier = answering(desk, *[Refused("it cannot be reached", "network", PROBE)] * 999)
    courier.enters_data = False
    desk.post()
    steps = list(desk.until_settled())
    assert len(steps) < 999
    assert timedelta(days=5) <= desk.now - START < timedelta(days=5, hours=5)
    assert desk.letter().state is State.BOUNCED
    assert len(desk.failures) == 1


def test_a_letter_held_back_for_days_is_not_given_up_after_a_bad_half_hour(desk: Desk) -> None:
    desk.post()
    desk.later(days=6)  # maild was stopped
    courier = answering(desk, *[Refused("it cannot be reached", "network")] * 31)
    courier.enters_data = False
    for _ in range(31):
        desk.flush()
        desk.later(minutes=1)
    courier.verdicts.clear()
    desk.later(minutes=5)
    assert desk.flush() == {"sent": 1}
    assert desk.failures == []


def test_an_answer_goes_before_all_other_letters_that_wait(desk: Desk) -> None:
    courier = answering(desk)
    for number in range(30):
        desk.post(f"r{number}@learner.example")
    desk.later(minutes=1)
    desk.post("asked@learner.example", event=7)
    desk.flush()
    assert [recipient for _, recipient, _ in courier.taken].index("asked@learner.example") < 8


def test_an_unexpected_error_before_the_dot_defers_and_after_it_doubts(desk: Desk) -> None:
    early = answering(desk, KeyError("x"))
    early.enters_data = False
    desk.post()
    assert desk.flush() == {"deferred": 1}
    desk.later(minutes=5)
    answering(desk, KeyError("x"))
    assert desk.flush() == {"uncertain": 1}
    assert "x" not in (desk.letter().last_reply or "").replace("KeyError", "")[-3:]


def test_a_letter_of_a_mailbox_that_is_gone_waits(desk: Desk) -> None:
    desk.post(mailbox="gone")
    assert desk.flush() == {"deferred": 1}


def test_a_notice_that_cannot_be_written_does_not_send_the_letter_again(desk: Desk) -> None:
    def fail(*_: object) -> None:
        raise KeyError("template")

    courier = answering(desk, Bounced("550 no"))
    desk.post()
    desk.failed = fail  # type: ignore[assignment, method-assign]  # fails on purpose
    desk.flush()
    desk.later(days=1)
    desk.flush()
    assert len(courier.taken) == 1
    assert desk.letter().state is State.BOUNCED


def test_a_lost_lease_keeps_the_letter_from_leaving(desk: Desk) -> None:
    class Slow(Recorder):
        async def deliver(
            self, sender: str, recipient: str, raw: bytes, passage: Passage
        ) -> Verdict:
            desk.later(minutes=5)  # as long asleep as a suspended laptop
            with desk.store.transaction() as tx:
                taken = tx.outbox.claim("two", desk.now, 120, 5)
            assert len(taken) == 1
            return await super().deliver(sender, recipient, raw, passage)

    desk.courier = courier = Slow()
    desk.post()
    assert desk.flush() == {"left alone": 1}
    assert courier.taken == []
    assert desk.letter().lease_owner == "two"


def test_a_second_try_that_was_cut_short_by_a_crash_is_told_of_too(desk: Desk) -> None:
    desk.post()
    for owner in ("one", "two"):  # both are killed in the data
        with desk.store.transaction() as tx:
            (entry,) = tx.outbox.claim(owner, desk.now, 120, 5)
            assert tx.outbox.entering_data([entry.key], owner)
        desk.later(minutes=2)
        if owner == "one":
            assert desk.flush() == {}
            desk.later(minutes=15)
    courier = answering(desk)
    assert desk.flush() == {}
    assert courier.taken == []
    assert desk.letter().state is State.UNCERTAIN
    assert len(desk.failures) == 1
    assert desk.flush() == {}
    assert len(desk.failures) == 1


def test_two_processes_never_send_the_same_letter(desk: Desk) -> None:
    courier = answering(desk)
    courier.seconds = 0.02
    for number in range(40):
        desk.post(f"r{number}@learner.example")

    async def both() -> None:
        couriers = {("diplomas", "student"): courier}
        await asyncio.gather(
            *(
                flush(desk.store, couriers, o, lambda: START, desk.failed, jitter=lambda: 0.5)
                for o in ("one", "two")
            )
        )

    asyncio.run(both())
    assert len(courier.taken) == len({recipient for _, recipient, _ in courier.taken}) == 40


def test_stopping_finishes_what_is_under_way_and_begins_nothing(desk: Desk) -> None:
    courier = answering(desk)
    courier.seconds = 0.1
    for number in range(45):
        desk.post(f"r{number}@learner.example")

    async def run() -> int:
        ended = await flush(
            desk.store,
            {("diplomas", "student"): courier},
            "one",
            lambda: START,
            desk.failed,
            jitter=lambda: 0.5,
            stopping=lambda: bool(courier.taken),
        )
        return ended.total()

    sent = asyncio.run(run())
    assert 0 < sent < 45
    states = [letter.state for letter in desk.letters()]
    assert states.count(State.SENT) == sent
    assert states.count(State.QUEUED) == 45 - sent


def test_a_flush_that_is_cancelled_leaves_nothing_half_done(desk: Desk) -> None:
    courier = answering(desk)
    courier.seconds = 30
    desk.post()

    async def run() -> None:
        couriers = {("diplomas", "student"): courier}
        task = asyncio.create_task(
            flush(desk.store, couriers, "one", lambda: START, desk.failed, jitter=lambda: 0.5)
        )
        await asyncio.sleep(0.3)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert (desk.letter().state, desk.letter().attempts) == (State.QUEUED, 0)
    courier.seconds = 0
    assert desk.flush() == {"sent": 1}


def test_one_slow_mailbox_does_not_hold_up_another(desk: Desk) -> None:
    slow = desk.couriers["diplomas", "slow"] = Recorder(seconds=3)
    quick = answering(desk)
    for number in range(100):
        desk.post(f"r{number}@learner.example", mailbox="slow")

    async def run() -> None:
        couriers = {("diplomas", "student"): quick, ("diplomas", "slow"): slow}
        task = asyncio.create_task(
            flush(desk.store, couriers, "one", lambda: START, desk.failed, jitter=lambda: 0.5)
        )
        await asyncio.sleep(0.2)
        await asyncio.to_thread(desk.post)
        await asyncio.sleep(1.5)
        assert len(quick.taken) == 1
        assert not slow.taken
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 100), st.floats(0, 1))
def test_waits_stay_between_five_minutes_and_five_hours(attempts: int, jitter: float) -> None:
    assert timedelta(minutes=5) <= backoff(attempts, jitter) <= timedelta(hours=4, minutes=48)
    assert backoff(attempts, jitter) <= backoff(attempts + 1, jitter)


def test_the_simulators_store_in_memory_works_as_well() -> None:
    store = Store("sqlite://")
    desk = Desk(store)
    for number in range(5):
        desk.post(f"r{number}@learner.example")
    assert desk.flush() == {"sent": 5}
    store.close()
