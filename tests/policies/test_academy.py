"""The academy: 24 working hours, emergencies at once, the supervisor, the administration."""

from datetime import timedelta
from typing import Any

from maild import announce
from maild.desk import Desk
from maild.mail.mail import Attachment
from maild.notices.announcement import Announcement
from maild.store.mails import Outcome
from tests.policies.house import NOURA, House, at

QUESTION = "لا أستطيع تحديث بيانات الحساب"
STOPPED = "توقف البث المباشر في الحصة"
FULL = f"{QUESTION}\nبريدي noura@trainee.example وجوالي ٠٥٠١٢٣٤٥٦٧"


def asked(desk: Desk, text: str = QUESTION, subject: str = "سؤال", **headers: Any) -> House:
    house = House(desk=desk)
    house.write(text, subject, **headers)
    return house


def test_mail_for_detailed_help_is_taken_in_and_answered_from_its_address(desk: Desk) -> None:
    house = asked(desk, to="support@academy.example")
    sender = house.letter("acknowledgement").from_
    assert sender is not None
    assert sender.address == "support@academy.example"


def test_whatsapp_for_instant_problems_stands_in_the_acknowledgement(desk: Desk) -> None:
    assert "+966500000002" in asked(desk).letter("acknowledgement").text


def test_the_form_is_followed_up_as_a_ticket_of_whoever_filled_it_in(desk: Desk) -> None:
    house = House(desk=desk)
    house.form(NOURA, "form@web.academy.example", QUESTION, reply_to=NOURA)
    assert (house.ticket().requester.address, house.ticket().channel) == (NOURA.address, "form")
    assert house.due() == at(4, 6, 20)


def test_a_call_that_is_asked_for_is_a_ticket_of_its_own_type(desk: Desk) -> None:
    house = asked(desk, "أرغب في حجز موعد لمكالمة")
    assert house.ticket().type == "appointment"
    assert "طلبكم لموعد مكالمة" in house.letter("acknowledgement").text
    assert house.due() == at(4, 6, 20)  # answered like every request


def test_the_booked_time_is_the_deadline_and_the_supervisor_hears_when_it_passes(
    desk: Desk,
) -> None:
    house = asked(desk, "أرغب في حجز موعد لمكالمة")
    house.order("#موعد 2026-04-07 10:20\nنتصل بكم في هذا الموعد.")
    assert house.due("appointment") == at(4, 7, 10, 20)
    house.ring(at(4, 7, 10, 20))
    assert house.escalated("maha") == at(4, 7, 10, 20)


def test_only_the_hours_of_the_support_count(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 9, 21))  # Thursday, an hour before closing
    house.write(QUESTION)
    assert house.due() == at(4, 13, 19)


def test_hours_are_longer_in_the_weeks_of_exams(desk: Desk) -> None:
    house = House(desk=desk, now=at(6, 11, 21))
    house.write(QUESTION)
    assert house.due() == at(6, 14, 17)  # Thu 3, Sat 12, Sun 9


def test_requesters_of_the_last_month_are_told_of_extended_hours_once(desk: Desk) -> None:
    house = asked(desk)
    house.order("#close\nتم.")
    house.now += timedelta(days=29)
    words = Announcement("تمديد الدعم", "نعمل في فترة الامتحانات من 8 صباحًا إلى منتصف الليل.")
    for _ in range(2):
        days = house.desk.announce_days
        announce.announce(house.store, house.office, words, days, house.now)
    assert "منتصف الليل" in house.letter("announcement").text
    assert len(house.letters("announcement")) == 1


def test_the_first_answer_is_promised_within_24_working_hours(desk: Desk) -> None:
    house = asked(desk)
    assert "24 ساعة عمل" in house.letter("acknowledgement").text
    assert house.due() == at(4, 6, 20)


def test_every_further_question_is_answered_within_the_same_time(desk: Desk) -> None:
    house = asked(desk)
    house.order("جرب الآن.")
    house.now = at(4, 8, 9)
    house.answer(house.posted("relay", NOURA), "وكيف أغير الجوال؟", NOURA)
    assert house.due() == at(4, 9, 20)


def test_a_stopped_live_stream_pages_on_call_and_supervisor_at_once_at_any_hour(
    desk: Desk,
) -> None:
    house = House(desk=desk, now=at(4, 10, 3))  # a Friday night
    house.write(STOPPED, "عاجل")
    house.tick()
    for person in ("on_call", "maha"):
        assert house.posted("emergency", person).next_at == at(4, 10, 3), person
    assert "توقف البث" in house.letter("emergency", "on_call").text


def test_the_acknowledgement_of_an_emergency_says_who_was_paged(desk: Desk) -> None:
    text = asked(desk, STOPPED, "عاجل").letter("acknowledgement").text
    assert "أُبلغ به المناوب الآن" in text
    assert "+966500000002" in text


def test_the_emergency_address_pages_too(desk: Desk) -> None:
    house = asked(desk, "لا نسمع المعلم", to="emergency@academy.example")
    house.tick()
    assert house.has("emergency", "on_call")


def test_an_agent_can_declare_an_emergency(desk: Desk) -> None:
    house = asked(desk, "لا نسمع المعلم")
    house.later(minutes=10)
    house.order("#priority emergency")
    house.tick()
    assert house.posted("emergency", "on_call").created_at == at(4, 5, 9, 10)


