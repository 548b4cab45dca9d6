"""Mail that a person has released from quarantine: processed once more, each on its own."""

from collections.abc import Callable
from datetime import datetime

import structlog

from maild.desk import MailboxSettings
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.reading import Reading
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.errors import StoreBrokenError, StoreBusyError, StoreUnavailableError
from maild.store.quarantine import Quarantined
from maild.store.store import Store

log = structlog.get_logger()


def take_released(
    store: Store, office_of: Callable[[str], Office | None], reader: Reader, now: datetime
) -> int:
    """Process every released mail once, from the same source; return how many were. `now` is UTC.

    One that fails returns to quarantine with the new reason, so it is not tried at every tick. One
    whose desk or mailbox is no longer configured waits. Raises only what the store raises.
    """
    with store.reading() as tx:
        released = tx.quarantine.released()
    taken = 0
    for one in released:
        office = office_of(one.source.desk)
        box = office.desk.mailboxes.get(one.source.mailbox) if office else None
        if office is None or box is None or one.mail is None:
            continue
        taken += _take(store, office, reader, box, one, one.mail, now)
    return taken


def _take(
    store: Store,
    office: Office,
    reader: Reader,
    box: MailboxSettings,
    one: Quarantined,
    mail: int,
    now: datetime,
) -> bool:
    with store.reading() as tx:
        raw = tx.mails.raw(one.source.desk, mail)
    reading = reader.read(raw, box.default_charset)
    try:
        decision = _receive(store, office, one, reading, now)
    except (StoreBusyError, StoreUnavailableError, StoreBrokenError):  # no fault of the mail
        raise
    except Exception as error:
        reason = f"it was released and failed again ({type(error).__name__})"
        decision = _receive(store, office, one, reading.failed(reason), now)
    if decision is not None:
        log.info(
            "mail released from quarantine", desk=one.source.desk, mailbox=box.key,
            outcome=decision.outcome.value, ticket=decision.ticket, why=decision.in_short,
        )  # fmt: skip
    return decision is not None


def _receive(
    store: Store,
    office: Office,
    one: Quarantined,
    reading: Reading,
    now: datetime,
) -> Decision | None:
    """Take the mail in; None when another process was faster."""
    with store.transaction() as tx:
        if tx.quarantine.take(one.source.desk, one.id) is None:
            return None
        return receive(Arrival(one.source, reading, released=True), office, tx, now)
