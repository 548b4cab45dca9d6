"""However much comes in, nobody is flooded with notices, and no ticket goes unannounced (F9)."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

import pytest

from maild import sweep
from maild.casework import digests
from maild.casework.digests import CALM, URGENT
from maild.mail.mail import Address
from maild.notices.office import Office
from maild.routing.rules import Action, Condition, Rule, Words
from maild.store.outbox import Entry
from tests.flows.house import NOURA, SARA, House, desk, mail_of
from tests.html import html_of

TEN_MINUTES = 600


class Crowded(House):
    """A house that opens its office once, and counts letters in thousands."""

    @cached_property
    def office(self) -> Office:
        return super().office

    def letters(self, purpose: str = "", to: str = "") -> list[Entry]:
        with self.store.reading() as tx:
            found = tx.outbox.list(limit=100_000)
        ordered = sorted(found, key=lambda e: e.id)
        return [e for e in ordered if purpose in e.purpose and to in e.recipient]


def crowd(house: House, count: int, seconds: float = 0, start: int = 0) -> None:
    """Let that many people write, evenly over so many seconds, the daemon looking every few."""
    began, looked = house.now, house.now
    for n in range(start, start + count):
        house.now = began + timedelta(seconds=seconds * (n - start) / count)
        if house.now - looked >= timedelta(seconds=5):
            looked = house.now
            tick(house)
        by = Address(f"Person {n}", f"person{n}@of{n}.example")
        house.write(f"Where do I find certificate {n}?", f"Certificate {n}", by)
    house.now = began + timedelta(seconds=seconds)
    tick(house)


def tick(house: House) -> None:
    sweep.run(house.store, {house.desk.key: house.office}, house.now)


def announced(house: House, to: str = SARA.address) -> list[int]:
    """Every ticket somebody was told of, as often as they were told."""
    letters = [e.ticket for e in house.letters("notification", to) if e.ticket]
    for digest in house.letters("digest", to):
        letters += [int(n) for n in re.findall(r"(?m)^\u2068?\[#(\d+)\]", mail_of(digest).text)]
    return letters


@pytest.mark.timeout(300)
def test_a_flood_of_a_thousand_mails_is_few_letters_and_tells_of_every_ticket_once() -> None:
    house = Crowded()
    began = time.process_time()
    crowd(house, 1000, TEN_MINUTES)
    for _ in range(4):
        house.later(minutes=15)
        tick(house)
    spent = time.process_time() - began
    assert sorted(announced(house)) == list(range(1, 1001))
    letters = house.letters("notification", SARA.address)
    sent = sorted(e.created_at for e in house.letters("digest", SARA.address))
    assert len(letters) == CALM
    assert len(sent) <= 4
    assert all(b - a >= timedelta(minutes=15) for a, b in pairwise(sent))
    assert spent < 40, spent


def test_in_calm_hours_every_ticket_comes_by_itself() -> None:
    house = Crowded()
    crowd(house, 2 * CALM, 2 * TEN_MINUTES)
    assert house.letters("digest") == []
    assert len(house.letters("notification", SARA.address)) == 2 * CALM


def test_when_the_flood_is_over_tickets_come_by_themselves_again() -> None:
    house = Crowded()
    crowd(house, 40, 60)
    house.later(minutes=11)
    house.write("هل من جديد؟", "سؤال هادئ")
    assert house.letters("notification", SARA.address)[-1].ticket == 41


def test_a_restart_in_the_middle_changes_nothing() -> None:
    """Nothing is remembered but what is in the store."""
    house = Crowded()
    crowd(house, CALM, 60)
    again = Crowded(desk=house.desk, now=house.now, store=house.store)
    again._uids = house._uids
    crowd(again, 5, 10, start=CALM)
    assert len(again.letters("notification", SARA.address)) == CALM
    again.later(minutes=15)
    tick(again)
    assert sorted(announced(again)) == list(range(1, CALM + 6))


def test_a_ticket_of_a_digest_is_answered_from_the_mail_program() -> None:
    house = Crowded()
    crowd(house, CALM + 3, 60)
    (digest,) = house.letters("digest", SARA.address)
    text = mail_of(digest).text
    last = text[text.index(f"[#{CALM + 3}]") :]
    assert f"Person {CALM + 2} (" in last
    assert f"person{CALM + 2}@of{CALM + 2}.example" in last
    assert "موعد الرد" in last
    assert f"Where do I find certificate {CALM + 2}?" in last
    address = re.findall(r"student\+\S+@desk\.example", last)[0]
    house.receive(house.mail("#close\nIn your profile.", "re", SARA, address))
    (relay,) = house.letters("relay")
    assert relay.ticket == CALM + 3
    assert house.ticket(CALM + 3).status == "closed"


def test_the_digest_says_why_it_comes_in_the_language_of_its_reader() -> None:
    english = replace(desk().staff.people["sara"], language="en")
    for who, said in ((desk().staff.people["sara"], "بريد أكثر"), (english, "More mail is coming")):
        people = {**desk().staff.people, "sara": who}
        house = Crowded(desk=replace(desk(), staff=replace(desk().staff, people=people)))
        crowd(house, CALM + 1, 60)
        letter = house.letters("digest", SARA.address)[0]
        assert said in mail_of(letter).text
        assert said in html_of(letter.raw)


def test_what_a_requester_writes_again_during_a_flood_is_in_the_digest_too() -> None:
    house = Crowded()
    house.write("كيف أسجل؟", "تسجيل")
    house.write("كيف أدفع؟", "دفع", Address("", "j@other.example"))
    crowd(house, CALM, 60)
    house.answer(house.letters("acknowledgement", NOURA.address)[0], "أرجو الرد سريعا", NOURA)
    house.answer(house.letters("acknowledgement", NOURA.address)[0], "أين أنتم؟", NOURA)
    house.later(minutes=15)
    tick(house)
    assert house.letters("follow_up") == []
    text = mail_of(house.letters("digest", SARA.address)[-1]).text
    assert text.count("[#1]") == 1
    assert "رسالة جديدة" in text
    assert "(×2)" in text


@pytest.mark.parametrize("priority", ["top", "emergency"])
def test_what_is_urgent_comes_by_itself_in_any_flood_but_not_without_end(priority: str) -> None:
    rule = Rule("stream", Condition(text=Words(any_words=("stream",))), Action(priority=priority))
    house = Crowded(desk=replace(desk(), rules=(rule,)))
    crowd(house, 40, 60)
    house.write("The stream has stopped", "stream", NOURA)
    assert house.letters("notification", SARA.address)[-1].ticket == 41
    for n in range(URGENT):
        house.write(f"stream gone {n}", f"stream {n}", Address("", f"p{n}@q{n}.example"))
    assert len(house.letters("notification", SARA.address)) == URGENT


def test_what_a_colleague_writes_or_hands_over_comes_by_itself_in_a_flood() -> None:
    house = Crowded()
    crowd(house, 40, 60)
    mine = house.letters("notification", SARA.address)[0]
    house.answer(mine, "#assign omar\nعمر، هذه لك", SARA)
    crowd(house, 20, 60, start=40)
    house.answer(house.letters("notification", "omar")[0], "#note\nسأنظر فيها", SARA)
    assert [e.ticket for e in house.letters("notification", "omar")] == [1]


def test_one_sender_who_opens_ticket_after_ticket_is_told_of_by_digest() -> None:
    house = Crowded()
    for n in range(40):
        house.write(
            f"sensor {n} is at {n * 3} degrees", f"Alarm {n}", Address("", "robot@m.example")
        )
        house.later(seconds=80)
        tick(house)
    assert len(house.letters("notification", SARA.address)) == 20
    for _ in range(2):
        house.later(minutes=15)
        tick(house)
    assert sorted(announced(house)) == list(range(1, 41))
    assert len(house.letters("acknowledgement")) == house.desk.ack_limit
    assert all(house.ticket(n).alarm_at for n in range(1, 41))
    house.write("سؤال لغيره", "سؤال", NOURA)  # nobody else waits because of it
    assert house.letters("notification", SARA.address)[-1].ticket == 41


def test_more_tickets_than_a_letter_holds_wait_for_the_next_and_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digests, "LISTED", 20)
    house = Crowded()
    crowd(house, CALM + 20 + 11)
    first = mail_of(house.letters("digest", SARA.address)[0])
    assert "11 تذكرة" in first.text
    house.later(minutes=16)
    tick(house)
    assert sorted(announced(house)) == list(range(1, CALM + 32))
