"""FLOW. An admin's own words to everybody they concern: extended hours, a closed week.

Whoever has an open ticket or wrote lately gets one letter. The outbox keeps one letter for the same
words and address, so an announcement may be made again after a crash and nobody hears it twice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from maild.mail.mail import Address
from maild.notices import requester as letters
from maild.notices.announcement import Announcement
from maild.notices.office import Office
from maild.store.people import Requester
from maild.store.store import Store

_AT_ONCE = 200  # letters of one transaction, so that the daemon's own work goes on beside it


@dataclass(frozen=True, slots=True)
class Announced:
    """Whom an announcement reached: letters posted now, and those who had it before."""

    told: tuple[str, ...]
    told_before: tuple[str, ...]


def concerned(store: Store, office: Office, days: int, now: datetime) -> tuple[Requester, ...]:
    """Return whom an announcement reaches: open tickets, or a mail within the last `days`.

    Staff and the suspended are left out; `now` is UTC.
    """
    desk = office.desk
    with store.reading() as tx:
        found = tx.requesters.concerned(desk.key, now - timedelta(days=days), now)
    return tuple(r for r in found if desk.staff.by_address(r.address) is None)


def announce(
    store: Store, office: Office, words: Announcement, days: int, now: datetime
) -> Announced:
    """Post the announcement to everybody it concerns, each in their language."""
    desk = office.desk
    readers = concerned(store, office, days, now)
    told: list[str] = []
    before: list[str] = []
    for start in range(0, len(readers), _AT_ONCE):
        with store.transaction() as tx:
            for reader in readers[start : start + _AT_ONCE]:
                language = reader.language or desk.languages[0]
                address = Address("", reader.address)
                letter = letters.announcement(office, address, language, words, now)
                if tx.outbox.by_message_id(desk.key, letter.message_id) is None:
                    tx.outbox.post(letter, now)
                    told.append(reader.address)
                else:
                    before.append(reader.address)
    return Announced(tuple(told), tuple(before))
