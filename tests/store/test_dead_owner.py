"""Letters in the hands of a process that is known to be dead."""

from maild.store.outbox import State
from maild.store.store import Store
from tests.store.samples import MINUTE, NOW, letter, posted_id


def test_the_letters_of_a_dead_process_wait_for_no_lease(store: Store) -> None:
    with store.transaction() as tx:
        first = posted_id(tx, letter("one"), NOW)
        second = posted_id(tx, letter("two", ticket=2), NOW)
        assert len(tx.outbox.claim("dead", NOW, 120, 10)) == 2
        tx.outbox.entering_data([(letter("two").desk, second)], "dead")
    with store.transaction() as tx:
        assert tx.outbox.claim("alive", NOW + MINUTE, 120, 10) == ()
        tx.outbox.expire(NOW + MINUTE)
        (again,) = tx.outbox.claim("alive", NOW + MINUTE, 120, 10)
        assert again.id == first
    with store.reading() as tx:
        states = {e.id: e.state for e in tx.outbox.list()}
    assert states[second] is State.UNCERTAIN
