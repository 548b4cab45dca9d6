"""Letters: posted once, in order, under a lease, and never sent more often than promised."""

from collections.abc import Callable
from datetime import datetime

import pytest

from maild.store.outbox import UNCERTAIN_PAUSE, Entry, Phase, State
from maild.store.store import Store, Transaction
from tests.store.samples import DESK, MINUTE, NOW, letter, posted_id

LEASE = 60.0  # seconds


def claim(store: Store, owner: str, now: datetime = NOW, limit: int = 10) -> list[int]:
    with store.transaction() as tx:
        return [entry.id for entry in tx.outbox.claim(owner, now, LEASE, limit)]


def post(store: Store, *names: str, **changes: object) -> list[int]:
    with store.transaction() as tx:
        return [posted_id(tx, letter(name, **changes), NOW) for name in names]


def found(store: Store, name: str = "one") -> Entry:
    with store.reading() as tx:
        entry = tx.outbox.by_message_id(DESK, f"<{name}@diplomas.example>")
    assert entry is not None
    return entry


def test_a_letter_is_posted_once_and_its_bytes_are_frozen(store: Store) -> None:
    (first,) = post(store, "one")
    (again,) = post(store, "one", raw=b"other bytes")
    assert first == again
    assert found(store).raw == letter().raw
    with store.reading() as tx:
        assert tx.outbox.counts()[State.QUEUED] == 1
        assert tx.outbox.by_message_id("hospital", letter().message_id) is None


def test_a_letter_that_is_rolled_back_was_never_posted(store: Store) -> None:
    def fail(tx: Transaction) -> None:
        posted_id(tx, letter(), NOW)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        fail(tx)
    assert claim(store, "a") == []


def test_a_claimed_letter_is_nobody_elses_until_the_lease_ends(store: Store) -> None:
    (one,) = post(store, "one")
    with store.transaction() as tx:
        (entry,) = tx.outbox.claim("a", NOW, LEASE, 10)
    assert (entry.state, entry.phase, entry.attempts) == (State.SENDING, Phase.BEFORE_DATA, 1)
    assert entry == found(store)
    assert claim(store, "b", NOW + 0.9 * MINUTE) == []
    assert claim(store, "b", NOW + MINUTE) == [one]
    assert found(store).attempts == 2


def test_what_one_person_hears_of_one_ticket_arrives_in_order(store: Store) -> None:
    one, _two = post(store, "one", "two")
    (other_person,) = post(store, "three", recipient="sara@diplomas.example")
    (other_ticket,) = post(store, "four", ticket=2)
    free = post(store, "five", "six", ticket=None)
    assert claim(store, "a") == [one, other_person, other_ticket, *free]
    with store.transaction() as tx:
        assert tx.outbox.deferred(DESK, one, "a", NOW + 5 * MINUTE, "450 greylisted")
    assert claim(store, "b", NOW + 4 * MINUTE) != [_two]
    assert one in claim(store, "b", NOW + 5 * MINUTE)
    with store.transaction() as tx:
        tx.outbox.sent({(DESK, one): "250 ok"}, "b", NOW + 5 * MINUTE)
    assert _two in claim(store, "a", NOW + 6 * MINUTE)


def test_a_letter_held_until_the_next_opening_keeps_nobody_waiting(store: Store) -> None:
    (held,) = post(store, "night", not_before=NOW + 10 * MINUTE)
    (plain,) = post(store, "plain")
    assert claim(store, "a") == [plain]
    assert claim(store, "a", NOW + 9 * MINUTE) == [plain]
    with store.transaction() as tx:
        tx.outbox.sent({(DESK, plain): "250 ok"}, "a", NOW)
    assert claim(store, "a", NOW + 10 * MINUTE) == [held]


