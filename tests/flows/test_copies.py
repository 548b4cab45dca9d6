"""Copies of one mail: whichever comes first, the one its writer sent to us counts, and once."""

from maild.store.mails import Outcome
from maild.tickets.ticket import EventKind
from tests.flows.house import NOURA, SARA, House

LIST = b"List-Id: <help.trainee.example>\r\nPrecedence: list\r\n"
BOX = "student@desk.example"
QUESTION = "I cannot open the lecture of today."


def mail_to(house: House) -> bytes:
    return house.mail(QUESTION, "Lecture", NOURA, BOX)


def test_a_copy_by_a_list_that_comes_first_keeps_no_acknowledgement_and_no_clock_away() -> None:
    house = House()
    raw = mail_to(house)
    assert house.receive(LIST + raw).outcome is Outcome.STORED
    assert (house.letters("acknowledgement"), house.ticket().alarm_at) == ([], None)
    house.later(minutes=1)
    direct = house.receive(raw, "finance")
    assert (direct.outcome, direct.ticket) == (Outcome.STORED, 1)
    assert [each.recipient for each in house.letters("acknowledgement")] == [NOURA.address]
    assert house.ticket().alarm_at is not None
    assert len(house.letters("notification", SARA.address)) == 1
    assert [message.text.strip() for message in house.thread()] == [QUESTION]


def test_every_further_copy_is_a_duplicate_whatever_its_way() -> None:
    house = House()
    raw = mail_to(house)
    further = [house.receive(each) for each in (LIST + raw, raw, raw, LIST + raw)]
    assert [each.outcome for each in further[2:]] == [Outcome.DUPLICATE] * 2
    assert {each.ticket for each in further} == {1}
    assert len(house.letters("acknowledgement")) == 1


def test_a_copy_by_a_list_that_comes_second_is_a_duplicate() -> None:
    house = House()
    raw = mail_to(house)
    assert [house.receive(each).outcome for each in (raw, LIST + raw)] == [
        Outcome.STORED,
        Outcome.DUPLICATE,
    ]


def test_a_reply_that_a_list_brought_before_is_a_reply_when_it_comes_directly() -> None:
    house = House()
    house.write(QUESTION)
    house.answer(house.letters("notification")[0], "Please try again.", SARA)
    relayed = house.letters("relay")[0]
    raw = house.mail("It still fails.", "Re: Lecture", NOURA, BOX, in_reply_to=relayed.message_id)
    for copy in (LIST + raw, raw):
        assert house.receive(copy).ticket == 1
    with house.store.reading() as tx:
        kinds = [event.kind for event in tx.tickets.events("diplomas", 1)]
    assert kinds.count(EventKind.REQUESTER_MESSAGE) == 1
    assert len(house.letters("follow_up", SARA.address)) == 1


def test_a_question_that_was_answered_meanwhile_is_not_asked_again_by_its_direct_copy() -> None:
    house = House()
    raw = mail_to(house)
    house.receive(LIST + raw)
    house.answer(house.letters("notification")[0], "Please try again.", SARA)
    house.later(minutes=1)
    assert house.receive(raw).outcome is Outcome.DUPLICATE
    assert house.letters("acknowledgement") == []
