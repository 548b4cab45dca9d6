"""Who writes in the model, and their mails as a mail client sends them."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from maild.mail.mail import Address
from tests.model.servers import Letter

REQUESTERS = tuple(
    Address(name, f"{name.lower()}@trainee.example")
    for name in ("Noura", "James", "Reem", "Fahad", "Maha", "Omar", "Lina", "Saad")
)
STAFF = tuple(f"{name}@staff.example" for name in ("sara", "omar", "huda", "director", "deputy"))
MACHINE = Address("Monitor", "noreply@machine.example")
STRANGER = Address("Nobody", "nobody@elsewhere.example")
FRIEND = "friend@trainee.example"

QUESTIONS = (
    ("Cannot open the lecture", "Hello, I cannot open the lecture of today. Please help me."),
    ("مشكلة في الدخول", "السلام عليكم، لا أستطيع الدخول إلى المحاضرة منذ أمس"),
    ("Certificate", "When will the certificate of the second course be sent to me?"),
    ("فاتورة", "أرجو إرسال فاتورة الدورة الأولى إلى بريدي هذا الأسبوع"),
    ("Refund", "I paid twice for one course and would like one payment back."),
)
FOLLOW_UPS = ("Is there any news about this?", "هل من جديد؟", "Thanks!", "It works now, thank you.")
ANSWERS = (
    "We have looked into it; please try once more.",
    "حدثنا حسابك، نرجو المحاولة مرة أخرى.",
)
ORDERS = (
    "#note\nI asked the technicians.", "#solve", "#close", "#solve\nIt works again.", "#wait",
    "#hold", "#take", "#assign omar", "#assign sara\nYours, I think.", "#team technical",
    "#tier2", "#priority high", "#priority normal", f"#cc {FRIEND}", "#split", "#reopen",
    "#frobnicate", "#send", "#cause too many questions", "#violation rude words", "#merge {other}",
    "#undo",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is sent."""

    by: Address
    to: str
    subject: str
    text: str
    message_id: str
    at: datetime
    parent: Letter | None = None
    headers: tuple[str, ...] = ()

    def bytes(self, delivered_to: str) -> bytes:
        """Return the copy one mailbox gets: what is traced differs, what is said does not."""
        chain = () if self.parent is None else (
            f"In-Reply-To: {self.parent.message_id}", f"References: {self.parent.message_id}",
        )  # fmt: skip
        lines = (
            f"Delivered-To: {delivered_to}",
            f"From: {self.by.name} <{self.by.address}>",
            f"To: {self.to}",
            f"Subject: {self.subject}",
            f"Message-ID: {self.message_id}",
            f"Date: {format_datetime(self.at)}",
            *chain,
            *self.headers,
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            *self.text.split("\n"),
            "",
        )
        return "\r\n".join(lines).encode()


def report(letter: Letter, number: int) -> bytes:
    """Return a delivery report that says a letter came back (RFC 3464)."""
    return f"""\
From: <MAILER-DAEMON@mail.example>\r
To: student@desk.example\r
Subject: Undelivered Mail Returned to Sender\r
Message-ID: <report.{number}@mail.example>\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
It could not be delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mail.example\r
\r
Final-Recipient: rfc822; {letter.recipient}\r
Action: failed\r
Status: 5.1.1\r
\r
--b\r
Content-Type: text/rfc822-headers\r
\r
Message-ID: {letter.message_id}\r
Subject: x\r
\r
--b--\r
""".encode()


def unreadable(number: int) -> bytes:
    """Return a mail without any sender."""
    return b"Subject: from nobody\r\nMessage-ID: <nobody.%d@x.example>\r\n\r\nWho?\r\n" % number
