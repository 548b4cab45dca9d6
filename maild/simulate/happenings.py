"""What can happen to a desk that is played: mail, orders, downtime, other rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from maild.desk import Desk
from maild.mail.mail import Mail
from maild.mail.reading import Reading
from maild.tickets.ticket import EventKind


class What(StrEnum):
    """A mail that is written while the desk is played, as a mail client would write it."""

    NEW = "new"  # a requester's first mail
    FOLLOW_UP = "follow-up"  # the requester presses Reply, or asks again for something solved
    RESEND = "resend"  # the first mail once more, as a new mail
    AUTO = "auto-reply"  # the requester's out-of-office
    THIRD_PARTY = "third-party"  # somebody else writes about the ticket
    ANSWER = "answer"  # somebody of the staff presses Reply: answer, orders, or both
    NOTE = "note"  # the same, for colleagues only


@dataclass(frozen=True, slots=True)
class Written:
    """A mail of a scenario. `ticket` is the scenario's own name for a ticket."""

    at: datetime  # UTC, the server's receipt
    what: What
    ticket: str
    by: str | None = None  # an address, or the key of one of the staff; None: whoever it was
    mailbox: str | None = None  # key; None: the desk's first
    subject: str = ""
    text: str = ""
    orders: tuple[str, ...] = ()  # "solve", "team finance"; "merge b" may name a ticket


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail as it lies in a mailbox."""

    at: datetime  # UTC, the server's receipt
    mailbox: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that somebody of the staff wrote in a helpdesk of the past, with no token."""

    at: datetime
    by: str | None  # key of a person; None: from the desk's own mailbox
    mail: Mail


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a ticket that no mail and no order brings about."""

    at: datetime
    ticket: str
    kind: EventKind
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Daemon:
    """The daemon stops (`up` is False) or starts again; mail arrives and waits meanwhile."""

    at: datetime
    up: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """From here another desk file is in force."""

    at: datetime
    desk: Desk


Happening = Written | Mailed | Answered | Happened | Daemon | Rules


class PlayError(Exception):
    """A scenario that cannot be played; the message is one plain sentence."""
