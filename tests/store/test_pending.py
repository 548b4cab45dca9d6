"""What a transaction has gathered is seen by whatever it asks, and is written or undone as one."""

import contextlib
from dataclasses import replace

import pytest

from maild.mail.packing import pack
from maild.store.errors import StoreConflictError
from maild.store.mails import Outcome
from maild.store.store import Store
from tests.store.samples import DESK, NOW, letter, message, open_ticket, source


def test_a_question_of_the_same_batch_is_found_by_its_reply(store: Store) -> None:
    with store.transaction() as tx:
        tx.tickets.expect(DESK, ["<1@students.example>"], ["noura@students.example"])
        assert tx.tickets.by_message_ids(DESK, ["<1@students.example>"]) == ()
        assert tx.tickets.unanswered_of(DESK, "noura@students.example", NOW) == ()
        number = open_ticket(tx).number
        tx.tickets.add_message(DESK, number, message())
        found = tx.tickets.by_message_ids(DESK, ["<1@students.example>"])
        waiting = tx.tickets.unanswered_of(DESK, "noura@students.example", NOW)
        assert [k.number for k in found] == [u.ticket.number for u in waiting] == [number]
        assert tx.tickets.messages(DESK, number) == (message(),)


def test_a_copy_in_the_same_batch_is_a_twin(store: Store) -> None:
    with store.transaction() as tx:
        tx.mails.expect(DESK, [], ["same"])
        assert tx.mails.twin(DESK, "same") is None
        mail = tx.mails.keep(DESK, pack(b"mail"), NOW)
        tx.mails.record(source(1), mail, Outcome.STORED, "new", 1, NOW, identity="same")
        twin = tx.mails.twin(DESK, "same")
        assert twin is not None
        assert twin.ticket == 1


def test_limits_count_what_the_same_batch_has_acknowledged(store: Store) -> None:
    with store.transaction() as tx:
        tx.requesters.expect_acks(DESK, ["noura@students.example"], NOW)
        for count in range(3):
            assert tx.requesters.acks_since(DESK, "noura@students.example", NOW) == count
            assert tx.requesters.desk_acks_since(DESK, NOW) == count
            tx.requesters.acked(DESK, "noura@students.example", NOW)
    with store.reading() as tx:
        assert tx.requesters.domain_acks_since(DESK, "students.example", NOW) == 3


def test_a_letter_posted_twice_is_there_once(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.expect(DESK, [letter().message_id])
        assert tx.outbox.by_message_id(DESK, letter().message_id) is None
        tx.outbox.post(letter(), NOW)
        tx.outbox.post(letter(raw=b"other"), NOW)
        found = tx.outbox.by_message_id(DESK, letter().message_id)
        assert found is not None
        assert found.raw == letter().raw
        assert tx.outbox.posted == [letter()]


def test_a_savepoint_that_fails_undoes_what_was_gathered(store: Store) -> None:
    with store.transaction() as tx:
        opened = open_ticket(tx)
        with contextlib.suppress(ZeroDivisionError), tx.savepoint():
            tx.tickets.add_message(DESK, opened.number, message())
            tx.outbox.post(letter(), NOW)
            tx.tickets.save(replace(opened, team="lost"))
            raise ZeroDivisionError
        assert tx.tickets.messages(DESK, opened.number) == ()
        assert tx.outbox.posted == []
    with store.reading() as tx:
        assert tx.tickets.get(DESK, opened.number) == opened


def test_a_mail_decided_before_undoes_the_transaction(store: Store) -> None:
    def decide(reason: str) -> None:
        with store.transaction() as tx:
            number = open_ticket(tx).number
            tx.mails.record(source(1), None, Outcome.STORED, reason, number, NOW)

    decide("new")
    with pytest.raises(StoreConflictError):
        decide("again")
    with store.reading() as tx:
        assert tx.tickets.get(DESK, 2) is None
