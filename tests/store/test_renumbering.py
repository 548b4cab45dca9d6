"""A mailbox whose UIDs mean something else than before."""

from datetime import timedelta

from maild.mail.packing import pack
from maild.store.mailboxes import Cursor
from maild.store.mails import Outcome, Source
from maild.store.store import Store
from tests.store.samples import DESK, NOW, source

BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)
FIRST = Cursor(DESK, "student", 7, 0, 50, NOW)
RENUMBERED = Cursor(DESK, "student", 8, 0, 60, NOW, renumbered=True)


def test_under_the_first_numbers_the_uid_alone_tells_history() -> None:
    assert FIRST.is_history(49, AFTER)
    assert not FIRST.is_history(50, BEFORE)


def test_under_new_numbers_the_date_tells_history_among_what_lay_there() -> None:
    assert RENUMBERED.is_history(59, BEFORE)
    assert not RENUMBERED.is_history(59, AFTER)
    assert not RENUMBERED.is_history(60, BEFORE)


def test_a_cursor_keeps_its_first_contact(store: Store) -> None:
    for cursor in (FIRST, RENUMBERED):
        with store.transaction() as tx:
            tx.mailboxes.save_cursor(cursor)
        with store.reading() as tx:
            assert tx.mailboxes.cursor(DESK, "student") == cursor


def test_retired_numbers_are_free_again_and_their_records_stay(store: Store) -> None:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"one"), NOW)
        number = tx.quarantine.add(source(), mail, "broken", {}, NOW)
    for _ in range(2):
        with store.transaction() as tx:
            tx.mails.retire(DESK, "student", 7)
        with store.transaction() as tx:
            assert tx.mails.seen(DESK, "student", 7, [1]) == set()
            tx.mails.record(source(), mail, Outcome.STORED, "new", 1, NOW)
    with store.transaction() as tx:
        assert len(tx.mails.records(DESK, mail)) == 3
        (kept,) = tx.quarantine.waiting(DESK)
        assert kept.id == number
        assert isinstance(kept.source, Source)
        assert kept.source.uidvalidity < 0
        assert tx.quarantine.count_since(DESK, NOW) == 1
        assert tx.quarantine.count_since(DESK, AFTER) == 0
