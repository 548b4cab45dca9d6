"""Mail of an address that is suspended for misconduct: kept, answered once, left alone.

It waits in quarantine: an admin who lifts the suspension, or finds that it is over, releases it.
"""

from maild.intake.acknowledging import language_of
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.notices import requester as letters
from maild.store.mails import Outcome


def set_aside(work: Work) -> Decision | None:
    """Keep a suspended sender's mail aside (policies 001 and 004); None: they may write."""
    desk, tx = work.desk.key, work.tx
    known = tx.requesters.get(desk, work.sender)
    until = known.suspended_until if known else None
    if until is None or until <= work.now or work.archive or work.released:
        return None
    incident = f"suspended {work.sender} {until.isoformat()}"
    if work.mail.nature is Nature.PERSON and tx.told.first(desk, incident, work.now):
        language = language_of(work)
        tx.outbox.post(
            letters.suspended(
                work.office, work.mailbox, work.writer, work.mail, language, until, work.now
            ),
            work.now,
        )
    reason = f"its sender is suspended until {until:%Y-%m-%d %H:%M} UTC"
    return Decision(Outcome.QUARANTINED, reason, on_purpose=True)
