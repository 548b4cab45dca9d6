"""When many tickets ring at once each person gets one letter, and a crash in between loses none."""

from datetime import timedelta

import pytest

from maild import sweep
from maild.casework import digests
from maild.mail.mail import Address
from tests.flows.house import House, mail_of

LEAD = "huda@staff.example"


def storm(count: int = 25) -> House:
    house = House()
    for n in range(count):
        by = Address(f"n{n}", f"n{n}@trainee.example")
        house.write(f"سؤال مختلف رقم {n} عن موضوع {n * 7}", f"موضوع {n}", by)
    house.now += timedelta(days=4)  # past due, and past every warning
    return house


def run(house: House) -> None:
    sweep.run(house.store, {house.desk.key: house.office}, house.now)


def test_many_overdue_tickets_are_one_letter_for_the_lead() -> None:
    house = storm()
    run(house)
    assert house.letters("escalation", LEAD) == []
    (digest,) = house.letters("digest", LEAD)
    assert all(f"[#{n}]" in mail_of(digest).text for n in range(1, 26))


def test_a_digest_is_sent_once() -> None:
    house = storm()
    run(house)
    house.later(minutes=1)
    run(house)
    assert len(house.letters("digest", LEAD)) == 1


def test_what_a_crashed_pass_had_rung_is_told_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    house = storm()

    def crash(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(digests, "send", crash)
        with pytest.raises(KeyboardInterrupt):
            run(house)
    assert house.letters("digest") == []
    house.later(minutes=1)
    run(house)
    assert len(house.letters("digest", LEAD)) == 1


def test_an_answer_to_the_digest_itself_reaches_no_requester() -> None:
    house = storm()
    run(house)
    lead = Address("هدى", LEAD)
    digest = house.letters("digest", LEAD)[0]
    assert mail_of(digest).reply_to == ()
    house.receive(house.mail("شكرا، سأتابعها", "Re: تذاكر", lead, "student@desk.example"))
    assert house.letters("relay") == []


def test_each_ticket_of_a_digest_names_the_address_for_answering_it() -> None:
    house = storm()
    run(house)
    text = mail_of(house.letters("digest", LEAD)[0]).text
    address = next(w for w in text.split() if w.startswith("student+a7-"))
    lead = Address("هدى", LEAD)
    house.receive(house.mail("تمت المعالجة.", "رد", lead, address))
    (relayed,) = house.letters("relay")
    assert relayed.ticket == 7
