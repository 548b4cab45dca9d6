"""What is known of a mail besides what it says: its identity, and its bytes as they are kept."""

import pickle
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from maild.mail.mail import Address, Attachment, Bounce, FailedRecipient, Mail
from maild.mail.packing import decompress, pack, sha256
from maild.mail.read import read
from maild.mail.reading import Reading, reading_of
from maild.mail.unreadable import Unreadable
from tests.bad.mails import text

RAW = text(b"Where is my certificate?\r\n")
ONE = Mail(
    message_id="<a@trainee.example>",
    from_=Address("Noura", "noura@trainee.example"),
    text="hello",
    attachments=(Attachment("a.txt", "text/plain", b"none"),),
    headers=(("subject", "hello"),),
)


def reading(raw: bytes) -> Reading:
    return reading_of(raw, read(raw))


@given(st.binary())
def test_what_is_packed_is_unpacked_as_it_came(raw: bytes) -> None:
    packed = pack(raw)
    assert decompress(packed.content) == raw
    assert (packed.digest, packed.size) == (sha256(raw), len(raw))


def test_a_copy_that_came_another_way_is_the_same_mail_in_other_bytes() -> None:
    one, copy = reading(RAW), reading(b"Received: from elsewhere.example\r\n" + RAW)
    assert one.identity == copy.identity
    assert one.packed.digest != copy.packed.digest


def test_mails_that_share_an_id_and_say_or_bring_different_things_are_two() -> None:
    others = [
        replace(ONE, text="good bye"),
        replace(ONE, subject="hello"),
        replace(ONE, attachments=(Attachment("a.txt", "text/plain", b"one"),)),
        replace(ONE, attachments=(Attachment("a.txt", "text/plain", b"two"),)),
        replace(ONE, attachments=(Attachment("b.txt", "text/plain", b"two"),)),
    ]
    assert len({reading_of(RAW, each).identity for each in (ONE, *others)}) == 6


def test_a_mail_nobody_could_read_is_known_by_its_bytes() -> None:
    why = [reading_of(RAW, Unreadable(reason)) for reason in ("too long", "too deep")]
    assert why[0].identity == why[1].identity == sha256(RAW).hex()


def test_a_mail_that_failed_keeps_its_bytes_and_its_legible_headers() -> None:
    one = reading(RAW)
    failed = one.failed("it failed 3 times")
    assert failed.mail == Unreadable("it failed 3 times", one.mail.headers)
    assert (failed.packed, failed.identity) == (one.packed, sha256(RAW).hex())


def test_a_reading_comes_from_another_process_as_it_left() -> None:
    report = Bounce((FailedRecipient("a@b.example", "5.1.1", permanent=True),), "<1@desk.example>")
    mail = replace(ONE, bounce=report, cc=(Address("", "c@d.example"),), defects=("empty",))
    for each in (reading_of(RAW, mail), reading_of(RAW, Unreadable("too long", ONE.headers))):
        assert pickle.loads(pickle.dumps(each)) == each  # noqa: S301
