"""Realistic mails from a seed: Arabic and English, replies, attachments, charsets, edge cases.

The bytes are written by hand, so that what clients get wrong can be written too, and equal seeds
give equal bytes.
"""

import base64
import quopri
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

START = datetime(2026, 4, 5, 5, 0, tzinfo=UTC)
ATTACHED = 100_000  # bytes of an attachment, one mail in ten

ARABIC_TEXT = """السلام عليكم أرجو التكرم بمراجعة طلبي حيث لم أتمكن من الدخول إلى المنصة منذ
يومين وتظهر لي رسالة خطأ عند تحميل الواجب وقد جربت أكثر من متصفح دون جدوى علما أن موعد الاختبار
النهائي بعد أسبوع وأحتاج إلى الشهادة قبل نهاية الشهر وشكرا لكم على حسن تعاونكم مع تحياتي دفعت الرسوم
ولم يصل الإيصال رقم الطلب المرفق صورة الهوية المحاضرة الثالثة"""
ENGLISH_TEXT = """Hello I would like to ask about my course because the lecture does not open since
yesterday and the page shows an error when I upload the assignment please check my account the
payment was made last week but no receipt arrived the final exam is next month and I need the
certificate before the deadline thank you for your help attached you will find a screenshot"""
ARABIC, ENGLISH = ARABIC_TEXT.split(), ENGLISH_TEXT.split()
NAMES = (
    ("نورة العتيبي", "noura"), ("عبد الله الدوسري", "abdullah"), ("James Miller", "james"),
    ("Sara O'Neil", "sara"), ("فاطمة الزهراني", "fatima"), ("Zoë Brontë", "zoe"),
    ("محمد", "mohammed"), ("", "info"),
)  # fmt: skip
CHARSETS = ("utf-8", "utf-8", "utf-8", "utf-8", "windows-1256", "iso-8859-6")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail, and the truth about it: who reads it knows which conversation it belongs to."""

    raw: bytes
    message_id: str
    thread: str  # the Message-ID of the mail that began the conversation
    by_a_person: bool = True  # not an automatic answer, a list's mail or a bounce


def generate(count: int, seed: int, to: str, first: int = 0) -> Iterator[tuple[bytes, datetime]]:
    """Yield `count` mails to one address with the server's receipt time (UTC), in order.

    Half are replies in threads of their own writers, a tenth carry a file, one in twelve is an
    edge case. Sets that share a store must share no number: `first` is the first one's.
    """
    for mail, at in with_truth(count, seed, to, first):
        yield mail.raw, at


def with_truth(count: int, seed: int, to: str, first: int = 0) -> Iterator[tuple[Sent, datetime]]:
    """Yield the same mails as `generate`, each with what is true of it."""
    writer = _Writer(random.Random(seed), to)  # noqa: S311
    for number in range(first, first + count):
        yield writer.mail(number), START + timedelta(seconds=20 * number)


class _Writer:
    def __init__(self, chance: random.Random, to: str) -> None:
        self._chance = chance
        self._to = to
        self._threads: list[tuple[str, str, list[str], bool]] = []  # who, subject, ids, Arabic
        self._last: Sent | None = None

    def mail(self, number: int) -> Sent:
        chance = self._chance
        edge = EDGES[number // 12 % len(EDGES)] if number % 12 == 11 else None
        mail = self._edge(number, edge) if edge else self._plain(number)
        if chance.random() < 0.002 and self._last:
            mail = self._last  # the same mail delivered again
        self._last = mail
        return mail

    def _edge(self, number: int, edge: "Callable[[_Writer, int], bytes]") -> Sent:
        mine = _edge_id(number)
        return Sent(edge(self, number), mine, mine, edge not in MACHINES)

    def _plain(self, number: int) -> Sent:
        chance = self._chance
        if self._threads and chance.random() < 0.545:
            who, subject, ids, arabic = chance.choice(self._threads[-400:])
            subject, quoted = f"Re: {subject}", self.words(arabic, 40)
        else:
            arabic = chance.random() < 0.6
            name, local = chance.choice(NAMES)
            address = f"{local}{chance.randrange(100_000)}@trainee.example"
            who = f"{word(name)} <{address}>" if name else address
            subject, ids, quoted = self.words(arabic, 5), [], ""
            self._threads.append((who, subject, ids, arabic))
        mine = f"<{chance.getrandbits(64):x}.{number}@mail.trainee.example>"
        head = self.head(number, who, word(subject), mine)
        if ids:
            head += f"In-Reply-To: {ids[-1]}\r\nReferences: {fold(ids[-20:])}\r\n"
        ids.append(mine)
        return Sent(head.encode() + self._body(arabic, quoted), mine, ids[0])

    def head(self, number: int, who: str, subject: str, message_id: str) -> str:
        at = START + timedelta(seconds=20 * number)
        hop = (
            "from mail.trainee.example (mail.trainee.example [192.0.2.7])\r\n"
            f"\tby mx.desk.example with ESMTPS id {number:x}; {format_datetime(at)}"
        )
        return (
            f"Return-Path: <bounce@trainee.example>\r\nReceived: {hop}\r\n"
            "DKIM-Signature: v=1; a=rsa-sha256; d=trainee.example; s=s1;\r\n"
            f"\th=from:to:subject:date; b={'Zm9vYmFyYmF6' * 20}\r\n"
            f"From: {who}\r\nTo: {self._to}\r\nSubject: {subject}\r\n"
            f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
        )

    def words(self, arabic: bool, count: int) -> str:
        return " ".join(self._chance.choice(ARABIC if arabic else ENGLISH) for _ in range(count))

    def text(self, arabic: bool, quoted: str) -> str:
        own = "\n\n".join(self.words(arabic, self._chance.randrange(15, 70)) for _ in range(3))
        if not quoted:
            return f"{own}\n\n-- \n{self.words(arabic, 4)}\n+966 55 000 0000\n"
        wrote = "كتب" if arabic else "wrote"
        lines = "\n".join(f"> {quoted[i : i + 70]}" for i in range(0, len(quoted), 70))
        return f"{own}\n\nOn Sun, 5 Apr 2026 at 09:00, Support <{self._to}> {wrote}:\n{lines}\n"

    def _body(self, arabic: bool, quoted: str) -> bytes:
        chance, text = self._chance, self.text(arabic, quoted)
        charset = chance.choice(CHARSETS) if arabic else chance.choice(("utf-8", "iso-8859-1"))
        body = part(text, "plain", charset, chance.choice(("base64", "quoted-printable", "8bit")))
        if chance.random() < 0.6:
            page = "".join(f"<p dir=auto style='margin:0'>{p}</p>" for p in text.split("\n\n"))
            page = f"<html><head><style>p{{color:#222}}</style></head><body>{page}</body></html>"
            body = joined("alternative", [body, part(page, "html", charset, "quoted-printable")])
        if chance.random() < 0.1:
            body = joined("mixed", [body, attached(chance.randbytes(ATTACHED))])
        return body


def word(text: str) -> str:
    """Return a header's words: as they are, or as encoded words (RFC 2047) of fitting length."""
    if text.isascii():
        return text
    pieces = [text[i : i + 20].encode() for i in range(0, len(text), 20)]
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(piece).decode()}?=" for piece in pieces)


