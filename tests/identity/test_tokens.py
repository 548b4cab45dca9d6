"""Which ticket: tokens, ids and references in the wrong hands (G8 to G13, G20, G25, G27)."""

from datetime import UTC, datetime

import pytest

from maild.mail.mail import Address
from maild.tickets.tokens import Keyring, Purpose, in_addresses
from tests.flows.house import JAMES, NOURA, SARA, SUNDAY, mail_of
from tests.html import html_of
from tests.identity.scene import EVIL, Scene, raw

OMAR = Address("عمر", "omar@staff.example")
ORDER = "#close\nتم"


def test_the_token_of_a_colleague_proves_nobody_else() -> None:
    scene = Scene()
    decision = scene.attack(raw(f"Omar <{OMAR.address}>", ORDER, scene.ids, to=scene.token))
    assert decision.authority is not None
    assert decision.authority.doubt == "token"


def test_a_reply_address_is_void_after_a_year() -> None:
    scene = Scene()
    mail = raw(f"Sara <{SARA.address}>", ORDER, to=scene.token, subject="Re: [#1] سؤال")
    scene.later(days=367)
    scene.attack(mail)


def test_a_clock_that_shows_1970_makes_a_token_that_is_void() -> None:
    keys, noura = Keyring((b"k" * 32,)), NOURA.address
    early = datetime(1970, 1, 1, tzinfo=UTC)
    token = keys.reply_token("diplomas", 1, Purpose.REQUESTER, noura, early)
    (claim,) = in_addresses([f"student+{token}@desk.example"], "+")
    assert keys.proves(claim, "diplomas", noura, early)
    assert not keys.proves(claim, "diplomas", noura, SUNDAY)


def test_a_signed_id_is_void_a_year_after_its_ticket_was_closed() -> None:
    scene = Scene()
    scene.answer(scene.notification, "#close\nتم", SARA)
    scene.later(days=366)
    scene.attack(raw(f"Sara <{SARA.address}>", "#reopen", scene.ids, subject="Re: [#1] سؤال"))


def test_a_token_holds_while_its_key_is_kept_and_not_after() -> None:
    scene = Scene()
    scene.keys = (b"n" * 32, b"k" * 32)
    scene.answer(scene.notification, "#priority high", SARA)
    assert scene.ticket().priority == "high"
    scene.keys = (b"n" * 32,)
    scene.attack(raw(f"Sara <{SARA.address}>", ORDER, scene.ids, to=scene.token))


@pytest.mark.parametrize("changed", [0, -1])
def test_a_token_with_one_letter_changed_is_none(changed: int) -> None:
    scene = Scene()
    local, _, domain = scene.token.partition("@")
    head, mac = local[:-26], list(local[-26:])
    mac[changed] = "a" if mac[changed] != "a" else "b"
    to = f"{head}{''.join(mac)}@{domain}"
    scene.attack(raw(f"Sara <{SARA.address}>", ORDER, to=to, subject="Re: [#1] سؤال"))


def test_the_token_of_one_ticket_does_nothing_in_another() -> None:
    scene = Scene()
    scene.write("Where is my certificate?", "Certificate", JAMES)
    other = scene.token.replace("+a1-", "+a2-")
    scene.receive(raw(f"Sara <{SARA.address}>", ORDER, to=other, subject="Re: [#2]"))
    assert scene.ticket(2).status.active


def test_an_agents_token_in_the_customers_hands_makes_them_the_customer() -> None:
    scene = Scene()
    decision = scene.attack(
        raw(f"Noura <{NOURA.address}>", "#close\n#violation", scene.ids, to=scene.token)
    )
    assert decision.ticket == 1
    assert scene.thread()[-1].role == "requester"


def test_an_agents_token_in_a_strangers_hands_opens_a_ticket_of_their_own() -> None:
    scene = Scene()
    decision = scene.attack(raw(f"M <{EVIL}>", ORDER, scene.ids, to=scene.token, subject="[#1]"))
    assert (decision.ticket, decision.related) == (2, 1)


def test_a_relayed_answer_holds_no_token_of_the_agent() -> None:
    scene = Scene()
    text = f"أجبت على بريدي {scene.token} أمس."
    scene.receive(raw(f"Sara <{SARA.address}>", text, scene.ids, to=scene.token))
    relay = scene.letters("relay")[0].raw
    found = mail_of(scene.letters("relay")[0])
    assert "+a1-" not in found.text
    assert "+a1-" not in html_of(relay)
    assert b"+a1-" not in relay


def test_guessed_numbers_in_the_subject_join_nothing() -> None:
    scene = Scene()
    for number in range(1, 4):
        subject = f"Re: [#{number}] status"
        assert scene.attack(raw(f"M <{EVIL}>", "what is it?", subject=subject)).ticket != 1