def test_an_emergency_nobody_answers_goes_to_the_academic_administration(desk: Desk) -> None:
    house = asked(desk, STOPPED, "عاجل")
    house.ring(at(4, 5, 9, 30))
    assert house.escalated("academic") == at(4, 5, 9, 30)


def test_login_and_password_are_a_category(desk: Desk) -> None:
    assert asked(desk, "نسيت كلمة المرور").ticket().category == "login"


def test_video_and_recordings_are_a_category(desk: Desk) -> None:
    assert asked(desk, "جودة الفيديو ضعيفة").ticket().category == "live-stream"


def test_payment_and_refund_are_a_category(desk: Desk) -> None:
    assert asked(desk, "أريد استرداد الرسوم").ticket().category == "payment"


def test_account_data_are_a_category(desk: Desk) -> None:
    assert asked(desk).ticket().category == "account"


def test_raising_a_hand_and_entering_exams_are_a_category(desk: Desk) -> None:
    assert asked(desk, "كيف أستخدم رفع اليد؟").ticket().category == "interaction"


def test_only_what_the_mail_lacks_is_asked_for(desk: Desk) -> None:
    asks = asked(desk).letter("acknowledgement").text
    assert "رقم الجوال" in asks
    assert "صورة الشاشة" in asks
    shot = Attachment("shot.png", "image/png", b"\x89PNG")
    knows = asked(desk, FULL, attachments=(shot,)).letter("acknowledgement").text
    assert "رقم الجوال" not in knows
    assert "البريد الإلكتروني المسجّل" not in knows
    assert "صورة الشاشة" not in knows


def test_the_duties_of_requesters_stand_in_the_acknowledgement(desk: Desk) -> None:
    text = asked(desk).letter("acknowledgement").text
    assert "5 ميغابت" in text
    assert "لا تشارك بيانات حسابك" in text


def test_what_was_closed_two_years_ago_is_erased(desk: Desk) -> None:
    house = asked(desk)
    house.order("#close\nتم.")
    house.now += timedelta(days=731)
    house.look()
    with house.store.reading() as tx:
        assert tx.tickets.get("academy", 1) is None


def test_the_curriculum_is_not_explained_and_the_ticket_is_closed(desk: Desk) -> None:
    house = asked(desk, "أريد شرح الدرس الثالث")
    assert (house.ticket().status, house.ticket().tags) == ("closed", ("not-ours",))
    assert house.has("out_of_scope")


def test_misuse_suspends_the_address_for_a_time(desk: Desk) -> None:
    house = House(desk=desk)
    for n in (1, 2):
        house.write(f"رسالة {n} عن أمر مختلف", f"موضوع {n}")
        house.order("#violation", number=n)
    assert house.write("رسالة أخرى", "آخر").outcome is Outcome.QUARANTINED
    assert "19 أبريل 2026" in house.letter("suspended").text
    house.now = at(4, 19, 9, 1)
    assert house.write("رسالة بعد المدة", "بعد").outcome is Outcome.STORED


def test_a_reply_to_a_closed_ticket_opens_it_again(desk: Desk) -> None:
    house = asked(desk)
    house.order("#close\nتم الحل.")
    house.later(days=5)
    decision = house.answer(house.posted("relay", NOURA), "لم تُحل المشكلة", NOURA)
    assert decision.ticket == 1
    assert house.ticket().status == "open"


def test_a_reopened_ticket_goes_to_the_supervisor_at_once(desk: Desk) -> None:
    house = asked(desk)
    house.order("#close\nتم الحل.")
    house.now = at(4, 7, 11)
    house.answer(house.posted("relay", NOURA), "لم تُحل المشكلة", NOURA)
    house.tick()
    assert house.escalated("maha") == at(4, 7, 11)


def test_without_an_answer_in_time_the_supervisor_hears(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 6, 20))
    assert house.escalated("maha") == at(4, 6, 20)


def test_what_still_stalls_goes_to_the_academic_administration(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(5, 1))
    assert house.escalated("academic") == at(4, 8, 18)


def test_every_case_and_its_solution_is_on_record(desk: Desk) -> None:
    house = asked(desk, to="support@academy.example")
    house.order("#close\nحدّثنا بيانات حسابك.")
    assert [m.role for m in house.thread()] == ["requester", "agent"]
    with house.store.reading() as tx:
        kinds = [e.kind.value for e in tx.tickets.events("academy", 1)]
    assert kinds[:5] == ["received", "acknowledged", "agent_reply", "solved", "closed"]


def test_the_service_is_rated_a_day_after_its_end(desk: Desk) -> None:
    house = asked(desk)
    house.order("#solve\nتم.")
    house.ring(at(4, 6, 9))
    assert house.posted("survey", NOURA).created_at == at(4, 6, 9)


def test_the_rating_is_one_of_five_and_is_reported(desk: Desk) -> None:
    house = asked(desk)
    house.order("#solve\nتم.")
    house.ring(at(4, 6, 9))
    house.answer(house.posted("survey", NOURA), "4\nشكرًا لكم", NOURA)
    assert house.ticket().status == "solved"
    assert "4: العدد 1" in house.report(at(5, 1, 8), "maha").text


def test_what_is_asked_most_is_reviewed_every_month(desk: Desk) -> None:
    house = asked(desk, "نسيت كلمة المرور")
    assert "login: العدد 1" in house.report(at(5, 1, 8), "academic").text
