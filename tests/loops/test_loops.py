"""Nothing that answers by itself keeps us writing (cases F1 to F7, F12)."""

import re
from dataclasses import replace

import pytest

from maild.desk import Desk
from maild.mail.mail import Address
from maild.store.outbox import Entry
from tests.flows.house import NOURA, SARA, House, desk, mail_of
from tests.html import html_of
from tests.identity.scene import EVIL, Scene, raw

ROUNDS = 30
FORWARDED = (
    "\n________________________________\nFrom: Student support <student@desk.example>\n"
    "Sent: Sunday, April 5, 2026 9:00 AM\nTo: Sara\nSubject: question\n\n{}"
)


def other_desk() -> Desk:
    """A second helpdesk of somebody else, elsewhere."""
    own = desk()
    boxes = {
        k: replace(m, address=m.address.replace("desk.example", "other.example"))
        for k, m in own.mailboxes.items()
    }
    return replace(own, key="other", mailboxes=boxes, domains=("other.example",))


def test_two_helpdesks_that_write_to_each_other_stop_after_one_letter() -> None:
    here, there = House(), House(desk=other_desk())
    here.write("Hello?", "Hello", Address("", "student@other.example"))
    carried = {id(here): 0, id(there): 0}
    for _ in range(ROUNDS):
        for one, two, domain in ((here, there, "other"), (there, here, "desk")):
            letters = one.letters(to=f"@{domain}.example")
            for letter in letters[carried[id(one)] :]:
                two.receive(letter.raw)
            carried[id(one)] = len(letters)
    assert carried == {id(here): 1, id(there): 0}


def test_a_vacation_bot_without_any_header_gets_few_letters() -> None:
    house = House()
    bot = Address("Bot", "bot@away.example")
    house.write("I shall think about it.", "Hello", bot)
    answered = 0
    for n in range(ROUNDS):
        letters = house.letters(to=bot.address)
        for letter in letters[answered:]:
            got = mail_of(letter)
            house.write(f"At the seaside, back on Monday ({n}).", f"Re: {got.subject}", bot)
        answered = len(letters)
        house.later(minutes=10)
    assert len(house.letters(to=bot.address)) <= house.desk.ack_limit


@pytest.mark.parametrize(
    ("subject", "text", "headers"),
    [
        ("Automatic reply: [#1] سؤال", "I am away.", ["Auto-Submitted: auto-replied"]),
        ("Automatic reply: [#1] سؤال", "#close\nI am away.", ["X-Auto-Response-Suppress: All"]),
        ("رد تلقائي: [#1] سؤال", "أنا في إجازة حتى الأحد.", []),
        ("Out of Office: [#1] سؤال", "I am on leave until Sunday.", []),
        ("Re: [#1] سؤال", "#close\nI am away.", ["Precedence: bulk"]),
    ],
)
def test_an_agents_absence_note_is_no_order_and_reaches_no_requester(
    subject: str, text: str, headers: list[str]
) -> None:
    scene = Scene()
    mail = raw(f"Sara <{SARA.address}>", text, scene.ids, *headers, to=scene.token, subject=subject)
    before = len(scene.letters())
    decision = scene.attack(mail)
    assert decision.ticket == 1
    assert scene.thread()[-1].visibility == "internal"
    assert len(scene.letters()) == before


def test_a_post_to_a_mailing_list_is_brought_to_staff_and_never_answered() -> None:
    house = House()
    house.receive(
        raw("List <list@lists.example>", "New post", "List-Id: <list.lists.example>", subject="[l]")
    )
    assert {e.recipient for e in house.letters()} == {SARA.address}


def bounce_of(letter: Entry) -> bytes:
    return (
        "From: MAILER-DAEMON@mx.example\r\nTo: student@desk.example\r\nSubject: Undelivered\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n'
        "MIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n\r\n--b\r\n\r\nfailed\r\n--b\r\n"
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {letter.recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {letter.message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


def test_a_delivery_report_about_an_acknowledgement_is_told_once() -> None:
    scene = Scene()
    ack = scene.letters("acknowledgement")[0]
    before = len(scene.letters())
    for _ in range(3):
        scene.receive(bounce_of(ack))
    new = scene.letters()[before:]
    assert [(e.recipient, e.purpose) for e in new] == [(SARA.address, "undeliverable")]
    scene.receive(bounce_of(new[0]))  # and the report about the report ends here
    assert len(scene.letters()) == before + 1
    assert len(scene.thread()) == 1


def test_mail_from_our_own_address_to_ourselves_is_left_alone() -> None:
    house = House()
    for address in ("student@desk.example", "FINANCE@desk.example"):
        decision = house.receive(raw(f"Us <{address}>", "hello", to=address))
        assert decision.outcome == "ignored"
    assert house.letters() == []


@pytest.mark.parametrize("kept", ["sender", "id"])
def test_a_rule_that_redirects_our_letters_back_to_us_stops_at_once(kept: str) -> None:
    scene = Scene()
    letter = scene.notification.raw
    if kept == "id":  # a redirecting list puts its own sender in
        letter = re.sub(rb"(?m)^From: .*\r\n(?: .*\r\n)*", b"From: list@lists.example\r\n", letter)
    before = len(scene.letters())
    assert scene.receive(letter).outcome == "ignored"
    assert len(scene.letters()) == before


@pytest.mark.parametrize("prefix", ["FW: ", "Re: ", ""])
@pytest.mark.parametrize("with_ids", [True, False])
def test_a_rule_that_forwards_an_agents_mail_back_to_us_comes_to_an_end(
    prefix: str, with_ids: bool
) -> None:
    """Outlook's rules forward as a new mail of the agent, with or without the old ids."""
    scene = Scene()
    carried = 0
    for _ in range(ROUNDS):
        letters = scene.letters(to=SARA.address)
        for letter in letters[carried:]:
            got = mail_of(letter)
            ids = [f"References: {got.message_id}"] if with_ids else []
            body = FORWARDED.format(got.text)
            scene.receive(
                raw(f"Sara <{SARA.address}>", body, *ids, subject=f"{prefix}{got.subject}")
            )
        carried = len(letters)
        scene.later(minutes=1)
    assert len(scene.letters(to=SARA.address)) <= 1 + 2 * scene.desk.ack_limit
    assert scene.letters("relay") == []
    assert not scene.letters(to=EVIL)


def test_an_acknowledgement_says_nothing_a_stranger_wrote() -> None:
    house = House()
    words = "BUY-NOW-771"
    house.receive(
        raw(f'"{words}" <victim@elsewhere.example>', f"{words} http://{words}.example",
            f"X-{words}: {words}", subject=f"{words} {{{{7*7}}}}"),
    )  # fmt: skip
    ack = house.letters("acknowledgement")[0]
    found = mail_of(ack)
    assert words not in found.subject + found.text + html_of(ack.raw)
    assert all(words not in a.name for a in found.to)
    assert words.encode() not in ack.raw
    assert NOURA.address.encode() not in ack.raw
