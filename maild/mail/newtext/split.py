"""Splitting a text into what was newly written, what was quoted, and the signature.

Where projects disagree what a visible reply is, see docs/reading-mail.md. Nothing is lost: the
caller keeps the whole text, and every line of it is in exactly one part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from maild.mail.newtext import marks
from maild.mail.newtext.lines import Kind, Line, read_lines
from maild.mail.newtext.signature import begin_of_signature
from maild.mail.newtext.vocabulary import CLOSINGS

_WRITTEN = (Kind.TEXT, Kind.CODE)
_MARKS = (Kind.MARKER, Kind.SEPARATOR, Kind.ATTRIBUTION, Kind.HEADERS)
_LONG_QUOTE = 60  # characters; a hard wrap after at least so many leaves a stray line behind


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a text: each a subsequence of its lines, joined by LF."""

    new_text: str
    quoted: str
    signature: str


def split(text: str) -> Parts:
    """Split the readable text of a mail into new text, quoted history and signature.

    Linear in the length of `text`; never raises. Quotes between which somebody answers stay.
    """
    lines = read_lines(text)
    kept = [True] * len(lines)
    signed = [False] * len(lines)
    end = _begin_of_history(lines, kept)
    kept[end:] = [False] * (len(lines) - end)
    kinds = _mend_wrapped_quotes(lines, end)
    _drop_signatures(lines, kinds, kept, signed)
    _drop_quotes(lines, kinds, kept)
    _trim(lines, kept)
    return Parts(
        new_text="\n".join(line.text for line, keep in zip(lines, kept, strict=True) if keep),
        quoted=_joined(lines, [not k and not s for k, s in zip(kept, signed, strict=True)]),
        signature=_joined(lines, signed),
    )


def _joined(lines: Sequence[Line], chosen: Sequence[bool]) -> str:
    text = "\n".join(line.text for line, take in zip(lines, chosen, strict=True) if take)
    return text.strip("\n")


def _begin_of_history(lines: Sequence[Line], kept: list[bool]) -> int:
    """Return where everything is history; drop the marks that have no text above them."""
    written = False
    at = 0
    while at < len(lines):
        kind = lines[at].kind
        if kind in _WRITTEN:
            written = written or not marks.is_ornament(lines[at].shown)
        elif kind in _MARKS:
            end = _end_of_kind(lines, at)
            if kind is Kind.ATTRIBUTION and _is_quoted_below(lines, end):
                kept[at:end] = [False] * (end - at)
            elif written:
                return at
            elif kind is not Kind.HEADERS:
                # A forward without a word above it: what was forwarded is what the mail says.
                end = _end_of_forwarded_headers(lines, end) if kind is Kind.SEPARATOR else end
                kept[at:end] = [False] * (end - at)
            else:
                written = True  # a letter that opens with From and To lines of its own
            at = end
            continue
        at += 1
    return len(lines)


def _end_of_kind(lines: Sequence[Line], start: int) -> int:
    end = start
    while end < len(lines) and lines[end].kind is lines[start].kind:
        end += 1
    return end


def _end_of_forwarded_headers(lines: Sequence[Line], start: int) -> int:
    at = start
    while at < len(lines) and lines[at].kind is Kind.BLANK:
        at += 1
    if at < len(lines) and lines[at].kind is Kind.HEADERS:
        return _end_of_kind(lines, at)
    return start


def _is_quoted_below(lines: Sequence[Line], start: int) -> bool:
    at = start
    while at < len(lines) and lines[at].kind is Kind.BLANK:
        at += 1
    return at < len(lines) and lines[at].kind is Kind.QUOTE


def _mend_wrapped_quotes(lines: Sequence[Line], end: int) -> list[Kind]:
    """Count the stray end of a quoted line that a server wrapped as part of the quote.

    Only below an own text, only one line, directly between two quoted ones, the first of them
    long, and only when it cannot be an answer: it goes on in the middle of a sentence.
    """
    kinds = [line.kind for line in lines[:end]]
    if Kind.QUOTE not in kinds:
        return kinds
    written = False
    for at in range(1, end - 1):
        written = written or kinds[at - 1] is Kind.TEXT
        if (
            written
            and kinds[at] is Kind.TEXT
            and kinds[at - 1] is Kind.QUOTE
            and kinds[at + 1] is Kind.QUOTE
            and len(lines[at - 1].shown) >= _LONG_QUOTE
            and lines[at].shown[:1].islower()
        ):
            kinds[at] = Kind.QUOTE
    return kinds


def _drop_signatures(
    lines: Sequence[Line], kinds: Sequence[Kind], kept: list[bool], signed: list[bool]
) -> None:
    """A signature reaches to the next quote: people sign on top and answer below."""
    start, written = 0, False
    while start < len(kinds):
        end = start
        while end < len(kinds) and kept[end] and kinds[end] is not Kind.QUOTE:
            end += 1
        if end == start:
            start += 1
            continue
        begin = begin_of_signature(lines[start:end], written=written)
        if begin is not None:
            kept[start + begin : end] = [False] * (end - start - begin)
            signed[start + begin : end] = [True] * (end - start - begin)
        written = written or any(lines[at].key and kept[at] for at in range(start, end))
        start = end + 1


def _drop_quotes(lines: Sequence[Line], kinds: Sequence[Kind], kept: list[bool]) -> None:
    quotes = [at for at, kind in enumerate(kinds) if kind is Kind.QUOTE]
    if not quotes:
        return
    own = [
        at
        for at, kind in enumerate(kinds)
        if kept[at]
        and (kind in _WRITTEN or kind is Kind.HEADERS)
        and not marks.is_ornament(lines[at].shown)
    ]
    history = any(kind is Kind.ATTRIBUTION for kind in kinds) or any(
        lines[at].attributed for at in quotes
    )
    if not own:
        if history:
            _drop(kept, quotes)
        return
    answers = _without_farewell(lines, own, quotes[-1])
    if not answers or answers[-1] < quotes[0]:
        _drop(kept, quotes)  # top-posting
    elif history and own[0] > quotes[-1]:
        _drop(kept, quotes)  # bottom-posting: one quote, one answer below it
    else:
        _drop(kept, [at for at in quotes if at > answers[-1]])


def _drop(kept: list[bool], dropped: Sequence[int]) -> None:
    for at in dropped:
        kept[at] = False


def _without_farewell(lines: Sequence[Line], own: Sequence[int], last_quote: int) -> Sequence[int]:
    """Leave out "Regards, NAME" below the last quote: it answers nothing."""
    below = [at for at in own if at > last_quote]
    if not 1 <= len(below) <= 3 or len(below) == len(own):
        return own
    first = lines[below[0]].key
    if first.rstrip(",.! ") in CLOSINGS or first.split(",")[0] in CLOSINGS:
        return own[: len(own) - len(below)]
    return own


def _trim(lines: Sequence[Line], kept: list[bool]) -> None:
    """Drop blank lines at both ends and rules without words at the end."""
    chosen = [at for at, keep in enumerate(kept) if keep]
    while chosen and not lines[chosen[0]].key:
        kept[chosen.pop(0)] = False
    while chosen and (
        not lines[chosen[-1]].key
        or (lines[chosen[-1]].kind is Kind.TEXT and marks.is_ornament(lines[chosen[-1]].shown))
    ):
        kept[chosen.pop()] = False
