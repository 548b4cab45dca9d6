"""Between a mailbox's thread and intake: a batch is read in children and is one transaction.

A mail that fails in a batch costs only itself: the batch is undone and taken again mail by mail,
and a mail that fails three times is quarantined with its raw bytes and the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from maild.daemon.alerts import Alerts
from maild.daemon.ownership import LeaseLostError
from maild.daemon.watch import Cursor
from maild.desk import MailboxSettings
from maild.imap.fetching import Fetched
from maild.imap.mailbox import FolderState
from maild.intake.ahead import look_ahead
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.reading import Reading, reading_of
from maild.mail.unreadable import unreadable
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.errors import (
    StoreBrokenError,
    StoreBusyError,
    StoreError,
    StoreUnavailableError,
)
from maild.store.mailboxes import Cursor as MailboxCursor
from maild.store.mails import Outcome, Source
from maild.store.store import Store, Transaction

log = structlog.get_logger()

_STRIKES = 3
_SENT_BY_THEN = timedelta(hours=1)
_LOST_NUMBERS = 1000  # what was told to somebody since the backup is nobody else's number now
_AGAIN = "mail that an earlier database had taken in; its letters are not sent again"
_LATEST = 400  # mails; a batch is 200, and is flagged or moved before the next one is committed
_HISTORY = {
    "ignore": "mail that lay here before is left alone",
    "archive": "mail that lay here before is threaded, without letters or clocks",
    "open": "mail that lay here before is taken in like any other",
}
_NO_MAILS_FAULT = (StoreBusyError, StoreUnavailableError, StoreBrokenError)


class DeskReceiver:
    """Takes in the mail of one mailbox of one desk."""

    def __init__(
        self,
        mailbox: MailboxSettings,
        office: Callable[[], Office],
        store: Store,
        reader: Reader,
        clock: Callable[[], datetime],
        alerts: Alerts,
        committed: Callable[[], None],
        fence: Callable[[Transaction], None],
        looked_into: Callable[[], None],
    ) -> None:
        """`office` gives the desk as configured now; `committed` is called after each commit,
        `fence` in each transaction, and raises when another daemon reads the mailbox now,
        `looked_into` when all that waited was read, or the mailbox proved to be in trouble.
        """
        self._alerts = alerts
        self._mailbox = mailbox
        self._office = office
        self._store = store
        self._reader = reader
        self._clock = clock
        self._committed = committed
        self._fence = fence
        self._looked_into = looked_into
        self._desk = office().desk.key
        self._told: set[str] = set()  # troubles that are in the log and last
        self._log = log.bind(desk=self._desk, mailbox=mailbox.key)

    def cursor(self) -> Cursor | None:
        """Return how far the mailbox has been read."""
        with self._store.reading() as tx:
            found = tx.mailboxes.cursor(self._desk, self._mailbox.key)
        return Cursor(found.uidvalidity, found.last_uid) if found else None

    def first_contact(self, state: FolderState) -> int:
        """Remember what lay there before maild came: history (`history:` in the desk file)."""
        history = self._mailbox.history
        after = max(0, state.uidnext - 1) if history == "ignore" else 0
        with self._store.transaction() as tx:
            self._fence(tx)
            tx.mailboxes.save_cursor(
                MailboxCursor(
                    self._desk, self._mailbox.key, state.uidvalidity, after,
                    state.uidnext, self._clock(),
                )
            )  # fmt: skip
        if state.exists:
            self._log.info(_HISTORY[history], mails=state.exists, why=f"history: {history}")
        return after

    def revalidated(self, old: Cursor, state: FolderState) -> int:
        """The server numbered its mails anew (RFC 3501 2.3.1.1): known content is recognised."""
        self._log.warning(
            "the server numbered its mails anew; everything is looked at again",
            was=old.uidvalidity,
            now=state.uidvalidity,
        )
        with self._store.transaction() as tx:
            self._fence(tx)
            before = self._cursor(tx)
            if before.uidvalidity == state.uidvalidity:  # numbers went back: a restored backup
                tx.mails.retire(self._desk, self._mailbox.key, before.uidvalidity)
            tx.mailboxes.save_cursor(
                replace(
                    before,
                    uidvalidity=state.uidvalidity,
                    last_uid=0,
                    first_contact_uidnext=state.uidnext,
                    renumbered=True,
                )
            )
        return 0

    def begin(self, uidvalidity: int, mails: Sequence[Fetched]) -> Callable[[], Sequence[int]]:
        """Have a batch read in the children; what is returned waits for that and takes it in."""
        readings = self._reading(mails)
        return lambda: self._receive(uidvalidity, mails, readings())

    def _receive(
        self, uidvalidity: int, mails: Sequence[Fetched], readings: Sequence[Reading]
    ) -> Sequence[int]:
        """Take in a batch in one transaction; return the UIDs that may be flagged or moved."""
        try:
            left_alone = self._take(uidvalidity, list(zip(mails, readings, strict=True)))
        except _NO_MAILS_FAULT:
            raise
        except Exception as error:
            if len(mails) == 1:
                self._strike(uidvalidity, mails[0], readings[0], error)
                left_alone = set()
            else:
                left_alone = self._one_by_one(uidvalidity, mails, readings)
        self._committed()
        return [m.uid for m in mails if m.uid not in left_alone]

    def committed(self, uidvalidity: int) -> Sequence[int]:
        """Return the UIDs taken in last: more than can be under way when maild dies."""
        if self._mailbox.after == "leave":
            return []
        with self._store.reading() as tx:
            return tx.mails.latest(self._desk, self._mailbox.key, uidvalidity, _LATEST)

    def trouble(self, sentence: str, kind: str) -> None:
        """Remember since when and why the mailbox does not work."""
        try:
            with self._store.transaction() as tx:
                self._fence(tx)
                tx.mailboxes.troubled(self._desk, self._mailbox.key, sentence, self._clock())
        except LeaseLostError:  # another daemon reads it: what troubles us is no trouble of its
            raise
        except StoreError:
            self._say(sentence, kind)  # the log is all there is to tell it
            raise
        self._say(sentence, kind)
        self._looked_into()

    def _say(self, sentence: str, kind: str) -> None:
        """Put a trouble into the log, once while it lasts."""
        if sentence not in self._told:
            self._told.add(sentence)
            self._log.warning("mailbox in trouble", why=sentence, kind=kind)

    def well(self) -> None:
        """Remember that the mailbox works."""
        with self._store.transaction() as tx:
            self._fence(tx)
            now = self._clock()
            if tx.mailboxes.well(self._desk, self._mailbox.key, now):
                self._log.info("mailbox works again")
                self._alerts.recovered(tx, self._desk, self._mailbox.key, now)
        self._told.clear()
        self._committed()
        self._looked_into()

    def _reading(self, mails: Sequence[Fetched]) -> Callable[[], list[Reading]]:
        """Have a batch read meanwhile; what is returned waits for it."""
        charset = self._mailbox.default_charset
        answers = self._reader.begin([m.raw for m in mails if m.raw is not None], charset)

        def readings() -> list[Reading]:
            read = iter(answers())
            return [
                next(read)
                if m.raw is not None
                else reading_of(m.headers, unreadable(m.headers, m.reason, charset))
                for m in mails
            ]

        return readings

    def _take(self, uidvalidity: int, batch: Sequence[tuple[Fetched, Reading]]) -> set[int]:
        """Take a batch in; return the UIDs of history that is left alone."""
        office, now = self._office(), self._clock()
        decisions: list[tuple[int, Decision]] = []
        left_alone: set[int] = set()
        with self._store.transaction() as tx:
            self._fence(tx)
            cursor = self._cursor(tx)
            uids = [m.uid for m, _ in batch]
            seen = tx.mails.seen(self._desk, self._mailbox.key, uidvalidity, uids)
            arrivals: list[Arrival] = []
            for mail, reading in batch:
                history = cursor.is_history(mail.uid, mail.received_at or now)
                if history and self._mailbox.history == "ignore":
                    left_alone.add(mail.uid)
                elif mail.uid not in seen:
                    arrivals.append(self._arrival(uidvalidity, mail, reading, now, history=history))
            look_ahead(arrivals, office, tx, now)  # first of all: here copies wait for each other
            again = any(arrival.again for arrival in arrivals)
            if again and tx.told.first(self._desk, f"restored {now:%Y-%m-%d}", now):
                tx.tickets.skip_numbers(self._desk, _LOST_NUMBERS)
            for arrival in arrivals:
                before = len(tx.outbox.posted) if arrival.again else 0
                decision = receive(arrival, office, tx, now)
                if arrival.again:
                    tx.outbox.withhold(tx.outbox.posted[before:], now)
                self._alert(tx, office, arrival, decision, now)
                decisions.append((arrival.source.uid, decision))
            tx.mailboxes.save_cursor(replace(cursor, uidvalidity=uidvalidity, last_uid=uids[-1]))
        for uid, decision in decisions:
            self._log.info(
                "mail", uid=uid, outcome=decision.outcome.value, ticket=decision.ticket,
                why=decision.in_short,
            )  # fmt: skip
        if again and _AGAIN not in self._told:
            self._told.add(_AGAIN)
            self._log.warning(_AGAIN)
        if left_alone:
            self._log.info(_HISTORY["ignore"], mails=len(left_alone), why="history: ignore")
        return left_alone

    def _alert(
        self, tx: Transaction, office: Office, arrival: Arrival, decision: Decision, now: datetime
    ) -> None:
        """Tell the admins of a mail that could not be processed; not of one kept on purpose."""
        number, wanted = decision.quarantined, decision.on_purpose
        if decision.outcome is Outcome.QUARANTINED and number is not None and not wanted:
            received, reason = arrival.source.received_at, decision.reason
            self._alerts.quarantined(tx, office, self._mailbox.key, received, reason, number, now)

    def _one_by_one(
        self, uidvalidity: int, mails: Sequence[Fetched], readings: Sequence[Reading]
    ) -> set[int]:
        left_alone: set[int] = set()
        for mail, reading in zip(mails, readings, strict=True):
            try:
                left_alone |= self._take(uidvalidity, [(mail, reading)])
            except _NO_MAILS_FAULT:
                raise
            except Exception as error:
                self._strike(uidvalidity, mail, reading, error)
        return left_alone

    def _strike(self, uidvalidity: int, mail: Fetched, reading: Reading, error: Exception) -> None:
        """Count a failure; the third quarantines the mail, earlier ones let it come again."""
        key = (self._desk, self._mailbox.key, uidvalidity, mail.uid)
        with self._store.transaction() as tx:
            self._fence(tx)
            strikes = tx.mails.strike(*key)
        self._log.error("a mail failed", uid=mail.uid, error=type(error).__name__, strike=strikes)
        if strikes < _STRIKES:
            raise error
        reason = f"it failed {strikes} times ({type(error).__name__})"
        self._take(uidvalidity, [(mail, reading.failed(reason))])

    def _arrival(
        self,
        uidvalidity: int,
        mail: Fetched,
        reading: Reading,
        now: datetime,
        *,
        history: bool,
    ) -> Arrival:
        received = min(mail.received_at or now, now)  # a server clock that runs ahead is no promise
        return Arrival(
            Source(self._desk, self._mailbox.key, uidvalidity, mail.uid, received),
            reading,
            archive=history and self._mailbox.history == "archive",
            again=_taken_before(mail, now),
        )

    def _cursor(self, tx: Transaction) -> MailboxCursor:
        found = tx.mailboxes.cursor(self._desk, self._mailbox.key)
        if found is None:
            raise ValueError("a mailbox is read after its first contact")
        return found


def _taken_before(mail: Fetched, now: datetime) -> bool:
    """Tell whether the letters about a mail have left before our database was restored.

    Of mail of the last hour nobody knows: twice is better than never.
    """
    return mail.marked and mail.received_at is not None and now - mail.received_at > _SENT_BY_THEN
