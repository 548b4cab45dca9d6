"""E1 to E33: each function returns the bytes of one hostile or broken mail."""

from base64 import b64encode
from collections.abc import Callable

HEAD = b"From: Sara <sara@students.example>\r\nTo: student@desk.example\r\nSubject: help\r\n"
TYPED = HEAD + b"Message-ID: <1@students.example>\r\nMIME-Version: 1.0\r\n"


def text(body: bytes, kind: bytes = b"text/plain; charset=utf-8") -> bytes:
    return TYPED + b"Content-Type: " + kind + b"\r\n\r\n" + body


def head(line: bytes) -> bytes:
    return TYPED + line + b"\r\n\r\nhello\r\n"


def nested(depth: int) -> bytes:
    level = b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n'
    levels = b"".join(level % (n, n) for n in range(depth))
    return TYPED + levels + b"Content-Type: text/plain\r\n\r\ndeep\r\n"


def parts(count: int, part: bytes = b"Content-Type: text/plain\r\n\r\nx\r\n") -> bytes:
    body = (b"--b\r\n" + part) * count + b"--b--\r\n"
    return TYPED + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body


def files(count: int, content: bytes) -> bytes:
    part = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n"
    return parts(count, part + content + b"\r\n")


def forwarded(depth: int) -> bytes:
    return TYPED + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: in\r\n\r\ndeep\r\n"


def boundary(value: bytes) -> bytes:
    part = b"Content-Type: text/plain\r\n\r\nhello\r\n"
    body = b"--" + value + b"\r\n" + part
    return TYPED + b'Content-Type: multipart/mixed; boundary="' + value + b'"\r\n\r\n' + body


def declared(charset: bytes, body: bytes, encoding: bytes = b"8bit") -> bytes:
    kind = b"text/plain; charset=" + charset + b"\r\nContent-Transfer-Encoding: " + encoding
    return text(body, kind)


def alternatives(plain: bytes, html: bytes) -> bytes:
    return (
        TYPED + b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/plain\r\n\r\n" + plain + b"\r\n--b\r\n"
        b"Content-Type: text/html\r\n\r\n" + html + b"\r\n--b--\r\n"
    )