@pytest.mark.parametrize("whose", ["question", "acknowledgement", "notification"])
def test_copied_references_let_no_stranger_in(whose: str) -> None:
    scene = Scene()
    ids = {
        "question": str(scene.thread()[0].message_id),
        "acknowledgement": scene.letters("acknowledgement")[0].message_id,
        "notification": scene.notification.message_id,
    }
    headers = f"In-Reply-To: {ids[whose]}", f"References: {ids[whose]}"
    decision = scene.attack(raw(f"M <{EVIL}>", "send me the rest", *headers))
    assert decision.ticket == 2


def test_a_genuine_order_sent_again_byte_for_byte_does_nothing() -> None:
    scene = Scene()
    order = raw(f"Sara <{SARA.address}>", "#close\nتم الحل.", scene.ids, to=scene.token)
    scene.receive(order)
    scene.answer(scene.letters("relay")[0], "لا، لم تُحل المشكلة بعد يا أختي", NOURA)
    assert scene.ticket().status == "open"
    scene.later(days=1)
    again = scene.attack(b"Received: from replay.example\r\n" + order)
    assert again.outcome == "duplicate"


def test_a_customers_cc_to_a_stranger_gives_the_stranger_nothing() -> None:
    scene = Scene()
    ack = scene.letters("acknowledgement")[0]
    scene.answer(ack, "وأنسخ إليكم صديقي", NOURA, cc=(Address("", EVIL),))
    scene.answer(scene.letters("follow_up", SARA.address)[0], "هذا هو الجواب.", SARA)
    assert {letter.recipient for letter in scene.letters()} <= {
        NOURA.address, SARA.address, "huda@staff.example",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("from_", "headers"),
    [
        ("Slack <no-reply@slack.example>", ["Auto-Submitted: auto-generated"]),
        ("Accounts <verify@accounts.example>", []),
        ("GitHub <noreply@code.example>", ["X-GitHub-Reason: verify"]),
    ],
)
def test_a_confirmation_code_sent_to_a_tickets_address_reaches_nobody_outside(
    from_: str, headers: list[str]
) -> None:
    scene = Scene()
    leaked = mail_of(scene.letters("acknowledgement")[0]).reply_to[0].address
    scene.attack(raw(from_, "Your confirmation code is XK-4471-92", *headers, to=leaked))
    scene.answer(scene.notification, "هذا هو الجواب.", SARA)
    for letter in scene.letters():
        if letter.recipient not in {SARA.address, "huda@staff.example"}:
            assert "XK-4471-92" not in mail_of(letter).text
    assert len(scene.thread()) == 2


def test_a_reply_to_an_erased_ticket_is_kept_in_one_of_its_own() -> None:
    scene = Scene()
    local, _, domain = scene.token.partition("@")
    with scene.store.transaction() as tx:
        gone = tx.tickets.next_number(scene.desk.key) + 40
    keyring, desk = scene.office.keyring, scene.desk.key
    token = keyring.reply_token(desk, gone, Purpose.STAFF, SARA.address, scene.now)
    to = f"{local.partition('+')[0]}+{token}@{domain}"
    before = len(scene.letters("relay"))
    decision = scene.receive(raw(f"Sara <{SARA.address}>", "تم الحل.", to=to, subject="Re: [#99]"))
    assert decision.outcome == "stored"
    assert len(scene.letters("relay")) == before


def test_an_answer_to_a_closed_ticket_goes_out_and_leaves_it_closed() -> None:
    scene = Scene()
    scene.answer(scene.notification, "#close\nتم الحل.", SARA)
    scene.later(minutes=1)
    scene.answer(scene.notification, "وهذا رابط يفيدك.", SARA)
    assert scene.ticket().status == "closed"
    assert len(scene.letters("relay", NOURA.address)) == 2


def test_an_answer_to_a_merged_ticket_reaches_the_requester_of_the_survivor() -> None:
    scene = Scene()
    scene.write("موضوع آخر تماما عن الشهادات والوثائق", "شهادة")
    scene.answer(scene.notification, "#merge 2", SARA)
    scene.later(minutes=1)
    scene.answer(scene.notification, "#send\nالجواب عن الأول.", SARA)
    assert scene.thread(2)[-1].role == "agent"
    assert [e.recipient for e in scene.letters("relay")] == [NOURA.address]


def test_a_stolen_requester_address_learns_nothing_by_mail() -> None:
    """Whoever writes as Noura is answered to Noura's own address alone."""
    scene = Scene()
    scene.receive(raw(f"Noura <{NOURA.address}>", "أرسلوا لي بياناتي", subject="Re: [#1] سؤال"))
    assert {e.recipient for e in scene.letters()} <= {NOURA.address, SARA.address}
