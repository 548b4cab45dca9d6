"""The diplomas platform: mailboxes by category, 24 and 48 working hours, three stages."""

from maild.desk import Desk
from maild.mail.mail import Address
from maild.store.mails import Outcome
from tests.policies.house import NOURA, House, at

QUESTION = "السلام عليكم، أرغب في تأجيل الفصل الحالي"
MINISTRY = Address("مشرف", "supervisor@ministry.example")
TRAINER = Address("مدرب", "ali@trainers.diplomas.example")


def asked(desk: Desk, text: str = QUESTION, subject: str = "سؤال", to: str = "") -> House:
    house = House(desk=desk)
    house.write(text, subject, to=to)
    return house


def test_the_form_on_the_site_opens_a_ticket_of_whoever_filled_it_in(desk: Desk) -> None:
    house = House(desk=desk)
    house.form(NOURA, "form@web.diplomas.example", QUESTION, reply_to=NOURA)
    ticket = house.ticket()
    assert (ticket.requester.address, ticket.channel) == (NOURA.address, "form")
    assert house.has("acknowledgement")


def test_improper_words_are_flagged_for_the_agent_who_decides(desk: Desk) -> None:
    house = asked(desk, "أنت غبي ولا تفهم شيئًا")
    assert "قد تخالف آداب التواصل: غبي" in house.letter("notification", "sara").text
    assert house.ticket().status.active


def test_what_is_not_about_the_diplomas_is_told_so_and_closed(desk: Desk) -> None:
    house = asked(desk, "لدينا عرض تجاري مميز لكم", "عرض")
    assert house.ticket().status == "closed"
    assert house.has("out_of_scope")


def test_a_violation_cancels_the_ticket_and_its_clocks(desk: Desk) -> None:
    house = asked(desk)
    house.order("#مخالفة عبارات غير لائقة")
    assert house.ticket().status == "cancelled"
    assert house.cycle().outcome == "cancelled"
    assert house.write("أعتذر، أرغب في التسجيل", "اعتذار").outcome is Outcome.STORED
    house.order("#close", number=2)
    house.ring(at(6, 1))
    assert house.letters("escalation") == []


def test_the_writer_and_the_lead_are_told_of_a_violation(desk: Desk) -> None:
    house = asked(desk)
    house.order("#مخالفة عبارات غير لائقة")
    assert "عبارات غير لائقة" in house.letter("violation").text
    assert "عبارات غير لائقة" in house.letter("violation_report", "huda").text


def test_the_third_violation_suspends_the_address_for_a_week(desk: Desk) -> None:
    house = House(desk=desk)
    for n in (1, 2, 3):
        house.write(f"رسالة {n} عن أمر مختلف", f"موضوع {n}")
        house.order("#مخالفة", number=n)
    assert house.write("رسالة أخرى", "موضوع آخر").outcome is Outcome.QUARANTINED
    assert house.write("ورسالة ثالثة", "موضوع ثالث").outcome is Outcome.QUARANTINED
    assert len(house.letters("suspended", NOURA.address)) == 1
    house.now = at(4, 12, 9, 1)
    assert house.write("هل انتهى الإيقاف؟", "سؤال").outcome is Outcome.STORED


def test_supervising_bodies_are_known_and_come_first(desk: Desk) -> None:
    house = House(desk=desk)
    house.write("نطلب تقريرًا عن البرنامج", "تقرير", by=MINISTRY)
    ticket = house.ticket()
    assert (ticket.requester_class, ticket.priority) == ("supervisor", "high")


def test_trainers_are_known(desk: Desk) -> None:
    house = House(desk=desk)
    house.write("كيف أرفع الملفات؟", "ملفات", by=TRAINER)
    assert house.ticket().requester_class == "trainer"


def test_the_hours_of_the_office_count(desk: Desk) -> None:
    assert asked(desk).due() == at(4, 8, 9)


def test_a_session_outside_the_week_counts_as_open(desk: Desk) -> None:
    house = House(desk=desk, now=at(6, 11, 15))
    house.write(QUESTION)
    assert house.due() == at(6, 16, 11)  # Thu 1, Sat 4, Sun 8, Mon 8, Tue 3


def test_questions_of_trainees_go_to_student_support(desk: Desk) -> None:
    house = asked(desk, to="student@diplomas.example")
    assert house.ticket().team == "students"
    assert house.agent().recipient in {"sara@diplomas.example", "faisal@diplomas.example"}


def test_registration_is_a_category_of_student_support(desk: Desk) -> None:
    ticket = asked(desk, "سجلت ولم يصلني رابط التفعيل", "تفعيل الحساب").ticket()
    assert (ticket.team, ticket.category) == ("students", "registration")


def test_withdrawal_and_deferral_is_a_category_of_student_support(desk: Desk) -> None:
    ticket = asked(desk, to="support@diplomas.example").ticket()
    assert (ticket.team, ticket.category) == ("students", "withdrawal")


def test_certificates_are_a_category_of_student_support(desk: Desk) -> None:
    ticket = asked(desk, "متى تصدر الشهادة؟", to="support@diplomas.example").ticket()
    assert (ticket.team, ticket.category) == ("students", "certificates")


