"""A Receiver that remembers what it is told, as the store would."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from maild.daemon.watch import Cursor, Watch
from maild.imap.fetching import Fetched
from maild.imap.mailbox import FolderState

Watching = Callable[..., Watch]


def mail(number: int) -> bytes:
    """Return a small mail that says its number."""
    return f"Subject: {number}\r\n\r\nhello\r\n".encode()


@dataclass
class Recorder:
    """Brings all that lies there at first contact unless told to start after a UID."""

    history: bool = True
    at: Cursor | None = None
    batches: list[list[Fetched]] = field(default_factory=list)
    first: list[FolderState] = field(default_factory=list)
    renumbered: list[tuple[Cursor, FolderState]] = field(default_factory=list)
    troubles: list[tuple[str, str]] = field(default_factory=list)  # kind, sentence
    times_well: int = 0
    unmarked: list[int] = field(default_factory=list)  # what one before us took in
    failures: int = 0  # so many batches cannot be committed

    @property
    def mails(self) -> list[Fetched]:
        return [mail for batch in self.batches for mail in batch]

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.troubles]

    def cursor(self) -> Cursor | None:
        return self.at

    def first_contact(self, state: FolderState) -> int:
        self.first.append(state)
        self.at = Cursor(state.uidvalidity, 0 if self.history else state.uidnext - 1)
        return self.at.uid

    def revalidated(self, old: Cursor, state: FolderState) -> int:
        self.renumbered.append((old, state))
        self.at = Cursor(state.uidvalidity, 0)
        return 0

    def begin(self, uidvalidity: int, mails: Sequence[Fetched]) -> Callable[[], Sequence[int]]:
        return lambda: self.receive(uidvalidity, mails)

    def receive(self, uidvalidity: int, mails: Sequence[Fetched]) -> Sequence[int]:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away, and this text quotes a mail")
        self.batches.append(list(mails))
        self.at = Cursor(uidvalidity, mails[-1].uid)
        return [mail.uid for mail in mails]

    def committed(self, uidvalidity: int) -> Sequence[int]:
        return self.unmarked

    def trouble(self, sentence: str, kind: str) -> None:
        self.troubles.append((kind, sentence))

    def well(self) -> None:
        self.times_well += 1


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something another thread does. Raises AssertionError when it does not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
