"""winmail.dat (MS-OXTNEF): what Outlook wraps letters and files in when it speaks to itself."""

from tnefparse import TNEF

from maild.mail import charsets
from maild.mail.filenames import safe_name
from maild.mail.mail import Attachment

TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST_FILES = 200


def is_tnef(attachment: Attachment) -> bool:
    """Whether an attachment is a TNEF stream, by its bytes and its type or name."""
    return attachment.content.startswith(_SIGNATURE) and (
        attachment.content_type in TYPES or attachment.name.lower() == "winmail.dat"
    )


def unpack(data: bytes) -> tuple[str, str, tuple[Attachment, ...]] | None:
    """Return the text, the HTML and the files of a TNEF stream, or None when it is broken."""
    try:
        opened = TNEF(data, do_checksum=False)
        files = tuple(
            Attachment(
                safe_name(_said(each.long_filename())), "application/octet-stream", bytes(each.data)
            )
            for each in opened.attachments[:_MOST_FILES]
        )
        return _said(opened.body), _said(opened.htmlbody), files
    except Exception:
        return None


def _said(value: object) -> str:
    if isinstance(value, bytes):
        return charsets.decode(value.rstrip(b"\x00"))[0]
    return charsets.clean(value.rstrip("\x00")) if isinstance(value, str) else ""
