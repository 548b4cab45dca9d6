"""A store that remembers which letters each transaction posted: nothing is sent, all is seen."""

from collections.abc import Iterator
from contextlib import contextmanager

from maild.mail.outgoing import Letter
from maild.store.store import Store, Transaction


class RecordingStore(Store):
    """A store in memory, gone when it is closed."""

    def __init__(self) -> None:
        """Make an empty database."""
        super().__init__("sqlite://")
        self.migrate()
        self._posted: list[Letter] = []

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Begin a transaction as every store does."""
        with super().transaction() as tx:
            yield tx
        self._posted += tx.outbox.posted

    def posted(self) -> list[Letter]:
        """Return the letters that were posted since this was last asked."""
        found, self._posted = self._posted, []
        return found
