"""Encryption verified or no connection; the password only over it, and in no message at all."""

import asyncio
import ssl
from base64 import b64encode
from pathlib import Path

import pytest

from maild.smtp.verdict import Refused, Sent, Verdict
from tests.servers.certificates import Certificates
from tests.servers.fake_smtp import FakeSmtp, Script
from tests.smtp.courier_case import OWN, RAW, TO, courier_to

PASSWORD = "correct-horse-سر"


def context_of(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.cert_file, certificates.key_file)
    return context


def deliver(sink: FakeSmtp, **options: object) -> Verdict:
    async def run() -> Verdict:
        async with sink, courier_to(sink, **options) as courier:  # type: ignore[arg-type]
            return await courier.deliver(OWN, TO, RAW)

    return asyncio.run(run())


def refused(sink: FakeSmtp, kind: str, **options: object) -> str:
    verdict = deliver(sink, **options)
    assert isinstance(verdict, Refused)
    assert verdict.kind == kind
    assert sink.deliveries == []
    assert PASSWORD not in verdict.reply
    return verdict.reply


@pytest.mark.parametrize("implicit", [True, False])
def test_a_trusted_certificate_lets_the_letter_through(
    certificates: Certificates, implicit: bool
) -> None:
    extensions = ("STARTTLS", "AUTH PLAIN")
    sink = FakeSmtp({}, extensions, context_of(certificates), implicit_tls=implicit)
    verdict = deliver(
        sink,
        security="tls" if implicit else "starttls",
        host="localhost",
        user="student",
        password=PASSWORD,
        ca_file=certificates.ca_file,
    )
    assert isinstance(verdict, Sent)
    token = b64encode(f"\0student\0{PASSWORD}".encode()).decode()
    assert f"AUTH PLAIN {token}" in sink.commands


@pytest.mark.parametrize("implicit", [True, False])
def test_an_unknown_authority_is_not_trusted(certificates: Certificates, implicit: bool) -> None:
    sink = FakeSmtp({}, ("STARTTLS", "AUTH PLAIN"), context_of(certificates), implicit)
    security = "tls" if implicit else "starttls"
    words = refused(sink, "tls", security=security, user="student", password=PASSWORD)
    assert "certificate" in words
    assert not any(c.startswith("AUTH") for c in sink.commands)


@pytest.mark.parametrize("implicit", [True, False])
def test_a_certificate_for_another_name_is_not_trusted(tmp_path: Path, implicit: bool) -> None:
    other = Certificates.create(tmp_path / "other", "mail.other.example")
    sink = FakeSmtp({}, ("STARTTLS",), context_of(other), implicit)
    security = "tls" if implicit else "starttls"
    refused(sink, "tls", security=security, host="localhost", ca_file=other.ca_file)


def test_a_server_that_hides_starttls_gets_neither_password_nor_letter() -> None:
    sink = FakeSmtp(extensions=("AUTH PLAIN",))
    refused(sink, "tls", security="starttls", user="student", password=PASSWORD)
    assert [c[:4] for c in sink.commands] == ["EHLO"]


def test_a_server_that_refuses_starttls_gets_neither_password_nor_letter() -> None:
    sink = FakeSmtp({"STARTTLS": "454 4.7.0 not now"}, ("STARTTLS", "AUTH PLAIN"))
    refused(sink, "tls", security="starttls", user="student", password=PASSWORD)
    assert not any(c.startswith("AUTH") for c in sink.commands)


def test_words_injected_before_the_encryption_are_not_believed(certificates: Certificates) -> None:
    context = context_of(certificates)
    sink = FakeSmtp({}, ("STARTTLS",), context, injected=b"250-x\r\n250 AUTH PLAIN\r\n")
    verdict = deliver(sink, security="starttls", host="localhost", ca_file=certificates.ca_file)
    assert isinstance(verdict, Sent | Refused)
    assert not any(c.startswith("AUTH") for c in sink.commands)


def test_a_plain_connection_leaves_this_machine_never() -> None:
    async def run() -> Verdict:
        async with FakeSmtp() as sink, courier_to(sink, host="mail.desk.example") as courier:
            return await courier.deliver(OWN, TO, RAW)

    verdict = asyncio.run(run())
    assert isinstance(verdict, Refused)
    assert verdict.kind == "tls"


@pytest.mark.parametrize(
    "reply",
    ["535 5.7.8 wrong", "535 5.7.139 disabled", "550 5.7.30 no basic", "534 no"],
)
def test_a_refused_login_pauses_the_account_after_one_try(reply: str) -> None:
    sink = FakeSmtp({"AUTH": reply}, ("AUTH PLAIN LOGIN CRAM-MD5",))
    assert reply in refused(sink, "auth", user="student", password=PASSWORD)
    assert sum(c.startswith("AUTH") for c in sink.commands) == 1


def test_a_refused_login_is_tried_once_for_all_letters_that_wait() -> None:
    async def run(sink: FakeSmtp) -> tuple[list[Verdict], Verdict]:
        async with sink, courier_to(sink, user="student", password=PASSWORD) as courier:
            together = await asyncio.gather(*(courier.deliver(OWN, TO, RAW) for _ in range(8)))
            return together, await courier.deliver(OWN, TO, RAW)

    sink = FakeSmtp({"AUTH": ["535 5.7.8 wrong"]}, ("AUTH PLAIN",))
    together, after = asyncio.run(run(sink))
    assert {type(verdict) for verdict in together} == {Refused}
    assert isinstance(after, Sent)  # the next letter, once the pause is over, asks anew
    assert sum(c.startswith("AUTH") for c in sink.commands) == 2


def test_a_login_that_cannot_be_judged_just_now_is_soon_tried_again() -> None:
    sink = FakeSmtp({"AUTH": "454 4.7.0 later"}, ("AUTH PLAIN LOGIN CRAM-MD5",))
    refused(sink, "network", user="student", password=PASSWORD)


def test_a_server_without_a_login_is_told_apart() -> None:
    assert "log in" in refused(FakeSmtp(), "auth", user="student", password=PASSWORD)


def test_a_server_that_asks_for_a_login_at_mail_pauses_the_account() -> None:
    refused(FakeSmtp({"MAIL": "530 5.7.0 Authentication required"}), "auth")


@pytest.mark.parametrize("place", ["AUTH", "MAIL", "RCPT"])
def test_a_server_that_echoes_the_password_does_not_get_it_into_a_message(place: str) -> None:
    token = b64encode(f"\0student\0{PASSWORD}".encode()).decode()
    script: Script = {place: f"535 you said {token} that is {PASSWORD}"}
    words = refused(FakeSmtp(script, ("AUTH PLAIN",)), "auth", user="student", password=PASSWORD)
    assert token not in words


def test_a_missing_authority_file_is_one_sentence(tmp_path: Path) -> None:
    assert "ca_file" in refused(FakeSmtp(), "tls", security="tls", ca_file=tmp_path / "none.pem")
