"""What a clock that ran ahead has left behind: waits that would last until it is right again."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, tuple_, update

from maild.store.tables import leases, ledger, mailboxes, outbox, tickets

_FAR = timedelta(days=3)  # longer than any wait that a right clock gives


def forget_future(connection: Connection, now: datetime) -> int:
    """End every lease, pause and wait that reaches further ahead than maild ever plans.

    Return how many there were. A letter that is held until the next opening leaves at once when it
    was written by such a clock; one written by a right clock keeps its time. A stage that fired by
    such a clock fired now, so that the next one is counted from here. `now` is UTC.
    """
    far = now + _FAR
    waiting = outbox.c.next_at.is_not(None) & (outbox.c.next_at > now)
    tried = outbox.c.attempts > 0
    fired = select(ledger.c.desk, ledger.c.ticket).where(ledger.c.at > far)
    found = (
        update(tickets)
        .where(tickets.c.alarm_at > now, tuple_(tickets.c.desk, tickets.c.number).in_(fired))
        .values(alarm_at=now),
        update(ledger).where(ledger.c.at > far).values(at=now),
        update(leases).where(leases.c.until > far).values(until=now),
        update(mailboxes)
        .where(mailboxes.c.letters_paused_until > far)
        .values(letters_paused_until=None),
        update(outbox).where(outbox.c.lease_until > far).values(lease_until=now),
        update(outbox)
        .where(waiting, or_(outbox.c.created_at > far, tried & (outbox.c.next_at > far)))
        .values(next_at=now),
    )
    return sum(connection.execute(statement).rowcount for statement in found)
