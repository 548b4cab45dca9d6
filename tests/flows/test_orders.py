"""Orders of the staff, each through a real reply under a real letter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from maild.mail.mail import Address
from maild.notices import history
from maild.tickets.orders import ARABIC, read
from maild.tickets.ticket import Event, EventKind
from tests.flows.house import JAMES, NOURA, SARA, House, desk, mail_of

OMAR = Address("عمر", "omar@staff.example")
NOW = datetime(2026, 4, 5, 6, tzinfo=UTC)
QUESTION = "السلام عليكم، لا أستطيع الدخول إلى المحاضرة"


def asked() -> House:
    house = House()
    house.write(QUESTION, "مشكلة في الدخول")
    return house


def order(house: House, text: str) -> None:
    house.answer(house.letters("notification", SARA.address)[0], text, SARA)


def test_a_transfer_brings_the_thread_and_the_note_to_the_second_tier() -> None:
    house = asked()
    order(house, "#tier2\nجربنا إعادة الضبط ولم تنجح")
    brought = mail_of(house.letters("notification", OMAR.address)[0])
    assert "لا أستطيع الدخول" in brought.text
    assert "جربنا إعادة الضبط" in brought.text
    assert house.ticket().team == "technical"
    assert house.letters("relay") == []  # what is written beside a transfer is for colleagues


def test_a_transfer_does_not_restart_the_clock() -> None:
    house = asked()
    before = house.ticket().alarm_at
    house.later(hours=3)
    order(house, "#فريق technical")
    assert house.ticket().alarm_at == before


def test_somebody_who_is_not_there_cannot_be_assigned() -> None:
    house = asked()
    order(house, "#assign nobody")
    assert house.ticket().assignee is None
    assert "nobody" in mail_of(house.letters("refusal")[0]).text


def test_orders_are_all_done_or_none() -> None:
    house = asked()
    order(house, "#priority high\n#assign nobody")
    assert house.ticket().priority == "normal"


def test_contradictory_orders_do_nothing() -> None:
    house = asked()
    order(house, "#close\n#wait")
    assert house.ticket().status.active
    assert len(house.letters("refusal")) == 1


def test_merging_keeps_the_earlier_question_waiting() -> None:
    house = asked()
    first = house.ticket(1).alarm_at
    house.later(hours=5)
    house.write("موضوع آخر تماما عن الشهادات والوثائق", "شهادة")
    second = house.letters("notification", SARA.address)[1]
    house.answer(second, "#merge 1", SARA)
    assert house.ticket(2).status == "merged"
    assert house.ticket(2).alarm_at is None
    assert house.ticket(1).alarm_at == first
    assert len(house.thread(1)) == 2


def test_merging_into_an_earlier_question_moves_the_deadline_forward() -> None:
    house = asked()
    first = house.ticket(1).alarm_at
    house.later(hours=5)
    house.write("موضوع آخر تماما عن الشهادات والوثائق", "شهادة")
    house.answer(house.letters("notification", SARA.address)[0], "#merge 2", SARA)
    assert house.ticket(1).status == "merged"
    assert house.ticket(2).alarm_at == first


def test_tickets_of_two_requesters_are_not_merged() -> None:
    house = asked()
    house.write("Hello, where is my certificate please?", "Certificate", JAMES)
    house.answer(house.letters("notification", SARA.address)[0], "#merge 2", SARA)
    assert house.ticket(1).status.active


def test_a_reply_to_a_merged_ticket_reaches_the_survivor() -> None:
    house = asked()
    ack = house.letters("acknowledgement")[0]
    house.later(hours=1)
    house.write("موضوع آخر تماما عن الشهادات والوثائق", "شهادة")
    house.answer(house.letters("notification", SARA.address)[0], "#merge 2", SARA)
    decision = house.answer(ack, "هل من جديد؟", NOURA)
    assert decision.ticket == 2


def test_splitting_gives_the_last_message_a_ticket_and_clock_of_its_own() -> None:
    house = asked()
    house.answer(house.letters("notification")[0], "تم حل الدخول.", SARA)
    house.later(hours=1)
    house.answer(house.letters("relay")[0], "شكرا، وأريد أيضا شهادة حضور", NOURA)
    house.answer(house.letters("follow_up", SARA.address)[0], "#split", SARA)
    assert "شهادة حضور" in house.thread(2)[0].new_text
    assert house.ticket(2).opened_at == house.now
    assert house.ticket(2).alarm_at is not None


def test_a_violation_cancels_the_ticket_and_the_last_strike_suspends() -> None:
    house = House(desk=replace(desk(), conduct=replace(desk().conduct, strikes=1)))
    house.write("كلام غير لائق", "شكوى")
    order(house, "#مخالفة عبارات غير لائقة")
    assert house.ticket().status == "cancelled"
    assert house.ticket().alarm_at is None
    assert len(house.letters("violation", NOURA.address)) == 1
    with house.store.reading() as tx:
        requester = tx.requesters.get("diplomas", NOURA.address)
    assert requester is not None
    assert requester.suspended_until == house.now + timedelta(days=7)


def test_an_agent_logs_a_call_and_the_clock_starts_when_it_came() -> None:
    house = House()
    house.later(hours=5)
    text = (
        "#from noura@trainee.example #channel whatsapp #at 2026-04-05 10:20\nسألت عن موعد الاختبار"
    )
    decision = house.write(text, "مكالمة", SARA)
    ticket = house.ticket()
    assert decision.ticket == 1
    assert (ticket.channel, ticket.requester.address) == ("whatsapp", NOURA.address)
    assert ticket.opened_at.isoformat() == "2026-04-05T07:20:00+00:00"
    assert house.thread()[0].text == "سألت عن موعد الاختبار"


def english() -> House:
    """The house whose Sara reads English."""
    people = {**desk().staff.people}
    people["sara"] = replace(people["sara"], language="en")
    house = House(desk=replace(desk(), staff=replace(desk().staff, people=people)))
    house.write(QUESTION, "مشكلة في الدخول")
    return house


def told(house: House, purpose: str) -> str:
    """The newest letter of that kind to Sara."""
    return mail_of(house.letters(purpose, SARA.address)[-1]).text


def test_why_says_what_happened_and_until_when_in_the_agents_language() -> None:
    arabic, other = asked(), english()
    for house in (arabic, other):
        order(house, "#priority high")
        order(house, "#note\nتحدثت معها")
        order(house, "#why")
    said = told(arabic, "explanation")
    assert "وردت من noura@trainee.example" in said
    assert "الأولوية: عالية (سارة العتيبي)" in said
    assert "ملاحظة داخلية من سارة العتيبي" in said
    assert "موعد الرد: الأربعاء 8 أبريل 2026" in said
    said = told(other, "explanation")
    assert "came from noura@trainee.example" in said
    assert "priority high" in said
    assert "wrote a note" in said
    assert "reply due Wednesday 8 April 2026" in said


def test_every_kind_of_event_has_words_in_both_languages() -> None:
    office = House().office
    for kind in set(EventKind) - {EventKind.CHANGED}:
        for language in ("ar", "en"):
            said = history.line(office, Event(kind, NOW, "sara", {"to": ["huda"]}), language)
            assert said, kind
            assert "{" not in said
            assert kind.value not in said or language == "en"


def test_help_says_of_every_order_what_it_does_in_the_agents_language() -> None:
    arabic, other = asked(), english()
    for house, words in ((arabic, "تصير لديك"), (other, "the ticket is yours")):
        order(house, "#help")
        lines = told(house, "explanation").splitlines()
        for name, alias in ARABIC.items():
            (line,) = [x for x in lines if f"#{name}\u2069" in x or f"#{name} " in x]
            assert f"#{alias}" in line
            assert line.partition(": ")[2]
        assert words in "\n".join(lines)


def test_every_order_is_confirmed_also_one_about_the_words_themselves() -> None:
    house = asked()
    order(house, "#note\nتحدثت معها")
    assert "ولا يراها صاحب الطلب" in told(house, "confirmation")


def test_undo_says_what_it_took_back() -> None:
    house = asked()
    order(house, "#priority high")
    house.later(minutes=1)
    order(house, "#undo")
    assert "الأولوية الآن: عالية" in told(house, "confirmation")


def test_a_level_is_said_in_arabic_as_well() -> None:
    house = asked()
    order(house, "#أولوية عالية")
    assert house.ticket().priority == "high"
    order(house, "#أولوية شديدة")
    assert "قصوى" in told(house, "refusal")


def test_a_colleague_reads_no_mail_of_which_nothing_was_carried_out() -> None:
    house = asked()
    order(house, "#clsoe")
    order(house, "#assign omar\nجربنا كل شيء")
    brought = mail_of(house.letters("notification", OMAR.address)[0]).text
    assert "#clsoe" not in brought
    assert brought.count("جربنا كل شيء") == 1


def test_closing_ends_the_clocks_and_the_requesters_thanks_do_not_open_it() -> None:
    house = asked()
    order(house, "#close\nتم الحل.")
    house.answer(house.letters("relay")[0], "شكرا جزيلا", NOURA)
    assert house.ticket().status == "closed"
    house.answer(house.letters("relay")[0], "ما زالت المشكلة قائمة ولم تحل بعد", NOURA)
    assert house.ticket().status == "open"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("#close", "close"),
        ("#CLOSE ", "close"),
        ("＃close", "close"),
        ("\u200f#إغلاق", "close"),
        ("# إغلاق", "close"),
        ("#اغلاق", "close"),
        ("#أولوية high", "priority"),
    ],
)
def test_an_order_is_read_however_a_keyboard_writes_it(written: str, name: str) -> None:
    assert [o.name for o in read(f"{written}\nنص").given] == [name]


def test_a_heading_further_down_is_text() -> None:
    orders = read("الخطوات:\n# الخطوة الأولى\n#close")
    assert orders.given == ()
    assert "#close" in orders.text


def test_orders_in_quoted_text_are_never_read() -> None:
    house = asked()
    letter = house.letters("notification")[0]
    house.answer(letter, "تم الحل.\n\n> #close\n> #violation", SARA)
    assert house.ticket().status == "open"


def test_two_agents_answer_and_the_second_is_held_until_they_say_send() -> None:
    house = House()
    two = house.desk.staff.teams["students"]
    teams = {**house.desk.staff.teams, "students": replace(two, members=("sara", "omar"))}
    house.desk = replace(house.desk, staff=replace(house.desk.staff, teams=teams))
    house.write(QUESTION, "مشكلة في الدخول")
    house.later(minutes=10)
    house.answer(house.letters("notification", SARA.address)[0], "جربي متصفحًا آخر.", SARA)
    house.later(minutes=1)
    house.answer(house.letters("notification", OMAR.address)[0], "أعيدي تشغيل الجهاز.", OMAR)
    assert [mail_of(e).new_text for e in house.letters("relay")] != []
    assert not any("أعيدي تشغيل" in mail_of(e).text for e in house.letters("relay"))
    held = house.letters("held", OMAR.address)[0]
    assert "جربي متصفحًا آخر" in mail_of(held).text
    assert "أعيدي تشغيل الجهاز" in mail_of(held).text
    house.answer(held, "#send", OMAR)
    assert "أعيدي تشغيل" in mail_of(house.letters("relay")[-1]).text
    relayed = len(house.letters("relay"))
    house.later(hours=13)
    house.answer(held, "#send", OMAR)
    assert len(house.letters("relay")) == relayed  # the requester has it; nobody reads it twice
    assert len(house.letters("refusal", OMAR.address)) == 1


def test_an_answer_is_held_when_the_requester_wrote_meanwhile_and_stops_no_clock() -> None:
    house = asked()
    house.later(minutes=10)
    house.answer(house.letters("acknowledgement")[0], "نجح الأمر الآن ولكن بلا صوت", NOURA)
    house.later(minutes=1)
    order(house, "أعيدي تعيين كلمة المرور.")
    assert house.letters("relay") == []
    assert house.ticket().alarm_at is not None
    assert "بلا صوت" in mail_of(house.letters("held", SARA.address)[0]).text


def test_send_without_a_held_answer_says_so() -> None:
    house = asked()
    order(house, "#send")
    assert len(house.letters("refusal")) == 1


def test_nothing_waits_for_an_agent_who_is_away() -> None:
    house = House()
    people, teams = house.desk.staff.people, house.desk.staff.teams
    day = house.now.date()
    sara = replace(people["sara"], away=((day, day),))
    staff = replace(
        house.desk.staff,
        people={**people, "sara": sara},
        teams={**teams, "students": replace(teams["students"], members=("sara", "omar"))},
    )
    house.desk = replace(house.desk, staff=staff)
    house.write(QUESTION)
    assert [e.recipient for e in house.letters("notification")] == [OMAR.address]
    house.later(days=1)
    house.answer(house.letters("acknowledgement")[0], "هل من جديد؟", NOURA)
    assert {e.recipient for e in house.letters("follow_up")} == {OMAR.address, SARA.address}


def test_closing_can_be_undone_and_the_question_waits_again_since_it_was_asked() -> None:
    house = asked()
    due = house.ticket().alarm_at
    house.later(hours=1)
    order(house, "#close")
    confirmed = house.letters("confirmation", SARA.address)[0]
    assert "#تراجع" in mail_of(confirmed).text
    assert house.ticket().alarm_at is None
    house.later(minutes=5)
    house.answer(confirmed, "#تراجع", SARA)
    assert house.ticket().status == "open"
    assert house.ticket().alarm_at == due


def test_undo_takes_back_all_that_the_last_mail_ordered_and_only_once() -> None:
    house = asked()
    house.later(minutes=1)
    order(house, "#priority high\n#assign omar")
    house.later(minutes=1)
    order(house, "#undo")
    assert (house.ticket().priority, house.ticket().assignee) == ("normal", None)
    house.later(minutes=1)
    order(house, "#undo")
    assert len(house.letters("refusal", SARA.address)) == 1


def test_orders_of_yesterday_are_not_undone() -> None:
    house = asked()
    order(house, "#priority high")
    house.later(days=2)
    order(house, "#undo")
    assert house.ticket().priority == "high"
