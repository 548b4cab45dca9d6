"""A flood costs few letters: to a victim, to a domain, to the staff (cases F8 to F11)."""

from dataclasses import replace

from maild.mail.mail import Address
from tests.flows.house import SARA, House, desk


def spoofed(house: House, count: int, address: str) -> None:
    for n in range(count):
        house.write(f"{n} wants help number {n}", f"Help {n}", Address("", address.format(n)))


def test_many_mails_in_a_victims_name_bring_the_victim_three_letters() -> None:
    house = House()
    spoofed(house, 40, "victim@elsewhere.example")
    spoofed(house, 40, "victim+{}@elsewhere.example")
    assert len(house.letters("acknowledgement")) == house.desk.ack_limit


def test_many_addresses_of_one_domain_share_a_limit_and_its_end_is_an_hour_away() -> None:
    house = House(desk=replace(desk(), ack_domain_limit=5))
    spoofed(house, 30, "person{}@elsewhere.example")
    assert len(house.letters("acknowledgement")) == 5
    house.write("Hello there", "Hi", Address("", "somebody@third.example"))
    assert len(house.letters("acknowledgement")) == 6
    house.later(hours=1, minutes=1)
    house.write("Hello again", "Hi", Address("", "person99@elsewhere.example"))
    assert len(house.letters("acknowledgement")) == 7


def test_the_desks_own_domain_knows_no_limit_but_that_of_an_address() -> None:
    house = House(desk=replace(desk(), ack_domain_limit=5))
    spoofed(house, 20, "person{}@desk.example")
    assert len(house.letters("acknowledgement")) == 20


def test_all_together_share_the_desks_limit_and_every_ticket_still_opens() -> None:
    house = House(desk=replace(desk(), ack_desk_limit=7))
    for n in range(20):
        spoofed(house, 1, f"somebody@domain{n}.example")
    assert len(house.letters("acknowledgement")) == 7
    assert house.ticket(20).alarm_at is not None


def test_many_tickets_that_are_late_at_once_make_one_digest_for_each_person() -> None:
    house = House()
    spoofed(house, 30, "person{}@elsewhere.example")
    house.later(days=5)
    before = len(house.letters())
    house.ring(house.now)
    digests = house.letters("digest")
    assert len(digests) == len({e.recipient for e in digests})
    assert house.letters("escalation") == []
    late = [e for e in house.letters()[before:] if e.purpose not in {"digest", "cause"}]
    assert all(e.purpose == "warning" for e in late), {e.purpose for e in late}
    assert SARA.address not in {e.recipient for e in digests}
