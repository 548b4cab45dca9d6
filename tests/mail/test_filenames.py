"""A stranger's file name is data: it names no folder, no device, no hidden file."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.filenames import safe_name


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("../../../etc/cron.d/x", "x"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("..／..／secret.txt", "secret.txt"),
        ("a∕b.txt", "b.txt"),
        ("..=2F..=2Fx", "=2F..=2Fx"),
        ("C:\\Users\\x\\تقرير.pdf", "تقرير.pdf"),
        ("c:evil.exe", "c_evil.exe"),
        ("folder/", "folder"),
        ("..", "attachment"),
        ("", "attachment"),
        ("...   ", "attachment"),
        ("\u200b.htaccess", "htaccess"),
        (".\u200bhtaccess", "htaccess"),
        ("․htaccess", "htaccess"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com¹.log", "_com¹.log"),
        ("CONTRACT.pdf", "CONTRACT.pdf"),
        ("a\0b.txt", "ab.txt"),
        ("a\r\nBcc: x.txt", "a Bcc_ x.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a"b?.txt', "a_b_.txt"),
        ("-rf.txt", "rf.txt"),
        ("x.txt. . ", "x.txt"),
        ("شهادة  الدبلوم (نسخة ٢).pdf", "شهادة الدبلوم (نسخة ٢).pdf"),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
    ],
)
def test_names_are_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


def test_a_long_name_keeps_its_extension() -> None:
    assert safe_name("a" * 5000 + ".pdf") == "a" * 116 + ".pdf"
    arabic = safe_name("ت" * 5000 + ".docx")
    assert arabic.endswith("ت.docx")
    assert len(arabic.encode()) <= 200


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=300) | st.text("./\\ \u200b\u202e\u2024\uff0fCONa:ت", max_size=12))
def test_every_name_is_safe_and_stays_the_same_when_made_safe_again(name: str) -> None:
    safe = safe_name(name)
    seen = unicodedata.normalize("NFKC", safe)
    assert safe
    assert not set(seen) & set('/\\:*?"<>|\0\r\n')
    assert not seen.startswith(".")
    assert len(safe.encode()) <= 201
    assert safe_name(safe) == safe
