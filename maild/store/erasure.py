"""Erasing closed tickets after the time a desk keeps them: words, letters and raw mail.

What stays is one line per mail (where it lay, what became of it), so that it is not read again.
"""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, select, update

from maild.store.pending import Pending
from maild.store.tables import (
    cycles,
    digest_items,
    events,
    ledger,
    mails,
    messages,
    outbox,
    quarantine,
    sources,
    tickets,
)
from maild.tickets.ticket import Status

_OVER = [Status.CLOSED.value, Status.CANCELLED.value, Status.MERGED.value]
_DUE = (
    select(tickets.c.number)
    .where(
        tickets.c.desk == bindparam("desk"),
        tickets.c.status.in_(_OVER),
        tickets.c.closed_at <= bindparam("limit"),
    )
    .limit(bindparam("at_most"))
)
_OF_TICKET = [
    delete(table).where(
        table.c.desk == bindparam("of_desk"), table.c.ticket == bindparam("of_ticket")
    )
    for table in (messages, events, cycles, ledger, digest_items, outbox)
]
_TICKET = delete(tickets).where(
    tickets.c.desk == bindparam("of_desk"), tickets.c.number == bindparam("of_ticket")
)
_FORGET = (
    update(sources)
    .where(sources.c.desk == bindparam("of_desk"), sources.c.ticket == bindparam("of_ticket"))
    .values(mail=None)
)
_UNUSED = delete(mails).where(
    mails.c.desk == bindparam("of_desk"),
    mails.c.at <= bindparam("limit"),
    ~exists().where(and_(sources.c.desk == mails.c.desk, sources.c.mail == mails.c.id)),
    ~exists().where(and_(quarantine.c.desk == mails.c.desk, quarantine.c.mail == mails.c.id)),
    ~exists().where(and_(messages.c.desk == mails.c.desk, messages.c.mail == mails.c.id)),
)


def erase(pending: Pending, desk: str, limit: datetime, at_most: int) -> int:
    """Erase up to `at_most` tickets that ended at or before `limit` (UTC); return how many."""
    due = {"desk": desk, "limit": limit, "at_most": at_most}
    numbers = pending.execute(_DUE, due).scalars().all()
    for number in numbers:
        key = {"of_desk": desk, "of_ticket": number}
        for statement in (*_OF_TICKET, _FORGET, _TICKET):
            pending.execute(statement, key)
    if numbers:
        pending.execute(_UNUSED, {"of_desk": desk, "limit": limit})
    return len(numbers)
