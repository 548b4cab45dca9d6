"""Where a signature begins: RFC 3676's rule, a device line, a list's footer, a contact block."""

import re
from collections.abc import Sequence

from maild.mail.newtext import marks
from maild.mail.newtext.lines import Kind, Line
from maild.mail.newtext.vocabulary import CLOSINGS, FAREWELLS

_RULE_REACH = 40  # lines of text below "--" that are still a signature and its disclaimer
_UNDERSCORE_REACH = 12  # below a rule of underscores, which people also draw between sections
_BLOCK_REACH = 10

# GitHub's convention, and that of many lists: "-Abhishek Kona" as the last line
_DASHED_NAME = re.compile(r"-[^\W\d_a-z][\w.']{1,30}(?: [^\W\d_a-z][\w.']{0,30}){0,2}")
_CONTACT = re.compile(
    r"@[\w-]{1,63}\.\w|https?://|www\.|\b(?:tel|phone|mobile|mob|fax|ext|office|cell)\b ?[.:]"
    r"|(?:هاتف|جوال|موبايل|فاكس|تحويله|بريد)[^:]{0,20}:"
)


def begin_of_signature(lines: Sequence[Line], *, written: bool) -> int | None:
    """Return the index at which the signature of these lines begins, or None.

    `lines` are one stretch of what the writer may have written: text and blank lines only.
    `written`: there is text of the writer's above this stretch already.
    """
    begin = _first_mark(lines, written=written)
    name = _dashed_name(lines if begin is None else lines[:begin])
    return begin if name is None else name


def _first_mark(lines: Sequence[Line], *, written: bool) -> int | None:
    first = next((i for i, line in enumerate(lines) if line.key), None)
    if first is None:
        return None
    below = _texts_below(lines)
    for at, line in enumerate(lines):
        if not line.key or line.kind is Kind.CODE:
            continue
        if marks.is_signature_rule(line.shown) and below[at] <= _RULE_REACH:
            return at
        if not below[at] and marks.is_device_line(line.key):
            return at  # also as the only line: an attachment sent without a word
        if (at > first or written) and _is_mark(lines, at, below[at]):
            return at
    return None


def _is_mark(lines: Sequence[Line], at: int, below: int) -> bool:
    """Tell whether a line under some text of the writer's begins what is not theirs."""
    key = lines[at].key
    closing = key.rstrip(",.! ")
    return (
        marks.is_device_line(key)
        or (marks.is_underscore_rule(lines[at].shown) and below <= _UNDERSCORE_REACH)
        or (marks.is_disclaimer(key) and below <= _RULE_REACH and not (at and lines[at - 1].key))
        or (closing in FAREWELLS and _is_name(lines, at))
        or (closing in CLOSINGS and _is_contact(lines, at, least=3))
        or (marks.is_page_rule(lines[at].shown) and _is_contact(lines, at, least=2))
    )


def _texts_below(lines: Sequence[Line]) -> list[int]:
    counts, seen = [0] * len(lines), 0
    for at in range(len(lines) - 1, -1, -1):
        counts[at] = seen
        seen += bool(lines[at].key)
    return counts


def _is_name(lines: Sequence[Line], closing: int) -> bool:
    if len(lines) - closing - 1 > _BLOCK_REACH:
        return False
    said = [line.key for line in lines[closing + 1 :] if line.key]
    return 1 <= len(said) <= 2 and all(len(key) <= 40 for key in said)


def _is_contact(lines: Sequence[Line], closing: int, *, least: int) -> bool:
    if len(lines) - closing - 1 > 3 * _BLOCK_REACH:
        return False
    said = [line.key for line in lines[closing + 1 :] if line.key]
    return (
        least <= len(said) <= _BLOCK_REACH
        and all(len(key) <= 100 and not key.endswith("?") for key in said)
        and any(_CONTACT.search(key) for key in said[1:])
    )


def _dashed_name(lines: Sequence[Line]) -> int | None:
    last = next((i for i in range(len(lines) - 1, -1, -1) if lines[i].key), 0)
    if last < 2 or lines[last - 1].key or not any(line.key for line in lines[:last]):
        return None
    return last if _DASHED_NAME.fullmatch(lines[last].shown.strip()) else None
