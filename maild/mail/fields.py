"""Header fields of our letters, written so that every reader reads back what was meant.

The standard library (3.11 to 3.13) turns long Message-IDs into encoded words, which breaks
threading in Outlook, and loses spaces of folded Arabic subjects; so these few fields are written
here. A value that is not plain ASCII becomes encoded words (RFC 2047) from its first character to
its last: no reader then has to guess about spaces between plain text and encoded words.
"""

import binascii
import re
from collections.abc import Iterable
from functools import lru_cache

from maild.mail.mail import Address

SUBJECT_LIMIT = 500  # characters; Outlook lets a person type 255
NAME_LIMIT = 150  # characters
REFERENCES_LIMIT = 40  # ids; RFC 5322 sets none, Postfix stops at 100 kB of headers
LINE = 76  # characters of a folded line

_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOOSE_JOINER = re.compile("(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)")
_ID = re.compile(r"<[!-;=?-~]{1,990}>")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")  # RFC 5322 3.2.3, words of a phrase
_Q_BARE = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/ "  # " " as "_"
_Q_PLAIN = frozenset(_Q_BARE) - {0x20}


def clean(text: str, limit: int) -> str:
    """Return `text` as one line that is safe in a header and in an inbox list.

    Controls and line ends of every kind (C0, C1, U+2028, U+2029) become one space, bidi overrides
    and isolates and invisible spaces go, the joiners ZWNJ and ZWJ stay where they join something.
    """
    text = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))
    text = _LOOSE_JOINER.sub("", _CONTROL.sub(" ", text)).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def unstructured(name: str, text: str) -> str:
    """Return the field `name: text`, folded (RFC 5322 2.2.3), without its last line end.

    `text` has been through `clean`.
    """
    if _plain(text):
        if len(name) + 2 + len(text) <= LINE:
            return f"{name}: {text}"
        if "  " not in text and max(map(len, text.split(" "))) <= LINE - len(name) - 2:
            return _fold(f"{name}:", text.split(" "))
    return f"{name}: " + "\r\n ".join(encoded_words(text))


def addresses(name: str, people: Iterable[Address]) -> str:
    """Return an address field (RFC 5322 3.6.2, 3.6.3). Names and addresses are clean."""
    return f"{name}: " + ",\r\n ".join(_mailbox(person) for person in people)


def ids(name: str, message_ids: Iterable[str]) -> str:
    """Return a field of Message-IDs (RFC 5322 3.6.4), each whole and on a line of its own."""
    return f"{name}: " + "\r\n ".join(message_ids)


def is_message_id(text: str) -> bool:
    """Tell whether `text` is one Message-ID that fits a line; clients' oddities are allowed."""
    return _ID.fullmatch(text) is not None


def sound_references(references: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that can be written, at most 40: the first of the thread and the latest."""
    sound = tuple(dict.fromkeys(r for r in references if is_message_id(r)))
    if len(sound) <= REFERENCES_LIMIT:
        return sound
    return (sound[0], *sound[1 - REFERENCES_LIMIT :])


def encoded_words(text: str) -> list[str]:
    """Return `text` as encoded words of at most 75 characters, no character cut in two.

    Mostly ASCII text is written in "Q", which stays readable, other text in "B". Both keep to the
    characters allowed inside a display name (RFC 2047 5 (3)).
    """
    data = text.encode("utf-8")
    quoted = len(data.translate(None, _Q_BARE)) * 5 < len(data)
    words, start = [], 0
    while start < len(data):
        end = _end_q(data, start) if quoted else start + 45
        while end < len(data) and data[end] & 0xC0 == 0x80:  # never inside a UTF-8 sequence
            end -= 1
        words.append(_word_q(data[start:end]) if quoted else _word_b(data[start:end]))
        start = end
    return words


def _plain(text: str) -> bool:
    """Whether a reader would take `text` as it stands."""
    return text.isascii() and "=?" not in text


def _fold(line: str, words: list[str]) -> str:
    lines = []
    for word in words:
        if len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = ""
        line += " " + word
    return "\r\n".join([*lines, line])


@lru_cache(maxsize=256)  # a desk's own names stand in every letter
def _mailbox(person: Address) -> str:
    if not person.name:
        return person.address
    if not _plain(person.name) or '"' in person.name or "\\" in person.name:
        # Readers disagree about backslashes in quoted strings; an encoded word needs none.
        return "\r\n ".join([*encoded_words(person.name), f"<{person.address}>"])
    if _ATOMS.fullmatch(person.name) and "  " not in person.name:  # a phrase has no wide gaps
        return f"{person.name} <{person.address}>"
    return f'"{person.name}" <{person.address}>'


def _end_q(data: bytes, start: int) -> int:
    room, end = 63, start  # 75 less "=?utf-8?q?" and "?="
    while end < len(data):
        room -= 1 if data[end] in _Q_PLAIN or data[end] == 0x20 else 3
        if room < 0:
            break
        end += 1
    return end


def _word_q(data: bytes) -> str:
    text = "".join(chr(b) if b in _Q_PLAIN else "_" if b == 0x20 else f"={b:02X}" for b in data)
    return f"=?utf-8?q?{text}?="


def _word_b(data: bytes) -> str:
    return f"=?utf-8?b?{binascii.b2a_base64(data, newline=False).decode('ascii')}?="
