"""How the installation is: what `maild status` and the health check show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from maild.store.mailboxes import Mailboxes, MailboxState
from maild.store.numbers import Numbers
from maild.store.outbox import Outbox, State
from maild.store.pending import Pending
from maild.store.tables import outbox, quarantine, tickets
from maild.tickets.ticket import Status


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts and ages at one instant."""

    tickets: Mapping[Status, int]
    letters: Mapping[State, int]
    oldest_letter_at: datetime | None  # created, of those that wait or are being sent
    oldest_alarm_at: datetime | None  # in the past: the sweep is behind
    untargeted: int  # active tickets no policy speaks for
    quarantined: int  # not released yet
    oldest_quarantined_at: datetime | None
    mailboxes: tuple[MailboxState, ...]


_TICKETS = select(tickets.c.status, func.count()).group_by(tickets.c.status)
_UNTARGETED = select(func.count()).where(
    tickets.c.policy.is_(None), tickets.c.status.in_([s.value for s in Status if s.active])
)
_OLDEST_LETTER = select(func.min(outbox.c.created_at)).where(outbox.c.finished_at.is_(None))
_OLDEST_ALARM = select(func.min(tickets.c.alarm_at)).where(tickets.c.alarm_at.is_not(None))
_QUARANTINED = select(func.count(), func.min(quarantine.c.at)).where(
    quarantine.c.released_at.is_(None)
)


def standing(pending: Pending) -> Standing:
    """Return how everything stands."""
    by_status = {Status(row[0]): int(row[1]) for row in pending.execute(_TICKETS)}
    quarantined, oldest_quarantined_at = pending.execute(_QUARANTINED).one()
    return Standing(
        tickets={status: by_status.get(status, 0) for status in Status},
        letters=Outbox(pending, Numbers(pending)).counts(),
        oldest_letter_at=pending.execute(_OLDEST_LETTER).scalar_one(),
        oldest_alarm_at=pending.execute(_OLDEST_ALARM).scalar_one(),
        untargeted=pending.execute(_UNTARGETED).scalar_one(),
        quarantined=quarantined,
        oldest_quarantined_at=oldest_quarantined_at,
        mailboxes=Mailboxes(pending).states(),
    )
