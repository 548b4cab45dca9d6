"""How foreign text is shown in a letter of ours: harmless, in its own direction, never reworded.

A name, subject or address is one line without controls or bidi formatting (UAX #9), so that it can
neither break out of its place nor turn the words around it. A body keeps its lines and marks, but
for the overrides, which exist to make text look like what it is not.
"""

import re
import unicodedata

FSI, PDI = "\u2068", "\u2069"
"""First strong isolate and its end (UAX #9 2.4): what stands between them turns nothing else."""

RTL_LANGUAGES = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})

_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
# Joiners shape Persian and Arabic words and emoji (UAX #31 2.3); anywhere else they hide text.
_JOINED = (
    "\u0600-\u08ff\ufb50-\ufdff\ufe70-\ufefc\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
)
_STRAY_JOINERS = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINED}])")
_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HOSTILE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u202d\u202e\ufeff\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")  # cannot be encoded; a codec's surrogateescape
_FIGURES = re.compile(r"\d[ +/()-]+\d|[+#]\d")
# The blocks of scripts written from right to left (UAX #9 table 4, defaults of Bidi_Class).
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RIGHT = re.compile(f"[{_RTL}]")
_LEFT = re.compile(rf"[^\W\d_{_RTL}]")
_URL = re.compile(r"https?://[^\s<>\"'\\\x00-\x20]+", re.IGNORECASE)


def line(text: str) -> str:
    """Return foreign `text` as one line without controls, bidi formatting or hidden characters."""
    if text.isprintable():  # no controls, formatting characters, surrogates or odd spaces
        return text.strip()
    bare = _HIDDEN.sub("", _SPACES.sub(" ", _BREAKS.sub(" ", text)))
    return _SURROGATES.sub("\ufffd", _STRAY_JOINERS.sub("", bare)).strip()


def block(text: str) -> str:
    """Return a foreign body with its lines (LF), without controls and direction overrides."""
    bare = _HOSTILE.sub("", _BREAKS.sub("\n", text)).replace("\t", "    ")
    lines = (part.rstrip() for part in _SURROGATES.sub("\ufffd", bare).split("\n"))
    return "\n".join(lines).strip("\n")


def short(text: str, length: int) -> str:
    """Return `text` as one line of at most `length` characters, cut at a space where possible."""
    whole = line(text)
    if len(whole) <= length:
        return whole
    head = whole[: length - 1]
    at_space = head.rpartition(" ")[0]
    return (at_space if len(at_space) > length // 2 else head).rstrip() + "…"


def direction(text: str, otherwise: str = "ltr") -> str:
    """Return "rtl" or "ltr" by the first strong character (UAX #9 P2); `otherwise` if none."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return otherwise


def mixed(text: str, within: str) -> bool:
    """Tell whether `text` would be shown in the wrong order inside the direction `within`.

    It does with a strong character of the other direction, and, from right to left, with figures
    that signs or spaces hold together: after Arabic letters "+966 53 310", "2026-03-04" and "#7"
    are shown backwards (UAX #9 W2 makes their digits Arabic numbers).
    """
    if within == "rtl" and _FIGURES.search(text):
        return True
    return (_LEFT if within == "rtl" else _RIGHT).search(text) is not None


def is_url(text: str) -> bool:
    """Tell whether the whole of `text` is one web address, safe inside an attribute."""
    return _URL.fullmatch(text) is not None
