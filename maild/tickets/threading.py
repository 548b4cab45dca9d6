"""Which ticket does a mail belong to? Keys from the mail, best first; the look-up is the flow's.

The order is: reply token, our signed Message-ID in References, any Message-ID of the thread
(RFC 5322 3.6.4), subject tag, resend. A key alone never lets a stranger in: `may_join` decides
that, and whoever may not join starts a ticket of their own with a link to this one.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from maild.mail.mail import Mail
from maild.mail.normal import normalise, western_digits
from maild.mail.subject import base_subject
from maild.tickets.ticket import Ticket
from maild.tickets.tokens import Claim, in_addresses, in_message_ids

_TAG = re.compile(r"\[#(\d{1,12})\]")


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything in a mail that may name a ticket, best first."""

    reply_tokens: tuple[Claim, ...]
    signed_ids: tuple[Claim, ...]
    message_ids: tuple[str, ...]  # newest first
    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The ticket a mail names and how: the reason is kept on the message."""

    number: int
    by: str  # "reply token" | "signed message-id" | "message-id" | "subject tag" | "resend"
    claim: Claim | None = None


def keys(mail: Mail, subaddress: str | None) -> Keys:
    """Collect the thread keys of a mail. Pure; looks nothing up.

    The addresses of To and Cc are read, and Delivered-To and X-Original-To, where a token is
    left when a list or alias has rewritten them.
    """
    delivered = (v for n, v in mail.headers if n in {"delivered-to", "x-original-to"})
    addresses = [a.address for a in (*mail.to, *mail.cc)] + [d.strip("<> ") for d in delivered]
    ids = tuple(dict.fromkeys((*mail.references, *filter(None, [mail.in_reply_to]))))
    return Keys(
        reply_tokens=in_addresses(addresses, subaddress),
        signed_ids=in_message_ids(ids),
        message_ids=ids[::-1],
        tags=tuple(int(n) for n in _TAG.findall(western_digits(mail.subject))),
    )


def may_join(ticket: Ticket, sender: str, *, is_staff: bool) -> bool:
    """Tell whether `sender` takes part in the ticket: its requester, a collaborator, or staff."""
    address = sender.lower()
    return (
        is_staff
        or address == ticket.requester.address.lower()
        or address in (c.lower() for c in ticket.collaborators)
    )


def is_resend(mail: Mail, subject: str, body: str) -> bool:
    """Tell whether a mail asks again what the unanswered mail `subject`, `body` asked.

    Alike means the same subject without reply prefixes, or the same words, both normalised for
    Arabic (policy 001, stage 1: the student sends the inquiry again).
    """
    same_subject = normalise(base_subject(mail.subject)) == normalise(base_subject(subject))
    if same_subject and base_subject(mail.subject).strip():
        return True
    return _alike(normalise(mail.new_text).split(), normalise(body).split())


def reopens(mail: Mail) -> bool:
    """Tell whether a reply to a solved ticket asks for more work: a mere "thanks" does not."""
    words = normalise(mail.new_text).split()
    return not (len(words) <= _THANKS_LENGTH and any(w in _THANKS for w in words))


def too_old(ticket: Ticket, now: datetime, days: int) -> bool:
    """Tell whether the ticket was closed more than `days` ago, so that a reply starts a new one."""
    return ticket.closed_at is not None and (now - ticket.closed_at).days >= days


def _alike(a: list[str], b: list[str]) -> bool:
    """Compare by shared words: nine of ten, and enough of them to mean something."""
    if len(a) < _ENOUGH_WORDS or len(b) < _ENOUGH_WORDS:
        return False
    first, second = set(a), set(b)
    return len(first & second) >= 0.9 * max(len(first), len(second))


_ENOUGH_WORDS = 5
_THANKS_LENGTH = 8
_THANKS_IN_ARABIC = "شكرا", "شكراً", "مشكور", "مشكورين", "تسلم", "يعطيك", "يعطيكم", "ممنون"
_THANKS = frozenset(map(normalise, ("thanks", "thank", "thx", "merci", *_THANKS_IN_ARABIC)))
