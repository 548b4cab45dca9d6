"""What the admins are told by mail: a mailbox that stays in trouble, and mail that was kept aside.

Each incident is told once to each admin, remembered in `told`, so that neither a restart nor a
second daemon tells it again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from maild.desk import MailboxSettings
from maild.notices import admins
from maild.notices.office import Office
from maild.store.mailboxes import MailboxState
from maild.store.store import Store, Transaction

PATIENCE = timedelta(minutes=5)  # a server that restarts is no news
QUARANTINED_A_DAY = 20  # letters about one desk; more tell nothing new, and `quarantine` lists all


class Alerts:
    """Writes to the admins, through a mailbox that works."""

    def __init__(
        self,
        store: Store,
        offices: Callable[[], Mapping[str, Office]],
        to: Callable[[], Sequence[str]],
        clock: Callable[[], datetime],
    ) -> None:
        """`offices` and `to` (addresses) give what is configured now; `clock` gives UTC."""
        self._store = store
        self._offices = offices
        self._to = to
        self._clock = clock
        self._told: set[tuple[str, str]] = set()  # by us: an idle tick shall write nothing

    def look(self) -> bool:
        """Tell of mailboxes that have not worked for minutes; True when a letter was posted."""
        now = self._clock()
        with self._store.reading() as tx:
            states = tx.mailboxes.states()
        lasting = [s for s in states if s.trouble_since and now - s.trouble_since >= PATIENCE]
        self._told &= {(s.desk, s.mailbox) for s in states if s.trouble_since}
        fresh = [s for s in lasting if (s.desk, s.mailbox) not in self._told and self._box(s)]
        for state in fresh:
            with self._store.transaction() as tx:
                self._troubled(tx, state, states, now)
            self._told.add((state.desk, state.mailbox))
        return bool(fresh)

    def recovered(self, tx: Transaction, desk: str, mailbox: str, now: datetime) -> None:
        """Tell whoever was told of a mailbox's trouble that it is over."""
        office = self._offices()[desk]
        box = office.desk.mailboxes[mailbox]
        for address in self._to():
            if tx.told.over(desk, _incident(mailbox, address)):
                tx.outbox.post(admins.mailbox_recovered(office, address, box, now), now)

    def quarantined(
        self,
        tx: Transaction,
        office: Office,
        mailbox: str,
        received: datetime,
        reason: str,
        number: int,
        now: datetime,
    ) -> None:
        """Tell that a mail was kept aside, in the transaction that keeps it; `number` finds it."""
        desk = office.desk.key
        if tx.quarantine.count_since(desk, now - timedelta(days=1)) > QUARANTINED_A_DAY:
            return
        shown = office.desk.mailboxes[mailbox].address
        for address in self._to():
            letter = admins.quarantined(office, address, shown, received, reason, number, now)
            tx.outbox.post(letter, now)

    def _troubled(
        self,
        tx: Transaction,
        state: MailboxState,
        states: Sequence[MailboxState],
        now: datetime,
    ) -> None:
        box = self._box(state)
        if box is None or state.trouble is None or state.trouble_since is None:
            return
        office, through = self._way_out(state, states)
        for address in self._to():
            if tx.told.first(state.desk, _incident(state.mailbox, address), now):
                letter = admins.mailbox_trouble(
                    office, address, box.address, state.trouble, state.trouble_since, now, through
                )
                tx.outbox.post(letter, now)

    def _box(self, state: MailboxState) -> MailboxSettings | None:
        office = self._offices().get(state.desk)
        return office.desk.mailboxes.get(state.mailbox) if office else None

    def _way_out(
        self, state: MailboxState, states: Sequence[MailboxState]
    ) -> tuple[Office, MailboxSettings]:
        """Return a mailbox to write through: one that works, of the same desk if possible."""
        offices = self._offices()
        ill = {(s.desk, s.mailbox) for s in states if s.trouble_since}
        own = offices[state.desk]
        for office in (own, *offices.values()):
            for key, box in office.desk.mailboxes.items():
                if (office.desk.key, key) not in ill:
                    return office, box
        return own, own.desk.mailboxes[state.mailbox]


def _incident(mailbox: str, address: str) -> str:
    return f"mailbox {mailbox} {address}"
