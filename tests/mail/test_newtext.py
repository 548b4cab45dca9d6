"""New text, quoted history and signature: what the reader promises for any text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.newtext import REPLY_ABOVE, split

BOMBS = {
    "one line of spaces": " " * 200_000,
    "an attribution that never ends": "On " + "a " * 100_000,
    "attributions that never end": "On a a a\n" * 20_000,
    "a hundred thousand quote marks": ">" * 100_000,
    "a hundred thousand quoted lines": ">\n" * 100_000,
    "quote marks with spaces": "> " * 100_000,
    "dates without a verb": "On 5/5/2020 1:11 x\n" * 15_000,
    "header lines": "From: a@b.example\n" * 15_000,
    "header blocks": "From: a@b.example\nTo: b\nSubject: x\n" * 6_000,
    "open angles": "<\n" * 60_000,
    "open addresses": "a <b@c\n" * 25_000,
    "farewells": "Regards\nx\ny\nz\n" * 15_000,
    "device lines": "Sent from my iPhone\n" * 12_000,
    "fences": "```\n" * 50_000,
    "colons": ("a:" * 400 + "\n") * 250,
    "rules": "_____\n" * 40_000,
    "arabic verbs": "كتب\n" * 50_000,
    "tatweel": "ـ" * 200_000,
}

LINES = st.sampled_from(
    (
        "",
        "نص",
        "A text of mine.",
        "> quoted",
        "> > deeper",
        "On Sun, Jan 5, 2025 at 3:08 PM Support <support@diplomas.example> wrote:",
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م، كتب سارة <sara@diplomas.example>:",
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م، كتب سارة",
        "<sara@diplomas.example>:",
        "-----الرسالة الأصلية-----",
        "من: هدى <huda@diplomas.example>",
        "تاريخ الإرسال: 05/01/2025 03:08 م",
        "إلى: خالد",
        "الموضوع: رد",
        "-- ",
        "_____",
        "Sent from my iPhone",
        "مع التحية",
        "```",
        REPLY_ABOVE["ar"],
    )
)


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_split_in_linear_time(name: str) -> None:
    def seconds(text: str) -> float:
        start = time.perf_counter()
        split(text)
        return time.perf_counter() - start

    whole, half = BOMBS[name], BOMBS[name][: len(BOMBS[name]) // 2]
    taken = seconds(whole)
    assert taken < 15
    assert taken < 0.5 or taken < 4 * seconds(half) + 0.5


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_split_and_keeps_its_lines_in_order(text: str) -> None:
    _assert_lines_of(split(text).new_text, text)


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_new_text_is_lines_of_the_text_in_their_order(lines: list[str]) -> None:
    _assert_lines_of(split("\n".join(lines)).new_text, "\n".join(lines))


@settings(max_examples=400, deadline=None)
@given(st.lists(LINES, max_size=25))
def test_every_line_is_in_exactly_one_part(lines: list[str]) -> None:
    parts = split("\n".join(lines))
    said = "\n".join((parts.new_text, parts.quoted, parts.signature)).split("\n")
    assert sorted(line for line in said if line.strip()) == sorted(
        line for line in lines if line.strip()
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(("نص أول", "Two words", "رقم 1042", "")), max_size=12))
def test_plain_prose_is_all_new_and_splitting_it_again_changes_nothing(lines: list[str]) -> None:
    once = split("\n".join(lines)).new_text
    assert once == "\n".join(lines).strip("\n")
    assert split(once).new_text == once


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(("نص أول", "Two words", "رقم 1042", "")), min_size=1, max_size=9))
def test_what_is_above_a_quoted_letter_stays_whole(lines: list[str]) -> None:
    own = "\n".join(lines).strip("\n")
    history = "في 5/1/2025 3:08 م، كتب الدعم:\n> أهلا\n> بك\n"
    assert split(f"{own}\n\n{history}").new_text == own


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_line_maild_writes_ends_the_new_text(language: str) -> None:
    text = f"أغلقوا الطلب\n\n{REPLY_ABOVE[language]}\nرسالتنا إليكم\n"
    assert split(text).new_text == "أغلقوا الطلب"


def test_a_signature_is_kept_apart_and_not_lost() -> None:
    parts = split("تم.\n\n-- \nهدى\nمديرة\n\nفي 5/1/2025 3:08 م، كتب الدعم:\n> أهلا\n")
    assert parts.new_text == "تم."
    assert parts.signature == "-- \nهدى\nمديرة\n"[:-1]
    assert "> أهلا" in parts.quoted


def test_somebody_who_signs_on_top_and_answers_below_keeps_the_answers() -> None:
    text = (
        "Answers below.\n\n-- \nHuda\n\nOn Sun, Jan 5, 2025 at 3:08 PM K <k@mail.example> wrote:\n"
        "> Which number?\n1042\n> Which day?\nSunday\n"
    )
    parts = split(text)
    assert parts.new_text == "Answers below.\n\n> Which number?\n1042\n> Which day?\nSunday"
    assert parts.signature == "-- \nHuda"


def test_a_line_longer_than_clients_write_is_prose() -> None:
    text = "On 5/1/2025 3:08 PM, " + "x" * 2_000 + " wrote:"
    assert split(f"before\n{text}\nafter").new_text == f"before\n{text}\nafter"


def test_a_rule_above_contact_lines_begins_a_signature_and_another_rule_does_not() -> None:
    parts = split("تم.\n\n----\nهدى القحطاني\nهاتف: 0110000000\n")
    assert (parts.new_text, parts.signature) == ("تم.", "----\nهدى القحطاني\nهاتف: 0110000000")
    text = "أولا: الشهادة.\n\n----\n\nثانيا: الفاتورة.\nأين هي؟"
    assert split(text).new_text == text


def test_code_between_fences_is_not_read_for_marks() -> None:
    text = "Look:\n\n```\n-- \nFrom: a@b.example\n> x\n____________\n```\n\nWhat is wrong?"
    assert split(text).new_text == text


def test_the_stray_end_of_a_wrapped_quote_is_quoted_too() -> None:
    text = (
        "I agree.\n\nOn Sun, Jan 5, 2025 at 3:08 PM K <k@mail.example> wrote:\n"
        "> a line that a server broke because it was longer than seventy-two\n"
        "characters in all\n> and then went on\n"
    )
    assert split(text).new_text == "I agree."


def test_an_answer_between_long_quoted_lines_is_no_stray_end() -> None:
    text = (
        "See below.\n\nOn Sun, Jan 5, 2025 at 3:08 PM K <k@mail.example> wrote:\n"
        "> would you rather have the certificate by mail or by a messenger?\n"
        "By mail\n> and on which day should it be sent to the address we have?\n"
    )
    assert "By mail" in split(text).new_text


@pytest.mark.parametrize(
    "line",
    [
        "On 5 January 2025 at 10:30 I wrote:",
        "Sent from my desk, because the telephone was broken.",
        "Sent by the courier on Sunday.",
        "Original Message",
        "From: 10.0.0.1",
        "Re: your question of 5/1/2025",
        "At 10:30 nobody answered:",
        "On 5/1/2025 at 10:30 the following papers were sent:",
        "في 5/1/2025 الساعة 10:30 أرسلت لكم:",
        "2 of 3 letters <see the file> arrived:",
        "Somebody wrote:",
    ],
)
def test_a_line_that_only_looks_like_a_clients_stays(line: str) -> None:
    text = f"Good morning,\n{line}\nplease look into it.\n\nAnd answer me."
    assert split(text).new_text == text


def test_a_mail_of_only_a_device_line_says_nothing() -> None:
    assert split("مُرسل من الـ iPhone\n").new_text == ""
    assert split("\nSent from my iPhone\n\nOn 1/5/2025 3:08 PM, K wrote:\n> old\n").new_text == ""


def test_text_below_a_device_line_at_the_top_stays() -> None:
    text = "Sent from my iPhone\n\nWhere is my certificate?"
    assert "Where is my certificate?" in split(text).new_text


def test_an_empty_reply_above_a_quote_is_empty() -> None:
    assert (
        split("\n\nOn Sun, Jan 5, 2025 at 3:08 PM K <k@mail.example> wrote:\n\n> hi\n").new_text
        == ""
    )


def test_what_mailx_quotes_with_a_tab_is_a_quote_above_and_below_the_answer() -> None:
    quoted = "K <k@mail.example> wrote:\n\n\told words\n\t\n\t> older words\n"
    assert split(f"{quoted}It is done.\n").new_text == "It is done."
    assert split(f"It is done.\n\n{quoted}").new_text == "It is done."


def test_a_tab_without_an_attribution_is_the_writers_own() -> None:
    text = "Please run:\n\n\tmake install\n\nand tell me."
    assert split(text).new_text == text


def _assert_lines_of(new_text: str, text: str) -> None:
    lines = iter(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for line in new_text.split("\n") if new_text else []:
        assert any(line == other or other.startswith(line) for other in lines), line
