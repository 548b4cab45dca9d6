"""The parts of a mail (RFC 2045, 2046): its body texts in order, and everything else attached.

The order and choice are those of RFC 8621 4.1.4, which is what mail clients show: text parts
that are neither attached nor named belong to the body, of alternatives one is shown, an attached
mail is an attachment and is never looked into.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.feedparser import BytesFeedParser
from email.message import Message

from maild.mail import charsets, defects, headers
from maild.mail.filenames import safe_name
from maild.mail.limits import MAX_DEPTH
from maild.mail.mail import Attachment

_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "txt",
    "application/zip": "zip",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/rfc822-headers": "txt",
    "text/x-vcard": "vcf",
    "text/vcard": "vcf",
}
_MEDIA = ("image/", "audio/", "video/")
_MOST_PARAMETERS = 100
_PIECE = 64 * 1024
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*)?\Z")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"?', re.S)
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")


class Part(Message):
    """The standard library's compat32 message with two holes closed.

    `get_param` is linear (10 000 semicolons cost the library's own 4 s), and an attached mail is
    a leaf whose payload is its bytes, so that no depth of forwarded mails is ever entered.
    """

    def get_content_maintype(self) -> str:
        """Return the main type, but for attached mails, which the parser must not enter."""
        kind = self.get_content_type()
        if kind.startswith("message/") and kind != "message/delivery-status":
            return "application"
        return kind.partition("/")[0]

    def octets(self) -> bytes:
        """Return the bytes of a leaf as they came, before any transfer encoding is undone.

        `get_payload` would already have decoded 8-bit text by the label, for better or worse.
        """
        payload: object = self._payload  # type: ignore[attr-defined]
        return charsets.octets(payload) if isinstance(payload, str) else b""

    def get_param(  # type: ignore[override]
        self,
        param: str,
        failobj: object = None,
        header: str = "content-type",
        unquote: bool = True,  # noqa: ARG002 (the library's signature)
    ) -> object:
        """Return one parameter of a header, decoded (RFC 2045 5.1, RFC 2231)."""
        return parameters(raw_header(self, header) or "").get(param.lower(), failobj)


def raw_header(part: Message, name: str) -> str | None:
    """Return the first header of that name as it came, 8-bit bytes as surrogates."""
    return next((str(v) for k, v in part.raw_items() if k.lower() == name), None)  # type: ignore[attr-defined]


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of a Content-Type or Content-Disposition value; the first one wins.

    Values keep 8-bit bytes as surrogates. RFC 2231 continuations and charsets are resolved;
    encoded words (against RFC 2047 5, but common) are left to the reader of names.
    """
    found: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    value = value[: headers.LONGEST].replace("\r", "").replace("\n", "")
    position = value.find(";")
    for _ in range(_MOST_PARAMETERS):
        if position < 0:
            break
        position += 1
        name = value[position : (value.find("=", position) + 1 or len(value) + 1) - 1]
        if ";" in name:  # a parameter without a value
            position = value.index(";", position)
            continue
        position += len(name) + 1
        rest = value[position:]
        quoted = _QUOTED.match(rest.lstrip())
        if quoted is not None:
            position += len(rest) - len(rest.lstrip()) + quoted.end()
            text = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.S)
            position = value.find(";", position)
        else:
            end = value.find(";", position)
            text = (value[position:] if end < 0 else value[position:end]).strip()
            position = end
        name = name.strip().lower()
        continued = _CONTINUED.match(name)
        if continued is None:
            found.setdefault(name, text)
        else:
            number = int(continued[2] or 0)
            pieces.setdefault(continued[1], {}).setdefault(number, (text, bool(continued[3])))
    for name, numbered in pieces.items():
        found[name] = _joined([numbered[n] for n in sorted(numbered)])
    return found


def _joined(pieces: list[tuple[str, bool]]) -> str:
    """RFC 2231 3 and 4: sections joined, percent-encoding undone, then the charset applied."""
    charset: str | None = None
    data = b""
    for index, (text, encoded) in enumerate(pieces):
        if encoded or "%" in text and "''" in text:
            if index == 0 and text.count("'") >= 2:
                charset, _, text = text.split("'", 2)
            data += _PERCENT.sub(lambda m: bytes([int(m[1], 16)]), charsets.octets(text))
        else:
            data += charsets.octets(text)
    return charsets.decode(data, charset)[0]


