"""What an agent's mail program does to a reply: quotes, forwards, addressees (G14 to G26)."""

from dataclasses import replace

import pytest

from maild.mail.mail import Address
from tests.flows.house import NOURA, SARA, desk, mail_of
from tests.identity.scene import EVIL, Scene, raw

OMAR = Address("عمر", "omar@staff.example")
TRAP = "#close\n#violation\n#assign omar\nأرجو الرد"

GMAIL = "تم الحل.\n\nOn Sun, 5 Apr 2026 at 09:00, Noura <student@desk.example> wrote:\n\n{quoted}"
APPLE = "تم الحل.\n\n> On 5 Apr 2026, at 9:00 AM, Noura <student@desk.example> wrote:\n> \n{quoted}"
OUTLOOK = (
    "تم الحل.\n\n________________________________\nFrom: Noura <student@desk.example>\n"
    "Sent: Sunday, April 5, 2026 9:00 AM\nTo: Sara\nSubject: [#1] question\n\n{plain}"
)
OUTLOOK_ARABIC = (
    "تم الحل.\n\nمن: نورة <student@desk.example>\nتاريخ الإرسال: الأحد، 5 أبريل 2026 9:00 ص\n"
    "إلى: سارة\nالموضوع: [#1] سؤال\n\n{plain}"
)
GMAIL_ARABIC = "تم الحل.\n\nفي الأحد، 5 أبريل 2026 في 9:00 ص تمت كتابة ما يلي بواسطة نورة <student@desk.example>:\n\n{quoted}"  # noqa: E501
BOTTOM = "On Sun, 5 Apr 2026 at 09:00, Noura <student@desk.example> wrote:\n{quoted}\n\nتم الحل."


def trapped() -> Scene:
    """The requester's own words are orders."""
    scene = Scene()
    scene.answer(scene.letters("acknowledgement")[0], TRAP, NOURA)
    assert scene.ticket().status == "new"
    return scene


def reply(scene: Scene, body: str, *headers: str, **options: str) -> None:
    letter = scene.letters("follow_up", SARA.address)[0]
    got = mail_of(letter)
    text = body.format(
        plain=got.text, quoted="\n".join(f"> {line}" for line in got.text.splitlines())
    )
    to = options.get("to", got.reply_to[0].address)
    subject = options.get("subject", f"Re: {got.subject}")
    ids = f"References: {got.message_id}"
    scene.receive(raw(f"Sara <{SARA.address}>", text, ids, *headers, to=to, subject=subject))


@pytest.mark.parametrize(
    "client", [GMAIL, GMAIL_ARABIC, APPLE, OUTLOOK, OUTLOOK_ARABIC, BOTTOM], ids=range(6)
)
def test_orders_in_what_a_client_quotes_are_never_carried_out(client: str) -> None:
    scene = trapped()
    reply(scene, client)
    ticket = scene.ticket()
    assert (ticket.status, ticket.assignee) == ("open", None)
    relay = mail_of(scene.letters("relay", NOURA.address)[0])
    assert relay.text.strip().splitlines()[0] == "تم الحل."
    assert SARA.address not in relay.text


def test_a_requesters_orders_are_words() -> None:
    scene = trapped()
    assert scene.ticket().team == "students"
    assert "#violation" in scene.told_staff()


@pytest.mark.parametrize("subject", ["Fw: [#1] سؤال", "FW: [#1]", "إعادة توجيه: [#1]", "WG: Re: x"])
def test_what_an_agent_forwards_never_reaches_the_requester(subject: str) -> None:
    scene = trapped()
    before = len(scene.letters())
    reply(scene, "هدى، ما رأيك في هذا المزعج؟\n\n" + OUTLOOK, subject=subject)
    new = scene.letters()[before:]
    assert [(e.recipient, e.purpose) for e in new] == [(SARA.address, "refusal")]
    assert "أعدت توجيه الرسالة" in mail_of(new[0]).text
    assert scene.thread()[-1].visibility == "internal"


def test_an_answer_that_cannot_be_told_from_the_letter_it_quotes_is_not_sent() -> None:
    scene = trapped()
    reply(scene, "تم الحل.\n\n=== 05.04 ===\n{plain}")
    assert scene.letters("relay") == []
    assert len(scene.letters("refusal", SARA.address)) == 1


