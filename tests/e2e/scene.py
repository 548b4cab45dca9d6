"""A running house whose mailbox the test fills: mail in at once, and nothing goes on unseen."""

from maild.daemon.service import Daemon
from maild.store.outbox import Entry, State
from tests.e2e.house import House, until


class Scene:
    """The house and the daemon that keeps it."""

    def __init__(self, house: House, daemon: Daemon) -> None:
        self.house = house
        self.daemon = daemon
        self.box = house.at("student")
        self._mails = 0

    def bring(self, *mails: bytes) -> None:
        """Put mails into the mailbox byte for byte, and wait until all is done about them."""
        self.house.dovecot.append_all(self.box, mails)
        self._mails += len(mails)
        self.settle()

    def settle(self) -> None:
        """Wait until all mails are taken in and all letters lie in their inboxes."""
        until(self._settled, 90)
        until(lambda: self.house.domain not in self.house.postfix.queue(), 90)

    def letters(self, to: str = "") -> list[Entry]:
        """Every letter posted so far, or those to somebody, oldest first."""
        with self.daemon.store.reading() as tx:
            found = tx.outbox.list(limit=10_000)
        return sorted((e for e in found if to in {"", e.recipient}), key=lambda e: e.id)

    def _settled(self) -> bool:
        with self.daemon.store.reading() as tx:
            cursor = tx.mailboxes.cursor(self.house.key, "student")
            counts = tx.outbox.counts()
        waiting = counts[State.QUEUED] + counts[State.SENDING]
        return cursor is not None and cursor.last_uid >= self._mails and not waiting
