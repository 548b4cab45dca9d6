"""Orders: `#close` and its like on the first lines of what an agent newly wrote.

Only the first block of lines is read, so that a heading further down stays text. An order may
be written in English or Arabic, with a full-width ＃ or behind a direction mark, as phones and
Arabic keyboards produce them. An order that is unknown or contradicts another does nothing: the
agent is told, and nothing of the mail is carried out.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from maild.mail.normal import normalise

_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u061c]")
_NEXT = re.compile(r"\s+(?=#[^\W\d])")  # "#merge #12" is one order with a number
_ORDER = re.compile(r"#\s?([^\W\d][\w-]{0,30})(?:\s+(.{0,500}))?")

_WORDS = {
    "note": ("ملاحظة", "داخلي"),
    "close": ("إغلاق", "اغلق", "أغلق"),
    "solve": ("حل", "تم الحل", "محلول"),
    "reopen": ("إعادة-فتح", "فتح"),
    "assign": ("إسناد", "أسند", "تكليف"),
    "take": ("استلام", "أستلم"),
    "team": ("فريق", "تحويل"),
    "tier2": ("المستوى-الثاني", "مستوى2"),
    "priority": ("أولوية",),
    "category": ("تصنيف",),
    "wait": ("انتظار", "بانتظار-العميل"),
    "hold": ("تعليق",),
    "cc": ("نسخة", "إضافة"),
    "cause": ("سبب",),
    "appointment": ("موعد",),
    "merge": ("دمج",),
    "split": ("فصل",),
    "violation": ("مخالفة",),
    "send": ("إرسال",),
    "undo": ("تراجع",),
    "why": ("لماذا",),
    "help": ("مساعدة",),
    "from": ("من",),
    "channel": ("قناة",),
    "at": ("وقت",),
}
ARABIC = {name: aliases[0] for name, aliases in _WORDS.items()}
"""Every order and its Arabic names; the English name is the one in events and documentation."""

TAKES_ARGUMENT = frozenset(
    {"assign", "team", "priority", "category", "cc", "cause", "appointment", "merge"}
    | {"from", "channel", "at"}
)
_NAMES = {normalise(alias): name for name, aliases in _WORDS.items() for alias in (name, *aliases)}
_EXCLUSIVE = (
    frozenset({"close", "solve", "reopen", "wait", "hold"}),
    frozenset({"assign", "take"}),
    frozenset({"team", "tier2"}),
)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it was given."""

    name: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a mail, what is left of its text, and what was wrong with them."""

    given: tuple[Order, ...] = ()
    text: str = ""
    problems: tuple[str, ...] = ()  # codes for the refusal letter: "unknown:clsoe:close"


def read(new_text: str) -> Orders:
    """Split what an agent wrote into orders and text; total for any text."""
    lines = new_text.splitlines()
    given: list[Order] = []
    problems: list[str] = []
    start = 0
    for start, line in enumerate(lines):  # noqa: B007 - the first line that is no order is wanted
        bare = unicodedata.normalize("NFKC", _MARKS.sub("", line)).strip()
        if not bare:
            continue
        if _ORDER.fullmatch(bare) is None:
            break
        for order in _several(bare):
            if isinstance(order, Order):
                given.append(order)
            else:
                problems.append(order)
    else:
        start = len(lines)
    problems += _contradictions(given)
    return Orders(tuple(given), "\n".join(lines[start:]).strip(), tuple(problems))


def _several(line: str) -> Iterator[Order | str]:
    """Yield the orders of one line ("#from a@b.example #channel phone"), or what is wrong."""
    for written in _NEXT.split(line):
        match = _ORDER.fullmatch(written.strip())
        word, argument = (match[1], (match[2] or "").strip()) if match else (written, "")
        name = _NAMES.get(normalise(word))
        if name is None:
            close = difflib.get_close_matches(normalise(word), _NAMES, 1)
            yield f"unknown:{word}:{_NAMES[close[0]] if close else ''}"
        elif name in TAKES_ARGUMENT and not argument:
            yield f"argument:{name}:"
        else:
            yield Order(name, argument)


def _contradictions(given: list[Order]) -> list[str]:
    return [
        f"contradiction:{' '.join(sorted(names))}:"
        for group in _EXCLUSIVE
        if len(names := {o.name for o in given if o.name in group}) > 1
    ]
