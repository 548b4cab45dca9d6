"""The main job, flow by flow: a mail in, its letters out, the clock and the ladder."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from maild.store.mails import Outcome
from tests.flows.house import JAMES, NOURA, SARA, House, mail_of
from tests.html import html_of

RIYADH = ZoneInfo("Asia/Riyadh")


def local(day: int, hour: int, minute: int = 0, month: int = 4) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=RIYADH)


def test_a_new_mail_opens_a_ticket_and_is_acknowledged_in_its_language() -> None:
    house = House()
    decision = house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة", "مشكلة في الدخول")
    assert (decision.outcome, decision.ticket) == (Outcome.STORED, 1)
    ack = mail_of(house.letters("acknowledgement", NOURA.address)[0])
    assert "[#1]" in ack.subject
    assert "24 ساعة عمل" in ack.text
    assert ack.header("auto-submitted") == "auto-replied"
    assert ack.language == "ar"


def test_an_english_mail_is_acknowledged_in_english() -> None:
    house = House()
    house.write("Hello, I cannot open the lecture of today. Please help me.", "Cannot open", JAMES)
    ack = mail_of(house.letters("acknowledgement", JAMES.address)[0])
    assert "24 working hours" in ack.text
    assert "lecture" not in ack.text + ack.subject  # nothing a stranger wrote is sent back


def test_the_agent_gets_the_mail_and_their_reply_reaches_the_requester_without_their_address() -> (
    None
):
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة", "مشكلة في الدخول")
    notified = house.letters("notification", SARA.address)[0]
    assert "لا أستطيع الدخول" in mail_of(notified).text
    house.later(hours=1)
    decision = house.answer(notified, "حدثنا حسابك، جربي الآن.", SARA)
    assert decision.authority is not None
    assert decision.authority.proved, decision.reason
    relayed = house.letters("relay", NOURA.address)[0]
    mail = mail_of(relayed)
    assert "حدثنا حسابك" in mail.text
    assert mail.from_ is not None
    assert mail.from_.address == "student@desk.example"
    assert SARA.address not in relayed.raw.decode("utf-8", "replace")
    assert SARA.address not in mail.text + html_of(relayed.raw)


def test_a_reply_stops_the_clock_and_no_one_is_escalated_to() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.later(hours=1)
    house.answer(house.letters("notification")[0], "تم الحل.", SARA)
    assert house.ticket().alarm_at is None
    house.ring(house.now + timedelta(days=60))
    assert house.letters("escalation") == []
    assert house.letters("warning") == []


def test_the_requester_answers_back_into_the_same_ticket_and_a_new_cycle_begins() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.answer(house.letters("notification")[0], "جربي الآن.", SARA)
    house.later(hours=2)
    decision = house.answer(house.letters("relay")[0], "ما زالت المشكلة قائمة", NOURA)
    assert decision.ticket == 1
    assert [m.role for m in house.thread()] == ["requester", "agent", "requester"]
    assert house.ticket().alarm_at is not None
    assert "ما زالت المشكلة" in mail_of(house.letters("follow_up", SARA.address)[0]).text


def test_an_unanswered_ticket_climbs_the_ladder_at_the_instants_of_the_policy() -> None:
    house = House()
    house.now = local(5, 9, 30)
    house.write("السلام عليكم، أرغب في تأجيل الفصل", "تأجيل")
    house.ring(local(7, 15, 30))  # 6.5 + 8 + 3.5 hours: 75 % of 24
    assert [e.recipient for e in house.letters("warning")] == [SARA.address]
    house.ring(local(8, 9, 30))
    assert [e.recipient for e in house.letters("escalation")] == ["huda@staff.example"]
    house.ring(local(30, 0))
    ladder = house.letters("escalation")
    assert [e.recipient for e in ladder] == [
        "huda@staff.example",
        "director@staff.example",
        "deputy@staff.example",
    ]
    assert [e.created_at for e in ladder] == [local(8, 9, 30), local(13, 9, 30), local(16, 9, 30)]
    assert "أرغب في تأجيل الفصل" in mail_of(ladder[2]).text
    assert house.ticket().priority == "top"


def test_a_stage_fires_once_however_often_the_alarm_is_looked_at() -> None:
    house = House()
    house.write("السلام عليكم، أرغب في تأجيل الفصل")
    for _ in range(3):
        house.ring(house.now + timedelta(days=30))
    assert len(house.letters("escalation")) == 3


def test_the_manager_answers_the_escalation_and_the_requester_gets_it() -> None:
    house = House()
    house.write("السلام عليكم، أرغب في تأجيل الفصل")
    house.ring(house.now + timedelta(days=4))
    from maild.mail.mail import Address

    letter = house.letters("escalation", "huda")[0]
    decision = house.answer(
        letter, "تمت الموافقة على التأجيل.", Address("هدى", "huda@staff.example")
    )
    assert decision.authority is not None
    assert decision.authority.proved
    assert "تمت الموافقة" in mail_of(house.letters("relay", NOURA.address)[0]).text


def test_the_same_mail_in_two_mailboxes_is_one_ticket() -> None:
    house = House()
    raw = house.mail("السلام عليكم، عندي سؤال عن الفاتورة", "سؤال", NOURA, "student@desk.example")
    first = house.receive(b"Delivered-To: student@desk.example\r\n" + raw, "student")
    second = house.receive(b"Delivered-To: finance@desk.example\r\n" + raw, "finance")
    assert (first.outcome, second.outcome) == (Outcome.STORED, Outcome.DUPLICATE)
    assert second.ticket == first.ticket
    assert len(house.letters("acknowledgement")) == 1


def test_a_stranger_who_knows_the_number_starts_a_ticket_of_their_own() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    decision = house.write("Tell me what was said here, please.", "Re: [#1] question", JAMES)
    assert decision.ticket == 2
    assert decision.related == 1
    assert len(house.thread(1)) == 1


def test_a_spoofed_agent_without_the_token_changes_nothing_and_reaches_nobody_outside() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    before = len(house.letters("relay"))
    house.write("أرسل كلمة المرور إلى هذا العنوان\n#close", "Re: [#1] سؤال", SARA)
    assert len(house.letters("relay")) == before
    assert house.ticket().status.active
    assert house.thread()[-1].visibility == "internal"


def test_machines_are_never_answered() -> None:
    house = House()
    decision = house.write(
        "I am away until Monday.", "Automatic reply", auto_submitted="auto-replied"
    )
    assert decision.outcome is Outcome.IGNORED
    assert house.letters() == []


def test_acknowledgements_to_one_address_stop_at_the_limit() -> None:
    house = House()
    for n in range(6):
        house.write(f"سؤال مختلف رقم {n} عن موضوع {n * 7} وليس عن غيره", f"موضوع {n}")
    assert len(house.letters("acknowledgement", NOURA.address)) == house.desk.ack_limit


def test_asking_again_before_an_answer_joins_the_waiting_ticket() -> None:
    house = House()
    house.write("السلام عليكم، أرغب في تأجيل الفصل الدراسي الحالي", "تأجيل الفصل")
    house.later(days=1)
    decision = house.write("أعيد إرسال طلبي السابق", "تأجيل الفصل")
    assert decision.ticket == 1
    assert decision.joined is not None
    assert decision.joined.by == "resend"


def test_an_order_closes_the_ticket_and_is_confirmed_in_one_line() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.answer(house.letters("notification")[0], "#إغلاق\nتم حل المشكلة.", SARA)
    assert house.ticket().status == "closed"
    assert "تم حل المشكلة" in mail_of(house.letters("relay")[0]).text
    assert "إغلاق" not in mail_of(house.letters("relay")[0]).new_text
    assert len(house.letters("confirmation", SARA.address)) == 1


def test_an_unknown_order_does_nothing_and_says_so() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.answer(house.letters("notification")[0], "#clsoe\nتم حل المشكلة.", SARA)
    assert house.ticket().status.active
    assert house.letters("relay") == []
    assert "close" in mail_of(house.letters("refusal", SARA.address)[0]).text


def test_a_note_stays_inside() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.answer(house.letters("notification")[0], "#note\nالطالبة محظورة مؤقتًا", SARA)
    assert house.letters("relay") == []
    assert house.thread()[-1].visibility == "internal"
    assert house.ticket().alarm_at is not None  # a note is no answer
