"""Real letters through a real Postfix, read back from a real Dovecot."""

import asyncio
import time

import pytest

from maild.desk import Secret, Server
from maild.mail.compose import compose
from maild.mail.mail import Address, Attachment
from maild.smtp.courier import Courier
from maild.smtp.verdict import Bounced, Refused, Sent, Verdict
from tests.mail.letters import legacy, legacy_header, letter
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

DIPLOMA = bytes(range(256)) * 99


def server(postfix: Postfix, security: str, password: str = PASSWORD) -> Server:
    _, port = postfix.submission(security)
    user = None if security == "plain" else "student@desk.example"
    secret = Secret(password) if user else None
    return Server("localhost", port, security, user, secret, postfix.dovecot.certificates.ca_file)


def deliver(target: Server, recipients: list[str], raw: bytes) -> list[Verdict]:
    async def run() -> list[Verdict]:
        courier = Courier(target, "student@desk.example")
        try:
            return [await courier.deliver("", one, raw) for one in recipients]
        finally:
            await courier.close()

    return asyncio.run(run())


def received(dovecot: Dovecot, user: str, wanted: int) -> list[bytes]:
    """Return the mails of an inbox once so many have arrived."""
    until = time.monotonic() + 15
    while len(mails := dovecot.inbox(user)) < wanted and time.monotonic() < until:
        time.sleep(0.1)
    return mails


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_an_arabic_letter_arrives_as_it_was_meant(
    postfix: Postfix, dovecot: Dovecot, user: str, security: str
) -> None:
    text = ".\n..\n.سطر\nFrom here\n" + "كلمة " * 2000 + "\n"
    raw = compose(
        letter(
            to=Address('سارة، "العتيبي"', user),
            subject="وصلنا طلبك رقم ١٠٤٢ بخصوص شهادة الدبلوم المهني في إدارة الأعمال",
            text=text,
            html=f"<div dir='rtl'>{text}</div>",
            references=("<" + "r" * 300 + "@mail.example>",),
            attachments=(
                Attachment("شهادة الدبلوم.pdf", "application/pdf", bytes(range(256)) * 99),
            ),
        )
    )
    assert [type(v) for v in deliver(server(postfix, security), [user], raw)] == [Sent]
    (arrived,) = received(dovecot, user, 1)
    message = legacy(arrived)
    assert arrived.endswith(raw)
    assert message["Return-Path"] == "<>"
    assert legacy_header(arrived, "Subject").startswith("وصلنا طلبك رقم ١٠٤٢ بخصوص")
    leaves = [part for part in message.walk() if not part.is_multipart()]
    assert leaves[0].get_payload(decode=True) == text.replace("\n", "\r\n").encode()
    assert leaves[2].get_filename() == "شهادة الدبلوم.pdf"


def test_a_refused_recipient_bounces_and_the_next_letter_goes_on(
    postfix: Postfix, user: str
) -> None:
    raw = compose(letter())
    verdicts = deliver(server(postfix, "plain"), [user, "nobody@refused.example", user], raw)
    assert [type(v) for v in verdicts] == [Sent, Bounced, Sent]
    assert "no such user" in verdicts[1].reply


def test_a_wrong_password_pauses_the_account_and_stays_secret(postfix: Postfix, user: str) -> None:
    (verdict,) = deliver(server(postfix, "tls", "not-the-password"), [user], compose(letter()))
    assert isinstance(verdict, Refused)
    assert verdict.kind == "auth"
    assert "not-the-password" not in verdict.reply


def test_five_letters_arrive_five_times(postfix: Postfix, dovecot: Dovecot, user: str) -> None:
    raw = compose(letter())
    assert all(isinstance(v, Sent) for v in deliver(server(postfix, "starttls"), [user] * 5, raw))
    assert len(received(dovecot, user, 5)) == 5
