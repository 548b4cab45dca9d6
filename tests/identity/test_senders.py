"""Who may act: a From line alone gives nobody authority (cases G1 to G7, G18, G19, G23, G24)."""

from dataclasses import replace

import pytest

from maild.mail.mail import Address
from maild.tickets.lookalikes import lookalike
from tests.flows.house import NOURA, SARA, desk, mail_of
from tests.identity.scene import EVIL, Scene, raw

SAYS = "Authentication-Results: mx.desk.example; dmarc={} header.from=staff.example"
ORDER = "#close\n#violation\nتم"


def guarded() -> Scene:
    """A desk whose mailbox names the server it believes."""
    box = replace(desk().mailboxes["student"], authserv_id="mx.desk.example")
    return Scene(desk=replace(desk(), mailboxes={**desk().mailboxes, "student": box}))


def from_sara(scene: Scene, *headers: str, text: str = ORDER) -> bytes:
    """Sara's own reply in every respect but what the server says of it."""
    return raw(f"Sara <{SARA.address}>", text, *headers, scene.ids, to=scene.token)


@pytest.mark.parametrize(
    "headers",
    [
        [SAYS.format("fail")],
        [SAYS.format("none")],
        [SAYS.format("temperror")],
        [],
        # what the sender wrote stands below what the server added on top
        [SAYS.format("fail"), SAYS.format("pass")],
        ["Authentication-Results: mx.evil.example; dmarc=pass header.from=staff.example"],
        ["Authentication-Results: mx.desk.example.evil.example; dmarc=pass"],
        ["Authentication-Results: mx.desk.example; dmarc=pass header.from=evil.example"],
        ["Authentication-Results: mx.desk.example (dmarc=pass); spf=pass"],
        ["X-Authentication-Results: mx.desk.example; dmarc=pass"],
        ["ARC-Authentication-Results: i=1; mx.desk.example; dmarc=pass"],
    ],
)
def test_a_spoofed_agent_with_a_stolen_token_does_nothing_unless_the_server_vouches(
    headers: list[str],
) -> None:
    scene = guarded()
    decision = scene.attack(from_sara(scene, *headers))
    assert decision.authority is not None
    assert not decision.authority.proved
    assert "لم يُثبت خادم البريد" in scene.told_staff()


def test_the_agent_for_whom_the_server_vouches_acts() -> None:
    scene = guarded()
    scene.receive(from_sara(scene, SAYS.format("pass"), text="#close\nتم الحل."))
    assert scene.ticket().status == "closed"


@pytest.mark.parametrize("verdict", ["fail", "pass"])
def test_only_an_agent_for_whom_the_server_vouches_logs_a_call(verdict: str) -> None:
    scene = guarded()
    text = f"#from {EVIL} #channel phone\nسأل عن الموعد"
    scene.receive(raw(f"Sara <{SARA.address}>", text, SAYS.format(verdict), subject="مكالمة"))
    logged = scene.ticket(2).requester.address == EVIL
    assert logged is (verdict == "pass")
    assert bool(scene.letters(to=EVIL)) is logged


def test_without_a_token_nobody_acts_by_the_subject_tag_or_copied_references() -> None:
    scene = Scene()
    question = scene.thread()[0].message_id
    for headers in ([], [f"References: {question}"], [f"In-Reply-To: {question}"]):
        decision = scene.attack(
            raw(f"Sara <{SARA.address}>", ORDER, *headers, subject="Re: [#1] سؤال")
        )
        assert decision.ticket == 1
    assert "لم تُثبت هوية الكاتب" in scene.told_staff()


# Strings by which parsers were made to read one sender as another (CVE-2023-27043,
# CVE-2019-16056, CVE-2025-1795 and the like); agent and attacker in every order.
ADDRESS_TRICKS = (
    f"sara@staff.example <{EVIL}>",
    f'"sara@staff.example" <{EVIL}>',
    f"<sara@staff.example> <{EVIL}>",
    "<sara@staff.example>@evil.example",
    f"sara@staff.example;{EVIL}",
    f"sara@staff.example,{EVIL}",
    "sara@staff.example)mallory@evil.example",
    f"(sara@staff.example) {EVIL}",
    f"{EVIL} (sara@staff.example)",
    "Agents: sara@staff.example;",
    f"Agents: sara@staff.example, {EVIL};",
    "<@evil.example:sara@staff.example>",
    f"=?utf-8?q?sara=40staff.example?= <{EVIL}>",
    f"=?utf-8?q?sara=40staff.example=3E?= {EVIL}",
    f"sara@staff.example\x00 <{EVIL}>",
    f"Sara <sara@staff.example <{EVIL}>",
    "Sara <sara@staff.example",
    "s\u0430ra@staff.example",
    "sara@staff.example\u202e",
    "sara\u200b@staff.example",
    "sara@staff.example@evil.example",
    '"sara@staff.example,"@evil.example',
    "sara@staff\u3002example",
    f"Sara <sara@staff.example>, Mallory <{EVIL}>",
)


