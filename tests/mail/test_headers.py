"""Header values as one line, against the plain definition of unfolding (RFC 5322 2.2.3)."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail import headers

_FOLD = re.compile(r"[ \t]*\r?\n[ \t]*|\r|\n")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["\r", "\n", "\r\n", " ", "a", "bc", "é"])).map("".join))
def test_each_line_end_with_the_blanks_around_it_is_one_space(value: str) -> None:
    raw = value.encode().decode("ascii", "surrogateescape")
    assert headers.decode(raw) == _FOLD.sub(" ", value).strip(" \t")


def test_a_folded_arabic_subject_keeps_its_letters_and_loses_its_fold() -> None:
    assert headers.decode("=?utf-8?b?2LTZg9ix?=\r\n =?utf-8?b?2Kc=?=") == "شكرا"
    assert headers.decode("one\r\n\ttwo") == "one two"
