"""What a letter says is what every reader reads."""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail import fields
from maild.mail.compose import CannotCompose, compose
from maild.mail.mail import Address, Attachment, Mail
from maild.mail.read import read
from tests.mail.letters import (
    PLAIN,
    legacy,
    legacy_header,
    legacy_people,
    letter,
    library,
    sent,
)

ARABIC = st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأؤإئةًٌٍَُِّْـ٠١٢٣٤٥٦٧٨٩،؟؛", min_size=1, max_size=14)
LATIN = st.text("abcdefgh XYZ0123456789.,;:-_()[]#@'\"\\<>?=!&%é", min_size=1, max_size=14)
LINES = st.lists(ARABIC | LATIN, min_size=1, max_size=25).map(" ".join)
ANYTHING = st.text(max_size=300)


def same(read: str, meant: str) -> bool:
    return unicodedata.normalize("NFC", read) == unicodedata.normalize("NFC", meant)


@settings(max_examples=400, deadline=None)
@given(LINES, LINES)
def test_subjects_and_names_arrive_as_they_were_written(subject: str, name: str) -> None:
    raw = sent(subject=subject, to=Address(name, "a@b.example"))
    subject, name = fields.clean(subject, 500), fields.clean(name, 150)
    assert legacy_header(raw, "Subject") == subject
    assert legacy_people(raw, "To") == [Address(name, "a@b.example")]
    assert same(library(raw).subject, subject)
    assert library(raw).to == [(name, "a@b.example")]


@settings(max_examples=300, deadline=None)
@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_any_text_at_all_becomes_a_sound_letter(
    subject: str, name: str, text: str, html: str
) -> None:
    raw = sent(subject=subject, to=Address(name, "a@b.example"), text=text, html=html)
    assert raw.isascii()
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert legacy_header(raw, "Subject") == fields.clean(subject, 500)
    assert [p.get_content_type() for p in legacy(raw).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=3000))
def test_a_body_arrives_byte_for_byte(text: str) -> None:
    part = legacy(sent(text=text))
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize("length", [10, 76, 77, 130, 400, 900])
def test_message_ids_stay_whole_at_any_length(length: int) -> None:
    ids = tuple(f"<{'a' * length}{n}@mail.example>" for n in range(5))
    raw = sent(in_reply_to=ids[-1], references=ids)
    assert legacy(raw)["In-Reply-To"] == ids[-1]
    assert tuple(legacy(raw)["References"].split()) == ids
    assert all(one.encode() in raw for one in ids)


def test_a_foreign_id_that_is_none_is_left_out_and_the_others_stay() -> None:
    odd = ("<a@b>", "no brackets", "<c\r\nBcc: x@y.example>", "<é@b>", "<[ms]@x.example>", "<>")
    raw = sent(references=odd, in_reply_to="<a b@c>")
    assert legacy(raw)["References"].split() == ["<a@b>", "<[ms]@x.example>"]
    assert "In-Reply-To" not in legacy(raw)


def test_a_very_long_thread_keeps_its_first_and_latest_ids() -> None:
    ids = tuple(f"<{n}@x.example>" for n in range(500))
    kept = legacy(sent(references=ids))["References"].split()
    assert kept[0] == "<0@x.example>"
    assert kept[1:] == list(ids[-39:])


def test_an_automatic_letter_says_so_to_every_kind_of_machine() -> None:
    message = legacy(sent(auto_submitted="auto-replied"))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-maild-Loop"] == "student@diplomas.example"


def test_an_instance_may_sign_its_loop_header() -> None:
    message = legacy(sent(auto_submitted="auto-replied", headers=(("X-maild-Loop", "k7"),)))
    assert message.get_all("X-maild-Loop") == ["k7"]


def test_a_letter_a_person_wrote_is_not_marked_automatic() -> None:
    message = legacy(sent())
    assert "Auto-Submitted" not in message
    assert "X-Auto-Response-Suppress" not in message


def test_the_usual_fields_are_there_once() -> None:
    message = legacy(sent(cc=(Address("هدى", "huda@diplomas.example"),)))
    for name in ("From", "To", "Cc", "Date", "Message-ID", "MIME-Version", "Content-Language"):
        assert len(message.get_all(name) or []) == 1
    assert message["Content-Language"] == "ar"
    assert message["Date"] == "Sun, 01 Mar 2026 09:30:00 +0000"


def test_text_needs_no_eight_bit_server() -> None:
    arabic, english = sent(), sent(text="Hello,\n\nthank you.\n", language="en")
    assert legacy(arabic)["Content-Transfer-Encoding"] == "base64"
    assert legacy(english)["Content-Transfer-Encoding"] == "7bit"
    assert b"Hello,\r\n\r\nthank you.\r\n" in english


def test_inline_images_stand_beside_the_html_and_files_beside_both() -> None:
    logo = Attachment("logo.png", "image/png", b"\x89PNG", "logo@maild", inline=True)
    report = Attachment("تقرير.pdf", "application/pdf", b"%PDF")
    message = legacy(sent(html="<img src='cid:logo@maild'>", attachments=(report, logo)))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    image = list(message.walk())[5]
    assert image["Content-ID"] == "<logo@maild>"
    assert image.get_content_disposition() == "inline"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(PLAIN) == compose(replace(PLAIN))


def test_an_international_domain_is_written_in_ascii() -> None:
    raw = sent(to=Address("", "info@مثال.السعودية"))
    assert legacy(raw)["To"] == "info@xn--mgbh0fb.xn--mgberp4a5d4ar"


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "<a b@c>"},
        {"message_id": "no@brackets"},
        {"date": datetime(2026, 3, 1)},  # noqa: DTZ001
        {"to": Address("", "a@b.example>\r\nRCPT TO:<v@z.example")},
        {"to": Address("", "not an address")},
        {"to": Address("", "")},
        {"cc": (Address("", "x@y.example,z@y.example"),)},
        {"headers": (("Bcc", "x@y.example"),)},
        {"headers": (("X Y", "1"),)},
        {"headers": (("Subject", "again"),)},
        {"auto_submitted": "auto-replied\r\nBcc: x@y.example"},
        {"language": "ar\r\nBcc: x@y.example"},
    ],
)
def test_what_must_not_leave_is_refused_with_a_sentence(changes: dict[str, object]) -> None:
    with pytest.raises(CannotCompose) as refusal:
        compose(letter(**changes))
    assert "y.example" not in str(refusal.value)


def test_the_date_keeps_its_instant() -> None:
    riyadh = timezone(timedelta(hours=3))
    raw = sent(date=datetime(2026, 3, 1, 12, 30, tzinfo=riyadh))
    assert library(raw).date == datetime(2026, 3, 1, 9, 30, tzinfo=riyadh).replace(
        tzinfo=library(raw).date.tzinfo
    )


@pytest.mark.parametrize("words", [3_000, 20_000])
def test_a_long_arabic_letter_leaves_whole_with_or_without_a_large_file(words: int) -> None:
    text = "كلمة طويلة جدا\n" * words
    large = Attachment("file.bin", "application/octet-stream", b"abc" * 60_000)
    for files in ((), (large,)):
        found = read(sent(text=text, attachments=files))
        assert isinstance(found, Mail)
        assert found.text.strip() == text.strip()