@dataclass(slots=True)
class Body:
    """What the walk found. `plain` and `html` are the texts to show, in order."""

    plain: list[tuple[bool, str]] = field(default_factory=list)  # (is HTML, text)
    html: list[tuple[bool, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: set[str] = field(default_factory=set)
    attached_mail: bool = False  # an attached mail or report was seen, and not entered


def parse(raw: bytes) -> Part:
    """Parse bytes that `limits.measure` let through. Raises RecursionError for wild nesting."""
    parser = BytesFeedParser(Part)
    for start in range(0, len(raw), _PIECE):  # at once it would be copied at 4 bytes a letter
        parser.feed(raw[start : start + _PIECE])
    return parser.close()


def read(message: Part, default: str | None = None) -> Body:
    """Walk the parts and return what is to be shown and what is attached."""
    body = Body()
    plain: list[tuple[bool, str]] = []
    html: list[tuple[bool, str]] = []
    _walk([message], "mixed", plain, html, body, default, 0)
    body.plain, body.html = plain, html
    for part in _all(message):
        if part.defects:
            _name_defects(part, body.defects)
    return body


def _all(message: Message) -> Iterator[Message]:
    stack = [message]
    while stack:
        part = stack.pop()
        yield part
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list):
            stack += [each for each in payload if isinstance(each, Message)]


def _name_defects(part: Message, found: set[str]) -> None:
    for defect in part.defects:
        name = type(defect).__name__
        if "Base64" in name:
            found.add(defects.ENCODING_BROKEN)
        elif name != "MultipartInvariantViolationDefect":
            found.add(defects.STRUCTURE)


def _walk(
    siblings: list[Message],
    container: str,
    plain: list[tuple[bool, str]] | None,
    html: list[tuple[bool, str]] | None,
    body: Body,
    default: str | None,
    depth: int,
    alternative: bool = False,
) -> None:
    """RFC 8621 4.1.4, `parseStructure`; `plain` or `html` is None in the other's alternative."""
    plain_before = len(plain) if plain is not None else -1
    html_before = len(html) if html is not None else -1
    for index, part in enumerate(siblings):
        kind = part.get_content_type()
        payload = part.get_payload() if part.is_multipart() else None
        if isinstance(payload, list) and kind.startswith("multipart/"):
            if depth < MAX_DEPTH * 2:
                inner = kind.partition("/")[2]
                _walk(
                    [each for each in payload if isinstance(each, Message)],
                    inner,
                    plain,
                    html,
                    body,
                    default,
                    depth + 1,
                    alternative or inner == "alternative",
                )
            continue
        if not _shown(part, kind, index, container) or kind.startswith(_MEDIA):
            body.attachments.append(_attachment(part, kind, body, default))
            continue
        text = _text(part, body, default)
        piece = (kind == "text/html", text)
        if container == "alternative":
            target = html if piece[0] else plain
            if target is not None:
                target.append(piece)
            continue
        if alternative:
            if piece[0]:
                plain = None
            else:
                html = None
        if plain is not None:
            plain.append(piece)
        if html is not None:
            html.append(piece)
    if container == "alternative" and plain is not None and html is not None:
        if len(plain) == plain_before and len(html) > html_before:
            plain += html[html_before:]
        elif len(html) == html_before and len(plain) > plain_before:
            html += plain[plain_before:]


def _shown(part: Message, kind: str, index: int, container: str) -> bool:
    if kind not in {"text/plain", "text/html"}:
        return False
    disposition = (raw_header(part, "content-disposition") or "").partition(";")[0]
    if disposition.strip().lower() == "attachment":
        return False
    return index == 0 or (container != "related" and not _said_name(part))


def _text(part: Message, body: Body, default: str | None) -> str:
    declared = part.get_param("charset")
    label = declared if isinstance(declared, str) else None
    if not charsets.known(label):
        body.defects.add(defects.CHARSET_UNKNOWN)
    text, held = charsets.decode(content(part, body.defects), label, default)
    if not held:
        body.defects.add(defects.CHARSET_WRONG)
    if part.get_content_type() == "text/plain":
        layout = part.get_param("format")
        if isinstance(layout, str) and layout.strip().lower() == "flowed":
            deleted = part.get_param("delsp")
            text = unflow(text, isinstance(deleted, str) and deleted.strip().lower() == "yes")
    return text


def content(part: Message, found: set[str]) -> bytes:
    """Return the decoded bytes of a leaf (RFC 2045 6); an unknown encoding leaves them as is."""
    payload = part.get_payload() if part.is_multipart() else None
    if isinstance(payload, list):  # message/delivery-status: one message of headers per block
        return b"\n".join(
            b"".join(
                charsets.octets(f"{name}: {value}\n")
                for name, value in each.raw_items()  # type: ignore[attr-defined]
            )
            for each in payload
            if isinstance(each, Message)
        )
    data = part.octets() if isinstance(part, Part) else b""
    encoding = (raw_header(part, "content-transfer-encoding") or "").partition(";")[0]
    encoding = encoding.strip().strip("\"'").lower()
    if encoding == "base64":
        return headers.base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding not in {"", "7bit", "8bit", "binary", "8-bit", "7-bit"}:
        found.add(defects.ENCODING_UNKNOWN)
    return data


def unflow(text: str, delete_space: bool) -> str:
    """Join the flowed lines of RFC 3676; quote depth and the signature line stay as they are."""
    out: list[str] = []
    open_depth = -1  # quote depth of a line that still flows on
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        if open_depth == depth and words != "-- ":
            out[-1] += words
        else:
            out.append(f"{'>' * depth} {words}" if depth else words)
        flows = words.endswith(" ") and words != "-- "
        if flows and delete_space:
            out[-1] = out[-1][:-1]
        open_depth = depth if flows else -1
    return "\n".join(out)


def _said_name(part: Message) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = raw_header(part, header)
        if value is not None:
            said = parameters(value).get(parameter)
            if said and said.strip():
                return said
    return ""


def _attachment(part: Message, kind: str, body: Body, default: str | None) -> Attachment:
    if kind.startswith("message/"):
        body.attached_mail = True
        if kind in {"message/partial", "message/external-body"}:
            body.defects.add(defects.PARTIAL)
    said = headers.decode(_said_name(part), default)
    if not said:
        said = "message" if kind.startswith("message/") else "attachment"
        said += f".{_EXTENSIONS[kind]}" if kind in _EXTENSIONS else ""
    disposition = (raw_header(part, "content-disposition") or "").partition(";")[0]
    said_id = headers.decode(raw_header(part, "content-id") or "").strip("<> \t")
    return Attachment(
        name=safe_name(said),
        content_type=charsets.clean(kind)[:200],
        content=content(part, body.defects),
        content_id=said_id or None,
        inline=disposition.strip().lower() != "attachment" and kind.startswith(_MEDIA),
    )
