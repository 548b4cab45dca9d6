"""A mail as the flows take it up: what it says, what it is known by, and its bytes packed.

All of it follows from the bytes alone. So it is made where mail is read, in the children, and the
one process that commits only writes it down.
"""

import hashlib
from dataclasses import dataclass, replace

from maild.mail.carried import Carried
from maild.mail.mail import Mail
from maild.mail.packing import Packed, pack
from maild.mail.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class Reading(Carried):
    """What came of reading one mail."""

    mail: Mail | Unreadable
    identity: str  # the same for two copies of one mail: see `reading_of`
    packed: Packed

    def failed(self, reason: str) -> "Reading":
        """Return the reading of a mail that could be read and could not be processed."""
        mail = Unreadable(reason, self.mail.headers)
        return replace(self, mail=mail, identity=_identity(mail, self.packed))


def reading_of(raw: bytes, mail: Mail | Unreadable) -> Reading:
    """Return the reading of these bytes, which say `mail`.

    Trace headers differ between copies, so the identity is the Message-ID with what the mail says:
    two mails that share an id but not their words are two mails (a stranger may reuse an id).
    """
    packed = pack(raw)
    return Reading(mail, _identity(mail, packed), packed)


def _identity(mail: Mail | Unreadable, packed: Packed) -> str:
    if isinstance(mail, Unreadable):
        return packed.digest.hex()
    said = (
        mail.message_id or "",
        mail.from_.address.lower() if mail.from_ else "",
        mail.date.isoformat() if mail.date else "",
        mail.subject,
        mail.text,
        *(f"{a.name}:{hashlib.sha256(a.content).hexdigest()}" for a in mail.attachments),
    )
    return hashlib.sha256("\0".join(said).encode()).hexdigest()
