"""Bytes to text: the declared charset when it holds, else the best of a short, fixed list.

The order is: declared, UTF-8, the mailbox's default, an Arabic charset when the bytes read as
Arabic, windows-1252. No charset is ever guessed by statistics over many: short Arabic mails are
guessed wrong by every detector that was tried.
"""

import codecs
import re
from functools import lru_cache

# What mail declares, and what it means. Names are compared in lower case, "_" for "-".
_ALIASES = {
    # RFC 1556: implicit and explicit direction, the same bytes.
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "asmo-708": "iso8859-6",
    "arabic": "iso8859-6",
    "dos-720": "cp720",
    "dos-864": "cp864",
    "x-mac-arabic": "mac-arabic",
    "x-windows-1256": "cp1256",
    "win-1256": "cp1256",
    "windows1256": "cp1256",
    # RFC 1641, RFC 1642, old MIME drafts, MySQL and careless programs
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-2-0-utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "utf-8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "x-utf-8": "utf-8",
    # WHATWG Encoding: the name on the label and the set that is really used under it
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "ks-c-5601-1987": "cp949",
    "ks-c-5601": "cp949",
    "euc-kr": "cp949",
    "x-windows-949": "cp949",
    "x-sjis": "cp932",
    "shift-jis": "cp932",
    "shift_jis": "cp932",
    "big5": "cp950",
    "x-big5": "cp950",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "cp-850": "cp850",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}

# Labels that say nothing: the bytes decide.
_EMPTY = frozenset(
    [
        "x-unknown", "unknown", "unknown-8bit", "default", "none", "binary", "8bit", "7bit",
        "x-user-defined", "us-ascii", "ascii", "ansi-x3.4-1968", "ansi-x3.110-1983", "iso-646",
        "utf", "charset",
    ]
)  # fmt: skip

# The codecs of Python that turn bytes into letters. Others under the same registry execute
# escapes (unicode_escape), are not character sets (rot13, zip) or are slow (punycode, idna).
_ALLOWED = frozenset(
    [
        *(f"iso8859-{n}" for n in range(1, 17) if n != 12), *(f"cp125{n}" for n in range(9)),
        "cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp857", "cp858", "cp860",
        "cp861", "cp862", "cp863", "cp864", "cp865", "cp866", "cp869", "cp874", "cp932", "cp949",
        "cp950", "koi8-r", "koi8-u", "koi8-t", "kz1048", "mac-arabic", "mac-cyrillic", "mac-greek",
        "mac-latin2", "mac-roman", "mac-turkish", "tis-620", "ptcp154", "utf-8", "utf-16",
        "utf-16-le", "utf-16-be", "utf-32", "utf-7", "gb18030", "gbk", "gb2312", "hz", "big5",
        "big5hkscs", "euc_jp", "euc_jis_2004", "euc_kr", "johab", "shift_jis", "shift_jis_2004",
        "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3",
        "iso2022_jp_ext", "iso2022_kr",
    ]
)  # fmt: skip

# In these ASCII bytes are not always ASCII letters.
_STATEFUL = ("utf-7", "utf-16", "utf-32", "hz", "iso2022")

# windows-1256 and ISO-8859-6 share the places of many letters. Under the wrong one of the two
# the commonest Arabic letters turn into Latin ones with accents and a multiplication sign.
_ARABIC_1256 = bytes(b for b in range(0x80, 0x100) if "ء" <= bytes([b]).decode("cp1256") <= "ي")
_ARABIC_6 = bytes([*range(0xC1, 0xDB), *range(0xE0, 0xF3), 0xAC, 0xBB, 0xBF])
_LETTERS = re.compile(rb"[A-Za-z\x80-\xff]+")
_ASCII_LETTER = re.compile(rb"[A-Za-z]")
_SAMPLE = 20_000  # bytes that are enough to tell

_CONTROLS = bytes([*range(9), *range(11, 32), 127])
_DROPPED: dict[int, str] = dict.fromkeys((*range(32), 127), "")
_DROPPED |= {0x09: "\t", 0x0A: "\n", 0x0C: "\n", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


@lru_cache(maxsize=64)  # each mail names one or two of a handful
def resolve(label: str | None) -> str | None:
    """Return Python's codec name for a declared charset, or None when the label says nothing.

    Unknown labels, and codecs that are no character set, give None too.
    """
    if not label:
        return None
    name = label.strip(" \t\"'<>").lower().replace("_", "-")[:40]
    if name in _EMPTY:
        return None
    name = _ALIASES.get(name, name)
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return None
    return codec if codec in _ALLOWED else None


def known(label: str | None) -> bool:
    """Whether a declared charset is one we can honour, or a label that says nothing."""
    if not label:
        return True
    bare = label.strip(" \t\"'<>").lower().replace("_", "-")
    return bare in _EMPTY or resolve(label) is not None


def _arabic(data: bytes) -> str | None:
    """Return the Arabic charset in which `data` reads as Arabic text, or None."""
    words = [word for word in _LETTERS.findall(data[:_SAMPLE]) if not word.isascii()]
    # Arabic words are wholly high bytes; Western ones have an accent among plain letters.
    high = b"".join(word for word in words if len(word) > 1 and not _ASCII_LETTER.search(word))
    if not high or len(high) * 10 < sum(map(len, words)) * 8:
        return None
    arabic = len(high) - len(high.translate(None, _ARABIC_1256))
    in_6 = len(high) - len(high.translate(None, _ARABIC_6))
    if in_6 == len(high) > arabic:
        return "iso8859-6"
    return "cp1256" if arabic * 10 >= len(high) * 8 else None


def decode(
    data: bytes, declared: str | None = None, default: str | None = None, *, western: bool = True
) -> tuple[str, bool]:
    """Return the text of `data`, and whether the declared charset held.

    Without `western` the last resort is U+FFFD for what is not UTF-8, not windows-1252.
    Lines end in LF; no NUL, no other control but tab, no lone surrogate is left, because
    PostgreSQL refuses the first and no UTF-8 sink takes the last.
    """
    codec = resolve(declared)
    if data.isascii() and not (codec or "").startswith(_STATEFUL):
        return clean(data.decode("ascii")), True
    if codec is not None:
        text = _try(data, codec)
        if text is not None:
            return clean(text), True
    for candidate in ("utf-8", resolve(default), _arabic(data), "cp1252" if western else None):
        text = _try(data, candidate) if candidate else None
        if text is not None:
            return clean(text), declared is None
    return clean(data.decode("utf-8", "replace")), False


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        pass
    if codec == "cp1252":  # five places are undefined
        return data.decode(codec, "replace")
    if codec == "utf-8" and data:
        # A mail cut in the middle of a letter by a size limit is still UTF-8.
        text = data.decode("utf-8", "replace")
        if text.count("\ufffd") * 50 <= len(text) and not _arabic(data):
            return text
    return None


def clean(text: str) -> str:
    """Drop what no store or terminal may see, and end lines in LF."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _is_harmless(text):
        text = text.translate(_DROPPED)
    return text.removeprefix("\ufeff")


def _is_harmless(text: str) -> bool:
    try:
        data = text.encode()
    except UnicodeEncodeError:  # a surrogate
        return False
    return len(data) == len(data.translate(None, _CONTROLS))


def undecoded(data: bytes) -> str:
    """Return bytes in the form the standard library keeps them in: high bytes as surrogates."""
    return data.decode("ascii", "surrogateescape")


def octets(value: str) -> bytes:
    """Undo `undecoded`; letters outside ASCII (there should be none) become UTF-8."""
    try:
        return value.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape")
