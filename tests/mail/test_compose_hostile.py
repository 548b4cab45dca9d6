"""Words of strangers in our letters: no injected header, no trick of direction, one mail only."""

import re
from dataclasses import replace
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.compose import CannotCompose, _settle, compose
from maild.mail.filenames import safe_name
from maild.mail.mail import Address, Attachment
from maild.mail.proofread import misprint
from tests.mail.letters import PLAIN, legacy, legacy_header, sent

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BREAKS = ["\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"]
ENCODED = [
    "hello =?UTF-8?Q?=0D=0ABcc:_inj@evil.example?=",
    "=?utf-8?b?DQpCY2M6IGluakBldmlsLmV4YW1wbGU=?=",
    "=?utf-8?q?=0ABcc:?= inj@evil.example",
    "مرحبا =?utf-8?q?=0D=0ABcc:_inj@evil.example?=",
]


def recipients(raw: bytes) -> list[str]:
    message = legacy(raw)
    every = [v for n in ("to", "cc", "bcc", "resent-to") for v in message.get_all(n, [])]
    return [address for _, address in getaddresses(every)]


@pytest.mark.parametrize("gap", BREAKS)
@pytest.mark.parametrize("before", ["Hello", "أهلا"])
def test_no_line_end_of_any_kind_starts_a_header(gap: str, before: str) -> None:
    words = f"{before}{gap}Bcc: inj@evil.example{gap}{gap}<body>"
    raw = sent(
        subject=words,
        to=Address(words, "ahmad@learner.example"),
        headers=(("X-maild-Desk", words),),
        attachments=(Attachment(words, "text/plain" + words, b"x"),),
    )
    assert recipients(raw) == ["ahmad@learner.example"]
    assert "Bcc" not in legacy(raw)
    assert legacy_header(raw, "Subject") == f"{before} Bcc: inj@evil.example <body>"


@pytest.mark.parametrize("words", ENCODED)
def test_an_encoded_word_of_a_stranger_is_shown_and_never_obeyed(words: str) -> None:
    raw = sent(subject=words, to=Address(words, "ahmad@learner.example"))
    assert recipients(raw) == ["ahmad@learner.example"]
    assert "Bcc" not in legacy(raw)
    assert legacy_header(raw, "Subject") == words


def test_bidi_overrides_leave_the_subject_the_name_and_the_file_name() -> None:
    raw = sent(
        subject=f"invoice{OVERRIDES}fdp",
        to=Address(f"Huda{OVERRIDES}", "huda@diplomas.example"),
        attachments=(Attachment("invoice\u202efdp.exe", "application/pdf", b"x"),),
    )
    message = legacy(raw)
    assert legacy_header(raw, "Subject") == "invoicefdp"
    assert legacy_header(raw, "To") == "Huda <huda@diplomas.example>"
    assert [p.get_filename() for p in message.walk() if p.get_filename()] == ["invoicefdp.exe"]


def test_joiners_stay_inside_words_and_go_elsewhere() -> None:
    raw = sent(subject="\u200cمی\u200cخواهم 👨\u200d👩\u200d👧 \u200d و\u200c")
    assert legacy_header(raw, "Subject") == "می\u200cخواهم 👨\u200d👩\u200d👧  و"


@pytest.mark.parametrize(
    "text",
    [
        "a\n.\nMAIL FROM:<x@evil.example>\n",
        "a\r.\r\nb",
        "a\n.\r\nRCPT TO:<x@evil.example>",
        ".\n..\n.\n",
        "a\r\r\n.\r\nQUIT",
        "." * 2000,
        "x" * 75 + ".\n.",
    ],
)
def test_dot_lines_stay_inside_the_letter(text: str) -> None:
    raw = sent(text=text)
    assert b"\r\n.\r\n" not in raw
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")


def test_a_line_of_any_length_is_wrapped_on_the_wire_only() -> None:
    long = "a" * 5000
    raw = sent(text=f"{long}\n", html=f"<p>{long}</p>")
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    parts = [p for p in legacy(raw).walk() if not p.is_multipart()]
    assert long.encode() in (parts[0].get_payload(decode=True) or b"")


