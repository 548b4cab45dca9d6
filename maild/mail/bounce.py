"""Delivery reports: which recipients were not reached, and whose letter came back.

RFC 3464 says it in fields and is asked first; then flufl.bounce knows the texts of many servers;
what both miss is in our own table, `maild.mail.bouncetexts`. A person, an out-of-office note and
a report of success are none of them.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from itertools import islice

from flufl.bounce import all_failures

from maild.mail import bouncetexts
from maild.mail.amazonses import read_notification
from maild.mail.deliverystatus import read_delivery_status
from maild.mail.mail import Bounce, FailedRecipient

MAX_RECIPIENTS = 1000

# RFC 3464 2.1.1 and custom: a report comes from the null sender or from one of these.
_DAEMON = re.compile(
    r"mailer-?daemon|post_?master|mail ?delivery|maildelivery|mail ?administrator|mdaemon|bounce"
    r"|microsoftexchange[0-9a-f]{8,}|mail ?system|mail-daemon|post_?office|\bmta@|mailadmin"
    r"|non-?delivery|delivery ?(?:subsystem|status|failure)|undeliver"
)
_MESSAGE_ID = re.compile(
    r"^message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_MAX_TEXT = 200_000
_MAX_PARTS = 60
_MAX_LINES = 2_000


def find(message: Message, text: str) -> Bounce | None:
    """Return the delivery failures `message` reports, or None when it is no such report.

    `text` is its readable body. Recipients are lower-cased in the domain only, each once.
    """
    parts = list(own_parts(message))
    if _is_complaint(parts):
        return None
    noticed = read_notification(text)
    if noticed is not None:
        return noticed
    reported = read_delivery_status(_reports(parts), text[:_MAX_TEXT])
    if reported is None:
        failed = _from_texts(message, text[:_MAX_TEXT])
        if failed is None:
            return None
    elif not reported:
        return None  # RFC 3464 2.3.3: only delivered, relayed or expanded
    else:
        failed = reported
    original = _original_message_id(parts[1:], text[:_MAX_TEXT])
    return Bounce(tuple(failed[:MAX_RECIPIENTS]), original)


def _is_complaint(parts: Iterable[Message]) -> bool:
    """RFC 5965: multipart/report; report-type=feedback-report."""
    return any(part.get_content_type() == "message/feedback-report" for part in parts)


def own_parts(message: Message) -> Iterator[Message]:
    """Walk the parts of a mail, never into a mail it carries (message/rfc822)."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        yield part
        if part.get_content_maintype() != "multipart":
            continue
        children = part.get_payload()
        if isinstance(children, list):
            waiting[:0] = [child for child in children if isinstance(child, Message)]


def _reports(parts: Iterable[Message]) -> list[Message]:
    return [
        part
        for part in parts
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")
    ]


def _from_texts(message: Message, text: str) -> list[FailedRecipient] | None:
    sender = str(message.get("from", "")) + str(message.get("sender", ""))
    daemon = _DAEMON.search(sender.lower()) is not None or sender.strip() in ("", "<>")
    null = str(message.get("return-path", "")).strip() == "<>"
    named = _named_in_headers(message)
    subject = str(message.get("subject", ""))
    failed_subject = bouncetexts.is_failure_subject(subject)
    if not (named or daemon or null or failed_subject):
        return None  # people, too, write of letters that came back
    said = bouncetexts.head_of_report(text)
    if named:
        return _judged(named, said)
    if bouncetexts.is_absence(subject):
        return None
    if not (daemon or null or bouncetexts.is_server_talk(said)):
        return None
    failure = failed_subject or bouncetexts.is_failure_text(said)
    found = bouncetexts.recipients(said)
    if failure and found:
        return _judged(found, said)
    temporary, permanent = _flufl(message, said)
    if permanent or (failure and temporary):
        return [
            *_judged(found or sorted(permanent), said),
            *(FailedRecipient(a, None, permanent=False, delayed=True) for a in sorted(temporary)),
        ]
    if daemon and failure:
        return []  # a report that names nobody: still a machine's, still never answered
    return None


def _named_in_headers(message: Message) -> list[str]:
    """Exim's and Google's X-Failed-Recipients; the same fact under other names of old servers."""
    values: list[str] = []
    for name in ("x-failed-recipients", "x-actual-recipients"):
        values.extend(str(value) for value in message.get_all(name, ()))
    return _unique(match.group() for v in values for match in bouncetexts.ADDRESS.finditer(v))


def _flufl(message: Message, said: str) -> tuple[set[str], set[str]]:
    """Ask flufl.bounce; it knows some thirty servers, raises on malformed parts.

    It tries some fifty patterns on every line of every part, so a report that returns a long
    letter is shown to it by its own words only.
    """
    if not _is_short(message):
        whole, message = message, Message()
        for name in ("From", "Subject", "Return-Path"):
            message[name] = str(whole.get(name, "")).replace("\n", " ").replace("\r", " ")
        message.set_payload(said)
    try:
        temporary, permanent = all_failures(message)
    except Exception:
        return set(), set()
    return _addresses(temporary), _addresses(permanent)


def _is_short(message: Message) -> bool:
    walked = list(islice(message.walk(), _MAX_PARTS + 1))
    lines = sum(
        payload.count("\n")
        for part in walked
        for payload in [part.get_payload()]
        if isinstance(payload, str)
    )
    return len(walked) <= _MAX_PARTS and lines <= _MAX_LINES


def _addresses(found: Iterable[bytes]) -> set[str]:
    texts = (address.decode("utf-8", "replace").strip("<> ") for address in found)
    return {text for text in texts if bouncetexts.ADDRESS.fullmatch(text)}


def _judged(addresses: Iterable[str], said: str) -> list[FailedRecipient]:
    delayed = bouncetexts.is_delay(said)
    status = bouncetexts.status_of(said)
    return [
        FailedRecipient(
            address,
            status,
            permanent=not delayed and not (status or "5").startswith("4"),
            delayed=delayed,
        )
        for address in _unique(addresses)
    ]


def _unique(addresses: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_canonical(address) for address in addresses))


def _canonical(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _original_message_id(parts: Iterable[Message], text: str) -> str | None:
    """Return the id of the letter that came back, by the `parts` below the mail itself."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            payload = part.get_payload()
            inner = payload[0] if isinstance(payload, list) and payload else None
            if isinstance(inner, Message):
                found = _MESSAGE_ID.search(f"Message-ID: {inner.get('message-id', '')}")
                if found:
                    return found.group(1)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            found = _MESSAGE_ID.search(str(part.get_payload())[:_MAX_TEXT])
            if found:
                return found.group(1)
    found = _MESSAGE_ID.search(text)
    return found.group(1) if found else None
