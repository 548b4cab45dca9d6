"""A requester's answer to the survey: one digit, Western or Arabic-Indic, on a line of its own."""

import re

from maild.mail.normal import bare, western_digits

_DIGIT = re.compile(r"(\d{1,2})(?:\s*/\s*\d{1,2})?[.!]?")


def rating(new_text: str, scale: int) -> int | None:
    """Return the rating a reply gives, from 1 to `scale`, or None when it gives none.

    Only the first line that says anything counts: "4", "٤", "4/5". A sentence is no rating.
    """
    lines = (western_digits(bare(line)).strip() for line in new_text.splitlines())
    first = next((line for line in lines if line), "")
    match = _DIGIT.fullmatch(first)
    given = int(match[1]) if match else 0
    return given if 1 <= given <= scale else None
