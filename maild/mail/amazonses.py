"""Amazon SES reports by notification: a bounce as JSON, mailed by Amazon SNS."""

import json
from typing import Any

from maild.mail.mail import Bounce, FailedRecipient

_MAX_CHARS = 200_000


def read_notification(text: str) -> Bounce | None:
    """Return the bounce that a mail's text is, or None when it is no such notification.

    The members are those of "Contents of Amazon SNS notifications for Amazon SES". SNS writes a
    footer below the object, so only the first object is read.
    """
    if "{" not in text:
        return None
    # Sendmail breaks a line of more than 990 bytes with "!", a new line and a space (L=)
    start = text.lstrip()[:_MAX_CHARS].replace("!\n ", "")
    if not start.startswith("{") or '"bouncedRecipients"' not in start:
        return None
    try:
        notice, _ = json.JSONDecoder().raw_decode(start)
    except (ValueError, RecursionError):
        return None
    bounce = _object(_object(notice).get("bounce"))
    permanent = bounce.get("bounceType") == "Permanent"
    recipients = bounce.get("bouncedRecipients")
    if not isinstance(recipients, list):
        return None
    failed = [
        FailedRecipient(address, _text(_object(each).get("status")), permanent)
        for each in recipients[:1000]
        for address in [_text(_object(each).get("emailAddress"))]
        if address is not None
    ]
    message = _object(_object(notice).get("mail"))
    headers = _object(message.get("commonHeaders"))
    return Bounce(tuple(failed), _text(headers.get("messageId")))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
