"""The training institute: a complaint is routed in 24 hours and answered, or the director hears."""

from datetime import timedelta

from maild.desk import Desk
from maild.mail.mail import Address
from tests.policies.house import NOURA, House, at

COMPLAINT = "أشكو من تأخر إصدار شهادتي من منصة منار"
DIRECTOR = "+966500000001"


def complained(desk: Desk, text: str = COMPLAINT, subject: str = "شكوى") -> House:
    house = House(desk=desk)
    house.write(text, subject)
    return house


def test_the_data_needed_for_the_certificate_stand_in_the_acknowledgement(desk: Desk) -> None:
    text = complained(desk).letter("acknowledgement").text
    assert "تأكد من اكتمال بيانات التسجيل والتحضير" in text


def test_the_conditions_of_registration_are_linked(desk: Desk) -> None:
    assert "https://training.example/rules" in complained(desk).letter("acknowledgement").text


def test_the_call_centre_stands_in_the_acknowledgement(desk: Desk) -> None:
    assert "0110000001" in complained(desk).letter("acknowledgement").text


def test_complaints_are_taken_in_and_acknowledged_around_the_clock(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 10, 3))  # a Friday night
    house.write(COMPLAINT, "شكوى", to="complaints@training.example")
    assert house.letters("acknowledgement", NOURA.address)[0].created_at == at(4, 10, 3)


def test_the_complaints_form_opens_a_complaint_of_whoever_filled_it_in(desk: Desk) -> None:
    house = House(desk=desk)
    house.form(NOURA, "form@web.training.example", COMPLAINT, reply_to=NOURA)
    ticket = house.ticket()
    assert (ticket.requester.address, ticket.channel, ticket.type) == (
        NOURA.address,
        "form",
        "complaint",
    )


def test_whatsapp_is_logged_by_an_agent(desk: Desk) -> None:
    house = House(desk=desk)
    house.call("omar@training.example", f"#from {NOURA.address} #channel whatsapp", COMPLAINT)
    assert (house.ticket().requester.address, house.ticket().channel) == (NOURA.address, "whatsapp")


def test_a_complaint_is_routed_within_24_hours_on_the_wall(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 9, 20))  # Thursday evening: Friday counts
    house.write(COMPLAINT, "شكوى")
    assert house.due("route") == at(4, 10, 20)
    house.later(hours=3)
    house.order("#فريق قسم الشهادات")
    assert house.cycle("route").outcome == "met"


def test_the_team_is_warned_before_the_24_hours_of_routing_are_over(desk: Desk) -> None:
    house = complained(desk)
    house.ring(at(4, 6, 3, 1))  # 18 hours
    with house.store.reading() as tx:
        warned = [e.data["clock"] for e in tx.tickets.events("training", 1) if e.kind == "warned"]
    assert "route" in warned
    assert len(house.letters("warning", "hind@training.example")) == 1  # one for both clocks


def test_the_manager_of_the_section_gets_the_complaint(desk: Desk) -> None:
    house = complained(desk)
    house.order("#فريق قسم الشهادات\nيُرجى النظر")
    assert "أشكو من تأخر" in house.letter("notification", "wafa").text


def test_the_complainant_is_told_where_the_complaint_went(desk: Desk) -> None:
    house = complained(desk)
    house.order("#فريق قسم الشهادات")
    told = house.letter("routed")
    assert "أُحيلت شكواكم [#1] إلى قسم الشهادات" in told.text


def test_the_complainant_is_given_the_directors_telephone(desk: Desk) -> None:
    house = complained(desk)
    assert DIRECTOR in house.letter("acknowledgement").text
    house.order("#فريق قسم الشهادات")
    assert DIRECTOR in house.letter("routed").text


def test_without_an_answer_in_24_hours_the_director_hears(desk: Desk) -> None:
    house = complained(desk)
    house.ring(at(4, 6, 9))
    assert house.escalated("director") == at(4, 6, 9)
    assert "أشكو من تأخر" in house.letter("escalation", "director").text


