"""The matching form against its plain definition, letter by letter: the fast one must equal it."""

import sys
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.normal import MARKS, bare, normalise, normalise_lines, western_digits

_LETTERS = str.maketrans("ٱىیېةۀہھەک٫٬،؛؟٪", "ايييههههه" + "ك.,,;?%", "ـ")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "0123456789" * 2)
_MARKS = dict.fromkeys(map(ord, MARKS))
_TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.characters(min_codepoint=0x600, max_codepoint=0x6FF),
        st.sampled_from(MARKS + "\u00a0\u202f \t\n\u0301é한ㄱΣİ\U0001e944\U0001d165"),
    ),
    max_size=60,
)


def plain_normalise(text: str) -> str:
    loose = unicodedata.normalize("NFKD", text.translate(_MARKS)).casefold()
    loose = unicodedata.normalize("NFKD", loose)
    letters = "".join(c for c in loose if unicodedata.category(c) != "Mn")
    return " ".join(
        unicodedata.normalize("NFC", letters).translate(_LETTERS).translate(_DIGITS).split()
    )


def plain_bare(text: str) -> str:
    return text.translate(_MARKS).replace("\u00a0", " ").replace("\u202f", " ")


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_the_fast_forms_equal_their_plain_definitions(text: str) -> None:
    assert normalise(text) == plain_normalise(text)
    assert bare(text) == plain_bare(text)
    lines = text.split("\n")
    assert normalise_lines(lines) == [plain_normalise(line) for line in lines]
    assert western_digits(text) == text.translate(_DIGITS)


def test_every_mark_that_unicode_calls_nonspacing_is_folded_away() -> None:
    for point in range(0x300, sys.maxunicode + 1):
        letter = chr(point)
        if unicodedata.category(letter) == "Mn":
            assert normalise(f"ب{letter}ب") == plain_normalise(f"ب{letter}ب")


def test_two_spellings_that_a_reader_takes_for_the_same_words_have_one_form() -> None:
    assert normalise("إِلى الأكاديميّةِ ١٢٣") == normalise("الي الاكاديميه 123")
    assert normalise("مـــرحبا\u200f") == normalise("مرحبا")
    assert normalise("Ｓtraße  CAFÉ") == "strasse cafe"
