"""A clock that ran ahead by years and is right again: nothing waits for those years."""

from datetime import timedelta

from maild.sla.ladder import Fired, FiringKind
from maild.store.store import Store
from tests.store.samples import DESK, MINUTE, NOW, letter, open_ticket

AHEAD = NOW + timedelta(days=3650)


def test_nothing_waits_for_the_years_of_a_clock_that_ran_ahead(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.post(letter("one"), AHEAD)
        (deferred,) = tx.outbox.claim("dead", AHEAD, 120, 10)
        tx.outbox.deferred(DESK, deferred.id, "dead", AHEAD + MINUTE, "450 later")
        tx.outbox.post(letter("two", ticket=2), AHEAD)
        (held,) = tx.outbox.claim("dead", AHEAD, 120, 10)
        tx.mailboxes.pause_letters(DESK, "student", AHEAD)
        tx.leases.acquire("mailbox", "dead", AHEAD, 30)
    with store.transaction() as tx:
        assert tx.outbox.claim("alive", NOW, 120, 10) == ()
        assert tx.forget_future(NOW) == 4
        assert {e.id for e in tx.outbox.claim("alive", NOW, 120, 10)} == {deferred.id, held.id}
        assert tx.leases.acquire("mailbox", "alive", NOW, 30) is not None
        assert tx.forget_future(NOW) == 0


def test_the_next_stage_is_counted_from_the_right_time(store: Store) -> None:
    with store.transaction() as tx:
        number = open_ticket(tx, alarm_at=AHEAD).number
        tx.tickets.fire(DESK, number, Fired("reply", 1, FiringKind.STAGE, 1, AHEAD))
    with store.transaction() as tx:
        assert tx.forget_future(NOW) == 2
        assert [f.at for f in tx.tickets.fired(DESK, number)] == [NOW]
        assert tx.tickets.ringing([DESK], NOW, 10) == ((DESK, number),)


def test_what_waits_by_a_right_clock_waits_on(store: Store) -> None:
    with store.transaction() as tx:
        tx.outbox.post(letter("one", not_before=NOW + timedelta(days=12)), NOW)
        tx.mailboxes.pause_letters(DESK, "student", NOW + timedelta(hours=4))
        tx.leases.acquire("mailbox", "alive", NOW, 30)
        assert tx.forget_future(NOW) == 0
