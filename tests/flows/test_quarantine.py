"""Mail in quarantine that comes again: once is enough."""

from maild.intake.receive import receive
from maild.intake.words import Arrival
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.store.mails import Outcome
from tests.flows.house import NOURA, House
from tests.flows.test_suspension import suspended

NOBODYS = b"Subject: nobody wrote this\r\n\r\nhello\r\n"


def test_a_mail_that_waits_in_quarantine_is_not_put_there_again_under_another_number() -> None:
    house = House()
    assert house.receive(NOBODYS).outcome is Outcome.QUARANTINED
    again = house.receive(NOBODYS)
    assert (again.outcome, again.quarantined) == (Outcome.DUPLICATE, None)
    with house.store.reading() as tx:
        assert len(tx.quarantine.waiting()) == 1


def test_a_mail_that_came_twice_is_still_processed_when_it_is_released() -> None:
    house = suspended()
    raw = house.mail("Where is it?", "Where", NOURA, "student@desk.example")
    assert house.receive(raw).outcome is Outcome.QUARANTINED
    assert house.receive(raw).outcome is Outcome.DUPLICATE
    with house.store.reading() as tx:
        (kept,) = tx.quarantine.waiting()
    with house.store.transaction() as tx:
        arrival = Arrival(kept.source, reading_of(raw, read(raw)), released=True)
        assert receive(arrival, house.office, tx, house.now).outcome is Outcome.STORED
