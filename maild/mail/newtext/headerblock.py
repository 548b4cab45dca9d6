"""Outlook's way to quote: a block of From:, Sent:, To:, Subject: lines, then the old mail.

A writer's own table of such lines is told from it by what a client always gives: at least three
different labels of one language, an address or a time of sending, and a paragraph of its own.
"""

import re
from collections import Counter
from collections.abc import Sequence

from maild.mail.newtext.attribution import ADDRESS, CLOCK
from maild.mail.newtext.pack import Label
from maild.mail.newtext.vocabulary import LABELS, LONGEST_LABEL, SENT_ONLY

MAX_LINES = 16
_CONTINUATIONS = 2  # folded subjects and long lists of recipients
_LABEL = re.compile(rf"[*_ ]{{0,3}}([^:*]{{1,{LONGEST_LABEL}}}?)[*_ ]{{0,3}}:[*_ ]{{0,3}}")


def label_of(key: str) -> tuple[str, str] | None:
    """Return (label, value) of a line in matching form that begins with a known label."""
    found = _LABEL.match(key) if ":" in key else None
    if found is None:
        return None
    label = found.group(1).strip()
    return (label, key[found.end() :]) if label in LABELS else None


def end_of_block(keys: Sequence[str], start: int, stop: int, *, tight: bool) -> int | None:
    """Return the index behind the header block that begins at line `start`, or None.

    `tight`: a line of text stands directly above, without a blank line or a rule between; then
    only the full Outlook block counts, and never below a line that introduces it with a colon.
    """
    if label_of(keys[start]) is None:
        return None
    lines: list[tuple[str, str]] = []
    end = at = start
    while at < min(start + MAX_LINES, stop):
        label = label_of(keys[at])
        if label is not None:
            lines.append(label)
            end = at + 1
        elif at - end >= _CONTINUATIONS:
            break
        at += 1
    if tight and (len(lines) < 3 or not _timed(lines) or keys[start - 1].endswith(":")):
        return None
    # a continuation is one only when another label follows; end is behind the last label
    followed = any(keys[i] for i in range(end, min(end + 9, stop)))
    return end if _is_block(lines, followed=followed) else None


def _timed(lines: Sequence[tuple[str, str]]) -> bool:
    sent = [label for label, value in lines if _is_sent(label) and CLOCK.search(value)]
    return any(label in SENT_ONLY for label in sent) or (
        bool(sent) and any(ADDRESS.search(value) for _, value in lines)
    )


def _is_sent(label: str) -> bool:
    return Label.SENT in LABELS[label].values()


def _is_block(lines: Sequence[tuple[str, str]], *, followed: bool) -> bool:
    languages = Counter(code for label, _ in lines for code in LABELS[label])
    if not languages:
        return False
    code = languages.most_common(1)[0][0]
    said = [(LABELS[label][code], label, value) for label, value in lines if code in LABELS[label]]
    kinds = Counter(kind for kind, _, _ in said)
    if kinds[Label.FROM] != 1 or kinds[Label.SUBJECT] > 1 or kinds[Label.SENT] > 1:
        return False  # two From lines are a table of the writer's
    people = (Label.FROM, Label.TO, Label.CC)
    address = any(ADDRESS.search(value) for kind, _, value in said if kind in people)
    timed = any(CLOCK.search(value) is not None for kind, _, value in said if kind is Label.SENT)
    sent_only = any(label in SENT_ONLY for _, label, _ in said)
    if not followed and not address:
        return False
    if len(kinds) < 3:
        return address and timed and len(kinds) == 2
    return address or (timed and sent_only) or (timed and len(said) >= 5)
