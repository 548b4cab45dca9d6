"""Letters to compose in tests, and two independent ways to read them back."""

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any

import mailparser

from maild.mail.compose import compose
from maild.mail.mail import Address
from maild.mail.outgoing import Outgoing

PLAIN = Outgoing(
    from_=Address("منصة الدبلومات", "student@diplomas.example"),
    to=Address("أحمد بن سعيد", "ahmad@learner.example"),
    subject="وصلنا طلبك [#1042]",
    text="أهلًا بك\n\nوصلنا طلبك.\n",
    message_id="<1042.1.abc@diplomas.example>",
    date=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
)


def letter(**changes: Any) -> Outgoing:
    return replace(PLAIN, **changes)


def legacy(raw: bytes) -> email.message.Message:
    """As old clients read: the parser without a policy."""
    return email.message_from_bytes(raw)


def legacy_header(raw: bytes, name: str) -> str:
    value = legacy(raw)[name].replace("\r\n", "")
    return str(make_header(decode_header(value)))


def legacy_people(raw: bytes, name: str) -> list[Address]:
    pairs = getaddresses([legacy(raw)[name].replace("\r\n", "")])
    return [Address(str(make_header(decode_header(label))), address) for label, address in pairs]


def library(raw: bytes) -> Any:
    """As mail-parser reads."""
    return mailparser.parse_from_bytes(raw)


def sent(**changes: Any) -> bytes:
    return compose(letter(**changes))
