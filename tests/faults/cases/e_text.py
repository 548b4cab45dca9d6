"""E. Letters that are hard to read: charsets, encodings, line ends, dates, and what is Arabic."""

import binascii
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from maild.mail.normal import normalise_lines
from maild.mail.structure import Part
from tests.e2e.house import SUNDAY
from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import (
    brought,
    by_its_bytes,
    careless,
    hostile,
    notification,
    survive,
)
from tests.faults.place import Place
from tests.html import html_of


def as_declared(
    data: bytes, declared: str | None = None, _default: str | None = None, **_: Any
) -> tuple[str, bool]:
    return data.decode(declared or "utf-8", "replace"), True


def at_the_blank_line(raw: bytes) -> Part:
    """A mail that keeps to the letter of RFC 5322: CRLF and nothing else ends a line."""
    head, _, body = raw.decode("ascii", "surrogateescape").partition("\r\n\r\n")
    part = Part()
    for line in head.split("\r\n"):
        name, _, value = line.partition(": ")
        part.set_raw(name, value)
    part.set_payload(body)
    return part


def strictly(part: Message, _found: set[str]) -> bytes:
    data = part.octets() if isinstance(part, Part) else b""
    if part["content-transfer-encoding"] == "base64":
        return binascii.a2b_base64(data, strict_mode=True)
    return binascii.a2b_qp(data)


@case(
    "E17",
    "unknown charsets and encodings, codecs that are none: every mail is a ticket, and legible",
    defence=Defence(
        "a label is believed when it names a known character set and the bytes bear it out",
        careless(replaced("maild.mail.charsets.decode", as_declared)),
    ),
    quick=True,
)
def charsets(place: Place) -> None:
    found = survive(place, hostile(place, "E17"))
    assert [fate.text[:20] for fate in found] == [
        "قابل", "a\\u202eb", "uryyb", "a-" + "9" * 18, "Frösche <script>", "hello",
    ]  # fmt: skip
    assert "Frösche <script>" in notification(place, "E17 utf-7")


@case(
    "E18",
    "a subject in raw windows-1256: the ticket and the agent's letter bear it in Arabic",
    defence=Defence(
        "undeclared bytes are read as Arabic where they read as Arabic",
        careless(
            replaced(
                "maild.mail.headers.undeclared",
                lambda value, _=None: value.encode("ascii", "surrogateescape").decode(
                    "utf-8", "replace"
                ),
            )
        ),
    ),
)
def raw_subject(place: Place) -> None:
    (raw,) = hostile(place, "E18")
    raw = raw.replace(b"\r\nSubject: E18 raw windows-1256", b"").replace(b"X-Subject", b"Subject")
    (fate,) = survive(place, [raw])
    assert fate.ticket is not None
    subject = fate.ticket.subject
    assert subject == "استفسار عن الدبلوم", f"the subject became {subject}"
    notification(place, "استفسار عن الدبلوم")


@case(
    "E19",
    "base64 and quoted-printable that break off or hold strange characters: read as far as it goes",
    defence=Defence(
        "an encoding is undone as far as it goes",
        careless(replaced("maild.mail.parts.content", strictly)),
    ),
)
def broken_encodings(place: Place) -> None:
    base64, quoted = survive(place, hostile(place, "E19"))
    assert (base64.text, quoted.text) == ("hello", "=ZZ=4Ã")


@case(
    "E20",
    "NUL bytes in subject and text: the ticket has neither, the kept mail has both",
    defence=Defence(
        "no text leaves the reading with a control character",
        careless(replaced("maild.mail.charsets.clean", lambda text: text)),
    ),
)
def nul(place: Place) -> None:
    (raw,) = hostile(place, "E20")
    (fate,) = by_its_bytes(place, [raw])
    assert fate.ticket is not None
    assert (fate.ticket.subject, fate.text) == ("help", "ab"), "NUL came through"
    assert fate.raw == raw


@case(
    "E21",
    "lines that end in LF or CR alone, or not at all: tickets with their lines",
    defence=Defence(
        "CR, LF and CRLF each end a line",
        careless(replaced("maild.mail.structure.parse", at_the_blank_line)),
    ),
)
def bare_line_ends(place: Place) -> None:
    mails = hostile(place, "E21")
    found = by_its_bytes(place, mails)
    assert [fate.text for fate in found] == ["one\ntwo\n\nthree", "one\ntwo", ""]
    assert [fate.raw for fate in found] == mails


@case(
    "E22",
    "dates that are missing or no dates: a ticket, opened when the server received the mail",
    defence=Defence(
        "what the sender says of the time is a claim, and no claim is an error",
        careless(
            replaced(
                "maild.mail.read._date",
                lambda _line, value, _found, **_: parsedate_to_datetime(value),
            )
        ),
    ),
)
def dates(place: Place) -> None:
    found = survive(place, hostile(place, "E22", "E2"))
    assert len(found) == 5
    for fate in found:
        assert fate.ticket is not None, fate.reason
        assert fate.ticket.opened_at == SUNDAY


@case(
    "E33",
    "emoji, Arabic-Indic digits, tatweel and marks: unchanged in the letter the agent gets",
    defence=Defence(
        "letters are made equal to be compared, never to be shown",
        replaced("maild.mail.shown.block", lambda t: "\n".join(normalise_lines(t.split("\n")))),
    ),
    quick=True,
)
def arabic(place: Place) -> None:
    said, subject = "رقم ٠١٢٣ — 😀 مـــرحبا \u202bنص\u202c", "شهادة ٢٠٢٤ مـــرحبا 😀"
    (raw,) = hostile(place, "E33")
    assert said.encode() in raw
    (fate,) = survive(place, [raw.replace(b"E33 marks", subject.encode())])
    assert fate.text == said
    letter = brought(place, subject)
    assert f"> {said}\n" in letter.mail.text, "the agent reads other characters than were written"
    assert said in html_of(letter.raw)
