"""The last look at a letter: read again by another parser, it must say what was meant.

The parts are found and decoded as those of inbound mail are, which allows more for a field than
any client and so sees what others might; header values are decoded by the standard library.
Neither shares code with our writing.
"""

import re
from binascii import Error, a2b_base64, a2b_qp
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses
from functools import lru_cache

from maild.mail.filenames import safe_name
from maild.mail.mail import Address
from maild.mail.outgoing import Outgoing
from maild.mail.parts import content
from maild.mail.structure import Part, parse

LONG = 100_000  # bytes; in a longer letter the middle of a file is not read again
LONGEST_LINE = 998  # RFC 5322 2.1.1, without CRLF
_ALWAYS = (
    "from", "to", "subject", "date", "message-id", "content-language", "mime-version",
)  # fmt: skip
_PIECE = 64 * 57  # bytes in the 64 lines of base64 that remain of a file
_FILE_BODY = re.compile(rb"((?:[A-Za-z0-9+/]{76}\r\n){64})(?:[A-Za-z0-9+/]{76}\r\n){256,}")
# One person as RFC 5322 lets it be read in one way only; whatever else stands there, the standard
# library takes apart, letter by letter.
_WORD = r"=\?utf-8\?[bq]\?[!->@-~]+\?="
_ADDRESS = r"[A-Za-z0-9_=+-]+(?:\.[A-Za-z0-9_=+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_NAMED = re.compile(rf"([A-Za-z0-9]+(?: [A-Za-z0-9]+)*|{_WORD}(?: {_WORD})*) <({_ADDRESS})>")
_NAMELESS = re.compile(_ADDRESS)
_WORDS = re.compile(rf"{_WORD}(?: {_WORD})*")


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
    parsed = parse(_with_short_files(raw) if shortened else raw)
    return _misprinted_header(parsed, letter) or _misprinted_body(parsed, letter, shortened)


def _with_short_files(raw: bytes) -> bytes:
    """Return a letter with only the beginning of each file; its texts, which come first, whole."""
    texts, mark, files = raw.partition(b"\r\nContent-Disposition:")
    return texts + mark + _FILE_BODY.sub(rb"\1", files)


def _misprinted_header(parsed: Part, letter: Outgoing) -> str | None:
    expected = [*_ALWAYS, *(name.lower() for name, _ in letter.headers)]
    expected += ["cc"] if letter.cc else []
    expected += ["reply-to"] if letter.reply_to else []
    expected += ["in-reply-to"] if letter.in_reply_to else []
    expected += ["references"] if letter.references else []
    expected += ["auto-submitted", "x-auto-response-suppress"] if letter.auto_submitted else []
    if letter.auto_submitted and "x-maild-loop" not in expected:
        expected.append("x-maild-loop")
    # As they stand: the library would hide UTF-8 (RFC 6532), which it keeps as surrogates.
    fields = [(name.lower(), value) for name, value in parsed.raw_items()]
    found = {name: value for name, value in fields if not name.startswith("content-t")}
    if sorted(name for name, _ in fields if name in found) != sorted(expected):
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


def _misprinted_body(parsed: Part, letter: Outgoing, shortened: bool) -> str | None:
    parts = list(parsed.walk())
    if any(part.defects for part in parts):
        return "its structure"
    leaves = [part for part in parts if not part.is_multipart()]
    bodies = [letter.text, *([letter.html] if letter.html is not None else [])]
    if len(leaves) != len(bodies) + len(letter.attachments):
        return "its parts"
    wrong: set[str] = set()
    contents = [content(part, wrong) for part in leaves]
    if wrong:
        return "an encoding"
    for read, text in zip(contents, bodies, strict=False):
        if read.decode("utf-8").replace("\r\n", "\n").rstrip("\n") != text.rstrip("\n"):
            return "its text"
    names = sorted(part.get_filename() or "" for part in leaves[len(bodies) :])
    if names != sorted(safe_name(attachment.name) for attachment in letter.attachments):
        return "the name of a file"
    piece = _PIECE if shortened else None
    read_again = sorted(each[:piece] for each in contents[len(bodies) :])
    if read_again != sorted(attachment.content[:piece] for attachment in letter.attachments):
        return "the content of a file"
    return None


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


def _people(value: str) -> tuple[Address, ...]:
    line = value.encode("ascii", "surrogateescape").decode("utf-8", "replace")
    return _read_people(line.replace("\r\n", ""))


@lru_cache(maxsize=256)  # a desk's own names stand in every letter
def _read_people(line: str) -> tuple[Address, ...]:
    if one := _NAMED.fullmatch(line):
        pairs = [(one[1], one[2])]
    else:
        pairs = [("", line)] if _NAMELESS.fullmatch(line) else getaddresses([line])
    return tuple(Address(_words(label), address) for label, address in pairs if address)
