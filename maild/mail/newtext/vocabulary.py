"""Every language pack in one: the lookups the line reader asks, built once at import."""

import re
from collections.abc import Callable, Iterable

from maild.mail.newtext.pack import Label, Pack
from maild.mail.newtext.packs_middle_east import MIDDLE_EAST
from maild.mail.newtext.packs_north_east import NORTH_EAST
from maild.mail.newtext.packs_west import WEST
from maild.mail.normal import normalise

PACKS: tuple[Pack, ...] = (*MIDDLE_EAST, *WEST, *NORTH_EAST)

_UNSPACED = frozenset({"zh", "ja", "ko"})  # a verb may touch its neighbours in these scripts


def _keys(words: Callable[[Pack], Iterable[str]]) -> frozenset[str]:
    return frozenset(normalise(word) for pack in PACKS for word in words(pack))


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in _longest_first(words))


def _wrote() -> re.Pattern[str]:
    spaced = {normalise(v) for p in PACKS if p.code not in _UNSPACED for v in (*p.wrote, *p.said)}
    unspaced = {normalise(v) for p in PACKS if p.code in _UNSPACED for v in (*p.wrote, *p.said)}
    return re.compile(rf"(?<!\w)(?:{_any_of(spaced)})(?!\w)|(?:{_any_of(unspaced)})")


WROTE = _wrote()
SAID = _keys(lambda pack: pack.said)
OPENINGS = _longest_first(_keys(lambda pack: pack.openings))
ORIGINALS = _keys(lambda pack: pack.originals)
FORWARDS = _keys(lambda pack: pack.forwards)
DEVICES = tuple(_longest_first(_keys(lambda pack: pack.devices)))
DEVICE_ENDS = tuple(_longest_first(_keys(lambda pack: pack.device_ends)))
DISCLAIMERS = tuple(_longest_first(_keys(lambda pack: pack.disclaimers)))
CLOSINGS = _keys(lambda pack: (*pack.closings, *pack.farewells))
FAREWELLS = _keys(lambda pack: pack.farewells)

# The line maild writes above the history in its own letters; what is below is ours, not theirs.
REPLY_ABOVE: dict[str, str] = {
    "ar": "##- يرجى كتابة ردّك فوق هذا السطر -##",
    "en": "##- Please type your reply above this line -##",
}
REPLY_ABOVE_KEYS = tuple(
    _longest_first(
        _keys(lambda pack: pack.reply_above)
        | {normalise(text).strip("#- ") for text in REPLY_ABOVE.values()}
    )
)


def _labels() -> dict[str, dict[str, Label]]:
    found: dict[str, dict[str, Label]] = {}
    for pack in PACKS:
        for label, words in pack.labels.items():
            for word in words:
                found.setdefault(normalise(word), {})[pack.code] = label
    return found


# label text -> language -> what it says there ("a" is To in French, nothing in English)
LABELS = _labels()
LONGEST_LABEL = max(len(label) for label in LABELS)

# Labels for the moment of sending that a hand-written table has no reason to carry, unlike
# "Date" or "التاريخ": Outlook's own.
SENT_ONLY = frozenset(
    normalise(word)
    for pack in PACKS
    for word in pack.labels.get(Label.SENT, ())
    if normalise(word)
    not in {
        normalise(generic)
        for generic in (
            *("Date", "Datum", "Data", "Fecha", "Dato", "Tarih", "Дата", "Dátum", "Päivämäärä"),
            *("التاريخ", "تاريخ", "بتاريخ", "تاریخ", "日期", "日付", "日時", "날짜", "תאריך"),
            *("Ημερομηνία", "Päiväys", "ارسال"),
        )
    }
)
