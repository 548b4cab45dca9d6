"""The parts of a mail (RFC 2045, 2046): its body texts in order, and everything else attached.

The order and choice are those of RFC 8621 4.1.4, which is what mail clients show: text parts
that are neither attached nor named belong to the body, of alternatives one is shown, an attached
mail is an attachment and is never looked into.
"""

import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from maild.mail import charsets, defects, headers
from maild.mail.filenames import safe_name
from maild.mail.flowed import unflow
from maild.mail.limits import MAX_DEPTH
from maild.mail.mail import Attachment
from maild.mail.structure import Part, RepeatedTypeDefect

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


_Piece = tuple[bool, str]  # is HTML, and the text


@dataclass(slots=True)
class Body:
    """What the walk found. `plain` and `html` are the texts to show, in order."""

    plain: list[_Piece] = field(default_factory=list)
    html: list[_Piece] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    defects: set[str] = field(default_factory=set)
    attached_mail: bool = False  # an attached mail or report was seen, and not entered


def read(message: Part, default: str | None = None) -> Body:
    """Walk the parts and return what is to be shown and what is attached."""
    body = Body()
    walk = _Walk(body, default, body.plain, body.html)
    walk.visit([message], "mixed", (True, True), depth=0, alternative=False)
    for part in _all(message):
        if part.defects:
            _name_defects(part, body.defects)
    return body


def _all(message: Part) -> Iterator[Part]:
    stack = [message]
    while stack:
        part = stack.pop()
        yield part
        stack += _children(part) or ()


def _children(part: Part) -> list[Part] | None:
    payload: object = part.get_payload() if part.is_multipart() else None
    if not isinstance(payload, list):
        return None
    return [each for each in payload if isinstance(each, Part)]


def _kind(part: Part) -> str:
    """Return the type of a part: a multipart without parts is text (RFC 2045 5.2).

    Its boundary is missing or stands nowhere, and a person can still read it.
    """
    kind = part.get_content_type()
    return "text/plain" if kind.startswith("multipart/") and not part.is_multipart() else kind


def _name_defects(part: Part, found: set[str]) -> None:
    for defect in part.defects:
        repeated = isinstance(defect, RepeatedTypeDefect)
        found.add(defects.PARTS_REPEATED_TYPE if repeated else defects.STRUCTURE)


@dataclass(slots=True)
class _Walk:
    """RFC 8621 4.1.4, `parseStructure`."""

    body: Body
    default: str | None
    plain: list[_Piece]
    html: list[_Piece]

    def visit(
        self,
        siblings: Sequence[Part],
        container: str,
        wanted: tuple[bool, bool],
        *,
        depth: int,
        alternative: bool,
    ) -> None:
        """Read the parts of one container; `wanted` says whether for plain and for html."""
        before = len(self.plain), len(self.html)
        for index, part in enumerate(siblings):
            kind = _kind(part)
            inner = _children(part) if kind.startswith("multipart/") else None
            if inner is not None:
                if depth < MAX_DEPTH * 2:
                    name = kind.partition("/")[2]
                    inside = alternative or name == "alternative"
                    self.visit(inner, name, wanted, depth=depth + 1, alternative=inside)
            elif _shown(part, kind, index, container) and not self._adrift(part):
                wanted = self._show(part, kind == "text/html", container, wanted, alternative)
            else:
                self.body.attachments.append(_attachment(part, kind, self.body, self.default))
        if container == "alternative" and all(wanted):
            if len(self.plain) == before[0]:
                self.plain += self.html[before[1] :]
            elif len(self.html) == before[1]:
                self.html += self.plain[before[0] :]

    def _adrift(self, part: Part) -> bool:
        """Whether a text is one that parsers disagree about, beside a text they all read."""
        return part.adrift and bool(self.plain or self.html)

    def _show(
        self,
        part: Part,
        is_html: bool,
        container: str,
        wanted: tuple[bool, bool],
        alternative: bool,
    ) -> tuple[bool, bool]:
        piece = (is_html, _text(part, self.body, self.default))
        for_plain, for_html = wanted
        if container == "alternative":
            for_plain, for_html = for_plain and not is_html, for_html and is_html
        elif alternative:
            wanted = for_plain, for_html = for_plain and not is_html, for_html and is_html
        if for_plain:
            self.plain.append(piece)
        if for_html:
            self.html.append(piece)
        return wanted


def _shown(part: Part, kind: str, index: int, container: str) -> bool:
    if kind not in {"text/plain", "text/html"}:
        return False
    disposition = (part.first("content-disposition") or "").partition(";")[0]
    if disposition.strip().lower() == "attachment":
        return False
    return index == 0 or (container != "related" and not _said_name(part))


def _text(part: Part, body: Body, default: str | None) -> str:
    said = part.parameters("content-type")
    label = said.get("charset")
    if not charsets.known(label):
        body.defects.add(defects.CHARSET_UNKNOWN)
    text, held = charsets.decode(content(part, body.defects), label, default)
    if not held:
        body.defects.add(defects.CHARSET_WRONG)
    flowed = said.get("format", "").strip().lower() == "flowed"
    if flowed and part.get_content_type() == "text/plain":
        text = unflow(text, said.get("delsp", "").strip().lower() == "yes")
    return text


def content(part: Part, found: set[str]) -> bytes:
    """Return the decoded bytes of a leaf (RFC 2045 6); an unknown encoding leaves them as is."""
    blocks = _children(part)
    if blocks is not None:  # message/delivery-status: one message of headers per block
        return b"\n".join(
            b"".join(charsets.octets(f"{name}: {value}\n") for name, value in each.raw_items())
            for each in blocks
        )
    data = part.octets()
    encoding = (part.first("content-transfer-encoding") or "").partition(";")[0]
    encoding = encoding.strip().strip("\"'").lower()
    if encoding == "base64":
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            found.add(defects.ENCODING_BROKEN)
            return headers.base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding not in {"", "7bit", "8bit", "binary", "8-bit", "7-bit"}:
        found.add(defects.ENCODING_UNKNOWN)
    return data


def _said_name(part: Part) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        said = part.parameters(header).get(parameter, "")
        if said.strip():
            return said
    return ""


def _attachment(part: Part, kind: str, body: Body, default: str | None) -> Attachment:
    if kind.startswith("message/"):
        body.attached_mail = True
        if kind in {"message/partial", "message/external-body"}:
            body.defects.add(defects.PARTIAL)
    said = headers.decode(_said_name(part), default)
    if not said:
        said = "message" if kind.startswith("message/") else "attachment"
        said += f".{_EXTENSIONS[kind]}" if kind in _EXTENSIONS else ""
    disposition = (part.first("content-disposition") or "").partition(";")[0]
    said_id = headers.decode(part.first("content-id") or "").strip("<> \t")
    return Attachment(
        name=safe_name(said),
        content_type=charsets.clean(kind)[:200],
        content=content(part, body.defects),
        content_id=said_id or None,
        inline=disposition.strip().lower() != "attachment" and kind.startswith(_MEDIA),
    )
