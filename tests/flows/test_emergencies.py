"""An emergency is never one line of a digest, however much rings at once."""

from datetime import timedelta

from maild.mail.mail import Address
from tests.policies.house import House, shipped

MANY = 21  # tickets of one pass that make a storm


def test_after_a_downtime_the_emergency_pages_and_the_rest_is_one_digest() -> None:
    house = House(desk=shipped("academy"))
    for n in range(MANY):
        writer = Address("", f"r{n}@trainee.example")
        house.write(f"سؤال رقم {n} عن الحساب", f"موضوع {n}", by=writer)
    house.write("توقف البث المباشر في الحصة", "عاجل")
    house.now += timedelta(days=10)
    house.tick()
    assert house.has("emergency", "on_call")
    assert len(house.letters("digest", house.staff("maha").address)) == 1
    assert [e.ticket for e in house.letters("escalation", house.staff("maha").address)] == []
    assert house.letters("cause") == []  # the digest says what happened


def test_many_warnings_at_once_are_one_digest_for_each_agent() -> None:
    house = House(desk=shipped("institute"))
    for n in range(MANY):
        writer = Address("", f"r{n}@trainee.example")
        house.write(f"سؤال رقم {n} عن الدورة", f"موضوع {n}", by=writer)
    house.ring(house.ticket().alarm_at or house.now)
    assert house.letters("warning") == []
    digests = house.letters("digest")
    assert {e.recipient for e in digests} == {"reem@institute.example", "saad@institute.example"}
    assert len(digests) == 2
    assert "يقترب موعد الرد" in house.letter("digest", "reem").text
