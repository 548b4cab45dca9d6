"""The institute: technical support, 48 working hours, then the higher team."""

from maild.desk import Desk
from tests.policies.house import NOURA, House, at

QUESTION = "السلام عليكم، نسيت كلمة المرور ولا أستطيع دخول المنصة"


def asked(desk: Desk) -> House:
    house = House(desk=desk)
    house.write(QUESTION, "مشكلة في الدخول")
    return house


def test_the_acknowledgement_says_what_the_support_is_for(desk: Desk) -> None:
    assert (
        "المشكلات التقنية التي تعيق العملية التدريبية" in asked(desk).letter("acknowledgement").text
    )


def test_mail_to_the_published_address_is_taken_in_and_answered_from_it(desk: Desk) -> None:
    house = House(desk=desk)
    house.write(QUESTION, to="support@institute.example")
    sender = house.letter("acknowledgement").from_
    assert sender is not None
    assert sender.address == "support@institute.example"


def test_a_call_to_the_mobile_is_logged_by_an_agent_and_is_the_callers_ticket(desk: Desk) -> None:
    house = House(desk=desk)
    house.call(
        "saad@institute.example", f"#from {NOURA.address} #channel phone", "اتصلت بشأن كلمة المرور"
    )
    assert (house.ticket().requester.address, house.ticket().channel) == (NOURA.address, "phone")


def test_the_mobile_stands_in_the_acknowledgement(desk: Desk) -> None:
    assert "0500000000" in asked(desk).letter("acknowledgement").text


def test_a_question_by_mail_reaches_an_agent_whose_answer_reaches_the_asker(desk: Desk) -> None:
    house = asked(desk)
    assert house.agent().recipient in {"reem@institute.example", "saad@institute.example"}
    house.order("أعدنا تعيين كلمة المرور.")
    assert "أعدنا تعيين" in house.letter("relay").text


def test_the_knowledge_centre_is_offered_before_anybody_answers(desk: Desk) -> None:
    assert "https://help.institute.example/" in asked(desk).letter("acknowledgement").text


def test_the_report_says_what_was_asked_most_for_the_next_workshop(desk: Desk) -> None:
    house = House(desk=desk)
    house.write("متى تبدأ الدورة القادمة؟", "الدورة")
    assert "training: العدد 1" in house.report(at(5, 1, 8), "abdullah").text


def test_every_request_is_a_ticket_with_a_number_and_its_thread(desk: Desk) -> None:
    house = House(desk=desk)
    house.write(QUESTION, to="support@institute.example")
    house.order("جرب الآن.")
    house.answer(house.posted("relay", NOURA), "لم ينجح ذلك", NOURA)
    assert "[#1]" in house.letter("acknowledgement").subject
    assert [m.role for m in house.thread()] == ["requester", "agent", "requester"]


def test_a_report_of_the_month_goes_to_those_who_lead(desk: Desk) -> None:
    house = asked(desk)
    assert "تذاكر وردت: 1" in house.report(at(5, 1, 8), "lama").text
    assert house.has("report", "abdullah")


def test_an_answer_is_promised_within_48_working_hours(desk: Desk) -> None:
    house = asked(desk)
    assert "48 ساعة عمل" in house.letter("acknowledgement").text
    assert house.due() == at(4, 13, 9)  # six days of eight hours


def test_only_the_hours_of_the_team_count(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 9, 15, 30))  # Thursday, half an hour before closing
    house.write(QUESTION)
    assert house.due() == at(4, 19, 15, 30)


def test_the_reduced_hours_of_ramadan_count_and_holidays_do_not(desk: Desk) -> None:
    house = House(desk=desk, now=at(3, 4, 15, 30))
    house.write(QUESTION)
    assert house.due() == at(3, 16, 15, 30)


def test_who_kept_and_who_broke_the_promise_is_on_record(desk: Desk) -> None:
    house = asked(desk)
    who = desk.staff.people[house.ticket().assignee or "abdullah"]
    house.order("تم الحل.")
    assert f"{who.name}: في موعدها 1، متأخرة 0" in house.report(at(5, 1, 8), "abdullah").text


def test_a_request_nobody_answers_is_escalated_and_an_answered_one_is_not(desk: Desk) -> None:
    house = asked(desk)
    house.write("متى تصدر شهادتي؟", "الشهادة", by=house.staff("lama"))
    house.order("صدرت.", number=2)
    house.ring(at(5, 1))
    assert {e.ticket for e in house.letters("escalation")} == {1}
    assert house.escalated("lama") == at(4, 13, 9)


def test_what_was_received_is_watched_until_it_is_answered(desk: Desk) -> None:
    house = asked(desk)
    assert house.ticket().alarm_at == at(4, 9, 13)  # 36 of 48 hours, when the team is warned
    house.order("تم الحل.")
    assert house.ticket().alarm_at is None


def test_the_period_is_a_definite_one_for_every_request(desk: Desk) -> None:
    house = House(desk=desk)
    for day, due in ((5, at(4, 13, 9)), (6, at(4, 14, 9)), (10, at(4, 19, 16))):
        house.now = at(4, day, 9)
        decision = house.write(f"سؤال {day} عن أمر آخر تمامًا", f"موضوع {day}", to="")
        assert house.due(number=decision.ticket or 0) == due, day


def test_the_team_is_warned_when_three_quarters_of_the_time_are_gone(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 12, 23))
    warned = house.letters("warning")
    assert [e.recipient for e in warned] == [house.agent().recipient]
    assert warned[0].created_at == at(4, 9, 13)


def test_the_higher_team_gets_what_was_not_answered_in_time(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 13, 9))
    assert house.escalated("abdullah") == house.escalated("lama") == at(4, 13, 9)
    assert "نسيت كلمة المرور" in house.letter("escalation", "lama").text


def test_the_lead_is_asked_for_the_cause_and_the_report_counts_it(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 13, 9))
    house.answer(house.posted("cause", "abdullah"), "#سبب نقص في الموظفين", house.staff("abdullah"))
    assert "نقص في الموظفين: العدد 1" in house.report(at(5, 1, 8), "abdullah").text


def test_no_request_or_question_is_left_out_whatever_it_is_about(desk: Desk) -> None:
    house = House(desk=desk)
    house.write("هل يمكنني الحضور عن بعد؟", "حضور")
    assert house.due() == at(4, 13, 9)