def test_what_an_agent_writes_to_a_colleague_with_the_desk_in_copy_is_a_note() -> None:
    scene = trapped()
    token = mail_of(scene.letters("follow_up", SARA.address)[0]).reply_to[0].address
    reply(scene, GMAIL, f"Cc: {token}", to="huda@staff.example")
    assert scene.letters("relay") == []
    assert scene.thread()[-1].visibility == "internal"


def test_an_answer_that_went_to_the_requester_directly_counts_and_is_not_sent_again() -> None:
    scene = trapped()
    token = mail_of(scene.letters("follow_up", SARA.address)[0]).reply_to[0].address
    reply(scene, GMAIL, f"Cc: {token}", to=NOURA.address)
    assert scene.letters("relay") == []
    assert scene.ticket().alarm_at is None  # the reply clock has stopped
    assert scene.thread()[-1].new_text == "تم الحل."


def test_a_direct_answer_is_believed_where_the_server_vouches_for_the_agent() -> None:
    box = replace(desk().mailboxes["student"], authserv_id="mx.desk.example")
    scene = Scene(desk=replace(desk(), mailboxes={"student": box}))
    ids = f"References: {scene.thread()[0].message_id}"
    says = "Authentication-Results: mx.desk.example; dmarc={} header.from=staff.example"
    copy = "Cc: student@desk.example"
    for verdict, stopped in (("fail", False), ("pass", True)):
        mail = raw(
            f"Sara <{SARA.address}>", "#close\nتم.", says.format(verdict), ids, copy,
            to=NOURA.address, subject="سؤال",
        )  # fmt: skip
        scene.receive(mail)
        assert (scene.ticket().alarm_at is None) is stopped
    assert scene.ticket().status == "open"  # what the requester reads as well holds no orders


def test_whom_an_agent_adds_to_a_reply_gets_nothing_and_the_agent_is_told() -> None:
    scene = trapped()
    reply(scene, GMAIL, f"Cc: {EVIL}, huda@staff.example")
    assert [e.recipient for e in scene.letters("relay")] == [NOURA.address]
    confirmed = mail_of(scene.letters("confirmation", SARA.address)[0]).text
    assert f"#cc {EVIL}" in confirmed
    assert "huda" not in confirmed


def test_two_agents_who_answer_in_the_same_second_are_both_kept_and_the_second_is_told() -> None:
    scene = Scene()
    team = replace(scene.desk.staff.teams["students"], members=("sara", "omar"))
    staff = replace(scene.desk.staff, teams={**scene.desk.staff.teams, "students": team})
    scene.desk = replace(scene.desk, staff=staff)
    scene.write("موضوع آخر تماما عن الشهادات والوثائق", "شهادة")
    hers, his = (scene.letters("notification", a.address)[-1] for a in (SARA, OMAR))
    scene.later(seconds=1)
    scene.answer(hers, "جواب سارة.", SARA)
    scene.answer(his, "جواب عمر.", OMAR)
    assert [m.new_text for m in scene.thread(2)[1:]] == ["جواب سارة.", "جواب عمر."]
    assert len(scene.letters("relay")) == 1
    assert "جواب سارة." in mail_of(scene.letters("held", OMAR.address)[0]).text


@pytest.mark.parametrize("text", ["#clsoe\nتم", "#close\n#wait\nتم", "#assign nobody\nتم"])
def test_an_order_that_is_unknown_or_contradicts_another_sends_nothing(text: str) -> None:
    scene = Scene()
    scene.answer(scene.notification, text, SARA)
    assert scene.letters("relay") == []
    assert scene.ticket().status == "new"
    assert len(scene.letters("refusal", SARA.address)) == 1


def test_a_note_and_what_was_said_in_it_never_leave_the_house() -> None:
    scene = Scene()
    scene.answer(scene.notification, "#note\nCANARY-7: هذا العميل مزعج", SARA)
    scene.later(minutes=1)
    scene.answer(scene.notification, "جواب.", SARA)
    scene.answer(scene.letters("relay")[0], "شكرا ولكن بقي سؤال آخر عن الشهادة", NOURA)
    scene.later(minutes=1)
    scene.answer(scene.letters("follow_up", SARA.address)[-1], "جواب ثان.", SARA)
    outside = [e for e in scene.letters() if e.recipient == NOURA.address]
    assert len(outside) >= 3
    for letter in outside:
        assert b"CANARY-7" not in letter.raw
        assert "CANARY-7" not in mail_of(letter).text
