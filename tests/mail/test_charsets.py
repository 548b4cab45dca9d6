"""Bytes to text, above all Arabic bytes that lie about themselves or say nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail import charsets, headers

ARABIC = "أرجو إفادتي عن موعد الاختبار في الدبلوم، وشكرا"


@pytest.mark.parametrize(
    ("codec", "declared", "default"),
    [
        ("cp1256", "windows-1256", None),
        ("cp1256", None, None),
        ("cp1256", "utf-8", None),
        ("cp1256", "us-ascii", None),
        ("cp1256", "x-unknown", None),
        ("iso8859-6", "iso-8859-6-i", None),
        ("iso8859-6", None, None),
        ("iso8859-6", None, "iso-8859-6"),
        ("utf-8", None, "windows-1256"),
        ("utf-8", "unicode-1-1-utf-8", None),
        ("utf-8", "klingon", None),
        ("cp720", None, "cp720"),
    ],
)
def test_arabic_is_read_whatever_is_declared(
    codec: str, declared: str | None, default: str | None
) -> None:
    text = ARABIC if codec != "cp720" else ARABIC.replace("،", "")
    assert charsets.decode(text.encode(codec), declared, default)[0] == text


@pytest.mark.parametrize("text", ["Résumé", "Die Frösche", "déjà vu à Montréal", "naïve café"])
def test_western_accents_are_not_taken_for_arabic(text: str) -> None:
    assert charsets.decode(text.encode("cp1252"))[0] == text


def test_utf_7_is_read_only_when_it_is_declared() -> None:
    assert charsets.decode(b"Fr+APY-sche", "unicode-1-1-utf-7")[0] == "Frösche"
    assert charsets.decode(b"Fr+APY-sche")[0] == "Fr+APY-sche"


@pytest.mark.parametrize(
    "label", ["unicode_escape", "rot13", "punycode", "idna", "zip", "undefined"]
)
def test_codecs_that_are_no_charset_are_refused(label: str) -> None:
    assert charsets.resolve(label) is None
    assert charsets.decode(b"a\\u202e", label)[0] == "a\\u202e"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.none() | st.text(max_size=12), st.sampled_from([None, "cp1256"]))
def test_any_bytes_become_text_that_any_store_takes(
    data: bytes, declared: str | None, default: str | None
) -> None:
    text, _ = charsets.decode(data, declared, default)
    text.encode("utf-8")
    assert "\x00" not in text
    assert "\r" not in text


def test_a_letter_cut_between_two_encoded_words_is_whole_again() -> None:
    data = "مرحبا".encode()
    cut = " ".join(
        f"=?utf-8?Q?{''.join(f'={b:02X}' for b in part)}?=" for part in (data[:3], data[3:])
    )
    assert headers.decode(cut) == "مرحبا"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?2YXYsdit2KjYpw==?=\r\n world", "مرحبا world"),
        ("=?windows-1256?Q?=E3=D1=CD=C8=C7?= =?utf-8?Q?_x?=", "مرحبا x"),
        ("=?utf-8?Q?spaces are wrong but common?=", "spaces are wrong but common"),
        ("=?utf-8*ar?B?2YXYsdit2KjYpw==?=", "مرحبا"),
        ("=?iso-8859-6-i?Q?=E5=D1=CD=C8=C7?=", "مرحبا"),
        ("=?utf-8?B?2YXYsdit2KjYpw?=", "مرحبا"),
        ("a =?nonsense", "a =?nonsense"),
        ("hello =?utf-8?Q?=0D=0ABcc:_x@y.example?=", "hello  Bcc: x@y.example"),
    ],
)
def test_encoded_words_are_read_as_clients_write_them(value: str, text: str) -> None:
    assert headers.decode(value) == text


def test_raw_bytes_in_a_header_are_read_as_arabic_or_by_the_mailbox() -> None:
    assert headers.decode(charsets.undecoded(ARABIC.encode("cp1256"))) == ARABIC
    assert headers.decode(charsets.undecoded("Frösche".encode("cp1252")), "cp1252") == "Frösche"
    assert headers.decode(charsets.undecoded("Frösche".encode())) == "Frösche"
    assert headers.decode(charsets.undecoded("Frösche".encode("cp1252"))) == "Fr\ufffdsche"


def test_ids_keep_their_brackets_and_lose_their_folds() -> None:
    assert headers.ids("<a@b.example> <a@b.example>\r\n <long\r\n er@b.example>") == (
        "<a@b.example>",
        "<longer@b.example>",
    )
    assert headers.ids("<[0a1b@microsoft.com]>") == ("<[0a1b@microsoft.com]>",)
    assert headers.ids("bare@b.example") == ("<bare@b.example>",)
    assert headers.ids("<" * 10_000) == ()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_header_value_becomes_one_line(value: str) -> None:
    line = headers.decode(value)
    line.encode("utf-8")
    assert not {"\x00", "\r", "\n"} & set(line)
