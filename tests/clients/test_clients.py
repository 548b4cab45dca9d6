"""Agents answer with real mail programs; the requester gets their words and nothing else."""

from pathlib import Path

import pytest

from maild.mail.mail import Address
from tests.clients import mutt, s_nail
from tests.e2e.house import House, Letter
from tests.html import html_of
from tests.servers import ServerMissingError

QUESTION = "السلام عليكم، لا أستطيع الدخول إلى المحاضرة منذ أمس. رقمي السري 4471."
ANSWER = "وعليكم السلام نورة،\nتم إصلاح المشكلة، والرجاء المحاولة مرة أخرى."
SIGNATURE = "سارة العتيبي | تحويلة 4471 | جوال 0500000000"


def check(house: House, answered: Letter) -> None:
    """What the requester got: the answer alone, from the desk, and no trace of the agent."""
    sara = house.staff("sara")
    mail = answered.mail
    assert mail.from_ is not None
    assert mail.from_.address == house.at("student")
    assert "وعليكم السلام نورة،" in mail.text
    assert "تم إصلاح المشكلة" in mail.text
    html = html_of(answered.raw)
    assert 'dir="rtl"' in html
    for text in (answered.raw.decode(), mail.text, html):
        assert sara.address not in text
        assert "+a1-" not in text
    for text in (mail.text, html):
        assert "0500000000" not in text  # her signature
        assert "يكفي الردّ على هذه الرسالة" not in text  # words of the letter to staff
        assert "Mutt" not in text


def asked(house: House) -> Address:
    """Noura asks, and Sara's letter is there."""
    house.write(QUESTION, "مشكلة في الدخول", Address("نورة", house.requester().address))
    sara = house.staff("sara")
    house.letter(sara)
    return sara


def test_an_answer_written_in_mutt_reaches_the_requester_alone(
    house: House, tmp_path: Path
) -> None:
    with house.running() as daemon:
        sara = asked(house)
        try:
            mutt.reply(tmp_path / "mutt", house.dovecot, house.postfix, sara, ANSWER, SIGNATURE)
        except ServerMissingError as missing:
            pytest.fail(str(missing), pytrace=False)
        check(house, house.letter(house.requester(), 2))
        with daemon.store.reading() as tx:
            answer = tx.tickets.messages("diplomas", 1)[-1]
        assert answer.new_text == ANSWER


def test_orders_written_in_mutt_are_carried_out(house: House, tmp_path: Path) -> None:
    with house.running() as daemon:
        sara = asked(house)
        text = f"#إغلاق\n{ANSWER}"
        mutt.reply(tmp_path / "mutt", house.dovecot, house.postfix, sara, text, SIGNATURE)
        check(house, house.letter(house.requester(), 2))
        assert "أُغلقت التذكرة" in house.letter(sara, 2).mail.text
        with daemon.store.reading() as tx:
            found = tx.tickets.get("diplomas", 1)
        assert found is not None
        assert found.status == "closed"


def test_an_answer_written_below_the_quote_in_s_nail_reaches_the_requester_alone(
    house: House, tmp_path: Path
) -> None:
    with house.running():
        sara = asked(house)
        try:
            s_nail.reply(tmp_path / "nail", house.dovecot, house.postfix, sara, ANSWER)
        except ServerMissingError as missing:
            pytest.fail(str(missing), pytrace=False)
        check(house, house.letter(house.requester(), 2))


def test_the_requester_answers_with_mutt_and_joins_the_same_ticket(
    house: House, tmp_path: Path
) -> None:
    with house.running() as daemon:
        sara = asked(house)
        house.letter(house.requester())
        noura = Address("Noura", house.requester().address)
        mutt.reply(tmp_path / "mutt", house.dovecot, house.postfix, noura, "وهذا توضيح.", "نورة")
        assert "وهذا توضيح" in house.letter(sara, 2).mail.text
        with daemon.store.reading() as tx:
            assert len(tx.tickets.find()) == 1