def test_from_at_the_start_of_a_line_meets_no_mbox_writer() -> None:
    raw = sent(text="From now on\nFrom " + "x" * 90 + "\n", language="en")
    assert b"\nFrom " not in raw
    payload = legacy(raw).get_payload(decode=True)
    assert payload == b"From now on\r\nFrom " + b"x" * 90 + b"\r\n"


def test_a_text_with_our_own_boundary_breaks_nothing() -> None:
    first = sent(html="<p>hi</p>", text="hello")
    boundary = legacy(first).get_boundary()
    raw = sent(html=f"<p>--{boundary}--</p>", text=f"--{boundary}\n\nhello\n--{boundary}--\n")
    assert len(list(legacy(raw).walk())) == 3


def test_an_attached_mail_is_a_file_that_no_reader_opens_by_itself() -> None:
    inner = b"Subject: inner\r\n\r\n--x\r\nsecret"
    message = legacy(sent(attachments=(Attachment("old.eml", "message/rfc822", inner),)))
    leaf = list(message.walk())[-1]
    assert leaf.get_content_type() == "application/octet-stream"
    assert leaf.get_filename() == "old.eml"
    assert leaf.get_payload(decode=True) == inner


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=80), st.binary(max_size=500))
def test_files_arrive_whole_under_their_safe_name(name: str, content: bytes) -> None:
    raw = sent(attachments=(Attachment(name, "application/pdf", content),))
    part = list(legacy(raw).walk())[-1]
    assert part.get_filename() == safe_name(name)
    assert part.get_payload(decode=True) == content


def test_a_long_file_arrives_whole() -> None:
    content = bytes(range(256)) * 8000 + b"end"
    raw = sent(attachments=(Attachment("صورة.jpg", "image/jpeg", content),))
    assert list(legacy(raw).walk())[-1].get_payload(decode=True) == content


def test_proof_reading_sees_what_does_not_belong() -> None:
    raw = sent()
    meant = _settle(PLAIN)
    assert misprint(raw, meant) is None
    assert misprint(raw.replace(b"MIME-", b"Bcc: a@b.example\r\nMIME-"), meant)
    assert misprint(raw.replace(b"\r\n\r\n", b"\r\n\r\nAAAA\r\n", 1), meant)
    assert misprint(raw + b"\n", meant)
    for alone in (b"\r", b"\n", b"\n\r", b"\r\r\n", b"\0\r\n"):
        assert misprint(raw.replace(b"\r\n", alone, 3), meant)
    assert misprint(raw + b"x" * 999 + b"\r\n", meant)
    assert misprint(re.sub(rb"(?<=Transfer-Encoding: )\S+", b"x-none", raw), meant) == "an encoding"
    assert misprint(raw.replace(b"1042.1.abc", b"1042.2.abc"), meant)
    assert misprint(raw.replace(b"student@", b"stranger@"), meant)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (rb"\r\n\r\n--", b"\r\n\r\nbefore the parts\r\n--"),
        (rb"\Z", b"behind the parts\r\n"),
        (rb"(?<=MIME-Version: 1.0\r\n)", b"Content-Type: text/html\r\n"),
        (rb"\r\n(?=Content-Transfer)", b"\r\nContent-Type: text/html\r\n"),
        (rb"\r\nSubject: ", b"\r\nSubject : "),
        (rb"\r\nSubject: ", b"\r\nbare words\r\nSubject: "),
        (rb"\r\nSubject: ", b"\r\n \r\nSubject: "),
        (rb"; *\r\n boundary=\S+", b""),
        (rb"--\r\n\Z", b"\r\n"),
    ],
)
def test_proof_reading_takes_no_line_for_granted(there: bytes, instead: bytes) -> None:
    said = replace(PLAIN, html="<p>hello</p>", attachments=(Attachment("a.txt", "a/b", b"c"),))
    raw, meant = compose(said), _settle(said)
    changed = re.sub(there, instead, raw, count=1)
    assert changed != raw
    assert misprint(raw, meant) is None
    assert misprint(changed, meant) == "its structure"


def test_a_letter_that_fails_proof_reading_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maild.mail.compose._head", lambda _: ["Subject: something else"])
    with pytest.raises(CannotCompose, match="header fields"):
        sent()
