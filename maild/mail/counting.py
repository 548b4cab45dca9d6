"""Numbers with their nouns: "ساعة عمل واحدة", "ساعتا عمل", "3 ساعات عمل", "11 ساعة عمل".

Arabic has six forms (CLDR plural rules for ar): none, one, two, few (n mod 100 in 3..10), many
(11..99), and the rest. One and two are words of their own and take no figure; the dual has another
ending after a preposition ("خلال ساعتي عمل").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

ARABIC_INDIC = "arabic-indic"
_ARABIC_DIGITS = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun. `two` is None where the language has no dual."""

    one: str  # said without a figure in Arabic; "1" goes before it in English
    few: str  # 3 to 10; in English every number but one
    two: str | None = None
    two_oblique: str | None = None  # after a preposition
    many: str | None = None  # 11 to 99
    rest: str | None = None  # 100, 101, 102, 200…, fractions, none


def _arabic(one: str, two: tuple[str, str], few: str, many: str, rest: str) -> Noun:
    return Noun(one, few, two[0], two[1], many, rest)


NOUNS: Mapping[str, Mapping[str, Noun]] = MappingProxyType(
    {
        "ar": {
            "minute": _arabic("دقيقة واحدة", ("دقيقتان", "دقيقتين"), "دقائق", "دقيقة", "دقيقة"),
            "hour": _arabic("ساعة واحدة", ("ساعتان", "ساعتين"), "ساعات", "ساعة", "ساعة"),
            "working_hour": _arabic(
                "ساعة عمل واحدة", ("ساعتا عمل", "ساعتي عمل"), "ساعات عمل", "ساعة عمل", "ساعة عمل"
            ),
            "working_minute": _arabic(
                "دقيقة عمل واحدة",
                ("دقيقتا عمل", "دقيقتي عمل"),
                "دقائق عمل",
                "دقيقة عمل",
                "دقيقة عمل",
            ),
            "day": _arabic("يوم واحد", ("يومان", "يومين"), "أيام", "يومًا", "يوم"),
            "working_day": _arabic(
                "يوم عمل واحد", ("يوما عمل", "يومي عمل"), "أيام عمل", "يوم عمل", "يوم عمل"
            ),
            "ticket": _arabic("تذكرة واحدة", ("تذكرتان", "تذكرتين"), "تذاكر", "تذكرة", "تذكرة"),
            "message": _arabic("رسالة واحدة", ("رسالتان", "رسالتين"), "رسائل", "رسالة", "رسالة"),
            "mistake": _arabic("خطأ واحد", ("خطآن", "خطأين"), "أخطاء", "خطأً", "خطأ"),
            "violation": _arabic(
                "مخالفة واحدة", ("مخالفتان", "مخالفتين"), "مخالفات", "مخالفة", "مخالفة"
            ),
        },
        "en": {
            "minute": Noun("minute", "minutes"),
            "hour": Noun("hour", "hours"),
            "working_hour": Noun("working hour", "working hours"),
            "working_minute": Noun("working minute", "working minutes"),
            "day": Noun("day", "days"),
            "working_day": Noun("working day", "working days"),
            "ticket": Noun("ticket", "tickets"),
            "message": Noun("message", "messages"),
            "mistake": Noun("mistake", "mistakes"),
            "violation": Noun("violation", "violations"),
        },
    }
)


def figure(number: float, digits: str = "latin") -> str:
    """Return `number` in figures, at most two decimals; `digits` is "latin" or "arabic-indic"."""
    text = str(number) if isinstance(number, int) else f"{number:.2f}".rstrip("0").rstrip(".")
    return text.translate(_ARABIC_DIGITS) if digits == ARABIC_INDIC else text


def counted(
    number: float,
    noun: str,
    language: str = "ar",
    *,
    digits: str = "latin",
    oblique: bool = False,
) -> str:
    """Return `number` with its noun in the right form.

    `noun` is a key of `NOUNS`; `oblique` asks for the Arabic ending after a preposition. A language
    without nouns of its own is written in English. KeyError for an unknown noun.
    """
    forms = NOUNS.get(language, NOUNS["en"])[noun]
    if forms.two is None:
        return f"{figure(number, digits)} {forms.one if number == 1 else forms.few}"
    if number == 1:
        return forms.one
    if number == 2:
        return (forms.two_oblique if oblique else forms.two) or forms.few
    return f"{figure(number, digits)} {_arabic_form(number, forms)}"


def _arabic_form(number: float, forms: Noun) -> str:
    rest = forms.rest or forms.few
    if number != int(number):
        return rest
    tail = int(number) % 100
    if 3 <= tail <= 10:
        return forms.few
    return forms.many or rest if tail >= 11 else rest
