"""Letters that a transaction puts into the outbox, with the change they tell of."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, select

from maild.mail.facts import Kind
from maild.mail.outgoing import Letter
from maild.store.columns import keyed
from maild.store.numbers import Numbers
from maild.store.pending import Pending, windows
from maild.store.tables import outbox
from maild.store.upsert import upsert


class State(StrEnum):
    """Where a letter stands."""

    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"  # refused for now; tried again at `next_at`
    SENT = "sent"
    BOUNCED = "bounced"  # refused for good
    UNCERTAIN = "uncertain"  # the line broke after the data: it may have arrived


_TO_STAFF = frozenset({Kind.NOTIFICATION.value, Kind.FOLLOW_UP.value})

_POST = upsert(
    outbox, lambda insert: insert.on_conflict_do_nothing(index_elements=["desk", "message_id"])
)
_IDS = select(outbox.c.message_id, outbox.c.id).where(
    outbox.c.desk == bindparam("desk"),
    outbox.c.message_id.in_(bindparam("keys", expanding=True)),
)


class Posting:
    """The letters of one transaction."""

    def __init__(self, pending: Pending, numbers: Numbers) -> None:
        self._pending = pending
        self._engine = pending.dialect.name
        self._numbers = numbers
        self._waiting: list[tuple[Letter, datetime]] = []
        self._posted: list[Letter] = []
        self.to_staff: Counter[tuple[str, str]] = Counter()  # bringing mail, by desk and address
        self._no_letters: set[tuple[str, str]] = set()  # Message-IDs of others
        pending.written_by(self._write)

    @property
    def posted(self) -> list[Letter]:
        """The letters that were not in the outbox before."""
        self._pending.flush()
        return self._posted

    def post(self, letter: Letter, now: datetime) -> None:
        """Post a letter, unless its Message-ID is in the outbox already."""
        self._waiting.append((letter, now))
        self.to_staff[letter.desk, keyed(letter.recipient)] += letter.purpose in _TO_STAFF
        self._no_letters.discard((letter.desk, keyed(letter.message_id)))

    def expect(self, desk: str, message_ids: Collection[str]) -> None:
        """Look up together which of these are no letters of ours."""
        ids = {keyed(i) for i in message_ids}
        for window in windows(list(ids)):
            found = self._pending.execute(_IDS, {"desk": desk, "keys": window})
            ids.difference_update(row.message_id for row in found)
        self._no_letters.update((desk, i) for i in ids)

    def is_no_letter(self, desk: str, message_id: str) -> bool:
        """Tell whether a Message-ID is known not to be of a letter of ours."""
        return (desk, keyed(message_id)) in self._no_letters

    def forget(self, posted: int) -> None:
        """Drop what was posted after so many: a rollback has undone it."""
        self._waiting.clear()
        self._no_letters.clear()
        del self._posted[posted:]

    def _write(self) -> None:
        """Write what was posted; ids are taken now, when nobody else can post about the tickets."""
        waiting, self._waiting = self._waiting, []
        for desk in dict.fromkeys(letter.desk for letter, _ in waiting):
            own = [(letter, now) for letter, now in waiting if letter.desk == desk]
            numbers = self._numbers.rows(desk, len(own))
            rows = [_row(*each, number) for each, number in zip(own, numbers, strict=True)]
            if self._pending.write(_POST[self._engine], rows) == len(rows):
                self._posted += [letter for letter, _ in own]
                continue
            ids = [letter.message_id for letter, _ in own]
            found = self._pending.look(_IDS, {"desk": desk, "keys": ids})
            new = {row.id for row in found}
            self._posted += [
                letter for (letter, _), number in zip(own, numbers, strict=True) if number in new
            ]


def _row(letter: Letter, now: datetime, number: int) -> dict[str, Any]:
    return {
        "desk": letter.desk,
        "id": number,
        "mailbox": letter.mailbox,
        "sender": letter.sender,
        "recipient": letter.recipient,
        "message_id": letter.message_id,
        "raw": letter.raw,
        "purpose": letter.purpose,
        "ticket": letter.ticket,
        "author": letter.author,
        "event": letter.event,
        "state": State.QUEUED.value,
        "attempts": 0,
        "doubts": 0,
        "next_at": max(letter.not_before or now, now),
        "created_at": now,
    }
