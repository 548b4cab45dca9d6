"""An outbox on SQLite in a file, a clock that jumps, and couriers that do as they are told."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from maild.mail.outgoing import Letter
from maild.outbox import Deliverer, flush
from maild.smtp.passage import Passage
from maild.smtp.verdict import Sent, Verdict
from maild.store.outbox import Entry
from maild.store.store import Store, Transaction
from tests.store.samples import posted_id

START = datetime(2026, 3, 1, 6, tzinfo=UTC)


@dataclass
class Recorder:
    """A courier that keeps what it is given and answers from a list, then with Sent."""

    verdicts: list[Verdict | BaseException] = field(default_factory=list)
    taken: list[tuple[str, str, bytes]] = field(default_factory=list)
    enters_data: bool = True
    seconds: float = 0

    async def deliver(self, sender: str, recipient: str, raw: bytes, passage: Passage) -> Verdict:
        await asyncio.sleep(self.seconds)
        if self.enters_data:
            await passage.enter()
        self.taken.append((sender, recipient, raw))
        verdict = self.verdicts.pop(0) if self.verdicts else Sent("250 fine")
        if isinstance(verdict, BaseException):
            raise verdict
        return verdict


class Desk:
    """A store with letters, and the flow over it."""

    def __init__(self, store: Store) -> None:
        store.migrate()
        self.store = store
        self.now = START
        self.courier: Deliverer = Recorder()
        self.couriers: dict[tuple[str, str], Deliverer] = {}
        self.failures: list[tuple[str, str]] = []
        self.owner = "one"
        self._number = 0

    def post(
        self,
        recipient: str = "b@learner.example",
        *,
        ticket: int | None = None,
        event: int | None = None,
        **more: str,
    ) -> int:
        self._number += 1
        letter = Letter(
            desk="diplomas",
            mailbox=more.get("mailbox", "student"),
            sender="",
            recipient=recipient,
            message_id=f"<{self._number}@desk.example>",
            raw=b"Subject: %d\r\n\r\nhello\r\n" % self._number,
            purpose="acknowledgement",
            ticket=ticket,
            event=event,
        )
        with self.store.transaction() as tx:
            return posted_id(tx, letter, self.now)

    def failed(self, tx: Transaction, entry: Entry, reply: str, now: datetime) -> None:
        self.failures.append((entry.message_id, reply))

    def flush(self) -> Counter[str]:
        couriers = {("diplomas", "student"): self.courier, **self.couriers}
        return asyncio.run(
            flush(
                self.store, couriers, self.owner, lambda: self.now, self.failed, jitter=lambda: 0.0
            )
        )

    def letters(self) -> list[Entry]:
        with self.store.reading() as tx:
            return sorted(tx.outbox.list(limit=1000), key=lambda entry: entry.id)

    def letter(self) -> Entry:
        (only,) = self.letters()
        return only

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def until_settled(self, days: int = 40) -> Iterator[Counter[str]]:
        """Go from alarm to alarm until no letter waits any more."""
        end = self.now + timedelta(days=days)
        while True:
            yield self.flush()
            with self.store.reading() as tx:
                due = tx.outbox.next_at()
                paused = [s.letters_paused_until for s in tx.mailboxes.states()]
            if due is None or self.now > end:
                return
            ahead = [at for at in (due, *paused) if at is not None and at > self.now]
            self.now = min(ahead, default=self.now + timedelta(minutes=1))