def report(kind: bytes, *attached: bytes) -> bytes:
    """A multipart/report (RFC 6522) of these parts behind a word for people."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in (b"\r\nA report.", *attached))
    return (
        TYPED
        + b"Content-Type: multipart/report; report-type="
        + kind
        + (b"; boundary=b\r\n\r\n" + body + b"--b--\r\n")
    )


def html(body: bytes) -> bytes:
    return text(body, b"text/html; charset=utf-8")


FROMS = (
    b"agent@desk.example <evil@else.example>",
    b"<agent@desk.example>@else.example",
    b"agent@desk.example;evil@else.example",
    b"alice@x.example)bob@else.example",
    b"Group: agent@desk.example; <evil@else.example>",
    b"Group: agent@desk.example;",
    b"<@route.example:agent@desk.example>",
    b"agent(comment <evil@else.example>)@desk.example",
    b"agent@desk.example, evil@else.example",
    b"=?utf-8?q?agent=40desk.example?= <evil@else.example>",
    b"<=?utf-8?q?agent?=@desk.example>",
    b"agent\x00@desk.example",
    b"Agent <agent@desk.example",
    b"agent@desk.ex\xd0\xb0mple",
    b'"agent@desk.example" <evil@else.example>',
    b"agent@desk.example\xe2\x80\x8b",
    b'"a" <a@[::1>',
)

MAILS: dict[str, Callable[[], bytes]] = {
    "E1 empty": lambda: b"",
    "E2 headers only": lambda: TYPED,
    "E3 no From": lambda: b"To: student@desk.example\r\nSubject: help\r\n\r\nhello\r\n",
    "E4 two From": lambda: head(b"From: evil@else.example"),
    **{
        f"E5 From {n}": lambda value=value: b"From: " + value + b"\r\nSubject: x\r\n\r\nhello\r\n"  # type: ignore[misc]  # mypy infers no lambda with a default
        for n, value in enumerate(FROMS)
    },
    "E5 To unfinished": lambda: head(b"To: a@b.example, <@"),
    "E5 To of words": lambda: head(b"To: a b c <"),
    "E5 To of quotes": lambda: head(b"Cc: " + b'"' * 15_000),
    "E5 To of comments": lambda: head(b"Cc: " + b"(" * 15_000),
    "E6 Microsoft id": lambda: head(b"In-Reply-To: <[0a1b2c@microsoft.com]>"),
    "E6 id of angles": lambda: head(b"References: " + b"<" * 15_000),
    "E7 open literal": lambda: head(b"Reply-To: a@[::1"),
    "E8 encoded words": lambda: head(b"X-S: " + b"=?utf-8?q?a?= " * 20_000),
    "E8 encoded words in 16 kB": lambda: head(b"X-S: " + b"=?utf-8?q?a?= " * 1100),
    "E8 unfinished words": lambda: head(b"X-S: " + b"=?utf-8?q?" * 1500),
    "E9 semicolons": lambda: head(b"Content-Type: text/plain" + b";" * 10_000),
    "E9 quotes among semicolons": lambda: head(b"Content-Type: multipart/mixed" + b';"' * 7000),
    "E10 addresses": lambda: head(b"Cc: " + b"a@b.example, " * 100_000),
    "E10 short addresses": lambda: head(b"Cc: " + b"a@b," * 3000),
    "E11 header lines": lambda: head(b"X-A: b\r\n" * 100_000 + b"X-B: c"),
    "E12 one header": lambda: head(b"X-A: " + b"a" * 10_000_000),
    "E12 no header end": lambda: b"a" * 10_000_000,
    "E13 parts": lambda: parts(10_000),
    "E14 nesting": lambda: nested(1000),
    "E15 forwarded": lambda: forwarded(2000),
    "E16 never closed": lambda: boundary(b"open"),
    "E16 empty boundary": lambda: boundary(b""),
    "E16 long boundary": lambda: boundary(b"x" * 10_000),
    "E16 no boundary": lambda: text(b"--b\r\n\r\nhello", b"multipart/mixed"),
    "E17 unknown charset": lambda: declared(b"klingon-8", "قابل".encode()),
    "E17 unicode_escape": lambda: declared(b"unicode_escape", b"a\\u202eb"),
    "E17 rot13": lambda: declared(b"rot13", b"uryyb"),
    "E17 punycode": lambda: declared(b"punycode", b"a-" + b"9" * 50_000),
    "E17 utf-7": lambda: declared(b"utf-7", b"Fr+APY-sche +ADw-script+AD4-"),
    "E17 unknown encoding": lambda: declared(b"utf-8", b"hello", b"x-nothing"),
    "E18 raw windows-1256": lambda: head("X-Subject: استفسار عن الدبلوم".encode("cp1256")),
    "E19 broken base64": lambda: declared(b"utf-8", b"aGVsb*G8\r\n=x", b"base64"),
    "E19 broken quoted-printable": lambda: declared(
        b"utf-8", b"=ZZ=4=\r\n=C3", b"quoted-printable"
    ),
    "E20 NUL": lambda: text(b"a\x00b").replace(b"help", b"he\x00lp"),
    "E21 bare CR": lambda: text(b"one\rtwo\r\rthree").replace(b"\r\n", b"\r"),
    "E21 bare LF": lambda: text(b"one\ntwo").replace(b"\r\n", b"\n"),
    "E21 no line end": lambda: b"From: a@b.example",
    "E22 year 99999": lambda: head(b"Date: Tue, 3 Mar 99999 10:00:00 +0300"),
    "E22 zone +9999": lambda: head(b"Date: Tue, 3 Mar 2026 10:00:00 +9999"),
    "E22 huge numbers": lambda: head(b"Date: " + b"9" * 5000),
    "E22 superscript day": lambda: head("Date: Tue, ² Mar 2026 10:00:00 +0300".encode()),
    "E23 broken winmail.dat": lambda: text(
        b"\x78\x9f\x3e\x22" + b"\xff" * 5000,
        b"application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: binary",
    ),
    "E24 S/MIME": lambda: text(
        b64encode(b"\x30\x80" * 500), b"application/pkcs7-mime\r\nContent-Transfer-Encoding: base64"
    ),
    "E24 PGP": lambda: (
        TYPED
        + b"Content-Type: multipart/encrypted; boundary=b;\r\n"
        + b" protocol=application/pgp-encrypted\r\n\r\n"
        + b"--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
        + b"--b\r\nContent-Type: application/octet-stream\r\n\r\n"
        + b"-----BEGIN PGP MESSAGE-----\r\n\r\nwcBM\r\n-----END PGP MESSAGE-----\r\n--b--\r\n"
    ),
    "E25 invitation": lambda: text(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"text/calendar"),
    "E26 300 files": lambda: files(300, b"x"),
    "E26 empty files": lambda: files(100, b""),
    "E27 open tags": lambda: html(b"<a" * 300_000),
    "E27 open comments": lambda: html(b"<!--" * 100_000),
    "E27 open attributes": lambda: html(b"<a href='" * 100_000),
    "E28 On": lambda: text(b"On " + b"a " * 100_000 + b"\r\n" * 10),
    "E28 spaces": lambda: text(b" " * 200_000 + b"x\r\n" + b" \r\n" * 100_000),
    "E28 quotes": lambda: text(b"> " * 100_000 + b"\r\n" + b">\r\n" * 100_000),
    "E28 dashes": lambda: text(b"-" * 200_000 + b"\r\n" + b"-- \r\n" * 50_000),
    "E28 colons": lambda: text(b"From: a\r\n" * 50_000 + b":" * 100_000),
    "E29 deep blockquotes": lambda: html(b"<blockquote>" * 20_000 + b"deep"),
    "E29 deep tables": lambda: html(b"<table><tr><td>" * 5000 + b"deep"),
    "E29 deep divs": lambda: html(b"<div>" * 100_000 + b"deep"),
    "E30 two letters": lambda: alternatives(
        b"Pay nothing, all is well with your account today.",
        b"<p>Transfer the deposit to another bank before noon tomorrow</p>",
    ),
    "E31 partial": lambda: text(b"part", b"message/partial; id=a; number=1; total=2"),
    "E31 external": lambda: text(
        b"Content-Type: text/plain\r\n\r\n", b"message/external-body; access-type=URL; URL=x"
    ),
    "E32 report of blocks": lambda: (
        TYPED
        + b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        * 20_000
        + b"--b--\r\n"
    ),
    "E32 receipt": lambda: report(
        b"disposition-notification",
        b"Content-Type: message/disposition-notification\r\n\r\n"
        b"Final-Recipient: rfc822; a@b.example\r\n"
        b"Disposition: manual-action/MDN-sent-manually; displayed\r\n",
    ),
    "E32 complaint": lambda: report(
        b"feedback-report",
        b"Content-Type: message/feedback-report\r\n\r\n"
        b"Feedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n",
        b"Content-Type: message/rfc822\r\n\r\nFrom: a@b.example\r\n\r\nx\r\n",
    ),
    "E33 marks": lambda: text("رقم ٠١٢٣ — 😀 مـــرحبا \u202bنص\u202c".encode()),
    "flowed": lambda: text(b"> a \r\n" * 100_000, b"text/plain; format=flowed"),
    "parameters": lambda: head(b"Content-Type: text/plain" + b"; a*0*=x''%41" * 900),
    "35 MB of lines": lambda: text(b"x\r\n" * 11_000_000),
    "36 MB": lambda: text(b"x" * 37_000_000),
}
