"""A letter of ours that a server found too large, written again without its attachments."""

import re

from maild.mail.compose import AUTOMATIC, compose
from maild.mail.mail import Mail
from maild.mail.outgoing import Outgoing
from maild.mail.read import read

# RFC 3463: 5.2.3 and 5.3.4; RFC 1870 and 5321: 552, which also says that a mailbox is full (5.2.2).
_TOO_LARGE = re.compile(
    r"\b5\.(2\.3|3\.4)\b|^552\b(?!.{0,3}5\.2\.2)|\b(size|length) (limit|exceed)|too (large|big)\b",
    re.IGNORECASE,
)
_NOTE = {
    "ar": "رفض خادم البريد هذه الرسالة بمرفقاتها لكبر حجمها، وهذه هي بدونها.",
    "en": "The mail server refused this letter with its attachments because of its size; "
    "here it is without them.",
}


def too_large(reply: str) -> bool:
    """Tell whether a server's reply or a status (RFC 3463) says that a letter was too large."""
    return _TOO_LARGE.search(reply) is not None


def without_attachments(raw: bytes) -> tuple[str, bytes] | None:
    """Return a letter of ours without what was attached, and its new Message-ID.

    It says first that something is missing; which, the letters name in their words. None when
    nothing was attached. The Message-ID is made from the old one, so that writing it again gives
    the same.
    """
    mail = read(raw)
    if not isinstance(mail, Mail) or not mail.attachments:
        return None
    if mail.message_id is None or mail.from_ is None or mail.date is None:
        return None
    message_id = f"<light.{mail.message_id[1:]}"
    language = mail.header("content-language") or "en"
    automatic = mail.header("auto-submitted")
    letter = Outgoing(
        from_=mail.from_,
        to=mail.to[0],
        subject=mail.subject,
        text=f"{_NOTE.get(language, _NOTE['en'])}\n\n{mail.text}",
        message_id=message_id,
        date=mail.date,
        language=language,
        reply_to=mail.reply_to[0] if mail.reply_to else None,
        in_reply_to=mail.in_reply_to,
        references=mail.references,
        auto_submitted=automatic if automatic in AUTOMATIC else None,
    )
    return message_id, compose(letter)
