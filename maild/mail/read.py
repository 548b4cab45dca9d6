"""Bytes to a Mail: total for any bytes within the limits, and an Unreadable for the others."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, utils
from email.message import Message

from maild.mail import (
    addresses,
    bounce,
    charsets,
    dates,
    defects,
    headers,
    html,
    language,
    limits,
    newtext,
    parts,
    structure,
    tnef,
)
from maild.mail.mail import Attachment, Mail
from maild.mail.nature import classify
from maild.mail.structure import Part
from maild.mail.unreadable import Unreadable, unreadable

# RFC 5322 3.6: fields that a mail may have once, and whose repetition is a sign of forgery.
_ONCE = frozenset(
    {"date", "from", "sender", "reply-to", "to", "cc", "message-id", "in-reply-to", "references",
     "subject"}
)  # fmt: skip

# RFC 5322 4.3 leaves AST open; in Arabic mail it is Arabia Standard Time, never the Atlantic's.
# mail-parser takes it for UTC.
_AST = re.compile(r"\s(?:AST|KSA)\s*(?:\([^()]*\)\s*)?\Z")
_ARABIA = timedelta(hours=3)
_WORDS = re.compile(r"\w+")
_SAME = 0.5  # share of the words of the shorter text that the other must have
_FIRST_WORDS = 30  # equal beginnings of this length are proof enough
_LONGEST_TEXT = 1024 * 1024  # characters of text that are compared, split and judged


def read(raw: bytes, default_charset: str | None = None) -> Mail | Unreadable:
    """Return what a mail says, or why it was not read. Never raises but for MemoryError.

    `default_charset` is the charset of the mailbox, tried for undeclared bytes after UTF-8.
    """
    excess = limits.measure(raw)
    if excess is not None:
        return unreadable(raw, excess, default_charset)
    try:
        return _read(raw, default_charset)
    except RecursionError:
        return unreadable(raw, "The parts are nested too deeply to be read.", default_charset)


def attached(raw: bytes, default_charset: str | None = None) -> tuple[Attachment, ...]:
    """Return what is attached to a mail that was read before, and read nothing else of it."""
    if limits.measure(raw) is not None:
        return ()
    body = parts.read(structure.parse(raw), default_charset)
    return _unwrapped(body.attachments, set())[0]


def _read(raw: bytes, default: str | None) -> Mail:
    message = structure.parse(raw)
    fields = message.fields()
    charset = _charset(message) or default
    found: set[str] = set()
    lines = addresses.view(fields, charset)
    lists, sender, doubts = addresses.read(lines, fields, charset)
    found |= doubts
    body = parts.read(message, default)
    decoded = tuple((name, headers.decode(value, charset)) for name, value in fields)
    first = dict(reversed(decoded))
    _count(decoded, found)
    attachments, wrapped = _unwrapped(body.attachments, found)
    text, marked = _texts(body, wrapped, found)
    new = _new_text(text, marked)
    in_reply_to = headers.ids(first.get("in-reply-to", ""))
    references = headers.ids(first.get("references", "")) + in_reply_to[1:]
    spoken = language.detect((new or text)[:_LONGEST_TEXT])
    report = bounce.find(_entered(raw, message, body), text[:_LONGEST_TEXT])
    subject = first.get("subject", "")
    kind = first.get("content-type") or message.get_content_type()
    nature, reason = classify(decoded, kind, subject, text[:_LONGEST_TEXT], report)
    return Mail(
        message_id=next(iter(headers.ids(first.get("message-id", ""))), None),
        from_=sender,
        to=lists["to"],
        cc=lists["cc"],
        reply_to=lists["reply-to"],
        subject=subject,
        date=_date(lines.get("date"), first.get("date"), found, arabic=spoken == "ar"),
        in_reply_to=in_reply_to[0] if in_reply_to else None,
        references=tuple(dict.fromkeys(references)),
        language=spoken,
        nature=nature,
        reason=reason,
        bounce=report,
        text=text,
        new_text=new,
        attachments=attachments,
        defects=tuple(sorted(found | body.defects | ({defects.EMPTY} if not raw else set()))),
        headers=decoded,
    )


def _charset(message: Part) -> str | None:
    """The charset that raw 8-bit headers most likely share: the one the body declares.

    A Western label is what programs write that never asked; it proves nothing for the header.
    """
    for part in message.walk():
        declared = part.get_param("charset")
        if isinstance(declared, str):
            return None if charsets.resolve(declared) in {None, "cp1252", "utf-8"} else declared
    return None


def _count(fields: Sequence[tuple[str, str]], found: set[str]) -> None:
    seen: set[str] = set()
    for name, _ in fields:
        if name in seen and name in _ONCE:
            found.add(defects.HEADER_REPEATED)
        seen.add(name)


def _unwrapped(
    attachments: Sequence[Attachment], found: set[str]
) -> tuple[tuple[Attachment, ...], tuple[str, str]]:
    """Put the files of a winmail.dat in its place; its letter serves when the mail has none."""
    kept: list[Attachment] = []
    letter = ("", "")
    for attachment in attachments:
        opened = tnef.unpack(attachment.content) if tnef.is_tnef(attachment) else None
        if opened is None:
            if tnef.is_tnef(attachment):
                found.add(defects.TNEF_BROKEN)
            kept.append(attachment)
            continue
        kept += opened[2]
        letter = opened[:2]
    return tuple(kept), letter


def _texts(
    body: parts.Body, wrapped: tuple[str, str], found: set[str]
) -> tuple[str, html.Rendered | None]:
    """Return the readable text, and the body by the markers in its HTML."""
    pieces = body.plain
    sources = [text for is_html, text in body.html if is_html]
    if not pieces and not sources and any(wrapped):
        pieces = [(False, wrapped[0])] if wrapped[0].strip() else [(True, wrapped[1])]
        sources = [wrapped[1]] if wrapped[1] else []
    source = "\n".join(sources) or None
    if source and len(source) > html.LONGEST:
        found.add(defects.HTML_CUT)
    if any(is_html for is_html, _ in pieces):  # no plain text, or HTML among plain texts
        joined = _joined(pieces)
        return joined.text, joined
    rendered = html.render(source) if source else None
    text = "\n".join(text for _, text in pieces)
    if rendered is None or not rendered.text.strip():
        return text, None
    if not text.strip():
        return rendered.text, rendered
    if _differ(text, rendered.text):
        # A filler ("your client shows no HTML"), or two letters in one (a spoof): both are kept.
        found.add(defects.ALTERNATIVES_DIFFER)
        if len(text) < len(rendered.text):
            return f"{rendered.text}\n\n{text}", rendered
        return f"{text}\n\n{rendered.text}", None
    return text, rendered


def _joined(pieces: Sequence[tuple[bool, str]]) -> html.Rendered:
    shown = [
        html.render(text) if is_html else html.Rendered(text, text, quotes=False)
        for is_html, text in pieces
    ]
    return html.Rendered(
        "\n".join(each.text for each in shown),
        "\n".join(each.marked for each in shown),
        any(each.quotes for each in shown),
    )


def _differ(text: str, shown: str) -> bool:
    """Whether two alternatives share less than half the words of the shorter one."""
    said, seen = text.split(None, _FIRST_WORDS), shown.split(None, _FIRST_WORDS)
    if said[:_FIRST_WORDS] == seen[:_FIRST_WORDS] and len(said) > _FIRST_WORDS:
        return False
    words = _vocabulary(text), _vocabulary(shown)
    return len(words[0] & words[1]) < _SAME * min(len(words[0]), len(words[1]))


def _vocabulary(text: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(text[:_LONGEST_TEXT])}


def _new_text(text: str, rendered: html.Rendered | None) -> str:
    """What was newly written, by the markers in the HTML where there are any."""
    if rendered is not None and rendered.text == text:
        return newtext.split(rendered.marked[:_LONGEST_TEXT]).new_text
    own = newtext.split(text[:_LONGEST_TEXT])
    if rendered is not None and rendered.quotes and not own.quoted:
        return newtext.split(rendered.marked[:_LONGEST_TEXT]).new_text
    return own.new_text


def _date(line: str | None, value: str | None, found: set[str], *, arabic: bool) -> datetime | None:
    """Return the sender's claim in UTC; a date that is none is a defect, never an error."""
    if value is None:
        found.add(defects.DATE_MISSING)
        return None
    date = dates.read(line)
    if date is not None:
        return date - _ARABIA if arabic and _AST.search(value) else date
    found.add(defects.DATE_INVALID)
    try:
        loose = utils.parsedate_tz(value[:200])
        if loose is None:
            return None
        moment = datetime(*loose[:6], tzinfo=UTC) - timedelta(seconds=loose[9] or 0)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if 1970 <= moment.year < 2200 else None


def _entered(raw: bytes, message: Message, body: parts.Body) -> Message:
    """Return a message whose attached mails are entered, for reports, where the depth allows."""
    if not body.attached_mail or raw.lower().count(b"message/rfc822") > limits.MAX_DEPTH:
        return message
    try:
        return message_from_bytes(raw)
    except RecursionError:
        return message
