"""One form of a text for matching: Arabic letters, digits, marks and case made equal.

What is shown is never touched; only what is compared passes through here. Two texts that a
reader of Arabic takes for the same words have the same form: أ إ آ and ا, ى and ي, ة and ه, with
or without tashkeel, tatweel and bidi marks, Arabic-Indic and ASCII digits.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

# UAX #9 marks, zero-width joiners, BOM, soft hyphen: invisible, and clients sprinkle them anywhere
# (Gmail puts U+200F inside Arabic dates, U+202B before an attribution).
MARKS = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_UNMARKED = dict.fromkeys(MARKS, "")

_DIGITS = {
    chr(first + offset): str(offset)
    for first in (0x0660, 0x06F0)  # Arabic-Indic (ar), Extended Arabic-Indic (fa, ur)
    for offset in range(10)
}
_LETTERS = {
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",  # Farsi yeh, written by Persian and Urdu keyboards
    "ې": "ي",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
    "ک": "ك",
    "ـ": "",  # tatweel
    "٫": ".",
    "٬": ",",
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
}
_FOLDED = _LETTERS | _DIGITS

# Tashkeel, maddah and hamza: taken out before the pattern for all accents, which is slow wherever
# it finds one.
_VOWELS = {chr(code): "" for code in (*range(0x064B, 0x0656), 0x0670)}

# Patterns and not str.translate, which asks a table for every letter and costs ten times as much.
_ACCENTS = (c for c in map(chr, range(0x300, 0x10000)) if unicodedata.category(c) == "Mn")
_ACCENT = re.compile(f"[{''.join(_ACCENTS)}]")


def bare(text: str) -> str:
    """Return `text` without invisible direction marks and joiners, and with ordinary spaces."""
    if text.isascii():
        return text
    return _replaced(text, _UNMARKED).replace("\u00a0", " ").replace("\u202f", " ")


def western_digits(text: str) -> str:
    """Return `text` with Arabic-Indic digits (U+0660, U+06F0 ranges) as ASCII digits."""
    return _replaced(text, _DIGITS)


def normalise(text: str) -> str:
    """Return the form of `text` to compare with: never shown, never stored in place of the text.

    Compatibility forms (NFKD), accents and tashkeel, hamza seats, final letters, digits and
    Arabic punctuation are folded, case is folded (Unicode 3.13), runs of space become one space.
    """
    return normalise_lines([text.replace("\n", " ")])[0]


def normalise_lines(lines: Sequence[str]) -> list[str]:
    """Return `normalise` of each line (none has an LF in it), at a third of the cost of each."""
    text = _fold("\n".join(lines))
    if not text.replace("\n", "").isprintable():  # blanks there may be of any kind
        return [" ".join(line.split()) for line in text.split("\n")]
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(" \n", "\n").replace("\n ", "\n").strip(" ").split("\n")


def _fold(text: str) -> str:
    if text.isascii():
        return text.casefold()
    apart = unicodedata.normalize("NFKD", _replaced(text, _UNMARKED))
    loose = apart.casefold()
    if loose != apart:
        loose = unicodedata.normalize("NFKD", loose)  # a folded letter may decompose again
    letters = _ACCENT.sub("", _replaced(loose, _VOWELS))
    if len(letters.encode("utf-16-le", "surrogatepass")) > 2 * len(letters):  # beyond U+FFFF
        letters = "".join(c for c in letters if unicodedata.category(c) != "Mn")
    return _replaced(unicodedata.normalize("NFC", letters), _FOLDED)


def _replaced(text: str, table: Mapping[str, str]) -> str:
    if text.isascii():
        return text
    for letter in [each for each in table if each in text]:
        text = text.replace(letter, table[letter])
    return text
