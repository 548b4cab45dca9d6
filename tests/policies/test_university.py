"""The university: two levels, and a time for each service."""

from maild.desk import Desk
from maild.mail.mail import Address
from tests.policies.house import NOURA, House, at

STUDENT = Address("نورة", "noura@student.university.example")
BROKEN = "عطل في النظام الأكاديمي: لا تظهر الدرجات"
PORTAL = "portal@portal.university.example"


def asked(desk: Desk, text: str = BROKEN, subject: str = "عطل") -> House:
    house = House(desk=desk)
    house.write(text, subject, by=STUDENT)
    return house


def test_students_staff_and_outsiders_are_told_apart(desk: Desk) -> None:
    house = House(desk=desk)
    people = (STUDENT, Address("د. علي", "ali@university.example"), NOURA)
    for n, person in enumerate(people):
        house.write(f"سؤال {n}", f"موضوع {n}", by=person)
    classes = [house.ticket(n).requester_class for n in (1, 2, 3)]
    assert classes == ["student", "staff", "outside"]


def test_the_portal_is_taken_in_at_any_hour_for_whoever_filled_it_in(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 10, 3))  # a Friday night
    house.form(NOURA, PORTAL, f"البريد الإلكتروني: {STUDENT.address}\nالوصف: {BROKEN}")
    assert (house.ticket().requester.address, house.ticket().channel) == (STUDENT.address, "form")
    assert house.has("acknowledgement", STUDENT)


def test_a_call_is_logged_by_the_call_centre(desk: Desk) -> None:
    house = House(desk=desk)
    house.call("amal@university.example", f"#from {STUDENT.address} #channel phone", BROKEN)
    ticket = house.ticket()
    assert (ticket.requester.address, ticket.channel) == (STUDENT.address, "phone")


def test_only_the_official_hours_count(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 7, 15))
    house.write(BROKEN, "عطل", by=STUDENT)
    assert house.due("resolution") == at(4, 8, 14, 30)


def test_a_request_names_its_service_of_the_catalogue(desk: Desk) -> None:
    assert asked(desk).ticket().service == "academic-system"
    assert asked(desk, "الشبكة بطيئة في القاعة", "الشبكة").ticket().service == "network"


def test_the_first_level_receives_everything(desk: Desk) -> None:
    house = asked(desk)
    assert (house.ticket().team, house.ticket().tier) == ("care", 1)
    assert house.agent().recipient in {"amal@university.example", "turki@university.example"}


def test_the_first_level_transfers_with_a_note(desk: Desk) -> None:
    house = asked(desk)
    due = house.due("resolution")
    house.order("#فريق الأنظمة الأكاديمية\nالمشكلة في خادم الدرجات")
    assert (house.ticket().team, house.ticket().tier) == ("systems", 2)
    brought = house.letter("notification", "yousef").text
    assert "المشكلة في خادم الدرجات" in brought
    assert "لا تظهر الدرجات" in brought
    assert house.due("resolution") == due


def test_the_second_level_completes_and_the_end_is_verified(desk: Desk) -> None:
    house = asked(desk)
    house.order("#tier2")
    house.answer(house.posted("notification", "yousef"), "#close\nتم.", house.staff("yousef"))
    assert house.ticket().status == "solved"
    assert "نرجو أن تؤكدوا" in house.letter("solved", STUDENT).text
    house.answer(house.posted("solved", STUDENT), "ما زالت الدرجات لا تظهر", STUDENT)
    assert house.ticket().status == "open"


def test_an_incident_has_the_time_of_its_service(desk: Desk) -> None:
    house = asked(desk)
    assert house.ticket().type == "incident"
    assert house.due("resolution") == at(4, 6, 8, 30)  # eight hours of a day of 8.5


def test_a_request_has_the_time_of_its_service(desk: Desk) -> None:
    house = asked(desk, "أحتاج نسخة من جدول الفصل", "الجدول")
    assert house.ticket().type == "request"
    assert house.due("resolution") == at(4, 7, 16)


def test_the_owner_of_the_service_hears_of_what_is_late(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(5, 1))
    assert house.escalated("dean") == at(4, 6, 8, 30)


def test_the_time_stands_still_while_the_requester_is_waited_for(desk: Desk) -> None:
    house = asked(desk)
    house.order("#انتظار\nما رقمكم الجامعي؟")
    house.now = at(4, 7, 9)
    house.answer(house.posted("relay", STUDENT), "رقمي 441", STUDENT)
    assert house.due("resolution") == at(4, 8, 8, 30)


def test_attainment_is_reported_per_service(desk: Desk) -> None:
    house = asked(desk)
    house.order("#حل\nتم الحل.")
    assert "academic-system: في موعدها 1، متأخرة 0" in house.report(at(5, 1, 8), "dean").text
    assert house.has("report", "basma")


def test_satisfaction_is_asked_after_the_end(desk: Desk) -> None:
    house = asked(desk)
    house.order("#حل\nتم الحل.")
    house.ring(at(4, 6, 8))
    assert not house.has("survey", STUDENT)
    house.ring(at(4, 6, 9))
    assert house.has("survey", STUDENT)


def test_the_digit_in_the_reply_is_stored_and_reported(desk: Desk) -> None:
    house = asked(desk)
    house.order("#حل\nتم الحل.")
    house.ring(at(4, 6, 9))
    house.answer(house.posted("survey", STUDENT), "٥", STUDENT)
    assert house.ticket().status == "solved"
    assert "5: العدد 1" in house.report(at(5, 1, 8), "dean").text


def test_a_ticket_without_a_time_of_its_own_is_reported(desk: Desk) -> None:
    house = House(desk=desk)
    decision = house.write("متى يفتح المعمل؟", "المعمل", by=STUDENT)
    assert "no policy speaks for it" in decision.reason
    assert house.ticket().alarm_at is None
    assert "مفتوحة بلا موعد في السياسة: 1" in house.report(at(5, 1, 8), "dean").text
    with house.store.reading() as tx:
        assert tx.status().untargeted == 1
