"""Mail of a suspended address is kept and answered once, until the time or a person ends it."""

from dataclasses import replace
from datetime import timedelta

from maild.desk import Conduct
from maild.store.mails import Outcome
from tests.flows.house import JAMES, NOURA, SARA, House, desk, mail_of


def suspended(days: int | None = 7) -> House:
    house = House(desk=replace(desk(), conduct=Conduct(strikes=1, suspend_days=days)))
    house.write("أنتم لا تفهمون شيئًا", "شكوى")
    house.answer(house.letters("notification", SARA.address)[0], "#violation", SARA)
    return house


def test_mail_of_a_suspended_address_waits_in_quarantine_and_opens_nothing() -> None:
    house = suspended()
    decision = house.write("سؤال آخر عن الفصل", "سؤال آخر")
    assert (decision.outcome, decision.on_purpose) == (Outcome.QUARANTINED, True)
    with house.store.reading() as tx:
        assert [q.reason for q in tx.quarantine.waiting()] == [decision.reason]
        assert len(tx.tickets.find()) == 1


def test_a_suspended_address_is_told_once_until_when() -> None:
    house = suspended()
    for n in range(3):
        house.write(f"سؤال آخر رقم {n}", f"سؤال {n}")
    (told,) = house.letters("suspended", NOURA.address)
    mail = mail_of(told)
    assert "12 أبريل 2026" in mail.text
    assert mail.header("auto-submitted") == "auto-replied"
    assert told.sender == ""


def test_a_suspension_for_good_names_no_end() -> None:
    house = suspended(days=None)
    house.write("سؤال آخر", "سؤال آخر")
    assert "أُوقفت خدمة" in mail_of(house.letters("suspended")[0]).text


def test_a_reply_of_a_suspended_address_into_its_ticket_waits_too() -> None:
    house = suspended()
    notice = house.letters("violation", NOURA.address)[0]
    assert house.answer(notice, "لكنني لم أقصد", NOURA).outcome is Outcome.QUARANTINED


def test_nobody_else_is_suspended_with_it() -> None:
    assert suspended().write("A question", "Question", JAMES).outcome is Outcome.STORED


def test_when_the_time_is_over_mail_is_taken_in_again() -> None:
    house = suspended()
    house.now += timedelta(days=7, seconds=1)
    assert house.write("سؤال جديد", "جديد").outcome is Outcome.STORED


def test_a_machine_at_a_suspended_address_is_not_answered() -> None:
    house = suspended()
    house.write("I am away.", "Automatic reply", auto_submitted="auto-replied")
    assert house.letters("suspended") == []


def test_what_a_person_releases_is_taken_in_although_its_sender_is_suspended() -> None:
    house = suspended()
    raw = house.mail("سؤال آخر", "سؤال آخر", NOURA, "student@desk.example")
    assert house.receive(raw).outcome is Outcome.QUARANTINED
    assert house.receive(raw, released=True).outcome is Outcome.STORED
