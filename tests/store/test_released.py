"""Mail released from quarantine is handed out once, to one process."""

from maild.mail.packing import pack
from maild.store.mails import Outcome
from maild.store.store import Store
from tests.servers.postgres import Postgres
from tests.store.samples import DESK, MINUTE, NOW, source


def quarantined(store: Store) -> int:
    with store.transaction() as tx:
        mail = tx.mails.keep(DESK, pack(b"Subject: odd\r\n\r\n"), NOW)
        return tx.quarantine.add(source(), mail, "It is odd.", {"subject": "odd"}, NOW)


def release(store: Store, number: int) -> None:
    with store.transaction() as tx:
        assert tx.quarantine.release(DESK, number, NOW + MINUTE)


def released(store: Store) -> list[int]:
    with store.reading() as tx:
        return [one.id for one in tx.quarantine.released()]


def test_only_what_a_person_released_is_handed_out(store: Store) -> None:
    number = quarantined(store)
    assert released(store) == []
    release(store, number)
    assert released(store) == [number]


def test_what_got_another_outcome_is_done(store: Store) -> None:
    number = quarantined(store)
    release(store, number)
    with store.transaction() as tx:
        one = tx.quarantine.take(DESK, number)
        assert one is not None
        tx.mails.record(one.source, one.mail, Outcome.STORED, "a new ticket", 1, NOW)
        assert tx.quarantine.take(DESK, number) is None
    assert released(store) == []


def test_what_came_back_waits_for_a_person_again_whatever_the_clocks_say(store: Store) -> None:
    number = quarantined(store)
    release(store, number)
    again = quarantined(store)  # at an instant before the release: another machine's clock
    assert released(store) == []
    with store.transaction() as tx:
        assert tx.quarantine.take(DESK, number) is None
    release(store, again)
    assert released(store) == [again]


def test_what_one_process_has_in_hand_no_other_takes(postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    mine, other = Store(url), Store(url)
    mine.migrate()
    number = quarantined(mine)
    release(mine, number)
    with mine.transaction() as tx, other.transaction() as rival:
        assert tx.quarantine.take(DESK, number) is not None
        assert rival.quarantine.take(DESK, number) is None
    mine.close()
    other.close()