def test_a_lease_that_ended_in_the_data_makes_the_letter_uncertain_once(store: Store) -> None:
    (one,) = post(store, "one")
    at = NOW
    for _ in range(2):
        assert claim(store, "a", at) == [one]
        with store.transaction() as tx:
            assert tx.outbox.entering_data([(DESK, one)], "a")
        at += 2 * MINUTE
        assert claim(store, "b", at) == []
        assert found(store).state is State.UNCERTAIN
        at += UNCERTAIN_PAUSE
    entry = found(store)
    assert (entry.doubts, entry.next_at, entry.finished_at) == (2, None, at - UNCERTAIN_PAUSE)
    assert claim(store, "b", at + 1000 * UNCERTAIN_PAUSE) == []


def test_an_uncertain_letter_is_tried_once_more_and_never_a_third_time(store: Store) -> None:
    (one,) = post(store, "one")
    assert claim(store, "a") == [one]
    with store.transaction() as tx:
        tx.outbox.entering_data([(DESK, one)], "a")
        assert tx.outbox.uncertain(DESK, one, "a", NOW, "the line broke")
    retry_at = NOW + UNCERTAIN_PAUSE
    assert found(store).next_at == retry_at
    assert claim(store, "a", retry_at - MINUTE) == []
    assert claim(store, "a", retry_at) == [one]
    with store.transaction() as tx:
        assert tx.outbox.uncertain(DESK, one, "a", retry_at, "the line broke again")
        assert tx.outbox.next_at() is None
    assert claim(store, "a", retry_at + 1000 * MINUTE) == []


VERDICTS: list[Callable[[Transaction, int, str], bool]] = [
    lambda tx, one, owner: bool(tx.outbox.entering_data([(DESK, one)], owner)),
    lambda tx, one, owner: tx.outbox.bounced(DESK, one, owner, NOW, "550 no"),
    lambda tx, one, owner: tx.outbox.deferred(DESK, one, owner, NOW, "450 later"),
    lambda tx, one, owner: tx.outbox.uncertain(DESK, one, owner, NOW, "broke"),
    lambda tx, one, owner: tx.outbox.give_back(DESK, one, owner, NOW),
]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_who_lost_the_lease_may_say_nothing_more(
    store: Store, verdict: Callable[[Transaction, int, str], bool]
) -> None:
    (one,) = post(store, "one")
    claim(store, "slept")
    claim(store, "awake", NOW + 2 * MINUTE)
    before = found(store)
    with store.transaction() as tx:
        assert not verdict(tx, one, "slept")
    assert found(store) == before
    with store.transaction() as tx:
        assert verdict(tx, one, "awake")


def test_of_letters_that_enter_the_data_together_those_of_a_lost_lease_are_told_apart(
    store: Store,
) -> None:
    (lost,) = post(store, "lost")
    claim(store, "a")
    claim(store, "b", NOW + 2 * MINUTE)
    kept = post(store, "two", "three", ticket=None)
    assert claim(store, "a", NOW + 2 * MINUTE) == kept
    keys = [(DESK, letter) for letter in (kept[0], lost, kept[1])]
    with store.transaction() as tx:
        assert tx.outbox.entering_data(keys, "a") == [(DESK, letter) for letter in kept]
    assert [found(store, name).phase for name in ("two", "lost", "three")] == [
        Phase.DATA,
        Phase.BEFORE_DATA,
        Phase.DATA,
    ]


def test_letters_taken_together_keep_their_own_replies_and_none_of_a_lost_lease_is_sent(
    store: Store,
) -> None:
    (lost,) = post(store, "lost")
    claim(store, "a")
    claim(store, "b", NOW + 2 * MINUTE)
    before = found(store, "lost")
    two, three = post(store, "two", "three", ticket=None)
    claim(store, "a", NOW + 2 * MINUTE)
    replies = {(DESK, two): "250 as 2", (DESK, lost): "250 as 1", (DESK, three): "250 as 3"}
    with store.transaction() as tx:
        tx.outbox.sent(replies, "a", NOW + 2 * MINUTE)
    assert found(store, "lost") == before
    ends = [found(store, name) for name in ("two", "three")]
    assert [(end.state, end.last_reply) for end in ends] == [
        (State.SENT, "250 as 2"),
        (State.SENT, "250 as 3"),
    ]


