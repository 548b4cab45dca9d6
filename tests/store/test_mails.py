"""What came in: kept by content, one outcome per source, read up to a cursor."""

import pytest

from maild.mail.packing import pack, sha256
from maild.store.errors import StoreConflictError
from maild.store.mails import Outcome, Record
from maild.store.store import Store
from tests.store.samples import DESK, MINUTE, NOW, cursor, source


def test_a_mail_is_given_back_byte_for_byte(store: Store) -> None:
    raw = bytes(range(256)) * 50
    with store.transaction() as tx:
        kept = tx.mails.keep(DESK, pack(raw), NOW)
    with store.reading() as tx:
        assert tx.mails.raw(DESK, kept) == raw
        with pytest.raises(KeyError):
            tx.mails.raw("other desk", kept)


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    with store.transaction() as tx:
        first = tx.mails.keep(DESK, pack(b"one"), NOW)
        other = tx.mails.keep(DESK, pack(b"two"), NOW)
    with store.transaction() as tx:
        assert tx.mails.keep(DESK, pack(b"one"), NOW + MINUTE) == first != other
        assert tx.mails.find_content(DESK, sha256(b"one")) == first
        assert tx.mails.find_content(DESK, sha256(b"three")) is None


def test_two_desks_do_not_see_each_other(store: Store) -> None:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"one"), NOW)
        tx.mails.record(source(), mail, Outcome.STORED, "new", 1, NOW)
    with store.reading() as tx:
        assert tx.mails.find_content("hospital", sha256(b"one")) is None
        assert tx.mails.records("hospital", mail) == ()
        assert tx.mails.seen("hospital", "student", 7, [1]) == set()


def test_what_became_of_a_source_is_decided_once(store: Store) -> None:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"one"), NOW)
        tx.mails.record(source(), mail, Outcome.STORED, "new", 1, NOW)

    def again() -> None:
        with store.transaction() as tx:
            tx.mails.keep(DESK, pack(b"two"), NOW)
            tx.mails.record(source(), mail, Outcome.IGNORED, "again", None, NOW)

    with pytest.raises(StoreConflictError):
        again()
    with store.reading() as tx:
        assert tx.mails.records(DESK, mail) == (
            Record(source(), mail, Outcome.STORED, "new", 1, NOW, None),
        )
        assert tx.mails.find_content(DESK, sha256(b"two")) is None


def test_a_released_mail_can_become_a_ticket(store: Store) -> None:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"broken"), NOW)
        number = tx.quarantine.add(source(), mail, "too deep", {"subject": "سؤال"}, NOW)
        waiting = tx.quarantine.waiting(DESK)
        assert [(q.id, q.source, q.headers) for q in waiting] == [
            (number, source(), {"subject": "سؤال"})
        ]
        assert tx.quarantine.waiting("hospital") == ()
        assert tx.mails.seen(DESK, "student", 7, [1]) == {1}
    with store.transaction() as tx:
        assert tx.quarantine.release(DESK, number, NOW + MINUTE)
        assert not tx.quarantine.release(DESK, number, NOW + MINUTE)
        tx.mails.record(source(), mail, Outcome.STORED, "released", 5, NOW + MINUTE)
        assert tx.quarantine.waiting() == ()
        assert [r.ticket for r in tx.mails.records(DESK, mail)] == [5]


def test_a_mail_found_in_two_mailboxes_leads_to_its_one_ticket(store: Store) -> None:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"one"), NOW)
        tx.mails.record(source(), mail, Outcome.STORED, "new", 3, NOW)
        tx.mails.record(source(mailbox="finance"), mail, Outcome.DUPLICATE, "copy", 3, NOW)
        found = {(r.source.mailbox, r.ticket) for r in tx.mails.records(DESK, mail)}
        assert found == {("student", 3), ("finance", 3)}


def test_a_uid_is_seen_only_in_its_mailbox_and_uidvalidity(store: Store) -> None:
    with store.transaction() as tx:
        for uid in range(1, 1200):
            tx.mails.record(source(uid), None, Outcome.IGNORED, "history", None, NOW)
    with store.reading() as tx:
        asked = range(500, 2000)
        assert tx.mails.seen(DESK, "student", 7, asked) == set(range(500, 1200))
        assert tx.mails.seen(DESK, "student", 8, asked) == set()
        assert tx.mails.seen(DESK, "finance", 7, asked) == set()
        assert tx.mails.seen(DESK, "student", 7, []) == set()


def test_strikes_are_counted_per_mail(store: Store) -> None:
    counted = []
    for _ in range(3):
        with store.transaction() as tx:
            counted.append(tx.mails.strike(DESK, "student", 7, 1))
    with store.transaction() as tx:
        assert counted == [1, 2, 3]
        assert tx.mails.strike(DESK, "student", 7, 2) == 1


def test_the_cursor_of_a_mailbox_moves(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.mailboxes.cursor(DESK, "student") is None
        tx.mailboxes.troubled(DESK, "student", "The password is wrong.", NOW)
        assert tx.mailboxes.cursor(DESK, "student") is None
        tx.mailboxes.save_cursor(cursor(10, uidvalidity=7))
    with store.transaction() as tx:
        tx.mailboxes.save_cursor(cursor(2**32 - 1, uidvalidity=8))
    with store.reading() as tx:
        assert tx.mailboxes.cursor(DESK, "student") == cursor(2**32 - 1, uidvalidity=8)


def test_a_trouble_begins_once_and_is_remembered_since_then(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.mailboxes.troubled(DESK, "student", "No answer.", NOW)
        assert not tx.mailboxes.troubled(DESK, "student", "Wrong password.", NOW + MINUTE)
        (state,) = tx.status().mailboxes
        assert (state.trouble, state.trouble_since) == ("Wrong password.", NOW)
        assert tx.mailboxes.well(DESK, "student", NOW + 2 * MINUTE)
        assert not tx.mailboxes.well(DESK, "student", NOW + 3 * MINUTE)
        (state,) = tx.status().mailboxes
        assert (state.trouble, state.last_seen_at) == (None, NOW + 3 * MINUTE)
        assert tx.mailboxes.troubled(DESK, "student", "No answer.", NOW)
