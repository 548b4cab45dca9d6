"""The HTML of a letter, as a client that is not ours finds it."""

from email import message_from_bytes
from email.policy import default


def html_of(raw: bytes) -> str:
    """Return the HTML body of a letter; empty where it has none."""
    body = message_from_bytes(raw, policy=default).get_body(("html",))
    return "" if body is None else str(body.get_content())
