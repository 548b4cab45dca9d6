"""E1 to E34: any bytes end as a mail or as a reason, soon, beside good mail that is not delayed."""

import random
import threading
import time
from collections.abc import Iterator

import pytest

from maild.mail import defects
from maild.mail.mail import Mail
from maild.mail.unreadable import Unreadable
from maild.parsing import Reader
from tests.bad.mails import FROMS, MAILS, text
from tests.fuzz import mutated

GOOD = text("أرجو إفادتي بموعد الاختبار.\r\n".encode())


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(2) as pool:
        assert isinstance(pool.read(GOOD).mail, Mail)
        yield pool


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_ends_as_a_mail_or_as_a_reason_within_30_seconds(
    name: str, reader: Reader
) -> None:
    began = time.monotonic()
    answer, beside = (each.mail for each in reader.read_many([MAILS[name](), GOOD]))
    assert time.monotonic() - began < 30
    assert isinstance(beside, Mail)
    assert beside.text.startswith("أرجو")
    if isinstance(answer, Unreadable):
        assert answer.reason.endswith(".")
        assert answer.header("from") in {None, "Sara <sara@students.example>"}
    else:
        for said in (answer.text, answer.new_text, answer.subject):
            assert "\x00" not in said
            said.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("E8 encoded words", "header"),
        ("E10 addresses", "header"),
        ("E10 short addresses", "addresses"),
        ("E11 header lines", "header"),
        ("E12 one header", "header"),
        ("E13 parts", "parts"),
        ("E14 nesting", "nested"),
        ("36 MB", "35 MB"),
    ],
)
def test_a_mail_over_a_limit_is_refused_with_the_limit_named_and_stays_legible(
    name: str, word: str, reader: Reader
) -> None:
    answer = reader.read(MAILS[name]()).mail
    assert isinstance(answer, Unreadable)
    assert word in answer.reason
    assert answer.header("subject") == "help"


@pytest.mark.parametrize("value", FROMS)
def test_no_doubtful_sender_passes_for_a_plain_one(value: bytes, reader: Reader) -> None:
    answer = reader.read(b"From: " + value + b"\r\nSubject: x\r\n\r\nhello\r\n").mail
    assert isinstance(answer, Mail)
    believed = answer.from_ is not None and answer.from_.address == "agent@desk.example"
    if believed:
        assert defects.DOUBTFUL_SENDER & set(answer.defects)


def test_a_good_mail_is_read_while_a_bad_one_is_still_being_read(reader: Reader) -> None:
    bad = threading.Thread(target=reader.read, args=(MAILS["35 MB of lines"](),))
    bad.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert isinstance(reader.read(GOOD).mail, Mail)
    took = time.monotonic() - began
    delayed = not bad.is_alive()
    bad.join()
    assert not delayed, f"the good mail waited {took:.1f} s for the bad one"


def test_an_attached_mail_is_never_entered_however_deep(reader: Reader) -> None:
    answer = reader.read(MAILS["E15 forwarded"]()).mail
    assert isinstance(answer, Mail)
    assert answer.text == ""
    assert [each.content_type for each in answer.attachments] == ["message/rfc822"]


def test_random_bytes_and_mutated_mails_never_break_the_reader(reader: Reader) -> None:
    chance = random.Random(34)  # noqa: S311 - a fixed seed makes a failure repeatable
    raws = [chance.randbytes(chance.randrange(300)) for _ in range(8000)]
    raws += [mutated(chance) for _ in range(2000)]
    answers = [each.mail for each in reader.read_many(raws)]
    assert len(answers) == len(raws)
    for answer in answers:
        assert isinstance(answer, Mail), answer
        assert "\x00" not in answer.text + answer.subject
        answer.text.encode("utf-8")