def test_invoices_refunds_and_payments_are_finances(desk: Desk) -> None:
    for text in ("لم تصلني الفاتورة", "متى يتم استرجاع المبلغ؟", "مشكلة في الدفع الإلكتروني"):
        ticket = asked(desk, text).ticket()
        assert (ticket.team, ticket.category) == ("finance", "billing"), text


def test_mail_to_finance_is_finances(desk: Desk) -> None:
    assert asked(desk, "عندي سؤال", to="finance@diplomas.example").ticket().team == "finance"


def test_a_mail_to_the_wrong_mailbox_moves_and_its_clock_goes_on(desk: Desk) -> None:
    house = asked(desk, "عندي سؤال عن حسابي لديكم")
    due = house.due()
    house.later(days=1)
    house.order("#فريق الدعم المالي")
    assert house.ticket().team == "finance"
    assert house.due() == due
    assert house.has("notification", "noura")


def test_login_and_lectures_are_a_category(desk: Desk) -> None:
    assert asked(desk, "لا أستطيع تسجيل الدخول").ticket().category == "access"


def test_trainers_get_help_with_their_content(desk: Desk) -> None:
    house = House(desk=desk)
    house.write("كيف أرتب ملفات المقرر؟", "ملفات", by=TRAINER)
    assert (house.ticket().team, house.ticket().category) == ("technical", "trainer-content")


def test_whatsapp_is_answered_within_48_working_hours_of_the_message(desk: Desk) -> None:
    house = House(desk=desk, now=at(4, 5, 13))
    house.call(
        "sara@diplomas.example",
        f"#from {NOURA.address} #channel whatsapp #at 2026-04-05 09:00",
        QUESTION,
    )
    assert house.ticket().channel == "whatsapp"
    assert house.due() == at(4, 13, 9)


def test_mail_is_answered_within_24_working_hours_of_its_receipt(desk: Desk) -> None:
    house = asked(desk)
    assert "24 ساعة عمل" in house.letter("acknowledgement").text
    assert house.due() == at(4, 8, 9)


def test_a_form_is_answered_like_mail(desk: Desk) -> None:
    house = House(desk=desk)
    house.form(NOURA, "form@web.diplomas.example", QUESTION, reply_to=NOURA)
    assert house.due() == at(4, 8, 9)


def test_a_call_is_logged_without_a_promise_as_the_document_makes_none(desk: Desk) -> None:
    house = House(desk=desk)
    house.call("sara@diplomas.example", f"#from {NOURA.address} #channel phone", QUESTION)
    assert house.ticket().policy == "telephone"
    assert house.ticket().alarm_at is None


def test_asking_again_after_the_time_joins_the_ticket_and_reaches_the_lead(desk: Desk) -> None:
    house = asked(desk, QUESTION, "تأجيل الفصل")
    house.ring(at(4, 9, 10))
    decision = house.write("أعيد إرسال طلبي السابق", "تأجيل الفصل")
    assert decision.joined is not None
    assert (decision.ticket, decision.joined.by) == (1, "resend")
    assert "فأُحيل الآن إلى رئيس الفريق" in house.letter("acknowledgement").text
    assert "أعيد إرسال" in house.letter("follow_up", "huda").text


def test_after_the_time_the_ticket_goes_to_the_lead_by_itself(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 8, 9))
    assert house.escalated("huda") == at(4, 8, 9)
    assert "أرغب في تأجيل" in house.letter("escalation", "huda").text


def test_after_24_more_hours_the_director_by_the_nature_of_the_problem(desk: Desk) -> None:
    house = asked(desk)
    house.write("المنصة لا تعمل على جهازي", "عطل", to="support@diplomas.example")
    house.ring(at(4, 13, 9))
    assert house.escalated("student_affairs") == at(4, 13, 9)
    assert house.escalated("technical_support") == at(4, 13, 9)


def test_finance_escalates_to_student_affairs_having_no_director(desk: Desk) -> None:
    house = asked(desk, "لم تصلني الفاتورة")
    house.ring(at(4, 13, 9))
    assert house.escalated("student_affairs") == at(4, 13, 9)


def test_the_directors_department_has_24_hours_of_its_own(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 16, 15))
    assert house.escalated("deputy_ceo") == at(4, 16, 9)


def test_after_both_stages_the_deputy_chief_executive(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 16, 15))
    assert "أرغب في تأجيل" in house.letter("escalation", "deputy_ceo").text
    assert [e.recipient.partition("@")[0] for e in house.letters("escalation")] == [
        "huda",
        "student-affairs",
        "deputy-ceo",
    ]


def test_who_was_to_answer_that_day_and_did_not_is_reminded_once(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(5, 1))
    assert house.escalated("deputy_ceo") == at(4, 16, 16)
    assert "ولم يَرِد بعد" in house.letter("escalation", "deputy_ceo").text
    assert len(house.letters("escalation")) == 4


def test_the_last_stage_is_top_priority(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 16, 9))
    assert house.ticket().priority == "top"


def test_the_last_stage_is_answered_the_same_business_day(desk: Desk) -> None:
    house = asked(desk)
    house.ring(at(4, 16, 9))
    assert (
        "قبل الخميس 16 أبريل 2026، الساعة 4:00 م" in house.letter("escalation", "deputy_ceo").text
    )
    with house.store.reading() as tx:
        promised = [f.respond_by for f in tx.tickets.fired("diplomas", 1) if f.respond_by]
    assert promised == [at(4, 16, 16)]
