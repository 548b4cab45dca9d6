"""MIME entities (RFC 2045, 2046) as bytes: text that any server passes on unchanged, and files.

Everything is seven-bit, so 8BITMIME is never needed (RFC 6152), and no line is longer than 78
bytes but for headers with long ids or names. Neither base64 nor quoted-printable can contain
"=_", so a boundary that starts with it cannot occur inside a body.
"""

import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from maild.mail.fields import encoded_words
from maild.mail.filenames import safe_name
from maild.mail.mail import Attachment

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_NOT_FILES = ("multipart/", "message/")
# Lines some mail system on the way would change: RFC 5321 4.5.2 (dots), mbox ("From "), trailing
# blanks (RFC 2045 6.7 (3)), over-long lines (RFC 5322 2.1.1).
_FRAGILE = re.compile(rb"(?m)^\.$|^From |[ \t]$|^[^\n]{79}|=_|[^\t\n -~]")
_FROM = re.compile(rb"(?m)^F(?=rom )")
_ASCII = bytes(range(128))
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = bytes([*range(9), *range(11, 32), 127])


@dataclass(frozen=True, slots=True)
class Entity:
    """One MIME entity: its header lines and its body, CRLF throughout, no line end at the end."""

    head: str
    body: bytes

    def __bytes__(self) -> bytes:
        return self.head.encode("utf-8") + b"\r\n\r\n" + self.body


def canonical(text: str) -> str:
    """Return the body as it will be read: LF, no control characters, a line end at the end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        data = _SURROGATE.sub("\ufffd", text).encode("utf-8")
    text = data.translate(None, _CONTROL).decode("utf-8")
    return text if text.endswith("\n") or not text else text + "\n"


def text_entity(text: str, subtype: str) -> Entity:
    """Return a `text/…` entity of canonical text: plain where harmless, else encoded."""
    data = text.encode("utf-8")
    kind = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: '
    if not _FRAGILE.search(data):
        return Entity(kind + "7bit", data.removesuffix(b"\n").replace(b"\n", b"\r\n"))
    if len(data.translate(None, _ASCII)) * 6 > len(data):
        return Entity(kind + "base64", _base64(data.replace(b"\n", b"\r\n")))
    # b2a_qp encodes a dot that stands alone. "From " gets a soft break, so no line grows past 76.
    quoted = _FROM.sub(b"=46=\n", binascii.b2a_qp(data, istext=True)).removesuffix(b"\n")
    return Entity(kind + "quoted-printable", quoted.replace(b"\n", b"\r\n"))


def file_entity(attachment: Attachment, *, inline: bool) -> Entity:
    """Return an attached file under a safe name, or an inline image with its Content-ID.

    The name is written twice: RFC 2231 in Content-Disposition for readers that know it, encoded
    words in Content-Type for old Outlook. A message or multipart travels as an opaque file,
    because RFC 2046 5.2.1 forbids to encode it and no reader shall look into it for our own text.
    """
    name = safe_name(attachment.name)
    kind = attachment.content_type.lower()
    if not _TYPE.fullmatch(kind) or kind.startswith(_NOT_FILES):
        kind = "application/octet-stream"
    if name.isascii():
        label, disposition = f'"{name}"', f'filename="{name}"'
    else:
        label = '"' + "\r\n ".join(encoded_words(name)) + '"'
        disposition = f"filename*=utf-8''{quote(name, safe='')}"
    lines = [
        f"Content-Type: {kind};\r\n name={label}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if inline else 'attachment'};\r\n {disposition}",
    ]
    if inline:
        lines.append(f"Content-ID: <{attachment.content_id}>")
    return Entity("\r\n".join(lines), _base64(attachment.content))


def multipart(subtype: str, parts: Sequence[Entity], boundary: str) -> Entity:
    """Return `parts` as one multipart entity; a single part stands for itself."""
    if len(parts) == 1:
        return parts[0]
    kind = f'; type="{parts[0].head[14:].partition(";")[0]}"' if subtype == "related" else ""
    line = b"--" + boundary.encode("ascii")
    pieces = [piece for part in parts for piece in (line, bytes(part))]
    return Entity(
        f'Content-Type: multipart/{subtype}{kind};\r\n boundary="{boundary}"',
        b"\r\n".join([*pieces, line + b"--"]),
    )


def _base64(data: bytes) -> bytes:
    """Return `data` in base64, lines of 76 characters (RFC 2045 6.8)."""
    text = binascii.b2a_base64(data, newline=False)
    lines, rest = divmod(len(text), 76)
    return b"\r\n".join(filter(None, struct.unpack("76s" * lines + f"{rest}s", text)))
