"""What nobody means to do: configurations that lose parts, crowds in copy, mistyped years."""

from dataclasses import replace
from datetime import timedelta

import pytest

from maild import sweep
from maild.mail.mail import Address
from maild.sla.policy import Clock, ClockKind, Span
from maild.tickets.people import Staff
from tests.flows.house import HOURS, NOURA, SARA, House, mail_of

QUESTION = "السلام عليكم، لا أستطيع الدخول إلى المحاضرة"


def without_its_team(house: House) -> None:
    staff = house.desk.staff
    boxes = {key: replace(box, team="technical") for key, box in house.desk.mailboxes.items()}
    left = Staff(staff.people, {"technical": staff.teams["technical"]})
    house.desk = replace(house.desk, staff=left, mailboxes=boxes)


def test_a_ticket_whose_team_left_the_configuration_is_its_mailboxs_teams() -> None:
    house = House()
    house.write(QUESTION)
    without_its_team(house)
    house.answer(house.letters("acknowledgement")[0], "هل من جديد؟", NOURA)
    assert [e.recipient for e in house.letters("follow_up")] == ["omar@staff.example"]
    assert house.ticket().team == "technical"


def test_the_clock_of_a_ticket_whose_team_left_is_heard_by_people() -> None:
    house = House()
    house.write(QUESTION)
    without_its_team(house)
    house.ring(house.now + timedelta(days=7))
    assert [e.recipient for e in house.letters("warning")] == ["omar@staff.example"]
    assert "huda@staff.example" in {e.recipient for e in house.letters("escalation")}


def test_the_alarms_of_a_desk_that_is_gone_make_no_storm_for_the_others() -> None:
    gone = House()
    for number in range(25):
        gone.write(QUESTION, by=Address("", f"student{number}@trainee{number}.example"))
    house = House(desk=replace(gone.desk, key="academy"), store=gone.store)
    house.write(QUESTION)
    house.later(days=5)
    assert sweep.run(house.store, {"academy": house.office}, house.now).rung == 1
    assert "escalation" in {e.purpose for e in house.letters() if e.desk == "academy"}
    assert not house.letters("digest")


def test_a_reply_to_the_first_of_many_merged_tickets_reaches_the_last() -> None:
    house = House()
    for number in range(15):
        house.write(f"{QUESTION} {number * 7}", f"موضوع {number * 13}")
    first = house.letters("acknowledgement")[0]
    for letter in house.letters("notification")[:-1]:
        house.answer(letter, f"#merge {(letter.ticket or 0) + 1}", SARA)
    assert house.answer(first, "هل من جديد؟", NOURA).ticket == 15


def test_a_mail_to_a_crowd_makes_nobody_of_it_a_reader_of_the_answers() -> None:
    house = House()
    crowd = tuple(Address("", f"student{number}@desk.example") for number in range(400))
    house.write(QUESTION, cc=crowd)
    house.answer(house.letters("notification")[0], "تم الحل.", SARA)
    assert [e.recipient for e in house.letters("relay")] == [NOURA.address]


def test_who_is_copied_twice_or_copies_themselves_takes_part_once() -> None:
    house = House()
    writer = Address("", "amal@desk.example")
    copied = (writer, Address("", "Huda@desk.example"), Address("", "huda@desk.example"))
    house.write(QUESTION, by=writer, cc=copied)
    assert house.ticket().collaborators == ("huda@desk.example",)


@pytest.mark.parametrize("written", ["0001-01-01", "1926-04-05 10:00", "9999-12-31 23:59"])
def test_a_mistyped_year_of_a_call_is_no_promise(written: str) -> None:
    house = House()
    house.write(f"#from {NOURA.address}\n#at {written}\n{QUESTION}", by=SARA)
    assert house.ticket().requester.address == NOURA.address
    assert house.ticket().opened_at == house.now
    assert house.ticket().alarm_at is not None


@pytest.mark.parametrize("order", ["#cc secret word", "#assign secret", "#merge secret", "#secret"])
def test_what_is_logged_of_a_refusal_quotes_nothing_of_the_mail(order: str) -> None:
    house = House()
    house.write(QUESTION)
    decision = house.answer(house.letters("notification")[0], order, SARA)
    assert "secret" in decision.reason
    assert decision.in_short == "refused"


def test_what_is_logged_of_a_machines_mail_quotes_none_of_its_headers() -> None:
    house = House()
    house.write(QUESTION)
    answer = house.letters("acknowledgement")[-1]
    decision = house.answer(answer, "غائب", NOURA, auto_submitted="auto-replied")
    assert "auto-replied" in decision.reason
    assert decision.in_short == "a machine wrote it"


def test_a_mail_longer_than_a_letter_may_be_is_brought_in_part_and_whole_as_a_file() -> None:
    house = House()
    text = QUESTION + "\nسطر" * 100_000
    house.write(text)
    house.answer(
        house.letters("acknowledgement")[0], "هل من جديد؟\n" + "سؤال آخر\n" * 50_000, NOURA
    )
    house.ring(house.now + timedelta(days=7))
    for letter in house.letters():
        assert len(letter.raw) < 3_000_000, letter.purpose
    first = mail_of(house.letters("notification")[0])
    assert QUESTION in first.text
    assert "[للنص بقية، وقُطع هنا لطوله]" in first.text
    assert [file.content.decode().strip() for file in first.attachments] == [text]
    second = mail_of(house.letters("follow_up")[0])
    assert second.attachments[0].content.count("سؤال آخر".encode()) == 50_000
    assert "escalation" in {letter.purpose for letter in house.letters()}


def test_a_solved_ticket_that_is_opened_again_goes_by_the_rules_that_came_meanwhile() -> None:
    house = House()
    rules = house.desk.policies
    house.desk = replace(house.desk, policies=())
    house.write("لا أستطيع الدخول")
    letter = house.letters("notification", SARA.address)[0]
    house.answer(letter, "#solve", SARA)
    whole = Clock("resolution", ClockKind.RESOLUTION, Span(40 * HOURS), "office")
    promised = replace(rules[0], clocks=(*rules[0].clocks, whole))
    house.desk = replace(house.desk, policies=(promised,))
    house.later(days=1)
    house.answer(letter, "#reopen", SARA)
    assert house.ticket().status == "open"
    alarm = house.ticket().alarm_at
    assert alarm is not None
    assert alarm > house.now