def test_a_lease_is_held_on_to_by_its_owner_only(store: Store) -> None:
    (one,) = post(store, "one")
    claim(store, "a")
    until = NOW + 9 * MINUTE
    with store.transaction() as tx:
        tx.outbox.extend([(DESK, one)], "another", until)
        assert tx.outbox.next_at() == NOW + MINUTE
        tx.outbox.extend([(DESK, one)], "a", until)
        assert tx.outbox.next_at() == until


def test_that_a_doubted_letter_was_taken_is_believed_of_who_sent_it(store: Store) -> None:
    (one,) = post(store, "one")
    claim(store, "a")
    with store.transaction() as tx:
        tx.outbox.entering_data([(DESK, one)], "a")
    claim(store, "b", NOW + 2 * MINUTE)
    with store.transaction() as tx:
        tx.outbox.sent({(DESK, one): "250 ok"}, "a", NOW + 2 * MINUTE)
    assert claim(store, "b", NOW + 2 * MINUTE + UNCERTAIN_PAUSE) == []
    assert found(store).state is State.SENT


def test_a_letter_given_back_is_as_if_it_had_not_been_claimed(store: Store) -> None:
    (one,) = post(store, "one")
    claim(store, "a")
    with store.transaction() as tx:
        assert tx.outbox.give_back(DESK, one, "a", NOW)
    assert (found(store).state, found(store).attempts) == (State.QUEUED, 0)
    assert claim(store, "b") == [one]


def test_a_paused_account_keeps_its_letters_and_no_other(store: Store) -> None:
    (one,) = post(store, "one")
    (two,) = post(store, "two", mailbox="finance", ticket=2)
    with store.transaction() as tx:
        tx.mailboxes.pause_letters(DESK, "student", NOW + 5 * MINUTE)
    assert claim(store, "a") == [two]
    assert claim(store, "a", NOW + 5 * MINUTE) == [one, two]
    with store.transaction() as tx:
        tx.mailboxes.pause_letters(DESK, "finance", NOW + 100 * MINUTE)
        tx.mailboxes.pause_letters(DESK, "finance", None)
    assert two in claim(store, "a", NOW + 10 * MINUTE)


def test_a_claim_takes_no_more_than_its_limit_the_longest_due_first(store: Store) -> None:
    with store.transaction() as tx:
        ids = [posted_id(tx, letter(str(n), ticket=n), NOW - n * MINUTE) for n in range(5)]
    assert claim(store, "a", limit=2) == [ids[4], ids[3]]
    assert claim(store, "a", limit=9) == [ids[2], ids[1], ids[0]]


def test_the_outbox_knows_when_to_look_again(store: Store) -> None:
    def next_at() -> datetime | None:
        with store.reading() as tx:
            return tx.outbox.next_at()

    assert next_at() is None
    post(store, "one")
    post(store, "two", not_before=NOW + 5 * MINUTE)
    assert next_at() == NOW
    claim(store, "a")
    assert next_at() == NOW + MINUTE  # the lease


def test_letters_are_listed_newest_first_by_what_is_given(store: Store) -> None:
    with store.transaction() as tx:
        for n in range(3):
            posted_id(tx, letter(str(n), ticket=n), NOW + n * MINUTE)
        tx.outbox.claim("a", NOW, LEASE, 1)

        def listed(**wanted: object) -> list[int | None]:
            return [e.ticket for e in tx.outbox.list(**wanted)]  # type: ignore[arg-type]

        assert listed() == [2, 1, 0]
        assert listed(state=[State.SENDING]) == [0]
        assert listed(ticket=1, desk=DESK) == [1]
        assert listed(desk="hospital") == []
        assert listed(limit=1) == [2]
