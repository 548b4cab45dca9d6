"""What a Mail says of the bytes it came from."""

import pickle
from datetime import UTC, datetime
from email.header import Header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailparser.utils import get_addresses

from maild.mail import addresses, defects, limits
from maild.mail.flowed import unflow
from maild.mail.mail import Address, Mail, Nature
from maild.mail.parameters import parameters
from maild.mail.read import attached, read
from maild.mail.unreadable import Unreadable, unreadable
from tests.bad.mails import HEAD, MAILS, TYPED, alternatives, text


def mail(raw: bytes, default: str | None = None) -> Mail:
    answer = read(raw, default)
    assert isinstance(answer, Mail)
    return answer


def sent(line: str) -> Mail:
    return mail(line.encode() + b"\r\nSubject: x\r\n\r\nhello\r\n")


@pytest.mark.parametrize(
    ("value", "sender", "doubt"),
    [
        ("Sara <sara@a.example>", Address("Sara", "sara@a.example"), None),
        ("sara@a.example (Sara)", Address("Sara", "sara@a.example"), None),
        ('"سارة" <sara@a.example>', Address("سارة", "sara@a.example"), None),
        ("=?utf-8?B?2LPYp9ix2Kk=?= <sara@a.example>", Address("سارة", "sara@a.example"), None),
        ("<sara@a.example", Address("", "sara@a.example"), defects.FROM_INVALID),
        ("root", Address("", "root"), defects.FROM_INVALID),
        ("nobody here", None, defects.FROM_INVALID),
        ("a@a.example, b@b.example", None, defects.FROM_SEVERAL),
        (
            "agent@desk.example <evil@b.example>",
            Address("agent@desk.example", "evil@b.example"),
            defects.FROM_ADDRESS_IN_NAME,
        ),
    ],
)
def test_there_is_one_sender_or_none_and_every_doubt_is_named(
    value: str, sender: Address | None, doubt: str | None
) -> None:
    found = sent(f"From: {value}")
    assert found.from_ == sender
    doubts = defects.DOUBTFUL_SENDER & set(found.defects)
    assert doubts == ({doubt} if doubt else set())


def test_two_from_lines_give_no_sender_unless_they_agree() -> None:
    assert sent("From: a@a.example\r\nFrom: b@b.example").from_ is None
    agreed = sent("From: a@a.example\r\nFrom: A <a@a.example>")
    assert agreed.from_ == Address("", "a@a.example")
    assert defects.FROM_REPEATED in agreed.defects


def test_a_display_name_in_raw_windows_1256_is_read() -> None:
    raw = b"From: " + "سارة العتيبي".encode("cp1256") + b" <sara@a.example>\r\n\r\nx"
    assert mail(raw).from_ == Address("سارة العتيبي", "sara@a.example")


def test_raw_bytes_inside_an_encoded_word_are_in_its_charset() -> None:
    raw = b"From: =?iso-8859-1?Q?J\xfcrgen?= <j@a.example>\r\n\r\nx"
    assert mail(raw).from_ == Address("Jürgen", "j@a.example")


def test_an_encoded_word_cannot_smuggle_a_second_recipient() -> None:
    found = sent("From: a@a.example\r\nTo: =?utf-8?Q?x=2C_evil=40b.example=2C?= <real@c.example>")
    assert [each.address for each in found.to] == ["real@c.example"]


def test_an_encoded_word_cut_off_in_the_middle_of_its_base64_is_read_as_far_as_it_goes() -> None:
    found = sent("From: =?utf-8?B?2LPYp9ix2?= <sara@a.example>\r\nTo: =?utf-8?B?A?= <b@b.example>")
    assert found.from_ == Address("سار", "sara@a.example")
    assert found.to == (Address("", "b@b.example"),)


_WORDS = st.sampled_from(["Sara", "O'Neil", "سارة", "علي-حسن", "x_1", "J.", "(x)", "a@a.example"])
_NAMES = st.one_of(
    st.lists(_WORDS, max_size=3).map(" ".join),
    st.lists(_WORDS, min_size=1, max_size=3).map(lambda words: f'"{", ".join(words)}"'),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=8).map(
        lambda name: Header(name, "utf-8", 200).encode()
    ),
)
_SPECS = st.sampled_from(
    ["sara@a.example", "s.a+b-c_d@a-b.example", "a@localhost", '"a b"@a.example']
)
_MAILBOXES = st.one_of(_SPECS, st.tuples(_NAMES, _SPECS).map(lambda said: f"{said[0]} <{said[1]}>"))


