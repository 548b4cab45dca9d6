"""winmail.dat (MS-OXTNEF): what Outlook wraps letters and files in when it speaks to itself."""

import struct
from typing import Any

from tnefparse import TNEF
from tnefparse.properties import MAPI_ATTACH_LONG_FILENAME

from maild.mail import charsets
from maild.mail.filenames import safe_name
from maild.mail.mail import Attachment

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEAD = struct.Struct(
    "<BHHI"
)  # level, name, type and length; a checksum of 2 bytes follows the data
_MOST_ATTRIBUTES = 3000  # tnefparse copies the rest of the stream for each


def is_tnef(attachment: Attachment) -> bool:
    """Whether an attachment is a TNEF stream, by its bytes and its type or name."""
    return attachment.content.startswith(_SIGNATURE) and (
        attachment.content_type in TYPES or attachment.name.lower() == "winmail.dat"
    )


def unpack(data: bytes) -> tuple[str, str, tuple[Attachment, ...]] | None:
    """Return the text, the HTML and the files of a TNEF stream, or None when it is broken."""
    if not _attributes_within_limit(data):
        return None
    try:
        opened = TNEF(data, do_checksum=False)
        charset = opened.codepage
        files = tuple(
            Attachment(safe_name(name), "application/octet-stream", bytes(each.data))
            for each, name in zip(opened.attachments, _names(opened, charset), strict=True)
        )
        text, html = _said(opened.body, charset), _said(opened.htmlbody, charset)
    except Exception:  # a foreign parser over foreign bytes: whatever it raises, it is broken
        return None
    return (text, html, files) if text or html or files else None


def _attributes_within_limit(data: bytes) -> bool:
    offset = 6  # signature and key
    for _ in range(_MOST_ATTRIBUTES):
        if offset + _HEAD.size > len(data):
            return True
        offset += _HEAD.size + _HEAD.unpack_from(data, offset)[3] + 2
    return False


def _names(opened: Any, charset: str | None) -> list[str]:
    """The long name of each file, or its title; tnefparse reads both as UTF-8 or not at all."""
    titles: list[bytes] = []
    for attribute in opened.objects:
        if attribute.name == TNEF.ATTATTACHRENDDATA:
            titles.append(b"")
        elif attribute.name == TNEF.ATTATTACHTITLE and titles:
            titles[-1] = attribute.data
    names = []
    for each, title in zip(opened.attachments, titles, strict=True):
        long = [a.data for a in each.mapi_attrs if a.name == MAPI_ATTACH_LONG_FILENAME]
        names.append(_said(long[0] if long else title, charset))
    return names


def _said(value: object, charset: str | None) -> str:
    if isinstance(value, bytes):
        return charsets.decode(value.rstrip(b"\x00"), charset)[0]
    return charsets.clean(value.rstrip("\x00")) if isinstance(value, str) else ""