def test_what_is_late_at_night_reaches_the_director_at_the_next_opening(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 9, 20))
    house.write(COMPLAINT, "شكوى")
    house.ring(at(4, 11))
    letter = house.posted("escalation", "director")
    assert letter.next_at == at(4, 11, 9)  # a Saturday on which a course is held


def test_an_answer_in_time_keeps_the_director_out(desk: Desk) -> None:
    house = complained(desk)
    house.later(hours=23)
    house.order("صدرت شهادتك اليوم.")
    house.ring(at(5, 1))
    assert house.cycle("reply").outcome == "met"
    assert not house.has("escalation", "director")


def test_supervisors_of_public_bodies_and_trainers_are_known(desk: Desk) -> None:
    house = House(desk=desk)
    house.write(COMPLAINT, "شكوى", by=Address("مشرف", "s@vocational.example"))
    house.write(COMPLAINT, "شكوى", by=Address("مدرب", "t@trainers.training.example"))
    assert house.ticket(1).requester_class == "supervisor"
    assert house.ticket(2).requester_class == "trainer"


def test_the_day_of_the_office_ends_at_nine_in_the_evening(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 6, 20, 50))
    house.write(COMPLAINT, "شكوى")
    assert house.due("triage") == at(4, 7, 8, 20)


def test_courses_outside_the_week_are_open_hours(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 10, 8))
    house.write(COMPLAINT, "شكوى")
    assert house.due("triage") == at(4, 10, 9, 30)


def test_certificates_are_a_category(desk: Desk) -> None:
    ticket = complained(desk).ticket()
    assert (ticket.category, ticket.tags) == ("certificates", ("certificates",))


def test_login_and_live_stream_are_a_category(desk: Desk) -> None:
    assert complained(desk, "لا أستطيع تسجيل الدخول للبث").ticket().category == "platform"


def test_enrolment_is_a_category(desk: Desk) -> None:
    assert complained(desk, "لم يُقبل طلب الالتحاق").ticket().category == "enrolment"


def test_mail_is_looked_at_within_half_an_hour_of_open_time(desk: Desk) -> None:
    house = complained(desk)
    assert house.due("triage") == at(4, 5, 9, 30)
    house.later(minutes=20)
    house.order("#note\nقرأتها")
    assert house.cycle("triage").outcome == "met"


def test_the_mailbox_is_looked_into_well_within_half_an_hour(desk: Desk) -> None:
    assert timedelta(seconds=desk.mailboxes["complaints"].poll) <= timedelta(minutes=1)


def test_the_first_level_receives_everything(desk: Desk) -> None:
    house = complained(desk)
    assert (house.ticket().team, house.ticket().tier) == ("reception", 1)
    assert {e.recipient for e in house.letters("notification")} == {
        "hind@training.example",
        "omar@training.example",
    }


def test_the_second_level_completes_and_the_end_is_verified(desk: Desk) -> None:
    house = complained(desk)
    house.order("#tier2")
    assert house.ticket().tier == 2
    house.answer(house.posted("notification", "sultan"), "#close\nتم.", house.staff("sultan"))
    assert house.ticket().status == "solved"
    assert house.has("solved")


def test_a_suggestion_is_thanked_for_and_has_no_reply_clock(desk: Desk) -> None:
    house = complained(desk, "أقترح إضافة دورة مسائية", "مقترح")
    assert "نشكركم على اقتراحكم" in house.letter("acknowledgement").text
    with house.store.reading() as tx:
        assert [c.clock for c in tx.tickets.cycles("training", 1)] == ["route"]


def test_a_suggestion_is_routed_and_its_writer_is_told_where(desk: Desk) -> None:
    house = complained(desk, "أقترح إضافة دورة مسائية", "مقترح")
    assert house.due("route") == at(4, 6, 9)
    house.order("#tier2")
    assert "أُحيل اقتراحكم [#1] إلى القسم التشغيلي المساند" in house.letter("routed").text


def test_a_weekly_report_goes_to_the_director(desk: Desk) -> None:
    house = complained(desk)
    assert "تذاكر وردت: 1" in house.report(at(4, 12, 8), "director").text
