"""Names of attachments: data from a stranger, made safe to save on any system and to show."""

import re
import unicodedata

LENGTH = 120  # characters
SIZE = 200  # bytes of UTF-8; file systems stop at 255, and percent-encoding triples it

# Device names of Windows are files of no directory, whatever the extension.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?![^. ])", re.IGNORECASE
)
_FORBIDDEN = frozenset('/\\:*?"<>|')
_SEPARATORS = "/\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c"
_JOINERS = "\u200c\u200d"


def safe_name(name: str, default: str = "attachment") -> str:
    """Return a file name without folders, hidden characters, device names or a leading dot.

    Arabic names stay as they are, with their joiners (ZWNJ, ZWJ) between letters. The name is
    judged after compatibility normalisation, so that no look-alike of a slash, dot or colon gets
    through, and never longer than 120 characters or 200 bytes; the extension survives the cut.
    """
    text = unicodedata.normalize("NFC", name[-4096:])
    text = re.split(f"[{re.escape(_SEPARATORS)}]", text.rstrip(_SEPARATORS + " \t\r\n"))[-1]
    text = "".join(map(_safe_character, text))
    text = re.sub(f"(?<!\\w)[{_JOINERS}]+|[{_JOINERS}]+(?!\\w)", "", text)
    text = _shorten(_trim(re.sub(r"\s+", " ", text)))
    if not text.strip("_"):
        return default
    if _DEVICE.match(unicodedata.normalize("NFKC", text)):
        return f"_{text}"
    return text


def _safe_character(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category in {"Zl", "Zp", "Zs"} or character in "\t\r\n":
        return " "
    if category in {"Cc", "Cf"}:
        return ""  # zero-width spaces, bidi overrides, NUL
    if category == "Cs" or not _FORBIDDEN.isdisjoint(unicodedata.normalize("NFKC", character)):
        return "_"
    return character


def _trim(text: str) -> str:
    """Without dots, spaces and dashes in front; Windows drops dots and spaces at the end."""
    start, end = 0, len(text)
    while (start < end and _dotted(text[start])) or text[start:end].startswith(("-", " ")):
        start += 1
    while start < end and (_dotted(text[end - 1]) or text[end - 1] == " "):
        end -= 1
    return text[start:end]


def _dotted(character: str) -> bool:
    return unicodedata.normalize("NFKC", character).startswith(".")


def _shorten(text: str) -> str:
    if len(text) <= LENGTH and len(text.encode("utf-8")) <= SIZE:
        return text
    stem, dot, extension = text.rpartition(".")
    if not stem or len(extension.encode("utf-8")) > 16:
        stem, dot, extension = text, "", ""
    tail = dot + extension
    stem = (
        stem[: LENGTH - len(tail)]
        .encode("utf-8")[: SIZE - len(tail.encode("utf-8"))]
        .decode("utf-8", "ignore")
    )
    return stem.rstrip(" .") + tail
