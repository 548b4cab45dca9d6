"""winmail.dat, as Outlook wraps it (MS-OXTNEF 2.1.3)."""

import struct

from maild.mail import defects
from maild.mail.mail import Mail
from maild.mail.read import read
from tests.bad.mails import MAILS, TYPED


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    head = struct.pack("<BHHI", level, name, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def winmail(body: bytes = b"") -> bytes:
    stream = struct.pack("<IH", 0x223E9F78, 1)
    stream += attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
    stream += attribute(1, 0x9007, 6, struct.pack("<II", 1256, 0))
    if body:
        stream += attribute(1, 0x800C, 1, body + b"\x00")
    for name, data in ((b"../report.pdf", b"%PDF"), ("شهادة.doc".encode("cp1256"), b"DOC")):
        stream += attribute(2, 0x9002, 6, b"\x00" * 14)
        stream += attribute(2, 0x8010, 1, name + b"\x00")
        stream += attribute(2, 0x800F, 6, data)
    return stream


def mail(parts: bytes) -> Mail:
    head = TYPED + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    answer = read(head + parts + b"\r\n--b--\r\n")
    assert isinstance(answer, Mail)
    return answer


WRAPPED = (
    b"--b\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n"
    b"Content-Transfer-Encoding: binary\r\n\r\n"
)


def test_the_files_in_a_winmail_dat_stand_in_its_place_under_safe_names() -> None:
    found = mail(b"--b\r\n\r\nhello\r\n" + WRAPPED + winmail())
    assert found.text.strip() == "hello"
    assert [(each.name, each.content) for each in found.attachments] == [
        ("report.pdf", b"%PDF"),
        ("شهادة.doc", b"DOC"),
    ]


def test_the_letter_in_a_winmail_dat_is_read_when_the_mail_has_no_other() -> None:
    assert mail(WRAPPED + winmail("مرحبا بكم في الدبلوم".encode("cp1256"))).text.strip() == (
        "مرحبا بكم في الدبلوم"
    )


def test_a_broken_winmail_dat_is_listed_whole() -> None:
    answer = read(MAILS["E23 broken winmail.dat"]())
    assert isinstance(answer, Mail)
    assert [each.name for each in answer.attachments] == ["winmail.dat"]
    assert defects.TNEF_BROKEN in answer.defects


def test_a_winmail_dat_of_very_many_attributes_is_listed_whole() -> None:
    stream = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x8008, 3, b"xx") * 400_000
    assert [each.name for each in mail(WRAPPED + stream).attachments] == ["winmail.dat"]
