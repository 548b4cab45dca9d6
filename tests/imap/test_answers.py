"""What a server says of mails, and nonsense that only looks like it."""

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

from maild.imap.answers import Record, read

WORDS = st.text("abcXYZ019$\\.-/", min_size=1, max_size=8).map(str.encode)
QUOTED = st.binary(max_size=12).map(lambda text: re.sub(rb"[\r\n\0]", b" ", text))
FLAGS = st.lists(WORDS, max_size=4)


def quote(text: bytes) -> bytes:
    return b'"' + re.sub(rb'(["\\])', rb"\\\1", text) + b'"'


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2**32), QUOTED, FLAGS, st.binary(max_size=40))))
def test_what_a_server_says_is_read_as_it_was_said(
    mails: list[tuple[int, bytes, list[bytes], bytes]],
) -> None:
    records: list[Record] = []
    expected: dict[int, dict[bytes, Any]] = {}
    for number, (uid, word, flags, body) in enumerate(mails, 1):
        head = b"%d (UID %d X-WORD %s FLAGS (%s) BODY[] {%d}" % (
            number, uid, quote(word), b" ".join(flags), len(body),
        )  # fmt: skip
        records += [(head, body), b" RFC822.SIZE 7)"]
        expected[uid] = {
            b"UID": b"%d" % uid, b"X-WORD": word, b"FLAGS": flags, b"BODY[]": body,
            b"RFC822.SIZE": b"7",
        }  # fmt: skip
    assert read(records) == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=30), st.text('() "\\[]{}1aUID', max_size=30))))
def test_nonsense_is_one_kind_of_error(lines: list[bytes | str]) -> None:
    with contextlib.suppress(ProtocolError):
        read([each if isinstance(each, bytes) else each.encode() for each in lines])


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, min_size=1), st.integers(1, 2**32))
def test_imapclient_reads_the_same(words: list[bytes], uid: int) -> None:
    line = b"3 (X (%s) UID %d BODY[TEXT]<0> {3}" % (b" ".join(words), uid)
    records: list[Any] = [(line, b"abc"), b' INTERNALDATE "21-Nov-2026 14:43:15 +0300")']
    (ours, said), *_ = read(records).items()
    (theirs, known), *_ = parse_fetch_response(records, normalise_times=False).items()
    assert ours == theirs == uid
    assert said[b"BODY[TEXT]<0>"] == known[b"BODY[TEXT]<0>"] == b"abc"
    assert said[b"X"] == [b"%d" % each if isinstance(each, int) else each for each in known[b"X"]]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"1",
        b"1 2",
        b"(UID 1)",
        b"1 (UID)",
        b"1 (UID 1",
        b"1 (UID 1))",
        b"1 (UID 1) (UID 2)",
        b"1 ((UID) 1)",
        b'1 (UID 1 X "open)',
        b"1 (UID 1 BODY[HEADER 5)",
        b"1 (UID 1 BODY[] {3})",
        b"1 (UID 1 BODY[] {3}",
    ],
)
def test_half_an_answer_is_no_answer(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        read([line])


def test_lists_too_deep_for_any_mail_are_refused() -> None:
    with pytest.raises(ProtocolError):
        read([b"1 " + b"(" * 100_000])


def test_names_are_known_in_any_case_and_answers_about_one_mail_are_one() -> None:
    said = read([b"1 (uid 5 Flags (\\Seen NIL 2024))", b'1 (UID 5 INTERNALDATE "x")', None])
    assert said == {5: {b"UID": b"5", b"FLAGS": [b"\\Seen", None, b"2024"], b"INTERNALDATE": b"x"}}


def test_news_without_a_uid_tell_of_no_mail() -> None:
    assert read([b"5 (FLAGS (\\Seen))"]) == {}


def test_a_part_of_a_body_is_named_with_its_range() -> None:
    said = read([(b"1 (UID 5 BODY[HEADER.FIELDS (To Cc)]<0> {2}", b"ab"), b")"])
    assert said[5][b"BODY[HEADER.FIELDS (TO CC)]<0>"] == b"ab"


def test_a_body_that_is_nil_is_none() -> None:
    assert read([b"1 (UID 5 BODY[] NIL)"])[5][b"BODY[]"] is None