@given(st.lists(_MAILBOXES, min_size=1, max_size=4), st.sampled_from([",", ", ", " ,\t"]))
@settings(max_examples=300, deadline=None)
def test_an_address_written_plainly_is_the_one_mail_parser_reads(
    mailboxes: list[str], comma: str
) -> None:
    line = comma.join(mailboxes)
    said = [(" ".join(n.split()), a) for n, a in get_addresses(line, decode_names=True) if a]
    expected = [Address("" if name == a else name.strip("\"' "), a) for name, a in said]
    assert addresses.parse(line) == tuple(dict.fromkeys(expected))


@pytest.mark.parametrize(
    ("value", "expected", "defect"),
    [
        ("Tue, 3 Mar 2026 10:00:00 +0300", datetime(2026, 3, 3, 7, tzinfo=UTC), None),
        ("Tue, 3 Mar 2026 10:00:00", datetime(2026, 3, 3, 10, tzinfo=UTC), defects.DATE_INVALID),
        ("Tue, 3 Mar 99999 10:00:00 +0300", None, defects.DATE_INVALID),
        ("yesterday", None, defects.DATE_INVALID),
    ],
)
def test_a_date_is_utc_or_none(value: str, expected: datetime | None, defect: str | None) -> None:
    found = sent(f"From: a@a.example\r\nDate: {value}")
    assert found.date == expected
    assert (defect in found.defects) == (defect is not None)


def test_ast_is_arabia_in_arabic_mail() -> None:
    arabic = "أرجو إفادتي بموعد الاختبار النهائي للدبلوم وشكرا".encode()
    raw = text(arabic).replace(b"\r\n", b"\r\nDate: Tue, 3 Mar 2026 10:00:00 AST\r\n", 1)
    assert mail(raw).date == datetime(2026, 3, 3, 7, tzinfo=UTC)


def test_references_end_with_the_further_ids_of_in_reply_to() -> None:
    found = sent("From: a@a.example\r\nReferences: <1@x> <2@x>\r\nIn-Reply-To: <2@x> <3@x>")
    assert found.in_reply_to == "<2@x>"
    assert found.references == ("<1@x>", "<2@x>", "<3@x>")


def test_named_texts_and_attached_mails_are_attachments_and_other_texts_are_the_body() -> None:
    raw = TYPED + (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nfirst\r\n'
        b'--b\r\nContent-Type: text/plain; name="notes.txt"\r\n\r\nnotes\r\n'
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\ninner\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nfooter\r\n--b--\r\n"
    )
    found = mail(raw)
    assert found.text.split() == ["first", "footer"]
    assert [each.name for each in found.attachments] == ["notes.txt", "message.eml"]
    assert found.attachments[1].content == b"Subject: in\r\n\r\ninner"


@pytest.mark.parametrize(
    "disposition",
    [
        b"attachment; filename*=utf-8''%D8%B4%D9%87%D8%A7%D8%AF%D8%A9.pdf",
        b"attachment; filename*0*=utf-8''%D8%B4%D9%87; filename*1*=%D8%A7%D8%AF%D8%A9.pdf",
        b'attachment; filename="=?utf-8?B?2LTZh9in2K/YqS5wZGY=?="',
        b'attachment; filename="' + "شهادة.pdf".encode() + b'"',
        b'attachment; filename="' + "شهادة.pdf".encode("cp1256") + b'"',
    ],
)
def test_arabic_names_of_files_are_read_however_they_are_written(disposition: bytes) -> None:
    head = b"application/pdf\r\nContent-Disposition: " + disposition
    assert mail(text(b"x", head)).attachments[0].name == "شهادة.pdf"


def test_parameters_are_read_with_quotes_and_stray_semicolons() -> None:
    assert parameters('text/plain;; a=1; b="x;\\"y"; c ; d = 2 ;') == {
        "a": "1",
        "b": 'x;"y',
        "d": "2",
    }


def test_the_text_of_html_alone_is_its_readable_form() -> None:
    found = mail(text("<p>مرحبا <b>بكم</b></p>".encode(), b"text/html; charset=utf-8"))
    assert found.text == "مرحبا بكم"


