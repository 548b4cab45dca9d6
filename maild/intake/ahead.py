"""Looking ahead: what the mails of a batch will be asked about is looked up together.

It changes no answer, only what an answer costs: `receive` asks for each mail as if it came alone.
"""

from collections.abc import Sequence
from datetime import datetime

from maild.intake.acknowledging import DAY, HOUR
from maild.intake.words import Arrival
from maild.mail.mail import Mail
from maild.notices.office import Office
from maild.store.store import Transaction
from maild.tickets.addressing import bare


def look_ahead(arrivals: Sequence[Arrival], office: Office, tx: Transaction, now: datetime) -> None:
    """Have the store look up what it will be asked about these mails; `now` as for `receive`."""
    desk = office.desk.key
    mails = [a.mail for a in arrivals if isinstance(a.mail, Mail)]
    senders = {m.from_.address.lower() for m in mails if m.from_ is not None}
    known = {i for m in mails for i in (*m.references, *filter(None, [m.in_reply_to]))}
    digests = [a.reading.packed.digest for a in arrivals]
    tx.mails.expect(desk, digests, [a.identity for a in arrivals])
    tx.tickets.expect(desk, known, senders)
    tx.tickets.expect_opened(desk, senders, now - HOUR)
    tx.outbox.expect(desk, {m.message_id for m in mails if m.message_id})
    tx.requesters.expect(desk, senders)
    tx.requesters.expect_acks(desk, {bare(s, "+") for s in senders}, now - DAY)
