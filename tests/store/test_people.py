"""Requesters, what they were sent, who was told, and who owns what for now."""

from dataclasses import replace

from maild.store.people import Requester
from maild.store.store import Store
from maild.tickets.ticket import Status
from tests.store.samples import DESK, MINUTE, NOW, letter, open_ticket, source


def test_a_requester_is_known_whatever_the_case_of_the_address(store: Store) -> None:
    noura = Requester(DESK, "noura@students.example", NOW, NOW, "ar", None, 2, NOW + MINUTE)
    with store.transaction() as tx:
        assert tx.requesters.get(DESK, noura.address) is None
        tx.requesters.save(replace(noura, address="Noura@Students.example"))
        assert tx.requesters.get(DESK, "NOURA@students.example") == noura
        tx.requesters.save(replace(noura, language="en", strikes=0))
        assert tx.requesters.get(DESK, noura.address) == replace(noura, language="en", strikes=0)
        assert tx.requesters.get("hospital", noura.address) is None


def test_acknowledgements_are_counted_by_address_and_domain(store: Store) -> None:
    with store.transaction() as tx:
        for minutes in (0, 5, 5, 10):
            tx.requesters.acked(DESK, "Noura@students.example", NOW + minutes * MINUTE)
        tx.requesters.acked(DESK, "reem@students.example", NOW + 10 * MINUTE)
        tx.requesters.acked("hospital", "noura@students.example", NOW + 10 * MINUTE)
    with store.transaction() as tx:
        since = NOW + 5 * MINUTE
        assert tx.requesters.acks_since(DESK, "noura@STUDENTS.example", since) == 3
        assert tx.requesters.domain_acks_since(DESK, "students.example", since) == 4
        assert tx.requesters.acks_since(DESK, "else@students.example", NOW) == 0
        assert tx.requesters.forget_acks(since) == 1
        assert tx.requesters.acks_since(DESK, "noura@students.example", NOW) == 3


def test_a_person_is_told_once_until_the_incident_is_over(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.told.first(DESK, "mailbox student: sara", NOW)
        assert not tx.told.first(DESK, "mailbox student: sara", NOW + MINUTE)
        assert tx.told.first(DESK, "mailbox student: huda", NOW)
        tx.told.over(DESK, "mailbox student: sara")
        assert tx.told.first(DESK, "mailbox student: sara", NOW + MINUTE)


def test_what_was_told_is_forgotten_when_it_is_old_but_no_trouble_that_lasts(store: Store) -> None:
    lasting = ("mailbox student sara", "letters of student sara")
    with store.transaction() as tx:
        for key in (*lasting, "report 0 2025"):
            tx.told.first(DESK, key, NOW)
        tx.told.first(DESK, "report 0 2026", NOW + MINUTE)
        assert tx.told.forget(NOW + MINUTE) == 1
        assert not any(tx.told.first(DESK, key, NOW) for key in (*lasting, "report 0 2026"))
        assert tx.told.first(DESK, "report 0 2025", NOW)


def test_a_lease_has_one_owner_until_it_ends(store: Store) -> None:
    with store.transaction() as tx:
        first = tx.leases.acquire("diplomas/student", "a", NOW, 30)
        assert first is not None
        assert tx.leases.acquire("diplomas/student", "b", NOW, 30) is None
        assert tx.leases.acquire("diplomas/finance", "b", NOW, 30) is not None
        assert tx.leases.renew("diplomas/student", first, NOW + MINUTE, 30)
        assert tx.leases.acquire("diplomas/student", "b", NOW + MINUTE, 30) is None
        second = tx.leases.acquire("diplomas/student", "b", NOW + 1.5 * MINUTE, 30)
        assert second is not None
        assert second > first
        assert not tx.leases.holds("diplomas/student", first)
        assert not tx.leases.renew("diplomas/student", first, NOW, 30)
        assert not tx.leases.release("diplomas/student", first, NOW)
        assert tx.leases.holds("diplomas/student", second)
        assert tx.leases.release("diplomas/student", second, NOW + 2 * MINUTE)
        assert tx.leases.acquire("diplomas/student", "a", NOW + 2 * MINUTE, 30) == second + 1


def test_the_configuration_in_force_is_the_one_adopted_last(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.config_versions.latest() is None
        assert tx.config_versions.adopt("first", NOW)
        assert not tx.config_versions.adopt("first", NOW + MINUTE)
        assert tx.config_versions.adopt("second", NOW + MINUTE)
        assert tx.config_versions.adopt("first", NOW + 2 * MINUTE)
        assert tx.config_versions.latest() == "first"


def test_status_counts_everything_and_names_the_oldest(store: Store) -> None:
    with store.transaction() as tx:
        open_ticket(tx, alarm_at=NOW + MINUTE)
        open_ticket(tx, status=Status.CLOSED)
        tx.outbox.post(letter("one"), NOW + MINUTE)
        tx.outbox.post(letter("two", ticket=2), NOW)
        tx.quarantine.add(source(), None, "too large", {}, NOW)
    with store.reading() as tx:
        now = tx.status()
    assert (now.tickets[Status.NEW], now.tickets[Status.CLOSED]) == (1, 1)
    assert (sum(now.letters.values()), now.quarantined) == (2, 1)
    assert (now.oldest_letter_at, now.oldest_alarm_at) == (NOW, NOW + MINUTE)
    assert now.oldest_quarantined_at == NOW


def test_a_configuration_is_in_force_only_when_it_was_put_in_force_to_the_end(
    store: Store,
) -> None:
    with store.transaction() as tx:
        tx.config_versions.adopt("first", NOW)
        assert tx.config_versions.begin("second", NOW + MINUTE)
        assert tx.config_versions.begin("second", NOW + MINUTE)  # stopped on the way
        assert tx.config_versions.begin("first", NOW + MINUTE)  # half of the second is in force
        tx.config_versions.adopt("first", NOW - MINUTE)  # the clock was set back
        assert not tx.config_versions.begin("first", NOW + MINUTE)