@pytest.mark.parametrize("from_", ADDRESS_TRICKS)
def test_an_address_that_parsers_read_differently_gives_no_authority(from_: str) -> None:
    scene = Scene()
    scene.attack(raw(from_, ORDER, scene.ids, to=scene.token))


def test_two_from_lines_give_no_authority() -> None:
    scene = Scene()
    scene.attack(
        raw(
            f"Mallory <{EVIL}>", ORDER, "From: Sara <sara@staff.example>", scene.ids, to=scene.token
        )
    )


def test_reply_to_and_sender_change_nobodys_identity() -> None:
    scene = Scene()
    stolen = [
        f"Reply-To: {SARA.address}",
        f"Sender: {SARA.address}",
        f"Resent-From: {SARA.address}",
    ]
    scene.attack(raw(f"Mallory <{EVIL}>", ORDER, *stolen, scene.ids, to=scene.token))


def test_a_requesters_reply_to_sends_the_answer_nowhere_else() -> None:
    scene = Scene()
    ours = f"References: {mail_of(scene.letters('acknowledgement')[0]).message_id}"
    scene.receive(raw(f"Noura <{NOURA.address}>", "وأيضا", f"Reply-To: {EVIL}", ours))
    scene.answer(scene.letters("follow_up", SARA.address)[0], "هذا هو الجواب.", SARA)
    assert [letter.recipient for letter in scene.letters("relay")] == [NOURA.address]


def test_headers_that_look_like_ours_steer_nothing() -> None:
    scene = Scene()
    injected = [
        "X-maild-Ticket: 1", "X-maild-Agent: sara", "X-maild-Desk: diplomas",
        "X-maild-Loop: student@desk.example", "X-maild-Proved: yes",
    ]  # fmt: skip
    decision = scene.attack(raw(f"Mallory <{EVIL}>", ORDER, *injected, subject="hello"))
    assert decision.outcome == "stored"  # kept: a header makes no mail vanish
    assert decision.ticket == 2


def test_somebody_who_left_is_a_stranger_and_the_letter_says_so() -> None:
    scene = Scene()
    mail = from_sara(scene)
    people = {k: p for k, p in scene.desk.staff.people.items() if k != "sara"}
    teams = {
        **scene.desk.staff.teams,
        "students": replace(scene.desk.staff.teams["students"], members=("omar",)),
    }
    scene.desk = replace(scene.desk, staff=replace(scene.desk.staff, people=people, teams=teams))
    decision = scene.attack(mail)
    assert (decision.ticket, decision.related) == (2, None) or decision.related == 1


def test_an_agent_answers_from_an_alias() -> None:
    scene = Scene()
    scene.answer(scene.notification, "تم الحل.", Address("Sara", "sara@home.example"))
    assert [letter.recipient for letter in scene.letters("relay")] == [NOURA.address]


def test_an_answer_from_an_address_nobody_knows_is_held_and_explained_to_the_agent() -> None:
    scene = Scene()
    scene.attack(raw("Sara <sara.phone@mobile.example>", "تم الحل.", scene.ids, to=scene.token))
    told = mail_of(scene.letters("notification", SARA.address)[-1]).text
    assert "رد على رسالة أُرسلت إلى سارة العتيبي" in told
    assert "sara.phone@mobile.example" in told
    assert "تم الحل" in told


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("سارة العتيبي", EVIL),
        ("سا\u200bرة العتيبـي", EVIL),
        ("", "s\u0430r\u0430@staff.example"),
        ("", "sara@staff.examp1e"),
    ],
)
def test_a_name_or_address_that_only_looks_like_a_colleagues_is_named(
    name: str, address: str
) -> None:
    scene = Scene()
    scene.write("أرسل لي كلمة المرور", "عاجل", Address(name, EVIL if name else "x@evil.example"))
    like = lookalike(Address(name, address), scene.desk.staff)
    assert like is not None
    assert like.key == "sara"
    if name:
        assert "يشبه سارة العتيبي" in scene.told_staff()


def test_a_colleague_and_a_stranger_of_another_name_look_like_nobody() -> None:
    staff = desk().staff
    assert lookalike(SARA, staff) is None
    assert lookalike(NOURA, staff) is None
