"""The main job on Dovecot and Postfix: TLS in, STARTTLS out, SQLite and PostgreSQL."""

import pytest

from maild.mail.mail import Address
from tests.e2e.house import House
from tests.html import html_of
from tests.servers.postgres import Postgres

ARABIC = (
    "تعذر الدخول إلى المحاضرة",
    "السلام عليكم\nلا أستطيع الدخول إلى محاضرة اليوم، تظهر لي رسالة «انتهت الجلسة».",
    "وعليكم السلام\nحدّثنا حسابك، فضلًا سجّلي الدخول من جديد.",
)
ENGLISH = (
    "Cannot activate my account",
    "Hello,\nthe activation link says it has expired. Could you send a new one?",
    "Hello,\na new link is on its way; it is valid for 48 hours.",
)


def converse(house: House, by: Address, subject: str, question: str, answer: str) -> str:
    """Play question, acknowledgement, notification and answer; return the ticket's tag."""
    sara = house.staff("sara")
    before = len(house.letters(sara))
    house.write(question, subject, by)
    acknowledgement = house.letter(by)
    assert acknowledgement.mail.header("auto-submitted") == "auto-replied"
    assert b"Return-Path: <>" in acknowledgement.raw
    notified = house.letter(sara, before + 1)
    assert subject in notified.mail.subject
    assert question.splitlines()[-1] in notified.mail.text
    house.reply(notified, answer, sara)
    relayed = house.letter(by, 2)
    assert relayed.mail.new_text.startswith(answer)
    assert relayed.mail.from_ is not None
    assert relayed.mail.from_.address == house.at("student")
    for inside in (sara.address, "staff.", "Sara", "sara"):
        assert inside.encode() not in relayed.raw
    assert relayed.mail.header("auto-submitted") is None
    return next(word for word in acknowledgement.mail.subject.split() if word.startswith("[#"))


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest, house: House) -> House:
    if request.param == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        house.instance(postgres.url(postgres.create()))
    return house


def test_an_arabic_and_an_english_question_are_acknowledged_and_answered(stored: House) -> None:
    noura, james = stored.requester("noura"), stored.requester("james")
    with stored.running() as daemon:
        first = converse(stored, noura, *ARABIC)
        second = converse(stored, james, *ENGLISH)
        assert first != second
        assert 'dir="rtl"' in html_of(stored.letter(noura).raw)
        assert "24 ساعة عمل" in stored.letter(noura).mail.text
        assert "24 working hours" in stored.letter(james).mail.text
        with daemon.store.reading() as tx:
            assert all(not c.open for n in (1, 2) for c in tx.tickets.cycles("diplomas", n))
    assert len(stored.letters(noura)) == len(stored.letters(james)) == 2


def test_a_question_nobody_answers_warns_the_team_and_climbs_to_the_deputy_ceo(
    house: House,
) -> None:
    subject = "طلب تأجيل الفصل"
    question = "السلام عليكم\nأرغب في تأجيل الفصل الحالي، ما الإجراء المطلوب؟"
    with house.running() as daemon:
        house.write(question, subject)
        house.letter(house.requester())
        house.letter(house.staff("sara"))
        house.jump_to_alarm(daemon)
        assert subject in house.letter(house.staff("sara"), 2).mail.subject
        for name in ("huda", "director", "deputy"):
            house.jump_to_alarm(daemon)
            thread = house.letter_saying(house.staff(name), question.splitlines()[1])
            assert subject in thread.mail.subject
        with daemon.store.reading() as tx:
            ticket = tx.tickets.get("diplomas", 1)
        assert ticket is not None
        assert ticket.priority == "top"
    assert len(house.letters(house.requester())) == 1
