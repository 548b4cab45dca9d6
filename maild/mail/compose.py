"""From what a letter says to its bytes: complete, harmless, and proof-read before they leave."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from maild.mail import fields
from maild.mail.mail import Address
from maild.mail.mime import Entity, canonical, file_entity, multipart, text_entity
from maild.mail.outgoing import Outgoing
from maild.mail.postal import is_address, to_ascii
from maild.mail.proofread import misprint

AUTOMATIC = frozenset({"auto-replied", "auto-generated"})  # RFC 3834 5

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # RFC 5646
_CONTENT_ID = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.@-]{1,200}")
# What the fields of an Outgoing say, and what would name a hidden recipient or another sender.
_OURS = re.compile(
    r"from|to|cc|bcc|sender|reply-to|subject|date|message-id|in-reply-to|references|mime-version"
    r"|content-.*|resent-.*|received|return-path|auto-submitted|x-auto-response-suppress",
    re.IGNORECASE,
)


class CannotCompose(ValueError):  # noqa: N818 a verdict, as in the plan
    """A letter that must not leave as it is. The message says why and holds none of its words."""


def compose(outgoing: Outgoing) -> bytes:
    """Return the letter as RFC 5322 bytes with CRLF, ready for SMTP; equal input, equal bytes.

    Foreign words are made harmless (RFC 5322 2.2: no control in a header; no bidi override), an id
    that is no Message-ID is left out of References. The bytes are read again by an independent
    parser and compared with what was meant. Raises CannotCompose when they differ, or when an
    address, the letter's own Message-ID or a header of ours is not valid.
    """
    letter = _settle(outgoing)
    head = _head(letter)
    body = _body(letter)
    raw = "\r\n".join([*head, body.head]).encode("utf-8") + b"\r\n\r\n" + body.body + b"\r\n"
    if wrong := misprint(raw, letter):
        raise CannotCompose(f"The letter would be read otherwise than it was meant: {wrong}.")
    return raw


def _settle(outgoing: Outgoing) -> Outgoing:
    """Return what will really be said: every field clean, every address valid."""
    if not fields.is_message_id(outgoing.message_id):
        raise CannotCompose("The letter's own Message-ID is not valid.")
    if outgoing.date.tzinfo is None:
        raise CannotCompose("The letter's date has no time zone.")
    if outgoing.auto_submitted is not None and outgoing.auto_submitted not in AUTOMATIC:
        raise CannotCompose("Auto-Submitted is neither auto-replied nor auto-generated.")
    if not _LANGUAGE.fullmatch(outgoing.language):
        raise CannotCompose("The letter's language is not a language tag.")
    for name, _ in outgoing.headers:
        if not _NAME.fullmatch(name) or _OURS.fullmatch(name):
            raise CannotCompose("A further header has a name that is not free to use.")
    parent = outgoing.in_reply_to
    return replace(
        outgoing,
        from_=_address(outgoing.from_),
        to=_address(outgoing.to),
        cc=tuple(_address(person) for person in outgoing.cc),
        reply_to=_address(outgoing.reply_to) if outgoing.reply_to else None,
        subject=fields.clean(outgoing.subject, fields.SUBJECT_LIMIT),
        text=canonical(outgoing.text),
        html=canonical(outgoing.html) if outgoing.html is not None else None,
        in_reply_to=parent if parent and fields.is_message_id(parent) else None,
        references=fields.sound_references(outgoing.references),
        headers=tuple((n, fields.clean(v, fields.SUBJECT_LIMIT)) for n, v in outgoing.headers),
    )


@lru_cache(maxsize=256)  # a desk's own addresses stand in every letter
def _address(person: Address) -> Address:
    address = to_ascii(person.address) or person.address
    if not is_address(address):
        raise CannotCompose("An address of the letter is not valid.")
    return Address(fields.clean(person.name, fields.NAME_LIMIT), address)


def _head(letter: Outgoing) -> Iterator[str]:
    yield fields.addresses("From", [letter.from_])
    yield fields.addresses("To", [letter.to])
    if letter.cc:
        yield fields.addresses("Cc", letter.cc)
    if letter.reply_to:
        yield fields.addresses("Reply-To", [letter.reply_to])
    yield fields.unstructured("Subject", letter.subject)
    yield f"Date: {_said_date(letter.date)}"
    yield f"Message-ID: {letter.message_id}"
    if letter.in_reply_to:
        yield f"In-Reply-To: {letter.in_reply_to}"
    if letter.references:
        yield fields.ids("References", letter.references)
    if letter.auto_submitted:
        yield f"Auto-Submitted: {letter.auto_submitted}"
        yield "X-Auto-Response-Suppress: All"  # Exchange heeds this one, MS-OXCMAIL 2.2.3.2.14
        if not any(name.lower() == "x-maild-loop" for name, _ in letter.headers):
            yield f"X-maild-Loop: {letter.from_.address}"
    for name, value in letter.headers:
        yield fields.unstructured(name, value)
    yield f"Content-Language: {letter.language}"
    yield "MIME-Version: 1.0"


@lru_cache(maxsize=16)  # the letters of a batch bear one date
def _said_date(date: datetime) -> str:
    return format_datetime(date.astimezone(UTC))


def _body(letter: Outgoing) -> Entity:
    """Mixed (alternative (text, related (HTML, its images)), files), as far as needed."""
    images, files = [], []
    for attachment in letter.attachments:
        known = attachment.content_id and _CONTENT_ID.fullmatch(attachment.content_id)
        if letter.html is not None and attachment.inline and known:
            images.append(file_entity(attachment, inline=True))
        else:
            files.append(file_entity(attachment, inline=False))
    seal = "=_" + hashlib.sha256(letter.message_id.encode("utf-8")).hexdigest()[:24]
    bodies = [text_entity(letter.text, "plain")]
    if letter.html is not None:
        html = text_entity(letter.html, "html")
        bodies.append(multipart("related", [html, *images], f"{seal}.r"))
    return multipart("mixed", [multipart("alternative", bodies, f"{seal}.a"), *files], f"{seal}.m")
