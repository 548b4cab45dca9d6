"""What the admins are told by mail: a mailbox that stays in trouble, and mail that was kept aside.

Each incident is told once to each admin, remembered in `told`, so that neither a restart nor a
second daemon tells it again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maild.desk import MailboxSettings
from maild.notices import admins
from maild.notices.office import Office
from maild.store.mailboxes import MailboxState
from maild.store.people import LETTERS_TROUBLE, TROUBLE
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
        self._told: set[_Trouble] = set()  # by us: an idle tick shall write nothing
        self._refused: set[tuple[str, str]] | None = None  # told that letters are refused

    def look(self) -> bool:
        """Tell of mailboxes that have not worked for minutes; True when a letter was posted."""
        now = self._clock()
        with self._store.reading() as tx:
            states = tx.mailboxes.states()
        troubles = {trouble for state in states for trouble in _troubles(state)}
        self._told &= troubles
        lasting = (t for t in troubles - self._told if now - t.since >= PATIENCE and self._box(t))
        fresh = sorted(lasting, key=lambda t: t.since)
        for trouble in fresh:
            with self._store.transaction() as tx:
                self._troubled(tx, trouble, troubles, now)
            self._told.add(trouble)
        return self._letters_leave_again(states, troubles, now) or bool(fresh)

    def _letters_leave_again(
        self, states: Sequence[MailboxState], troubles: Collection["_Trouble"], now: datetime
    ) -> bool:
        """Tell whoever was told that letters are refused that they leave; after a start ask once.

        (That a mailbox is read again its own thread says at once.)
        """
        refused = {(t.desk, t.mailbox) for t in troubles if t.sending}
        before = {(s.desk, s.mailbox) for s in states} if self._refused is None else self._refused
        self._refused = refused
        posted = False
        for desk, mailbox in sorted(before - refused):
            box = self._configured(desk, mailbox)
            if box is None:
                continue
            with self._store.transaction() as tx:
                for address in self._to():
                    if tx.told.over(desk, _incident(mailbox, address, sending=True)):
                        office = self._offices()[desk]
                        letter = admins.mailbox_recovered(office, address, box, now, sending=True)
                        tx.outbox.post(letter, now)
                        posted = True
        return posted

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
        self, tx: Transaction, trouble: "_Trouble", all_: Collection["_Trouble"], now: datetime
    ) -> None:
        box = self._box(trouble)
        if box is None:
            return
        office, through = self._way_out(trouble, all_)
        for address in self._to():
            incident = _incident(trouble.mailbox, address, sending=trouble.sending)
            if tx.told.first(trouble.desk, incident, now):
                letter = admins.mailbox_trouble(
                    office,
                    address,
                    box.address,
                    trouble.what,
                    trouble.since,
                    now,
                    through,
                    sending=trouble.sending,
                )
                tx.outbox.post(letter, now)

    def _box(self, trouble: "_Trouble") -> MailboxSettings | None:
        return self._configured(trouble.desk, trouble.mailbox)

    def _configured(self, desk: str, mailbox: str) -> MailboxSettings | None:
        office = self._offices().get(desk)
        return office.desk.mailboxes.get(mailbox) if office else None

    def _way_out(
        self, trouble: "_Trouble", all_: Collection["_Trouble"]
    ) -> tuple[Office, MailboxSettings]:
        """Return a mailbox to write through: one that works, of the same desk if possible."""
        offices = self._offices()
        ill = {(t.desk, t.mailbox) for t in all_}
        own = offices[trouble.desk]
        for office in (own, *offices.values()):
            for key, box in office.desk.mailboxes.items():
                if (office.desk.key, key) not in ill:
                    return office, box
        return own, own.desk.mailboxes[trouble.mailbox]


@dataclass(frozen=True, slots=True)
class _Trouble:
    """A mailbox that cannot be read or, `sending`, whose letters are refused."""

    desk: str
    mailbox: str
    sending: bool
    what: str
    since: datetime


def _troubles(state: MailboxState) -> Iterator[_Trouble]:
    if state.trouble is not None and state.trouble_since is not None:
        yield _Trouble(state.desk, state.mailbox, False, state.trouble, state.trouble_since)
    if state.letters_trouble is not None and state.letters_trouble_since is not None:
        yield _Trouble(
            state.desk, state.mailbox, True, state.letters_trouble, state.letters_trouble_since
        )


def _incident(mailbox: str, address: str, *, sending: bool = False) -> str:
    return f"{LETTERS_TROUBLE if sending else TROUBLE}{mailbox} {address}"