def test_alternatives_that_say_different_things_are_both_shown() -> None:
    found = mail(MAILS["E30 two letters"]())
    assert defects.ALTERNATIVES_DIFFER in found.defects
    assert "Pay nothing" in found.text
    assert "Transfer the deposit" in found.text
    same = mail(alternatives(b"hello dear desk", b"<p>hello <i>dear</i> desk</p>"))
    assert same.text.strip() == "hello dear desk"
    assert defects.ALTERNATIVES_DIFFER not in same.defects


def test_history_marked_in_html_is_not_new_even_if_the_plain_text_hides_it() -> None:
    found = mail(
        alternatives(
            b"thanks all\r\n\r\nold words here",
            b'<div>thanks all</div><div class="gmail_quote"><blockquote class="gmail_quote">'
            b"old words here</blockquote></div>",
        )
    )
    assert found.new_text == "thanks all"
    assert "old words here" in found.text


def test_html_around_an_attachment_is_one_body_and_its_history_is_still_known() -> None:
    found = mail(
        TYPED + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>see the file</p>\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>thanks</p><div id=divRplyFwdMsg>x</div>old\r\n"
        b"--b--\r\n"
    )
    assert found.text.split() == ["see", "the", "file", "thanks", "x", "old"]
    assert found.new_text.split() == ["see", "the", "file", "thanks"]


def test_flowed_lines_are_joined_and_signatures_and_quotes_stay() -> None:
    assert unflow("a \nb\n> c \n> d\n-- \nme", delete_space=False) == "a b\n> c d\n-- \nme"
    assert unflow("مر \nحبا", delete_space=True) == "مرحبا"


def test_a_delivery_report_is_a_bounce_and_its_original_is_not_the_body() -> None:
    found = mail(
        b"From: mailer-daemon@b.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\n\r\nsorry\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; b.example\r\n\r\n"
        b"Final-Recipient: rfc822; x@c.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <1@desk.example>\r\n\r\nours"
        b"\r\n--b--\r\n"
    )
    assert found.nature is Nature.BOUNCE
    assert found.bounce is not None
    assert found.bounce.original_message_id == "<1@desk.example>"
    assert [each.address for each in found.bounce.recipients] == ["x@c.example"]
    assert found.text.strip() == "sorry"


def test_an_unreadable_mail_is_still_legible_in_quarantine() -> None:
    raw = "From: =?utf-8?B?2LPYp9ix2Kk=?= <sara@a.example>\r\nSubject: طلب\r\n  عاجل\r\n".encode()
    answer = read(raw + b"X-A: " + b"a" * limits.MAX_HEADER + b"\r\n\r\n")
    assert isinstance(answer, Unreadable)
    assert answer.header("From") == "سارة <sara@a.example>"
    assert answer.header("subject") == "طلب عاجل"


def test_many_lines_that_begin_with_dashes_are_no_parts() -> None:
    assert limits.measure(text(b"--- a/file\r\n-- \r\n" * 2000)) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", HEAD, TYPED, HEAD + b"Content-Type: "]))
def test_any_bytes_give_a_mail_that_any_store_takes(data: bytes, head: bytes) -> None:
    answer = read(head + data)
    assert isinstance(answer, Mail)
    assert pickle.loads(pickle.dumps(answer)) == answer  # noqa: S301
    said = [answer.text, answer.new_text, answer.subject, answer.reason]
    said += [answer.message_id or "", *answer.references, *answer.defects]
    said += [part for pair in answer.headers for part in pair]
    said += [part for each in answer.attachments for part in (each.name, each.content_type)]
    people = [*answer.to, *answer.cc, *answer.reply_to, *([answer.from_] if answer.from_ else [])]
    said += [part for each in people for part in (each.name, each.address)]
    for each in said:
        each.encode("utf-8")
        assert "\x00" not in each


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_safe_headers_can_be_drawn_from_any_bytes(data: bytes) -> None:
    for _, value in unreadable(HEAD[:10] + data, "x").headers:
        value.encode("utf-8")
        assert not {"\x00", "\n"} & set(value)


@pytest.mark.parametrize(
    "name", [name for name in MAILS if name[:3] in {"E16", "E23", "E26", "E31"}]
)
def test_the_files_alone_are_those_of_the_whole_mail_and_no_text_is_judged_for_them(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = MAILS[name]()
    expected = mail(raw).attachments
    monkeypatch.setattr("maild.mail.newtext.split", None)
    assert attached(raw) == expected


def test_a_mail_over_a_limit_has_no_files() -> None:
    assert attached(MAILS["E13 parts"]()) == ()
