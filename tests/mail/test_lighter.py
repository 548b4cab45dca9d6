"""A letter that was too large is written again without its attachments."""

import pytest

from maild.mail.lighter import too_large, without_attachments
from maild.mail.mail import Address, Attachment, Mail
from maild.mail.read import read
from tests.mail.letters import sent

FILE = Attachment("lecture.pdf", "application/pdf", b"%PDF" * 1000)


@pytest.mark.parametrize(
    "reply",
    [
        "552 5.3.4 Message size exceeds fixed limit",
        "552 message too large",
        "554 5.2.3 length exceeds administrative limit",
        "523 the message is too big",
        "came back: 5.2.3",
    ],
)
def test_a_server_that_finds_a_letter_too_large_is_understood(reply: str) -> None:
    assert too_large(reply)


@pytest.mark.parametrize(
    "reply", ["552 5.2.2 mailbox full", "550 5.1.1 no such user", "554 5.7.1 spam", ""]
)
def test_other_refusals_say_nothing_of_a_letters_size(reply: str) -> None:
    assert not too_large(reply)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_lighter_letter_says_the_same_to_the_same_person_and_that_files_are_missing(
    language: str,
) -> None:
    more = {
        "reply_to": Address("Desk", "student+token@diplomas.example"),
        "references": ("<root@diplomas.example>",),
        "in_reply_to": "<root@diplomas.example>",
        "auto_submitted": "auto-generated",
        "language": language,
    }
    raw = sent(attachments=(FILE,), html="<p>وصلنا طلبك.</p>", **more)
    before = read(raw)
    lighter = without_attachments(raw)
    assert lighter is not None
    message_id, light = lighter
    after = read(light)
    assert isinstance(before, Mail)
    assert isinstance(after, Mail)
    assert len(light) < 3000 < len(raw)
    assert not after.attachments
    assert after.message_id == message_id != before.message_id
    assert (after.from_, after.to, after.reply_to) == (before.from_, before.to, before.reply_to)
    assert after.subject == before.subject
    assert after.in_reply_to == before.in_reply_to
    assert after.text.endswith(before.text)
    assert len(after.text) > len(before.text) + 30
    assert after.header("auto-submitted") == "auto-generated"
    assert after.header("content-language") == language
    assert without_attachments(raw) == lighter


def test_a_letter_without_attachments_has_no_lighter_one() -> None:
    assert without_attachments(sent()) is None
