"""The last look at a letter: read again by another parser, it must say what was meant.

This reader shares no code with our writing, and it is strict: a line that is no field, a part
that nobody opened, an octet between two parts is a misprint. So a letter that passes holds
nothing of which a more lenient reader could make more. Address fields that are not of the
plainest form, and words in them, are taken apart by the standard library.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from functools import lru_cache
from typing import NamedTuple

from maild.mail.filenames import safe_name
from maild.mail.mail import Address
from maild.mail.outgoing import Outgoing
from maild.mail.parameters import parameters

LONG = 100_000  # bytes; in a longer letter the middle of a file is not read again
LONGEST_LINE = 998  # RFC 5322 2.1.1, without CRLF
_ALWAYS = (
    "from", "to", "subject", "date", "message-id", "content-language", "mime-version",
)  # fmt: skip
_PIECE = 64 * 57  # bytes in the 64 lines of base64 that remain of a file
_FILE_BODY = re.compile(rb"((?:[A-Za-z0-9+/]{76}\r\n){64})(?:[A-Za-z0-9+/]{76}\r\n){256,}")
# RFC 5322 2.2, and nothing that a reader could take for anything else: the name and its colon
# without blanks, continuations that say something (2.2.3).
_FIELD = re.compile(r"([!-9;-~]+): ([^\r\n]*(?:\r\n [^\r\n]+)*)(?:\r\n|\Z)")
_BOUNDARY = re.compile(r'; *boundary="([^"]+)"\Z')
# One person as RFC 5322 lets it be read in one way only; whatever else stands there, the standard
# library takes apart, letter by letter.
_WORD = r"=\?utf-8\?[bq]\?[!->@-~]+\?="
_ADDRESS = r"[A-Za-z0-9_=+-]+(?:\.[A-Za-z0-9_=+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_NAMED = re.compile(rf"([A-Za-z0-9]+(?: [A-Za-z0-9]+)*|{_WORD}(?: {_WORD})*) <({_ADDRESS})>")
_NAMELESS = re.compile(_ADDRESS)
_WORDS = re.compile(rf"{_WORD}(?: {_WORD})*")

_Fields = list[tuple[str, str]]  # names in lower case; values as they stand, folds included


class _Leaf(NamedTuple):
    """A part that has no parts: its fields, and its content as it is transferred."""

    fields: dict[str, str]
    content: bytes


class _MisprintError(Exception):
    """A letter does not have the form that ours have. Says what of it."""


def misprint(raw: bytes, letter: Outgoing) -> str | None:
    """Return what in `raw` differs from `letter`, in a few words of ours, or None.

    `letter` is clean. Of a long file only the beginning is read again.
    """
    lines = raw.split(b"\r\n")
    said = b"".join(lines)
    if b"\r" in said or b"\n" in said or b"\0" in said:
        return "a line end or control character on its own"
    if max(map(len, lines)) > LONGEST_LINE:
        return "a line of more than 998 bytes"
    shortened = len(raw) > LONG
    head, _, body = (_with_short_files(raw) if shortened else raw).partition(b"\r\n\r\n")
    try:
        fields = _fields(head)
        leaves = list(_leaves(dict(fields), body))
        return _misprinted_header(fields, letter) or _misprinted_body(leaves, letter, shortened)
    except _MisprintError as error:
        return str(error)


def _with_short_files(raw: bytes) -> bytes:
    """Return a letter with only the beginning of each file; its texts, which come first, whole."""
    texts, mark, files = raw.partition(b"\r\nContent-Disposition:")
    return texts + mark + _FILE_BODY.sub(rb"\1", files)


def _fields(head: bytes) -> _Fields:
    """Return the fields of a head, of which every line belongs to one (RFC 6532: UTF-8)."""
    text = head.decode("utf-8", "replace")
    fields, at = [], 0
    while at < len(text):
        field = _FIELD.match(text, at)
        if field is None:
            raise _MisprintError("its structure")
        fields.append((field[1].lower(), field[2]))
        at = field.end()
    types = [name for name, _ in fields if name.startswith("content-t")]
    if len(types) > len(set(types)):
        raise _MisprintError("its structure")
    return fields


def _leaves(fields: dict[str, str], body: bytes) -> Iterator[_Leaf]:
    """Yield the leaves of an entity in order (RFC 2046 5.1), nothing between or behind its parts.

    The last line end of a letter stands behind its last delimiter, or ends its only text.
    """
    kind = fields.get("content-type", "")
    if not kind.startswith("multipart/"):
        yield _Leaf(fields, body)
        return
    boundary = _BOUNDARY.search(kind.replace("\r\n", ""))
    if boundary is None:
        raise _MisprintError("its structure")
    before, *parts, behind = b"\r\n".join((b"", body)).split(b"\r\n--" + boundary[1].encode())
    if before or not parts or behind not in {b"--", b"--\r\n"}:
        raise _MisprintError("its structure")
    for part in parts:
        head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not part.startswith(b"\r\n") or not blank:
            raise _MisprintError("its structure")
        yield from _leaves(dict(_fields(head)), content)


def _misprinted_header(fields: _Fields, letter: Outgoing) -> str | None:
    expected = [*_ALWAYS, *(name.lower() for name, _ in letter.headers)]
    expected += ["cc"] if letter.cc else []
    expected += ["reply-to"] if letter.reply_to else []
    expected += ["in-reply-to"] if letter.in_reply_to else []
    expected += ["references"] if letter.references else []
    expected += ["auto-submitted", "x-auto-response-suppress"] if letter.auto_submitted else []
    if letter.auto_submitted and "x-maild-loop" not in expected:
        expected.append("x-maild-loop")
    fields = [(name, value) for name, value in fields if not name.startswith("content-t")]
    found = dict(fields)
    if sorted(name for name, _ in fields) != sorted(expected):
        return "its header fields"
    if _decoded(found["subject"]) != letter.subject:
        return "its subject"
    if found["message-id"] != letter.message_id:
        return "its Message-ID"
    if found.get("in-reply-to") != letter.in_reply_to:
        return "its In-Reply-To"
    if tuple(found.get("references", "").split()) != letter.references:
        return "its References"
    people = {"from": (letter.from_,), "to": (letter.to,), "cc": letter.cc}
    people["reply-to"] = (letter.reply_to,) if letter.reply_to else ()
    wrong = (n for n, wanted in people.items() if _people(found.get(n, "")) != wanted)
    return next((f"its {name} field" for name in wrong), None)


def _misprinted_body(leaves: list[_Leaf], letter: Outgoing, shortened: bool) -> str | None:
    bodies = [letter.text, *([letter.html] if letter.html is not None else [])]
    if len(leaves) != len(bodies) + len(letter.attachments):
        return "its parts"
    contents = [_content(leaf) for leaf in leaves]
    for read, text in zip(contents, bodies, strict=False):
        if read.decode("utf-8").replace("\r\n", "\n").rstrip("\n") != text.rstrip("\n"):
            return "its text"
    names = sorted(_file_name(leaf) for leaf in leaves[len(bodies) :])
    if names != sorted(safe_name(attachment.name) for attachment in letter.attachments):
        return "the name of a file"
    piece = _PIECE if shortened else None
    read_again = sorted(each[:piece] for each in contents[len(bodies) :])
    if read_again != sorted(attachment.content[:piece] for attachment in letter.attachments):
        return "the content of a file"
    return None


def _content(leaf: _Leaf) -> bytes:
    """Return the decoded content of a leaf (RFC 2045 6)."""
    encoding = leaf.fields.get("content-transfer-encoding")
    with suppress(Error):
        if encoding == "base64":
            return a2b_base64(leaf.content)
        if encoding == "quoted-printable":
            return a2b_qp(leaf.content)
        if encoding == "7bit" and leaf.content.isascii():
            return leaf.content
    raise _MisprintError("an encoding")


def _file_name(leaf: _Leaf) -> str:
    return parameters(leaf.fields.get("content-disposition", "")).get("filename", "")


def _decoded(value: str) -> str:
    try:
        return _words(value.replace("\r\n", ""))
    except (HeaderParseError, Error, UnicodeError, LookupError):
        return "\0"


def _words(value: str) -> str:
    """Return a value with its encoded words decoded, as it stands where it has none.

    We write words from the first character to the last, so nothing is to be put between them.
    """
    if "=?" not in value:
        return value
    if _WORDS.fullmatch(value):
        return b"".join(map(_octets, value.split(" "))).decode("utf-8")
    pieces = decode_header(value)
    return "".join(p if isinstance(p, str) else p.decode(said or "ascii") for p, said in pieces)


def _octets(word: str) -> bytes:
    """Return what stands in one encoded word (RFC 2047 4)."""
    _, _, encoding, said, _ = word.split("?")
    return a2b_qp(said, header=True) if encoding == "q" else a2b_base64(said)


@lru_cache(maxsize=256)  # a desk's own names stand in every letter
def _people(value: str) -> tuple[Address, ...]:
    line = value.replace("\r\n", "")
    if one := _NAMED.fullmatch(line):
        pairs = [(one[1], one[2])]
    else:
        pairs = [("", line)] if _NAMELESS.fullmatch(line) else getaddresses([line])
    return tuple(Address(_words(label), address) for label, address in pairs if address)
