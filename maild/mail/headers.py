"""Header values to text: unfolded, encoded words decoded, raw 8-bit bytes understood.

The decoder is our own because the standard library's is quadratic on a run of encoded words
(280 kB of them cost 2.7 GB) and mail-parser's loses the blank at a folded encoded word and drops
raw 8-bit bytes. This one is linear in the value.
"""

import binascii
import re

from maild.mail import charsets

# RFC 2047 section 2, read leniently: blanks inside Q text and a language after "*" (RFC 2231)
# are seen in real mail.
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")
_BLANK = re.compile(r"[ \t\r\n]*")
_ID = re.compile(r"<([^<>]{1,990})>")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_LONGEST_ID = 990  # characters; a line may have 998 (RFC 5322 2.1.1)

LONGEST = 16 * 1024  # characters of one header that are looked at


def decode(value: str, default: str | None = None) -> str:
    """Return a raw header value (8-bit bytes as surrogates) as one clean line of text.

    `default` is the charset to try for undeclared bytes after UTF-8.
    """
    value = value[:LONGEST]
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value.strip(" ")
    if "\n" in value or "\r" in value:
        value = _unfolded(value)
    text = _words(value, default) if "=?" in value else undeclared(value, default)
    return charsets.clean(text).replace("\n", " ").strip(" \t")


def _unfolded(value: str) -> str:
    """Return a value on one line: each line end, with the blanks around it, is one space."""
    first, *others = value.replace("\r\n", "\n").split("\n")
    if not others:
        return first.replace("\r", " ")
    lines = [first.rstrip(" \t"), *(each.strip(" \t") for each in others[:-1])]
    return " ".join([*lines, others[-1].lstrip(" \t")]).replace("\r", " ")


def undeclared(value: str, default: str | None = None) -> str:
    """Return a value with its raw 8-bit bytes read, as far as there is reason to.

    RFC 5322 gives such bytes no meaning and RFC 6532 only UTF-8's. They are read as UTF-8, as
    `default`, or in the charset in which they read as Arabic; others become U+FFFD, since a lone
    Western byte is in no charset more than in twenty others.
    """
    if value.isascii():
        return value
    return charsets.decode(charsets.octets(value), None, default, western=False)[0]


def structured(value: str, default: str | None = None) -> str:
    """Return a raw value with its 8-bit bytes read and its encoded words still encoded.

    For headers whose structure must be read before their words are. Raw bytes inside an encoded
    word, against RFC 2047 2 but written by old clients, are encoded as the word's charset says.
    """
    if value.isascii():
        return value
    out: list[str] = []
    position = 0
    for match in _WORD.finditer(value):
        out.append(undeclared(value[position : match.start()], default))
        octets = charsets.octets(match[3])
        said = "".join(chr(b) if b < 0x80 else f"={b:02X}" for b in octets)
        out.append(f"=?{match[1]}?{match[2]}?{said}?=")
        position = match.end()
    out.append(undeclared(value[position:], default))
    return "".join(out)


def words(value: str, default: str | None = None) -> str:
    """Return `value` with its encoded words (RFC 2047) decoded; it is otherwise left alone."""
    return charsets.clean(_words(value, default)) if "=?" in value else value


def _words(value: str, default: str | None) -> str:
    out: list[str] = []
    run: list[bytes] = []  # bytes of adjacent words in one charset: a letter may be cut in two
    charset: str | None = None
    position = 0

    def flush() -> None:
        if run:
            out.append(charsets.decode(b"".join(run), charset, default)[0].replace("\n", " "))
            run.clear()

    for match in _WORD.finditer(value):
        between = value[position : match.start()]
        if between and not (position and _BLANK.fullmatch(between)):
            flush()
            out.append(undeclared(between, default))
        if run and match[1].lower() != (charset or "").lower():
            flush()
        charset = match[1]
        run.append(base64(match[3]) if match[2] in "bB" else _q(match[3]))
        position = match.end()
    flush()
    out.append(undeclared(value[position:], default))
    return "".join(out)


def _q(text: str) -> bytes:
    return binascii.a2b_qp(charsets.octets(text), header=True)


def base64(text: str | bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters and wrong padding are passed over."""
    data = text.encode("ascii", "ignore") if isinstance(text, str) else text
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        data = _NOT_BASE64.sub(b"", data)
        if len(data) % 4 == 1:
            data = data[:-1]
        return binascii.a2b_base64(data + b"=" * (-len(data) % 4))


def ids(value: str) -> tuple[str, ...]:
    """Return the message ids of a header (RFC 5322 3.6.4) in order, each once, with brackets.

    What Microsoft 365 writes (`<[hex@microsoft.com]>`) is an id like any other. A bare id
    without brackets is taken when it is the whole value.
    """
    found = [f"<{''.join(match.split())}>" for match in _ID.findall(value[:LONGEST])]
    if not found:
        bare = value.strip()
        if bare and len(bare) < _LONGEST_ID and not set(bare) & set(" \t<>"):
            found = [f"<{bare}>"]
    return tuple(dict.fromkeys(each for each in found if each != "<>"))