def fold(ids: list[str]) -> str:
    """Return the ids of References, one a line."""
    return "\r\n ".join(ids)


def part(text: str, subtype: str, charset: str, encoding: str) -> bytes:
    """Return one text part with its headers."""
    data = text.replace("\n", "\r\n").encode(charset, "replace")
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    return (
        f"Content-Type: text/{subtype}; charset={charset}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode() + data


def attached(data: bytes, name: str = "scan.pdf", kind: str = "application/pdf") -> bytes:
    """Return a file as a part."""
    return (
        f'Content-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
    ).encode() + base64.encodebytes(data).replace(b"\n", b"\r\n")


def joined(subtype: str, parts: list[bytes]) -> bytes:
    """Return a multipart of these parts."""
    seal = f"=_{subtype}_5f2a"
    inner = b"".join(f"--{seal}\r\n".encode() + each + b"\r\n" for each in parts)
    head = f'Content-Type: multipart/{subtype}; boundary="{seal}"\r\n\r\n'
    return head.encode() + inner + f"--{seal}--\r\n".encode()


# -- edge cases: each (writer, number) -> bytes --------------------------------------------------


def _edge_id(number: int) -> str:
    return f"<edge{number}@mail.trainee.example>"


def _lone(
    writer: _Writer,
    number: int,
    body: bytes,
    who: str = "Ali <ali@trainee.example>",
    subject: str = "Question",
    more: str = "",
) -> bytes:
    who = who.replace("@", f"{number}@", 1)
    head = writer.head(number, who, subject, _edge_id(number)) + more
    return head.encode("utf-8", "surrogateescape") + body


def _text(writer: _Writer, charset: str = "utf-8", encoding: str = "8bit") -> bytes:
    return part(writer.words(True, 40), "plain", charset, encoding)


def _unknown_charset(writer: _Writer, number: int) -> bytes:
    body = _text(writer).replace(b"charset=utf-8", b"charset=x-unheard-of")
    return _lone(writer, number, body)


def _raw_subject(writer: _Writer, number: int) -> bytes:
    subject = "سؤال عن الشهادة".encode("windows-1256").decode("ascii", "surrogateescape")
    return _lone(writer, number, _text(writer, "windows-1256"), subject=subject)


def _bad_sender(writer: _Writer, number: int) -> bytes:
    return _lone(writer, number, _text(writer), who="noura at trainee.example <>")


def _html_only(writer: _Writer, number: int) -> bytes:
    rows = "".join(f"<tr><td>{writer.words(True, 6)}</td></tr>" for _ in range(40))
    return _lone(writer, number, part(f"<table>{rows}</table>", "html", "utf-8", "base64"))


def _forward(writer: _Writer, number: int) -> bytes:
    inner = b"Content-Type: message/rfc822\r\n\r\n" + _lone(writer, number + 1, _text(writer))
    return _lone(writer, number, joined("mixed", [_text(writer), inner]), subject="Fwd: Question")


def _empty(writer: _Writer, number: int) -> bytes:
    return _lone(writer, number, b"Content-Type: text/plain\r\n\r\n", subject="")


def _automatic(writer: _Writer, number: int) -> bytes:
    more = "Auto-Submitted: auto-replied\r\n"
    return _lone(writer, number, _text(writer), subject="Out of office", more=more)


def _list(writer: _Writer, number: int) -> bytes:
    more = "List-Id: <news.trainee.example>\r\nPrecedence: bulk\r\n"
    return _lone(writer, number, _text(writer), subject="Newsletter", more=more)


def _bounce(writer: _Writer, number: int) -> bytes:
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.trainee.example\r\n"
        b"\r\nFinal-Recipient: rfc822; gone@trainee.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    )
    body = joined("report; report-type=delivery-status", [_text(writer), status])
    return _lone(writer, number, body, who="MAILER-DAEMON <mailer-daemon@trainee.example>")


def _nested(writer: _Writer, number: int) -> bytes:
    body = _text(writer)
    for depth in range(8):
        body = joined(f"mixed; x-depth={depth}", [body]).replace(b"5f2a", b"%04d" % depth)
    return _lone(writer, number, body)


def _broken_words(writer: _Writer, number: int) -> bytes:
    return _lone(writer, number, _text(writer), subject="=?utf-8?B?2LPYpNin?= =?bad?Q?x =?utf-8?")


def _nul(writer: _Writer, number: int) -> bytes:
    return _lone(writer, number, _text(writer) + b"\r\n\x00\x00 end\r\n")


def _long_line(writer: _Writer, number: int) -> bytes:
    return _lone(writer, number, part("x" * 30_000, "plain", "utf-8", "8bit"))


def _many_references(writer: _Writer, number: int) -> bytes:
    ids = [f"<{number}.{n}@mail.trainee.example>" for n in range(150)]
    return _lone(writer, number, _text(writer), more=f"References: {fold(ids)}\r\n")


def _arabic_file(writer: _Writer, number: int) -> bytes:
    file = attached(b"data" * 500).replace(b'filename="scan.pdf"', b"filename*=UTF-8''%D8%B3.pdf")
    return _lone(writer, number, joined("mixed", [_text(writer, "iso-8859-6", "base64"), file]))


EDGES: tuple[Callable[[_Writer, int], bytes], ...] = (
    _unknown_charset, _raw_subject, _bad_sender, _html_only, _forward, _empty, _automatic, _list,
    _bounce, _nested, _broken_words, _nul, _long_line, _many_references, _arabic_file,
)  # fmt: skip
MACHINES = (_automatic, _list, _bounce)
