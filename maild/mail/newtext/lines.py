"""Every line of a text with its kind: the writer's, a quote, an attribution, a separator…

One pass from top to bottom. A line longer than a client ever writes is matched by nothing, and
no pattern sees more than a few joined lines, so the cost is linear whatever the text.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from maild.mail.newtext import marks
from maild.mail.newtext.attribution import end_of_attribution
from maild.mail.newtext.headerblock import end_of_block, label_of
from maild.mail.normal import bare, normalise_lines

MAX_LINE = 1000  # RFC 5322 2.1.1 allows 998; a longer line is prose or an attack, never a marker
_UNMATCHED = "\0"  # the matching form of such a line: not blank, equal to nothing

# The Bat! and supercite put the author's initials before the mark: "JD> text"
_QUOTED = re.compile(r"[ \t]{0,8}(?:[A-Z]{1,3})?>")
_STRIPPED_QUOTE = re.compile(r"^(?:[ \t]*>)+[ \t]?")
_FENCE = "```"
_JOINED = re.compile(r"On (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? .{5,200}wrote:$")


class Kind(Enum):
    """What a line is."""

    TEXT = auto()
    CODE = auto()  # between fences: text in which nothing is a mark
    BLANK = auto()
    QUOTE = auto()
    ATTRIBUTION = auto()
    SEPARATOR = auto()
    HEADERS = auto()
    MARKER = auto()


class Line(NamedTuple):
    """One line as it came, its form for matching, and its kind."""

    text: str
    shown: str  # without bidi marks and joiners
    key: str
    kind: Kind
    attributed: bool = False  # a quote that begins with its own attribution (Apple Mail)


_SAID = (Kind.TEXT, Kind.QUOTE)


def read_lines(text: str) -> list[Line]:
    """Return the lines of `text` (LF, CRLF or CR) with their kinds."""
    texts = _separated(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    shown = bare("\n".join(texts)).split("\n")
    keys = normalise_lines([line if len(line) <= MAX_LINE else "" for line in shown])
    keys = [k if len(s) <= MAX_LINE else _UNMATCHED for k, s in zip(keys, shown, strict=True)]
    quoted = [_QUOTED.match(line) is not None for line in shown]
    kinds = _kinds(shown, keys, quoted)
    attributed = _attributed(keys, kinds)
    return [Line(*fields) for fields in zip(texts, shown, keys, kinds, attributed, strict=True)]


def _separated(texts: Sequence[str]) -> list[str]:
    """Give an attribution its own line that Yahoo Mail wrote behind the last word of the text."""
    lines: list[str] = []
    for at, line in enumerate(texts):
        begin = line.rfind("On ") if line.endswith("wrote:") and len(line) <= MAX_LINE else 0
        if begin > 0 and _is_above_quote(texts, at) and _JOINED.match(line, begin):
            lines += [line[:begin].rstrip("- "), line[begin:]]
        else:
            lines.append(line)
    return lines


def _is_above_quote(texts: Sequence[str], at: int) -> bool:
    below = next((row for row in texts[at + 1 : at + 3] if row.strip()), "")
    return below.startswith(">")


def _kinds(shown: Sequence[str], keys: Sequence[str], quoted: Sequence[bool]) -> list[Kind]:
    stop = len(keys)
    fenced = _fenced(shown)
    kinds = [Kind.TEXT if keys[i] else Kind.BLANK for i in range(stop)]
    at = 0
    while at < stop:
        kind, end = Kind.TEXT, at + 1
        if not keys[at]:
            kind = Kind.BLANK
        elif fenced[at]:
            kind = Kind.CODE
        elif keys[at] == _UNMATCHED:
            kind = Kind.QUOTE if quoted[at] else Kind.TEXT
        elif quoted[at] and marks.is_groupwise(keys[at]):
            kind = Kind.SEPARATOR
        elif quoted[at]:
            kind = Kind.QUOTE
        else:
            kind, end = _unquoted_kind(keys, quoted, kinds, at)
        while at < end:
            kinds[at] = kind
            at += 1
    _other_quotes(shown, kinds)
    return kinds


def _unquoted_kind(
    keys: Sequence[str], quoted: Sequence[bool], kinds: Sequence[Kind], at: int
) -> tuple[Kind, int]:
    stop = len(keys)
    if marks.is_reply_marker(keys[at]):
        return Kind.MARKER, at + 1
    if marks.is_separator(keys[at], labelled_below=lambda: _is_labelled(keys, at + 1)):
        return Kind.SEPARATOR, at + 1
    end = end_of_attribution(keys, quoted, at, stop)
    if end is not None:
        return Kind.ATTRIBUTION, end
    if label_of(keys[at]) is None:
        return Kind.TEXT, at + 1
    before = keys[at - 1] if at else ""
    tight = bool(before) and not (
        kinds[at - 1] is not Kind.TEXT or marks.is_ornament(before) or marks.is_device_line(before)
    )
    end = end_of_block(keys, at, stop, tight=tight)
    return (Kind.TEXT, at + 1) if end is None else (Kind.HEADERS, end)


def _is_labelled(keys: Sequence[str], at: int) -> bool:
    below = next((key for key in keys[at : at + 3] if key), "")
    return label_of(below) is not None


def _fenced(shown: Sequence[str]) -> list[bool]:
    """Mark the lines between two code fences: nothing in there is a mark of a client."""
    fences = [
        i for i, line in enumerate(shown) if _FENCE in line and line.lstrip().startswith(_FENCE)
    ]
    inside = [False] * len(shown)
    for first, last in zip(fences[::2], fences[1::2], strict=False):
        inside[first : last + 1] = [True] * (last + 1 - first)
    return inside


def _other_quotes(shown: Sequence[str], kinds: list[Kind]) -> None:
    """Gmail's old plain text and some webmails quote with "|", mailx with a tab (indentprefix).

    Only below an attribution, and only as far as each line has it.
    """
    if Kind.ATTRIBUTION not in kinds:
        return
    below = False
    for at, kind in enumerate(kinds):
        if kind in _SAID:  # a quote in such a quote: "\t> older words"
            below = below and shown[at].startswith(("|", "\t"))
            if below:
                kinds[at] = Kind.QUOTE
        elif kind is not Kind.BLANK:
            below = kind is Kind.ATTRIBUTION


def _attributed(keys: Sequence[str], kinds: list[Kind]) -> list[bool]:
    """Find attributions inside quotes: Apple Mail quotes its own, and so do HTML readers.

    Above more quoted lines they become attributions; alone they only mark the quote as history.
    """
    found = [False] * len(keys)
    runs = [
        at
        for at, kind in enumerate(kinds)
        if kind is Kind.QUOTE and not (at and kinds[at - 1] is Kind.QUOTE)
    ]
    for at in runs:
        inner: list[str] = []
        for key, kind in zip(keys[at : at + 9], kinds[at : at + 9], strict=True):
            if kind is not Kind.QUOTE:
                break
            inner.append(_STRIPPED_QUOTE.sub("", key) if key != _UNMATCHED else key)
        first = next((i for i, key in enumerate(inner) if key), None)
        if first is None:
            continue
        end = end_of_attribution(inner, [False] * len(inner), first, len(inner))
        if end is None:
            continue
        found[at] = True
        if any(inner[end:]):
            kinds[at : at + end] = [Kind.ATTRIBUTION] * end
    return found
