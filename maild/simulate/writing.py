"""Mails as a mail client writes them, without the bytes: reading is not what is played here."""

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from maild.mail.language import detect
from maild.mail.mail import Address, Mail, Nature
from maild.mail.outgoing import Letter

DOMAIN = "client.example"  # of the Message-IDs our mail clients give


@dataclass(frozen=True, slots=True)
class Received:
    """What a person's mail client needs of a letter to reply to it."""

    message_id: str
    head: bytes  # the header fields

    @classmethod
    def of(cls, letter: Letter) -> "Received":
        """Keep of a letter what a reply needs."""
        return cls(letter.message_id, letter.raw.partition(b"\r\n\r\n")[0])

    def reply_to(self) -> str:
        """Return the address Reply goes to (RFC 5322 3.6.2)."""
        fields = BytesHeaderParser().parsebytes(self.head + b"\r\n\r\n")
        return parseaddr(str(fields["Reply-To"] or fields["From"]))[1]


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is sent."""

    by: Address
    to: str
    subject: str
    text: str
    parent: str | None = None  # Message-ID it replies to
    automatic: bool = False


def sent(draft: Draft, number: int, at: datetime) -> tuple[bytes, Mail]:
    """Return the `number`th mail of a play: its bytes as they are kept, and its reading."""
    message_id = f"<play.{number}@{DOMAIN}>"
    submitted = (("auto-submitted", "auto-replied"),) if draft.automatic else ()
    headers = (
        ("from", f"{draft.by.name} <{draft.by.address}>".strip()),
        ("to", draft.to),
        ("subject", draft.subject),
        ("message-id", message_id),
        *((("in-reply-to", draft.parent),) if draft.parent else ()),
        *submitted,
    )
    mail = Mail(
        message_id=message_id,
        from_=draft.by,
        to=(Address("", draft.to),),
        subject=draft.subject,
        date=at,
        in_reply_to=draft.parent,
        references=(draft.parent,) if draft.parent else (),
        language=detect(f"{draft.subject}\n{draft.text}"),
        nature=Nature.AUTO if draft.automatic else Nature.PERSON,
        reason="Auto-Submitted: auto-replied" if draft.automatic else "",
        text=draft.text,
        new_text=draft.text,
        headers=headers,
    )
    # Kept as any mail is; read again only where a ticket is handed to somebody with its files.
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    body = draft.text.replace("\n", "\r\n")
    return f"{head}{kind}Content-Transfer-Encoding: 8bit\r\n\r\n{body}\r\n".encode(), mail
