"""The tree of parts: like the library's for whole mails, and what is made of broken ones."""

from email.feedparser import BytesFeedParser
from email.message import Message
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail import defects
from maild.mail.mail import Mail
from maild.mail.read import read
from maild.mail.structure import Part, parse

_HEAD = b"From: sara@x.example\r\nDate: Tue, 3 Mar 2026 10:00:00 +0300\r\n"
_LINES = st.lists(st.sampled_from([b"", b"words", b"-- ", b"--", b"--no", b"\xc3\xa9: x"]))
_TREES: st.SearchStrategy[Any] = st.recursive(
    _LINES, lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple), max_leaves=8
)


def mail(content: bytes) -> Mail:
    answer = read(_HEAD + content)
    assert isinstance(answer, Mail)
    return answer


def written(tree: Any, name: str = "b") -> bytes:
    """The bytes of a tree: a list of lines is a leaf, a tuple of trees a container."""
    if isinstance(tree, list):
        return b"Content-Type: text/plain;\r\n x=1\r\nX-Part: 1\r\n\r\n" + b"\r\n".join(tree)
    line = f"\r\n--{name}".encode()
    parts = [line + b"\r\n" + written(each, f"{name}{at}") for at, each in enumerate(tree)]
    head = f'Content-Type: multipart/mixed; boundary="{name}"\r\n\r\npreamble'.encode()
    return head + b"".join(parts) + line + b"--\r\nepilogue"


def shape(part: Message) -> Any:
    payload = part.get_payload()
    below = (
        [shape(p) for p in payload if isinstance(p, Message)] if part.is_multipart() else payload
    )
    return list(part.raw_items()), part.get_content_type(), below


@settings(max_examples=150, deadline=None)
@given(_TREES)
def test_a_whole_mail_has_the_parts_the_standard_library_finds(tree: Any) -> None:
    raw = b"From mbox\r\nSubject:\r\n folded\r\n" + written(tree)
    library = BytesFeedParser(Part)
    library.feed(raw)
    assert shape(parse(raw)) == shape(library.close())


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [b"--a", b"--a--", b"--ab", b"--ab--", b"", b" x", b"From x", b":", b"A: b", b"text"]
            + [b"Content-Type: multipart/mixed; boundary=" + name for name in (b"a", b"ab", b"a--")]
            + [b"Content-Type: message/delivery-status", b"Content-Type: multipart/digest"]
        ),
        max_size=25,
    ),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
)
def test_any_lines_make_a_mail(lines: list[bytes], end: bytes) -> None:
    assert isinstance(parse(end.join(lines)), Part)
    assert isinstance(read(end.join(lines)), Mail)


def test_a_delimiter_belongs_to_the_innermost_container_that_knows_it() -> None:
    found = mail(
        b'Content-Type: multipart/mixed; boundary="x--"\r\n\r\n--x--\r\n'
        b'Content-Type: multipart/mixed; boundary="x----"\r\n\r\n--x----\r\n'
        b"Content-Type: text/plain\r\n\r\nwords\r\n--x------\r\n\r\n--x----\r\n"
    )
    assert found.text == "words"
    assert not found.attachments
    assert defects.STRUCTURE not in found.defects


def test_an_outer_delimiter_ends_the_parts_inside() -> None:
    found = mail(
        b"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
        b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nfirst\r\n"
        b"--out\r\n\r\nsecond\r\n--out--\r\n"
    )
    assert found.text == "first\nsecond"
    assert defects.STRUCTURE in found.defects


def test_a_forgotten_last_delimiter_costs_no_text() -> None:
    found = mail(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nfirst\r\n--b\r\n\r\nsecond"
    )
    assert found.text == "first\nsecond"
    assert defects.STRUCTURE in found.defects


def test_a_part_that_nothing_ends_behind_a_container_nothing_closes_is_kept_beside_the_text() -> (
    None
):
    found = mail(
        b"Content-Type: multipart/mixed; boundary=out\r\n\r\n--out\r\n"
        b"Content-Type: multipart/mixed; boundary=in\r\n\r\n--in\r\n\r\nfirst\r\n"
        b"--out\r\n\r\nadrift"
    )
    assert found.text == "first"
    assert [each.content for each in found.attachments] == [b"adrift"]


def test_a_last_delimiter_that_lost_its_line_end_is_no_text() -> None:
    found = mail(
        b"Content-Type: multipart/mixed; boundary=b7\r\n\r\n--b7\r\n\r\nfirst\r\n"
        b"--b7\r\n\r\nsecond--b7--\r\n"
    )
    assert found.text == "first\nsecond"


def test_of_two_content_types_the_last_counts() -> None:
    found = mail(b"Content-Type: text/html\r\nContent-Type: text/plain\r\n\r\n1 <b>2</b>")
    assert found.text == "1 <b>2</b>"
    assert defects.PARTS_REPEATED_TYPE in found.defects


def test_a_content_type_added_to_a_whole_multipart_hides_nothing() -> None:
    found = mail(
        b"Content-Type: multipart/mixed; boundary=b\r\nContent-Type: text/html\r\n\r\n"
        b"This is a message in parts.\r\n--b\r\n\r\nwords\r\n--b--\r\n"
    )
    assert found.text == "words"
    assert defects.PARTS_REPEATED_TYPE in found.defects


def test_a_blank_before_the_colon_is_still_a_field() -> None:
    assert mail(b"Subject : old\r\n\r\nwords").subject == "old"  # RFC 5322 4.5.8


def test_a_delimiter_in_the_head_of_a_part_ends_the_part() -> None:
    found = mail(
        b"Content-Type: multipart/mixed; boundary=b:\r\n\r\n--b:\r\nX-One: 1\r\n"
        b"--b:\r\n\r\nwords\r\n--b:--\r\n"
    )
    assert found.text.strip() == "words"


def test_the_wildest_nesting_is_a_loop() -> None:
    layer = "Content-Type: multipart/mixed; boundary=b{0}\n\n--b{0}\n"
    raw = "".join(layer.format(at) for at in range(5000)) + "\nwords"
    assert len(list(parse(raw.encode()).walk())) < 100


def test_broken_base64_is_decoded_as_far_as_it_goes_and_named() -> None:
    found = mail(b"Content-Transfer-Encoding: base64\r\n\r\nd29yZHMg.d29yZHM")
    assert found.text == "words words"
    assert defects.ENCODING_BROKEN in found.defects


@pytest.mark.parametrize(
    "declared", [b"", b'; boundary=""', b"; boundary=other", b'; boundary="' + b'";' * 500]
)
def test_a_multipart_whose_boundary_is_missing_or_stands_nowhere_is_read_as_text(
    declared: bytes,
) -> None:
    found = mail(
        b"Content-Type: multipart/mixed" + declared + b"\r\n\r\n--b\r\n\r\nhello\r\n--b--\r\n"
    )
    assert found.text.split() == ["--b", "hello", "--b--"]
    assert not found.attachments
    assert defects.STRUCTURE in found.defects
