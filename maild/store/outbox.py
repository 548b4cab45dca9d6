"""Letters on their way out: posted with the change they tell of, claimed by a lease, never lost.

A letter waits (queued, deferred, or uncertain with one more try), is being sent under a lease, or
is finished. Which process may say what became of it is decided by the owner of its last lease.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Row,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    update,
)

from maild.mail.outgoing import Letter
from maild.store.numbers import Numbers
from maild.store.pending import Pending
from maild.store.posting import Posting
from maild.store.posting import State as State
from maild.store.tables import mailboxes, outbox

Key = tuple[str, int]  # desk and id of a letter

UNCERTAIN_PAUSE = timedelta(minutes=15)  # before the one further try of an uncertain letter


class Phase(StrEnum):
    """How far a letter being sent has come. Recorded before the bytes of the letter leave."""

    BEFORE_DATA = "before-data"  # the server cannot have accepted it
    DATA = "data"  # it can


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter in the outbox."""

    desk: str
    id: int
    mailbox: str
    sender: str
    recipient: str
    message_id: str
    raw: bytes = field(repr=False)
    purpose: str
    ticket: int | None
    author: str | None
    event: int | None
    state: State
    phase: Phase | None
    attempts: int
    doubts: int  # how often it may have arrived without our knowing
    next_at: datetime | None
    lease_owner: str | None
    created_at: datetime
    finished_at: datetime | None
    last_reply: str | None

    @property
    def key(self) -> Key:
        """Its desk and id."""
        return self.desk, self.id


_BY_MESSAGE_ID = select(outbox).where(
    outbox.c.desk == bindparam("desk"), outbox.c.message_id == bindparam("message_id")
)

_FREE: Mapping[str, Any] = {"lease_until": None, "phase": None}
_NOW = bindparam("now", type_=outbox.c.next_at.type)


def _doubtful(last_reply: Any) -> dict[str, Any]:
    """Return the columns of a letter that may have arrived: one more try, never a second."""
    first = outbox.c.doubts == 0
    retry_at = bindparam("retry_at", type_=outbox.c.next_at.type)
    return {
        "state": State.UNCERTAIN.value,
        "doubts": outbox.c.doubts + 1,
        "next_at": case((first, retry_at), else_=null()),
        "finished_at": case((first, null()), else_=_NOW),
        "last_reply": last_reply,
        **_FREE,
    }


_EXPIRE = update(outbox).where(outbox.c.lease_until.is_not(None)).values(lease_until=_NOW)
_EXPIRED = outbox.c.lease_until <= _NOW
_ANY_EXPIRED = select(literal(1)).where(_EXPIRED).limit(1)
_EXPIRED_IN_DATA = (
    update(outbox)
    .where(_EXPIRED, outbox.c.phase == Phase.DATA.value)
    .values(_doubtful(literal("the sender stopped while the letter was on its way")))
)
_ENDING_IN_DOUBT = select(outbox).where(
    _EXPIRED, outbox.c.phase == Phase.DATA.value, outbox.c.doubts > 0
)
_EXPIRED_BEFORE_DATA = (
    update(outbox)
    .where(_EXPIRED, outbox.c.phase == Phase.BEFORE_DATA.value)
    .values(state=State.DEFERRED.value, next_at=_NOW, **_FREE)
)
_earlier = outbox.alias("earlier")
# What one person hears about one ticket arrives in the order in which it was written. A letter
# held back until the next opening has its place there, and keeps nobody waiting.
_IN_ORDER = ~exists().where(
    _earlier.c.desk == outbox.c.desk,
    _earlier.c.ticket == outbox.c.ticket,
    _earlier.c.recipient == outbox.c.recipient,
    _earlier.c.id < outbox.c.id,
    _earlier.c.finished_at.is_(None),
    or_(_earlier.c.state != State.QUEUED.value, _earlier.c.next_at <= _NOW),
)
_NOT_PAUSED = ~exists().where(
    mailboxes.c.desk == outbox.c.desk,
    mailboxes.c.mailbox == outbox.c.mailbox,
    mailboxes.c.letters_paused_until > _NOW,
)
_CLAIMABLE = (
    select(outbox)
    .where(outbox.c.next_at <= _NOW, _IN_ORDER, _NOT_PAUSED)
    .order_by(outbox.c.next_at, outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True, of=outbox)  # SQLite has one writer and needs no lock
)
_ANSWERS = _CLAIMABLE.where(outbox.c.event.is_not(None))
_THIS = (outbox.c.desk == bindparam("of_desk"), outbox.c.id == bindparam("of_id"))
_LEASE = (
    update(outbox)
    .where(*_THIS)
    .values(
        state=State.SENDING.value,
        phase=Phase.BEFORE_DATA.value,
        attempts=outbox.c.attempts + 1,
        next_at=None,
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until"),
    )
)
_MINE = (*_THIS, outbox.c.lease_owner == bindparam("owner"))
_SENDING = and_(*_MINE, outbox.c.state == State.SENDING.value)
# Data may have left before our lease was found expired: that it arrived is still true.
# (Written without IN, which a statement for many rows cannot have.)
_SENT_OR_DOUBTED = or_(_SENDING, and_(*_MINE, outbox.c.state == State.UNCERTAIN.value))

_ENTER_DATA = update(outbox).where(_SENDING).values(phase=Phase.DATA.value)
_EXTEND = update(outbox).where(_SENDING).values(lease_until=bindparam("until"))
_FINISHED: Mapping[str, Any] = {
    "next_at": None,
    "finished_at": _NOW,
    "last_reply": bindparam("reply"),
    **_FREE,
}
_SENT = update(outbox).where(_SENT_OR_DOUBTED).values(state=State.SENT.value, **_FINISHED)
_BOUNCED = update(outbox).where(_SENT_OR_DOUBTED).values(state=State.BOUNCED.value, **_FINISHED)
_CAME_BACK = update(outbox).where(*_THIS).values(state=State.BOUNCED.value, **_FINISHED)
_DEFERRED = (
    update(outbox)
    .where(_SENDING)
    .values(
        state=State.DEFERRED.value,
        next_at=bindparam("again_at"),
        last_reply=bindparam("reply"),
        **_FREE,
    )
)
_DOUBTED = update(outbox).where(_SENDING).values(_doubtful(bindparam("reply")))
_GIVEN_BACK = (
    update(outbox)
    .where(_SENDING)
    .values(state=State.QUEUED.value, next_at=_NOW, attempts=outbox.c.attempts - 1, **_FREE)
)
_WITHHELD = (
    update(outbox)
    .where(
        outbox.c.desk == bindparam("of_desk"),
        outbox.c.message_id == bindparam("of_message_id"),
        outbox.c.state == State.QUEUED.value,
    )
    .values(
        state=State.SENT.value,
        **{**_FINISHED, "last_reply": "it was sent before the database was restored"},
    )
)
_COUNTS = select(outbox.c.state, func.count()).group_by(outbox.c.state)
_NEXT = select(func.min(outbox.c.next_at), select(func.min(outbox.c.lease_until)).scalar_subquery())


class Outbox:
    """The letters of every desk, inside one transaction."""

    def __init__(self, pending: Pending, numbers: Numbers) -> None:
        self._pending = pending
        self._engine = pending.dialect.name
        self._posting = Posting(pending, numbers)

    @property
    def to_staff(self) -> Counter[tuple[str, str]]:
        """How many letters that bring mail this transaction posted, by desk and reader."""
        return self._posting.to_staff

    @property
    def posted(self) -> list[Letter]:
        """What this transaction has posted, for who shows what it would do."""
        return self._posting.posted

    def post(self, letter: Letter, now: datetime) -> None:
        """Put a letter into the outbox, unless its Message-ID is there already."""
        self._posting.post(letter, now)

    def withhold(self, letters: Collection[Letter], now: datetime) -> None:
        """Count letters as sent that have left before the database was restored."""
        for letter in letters:
            values = {"of_desk": letter.desk, "of_message_id": letter.message_id, "now": now}
            self._pending.execute(_WITHHELD, values)

    def expect(self, desk: str, message_ids: Collection[str]) -> None:
        """Look up together which of these are no letters of ours, for `by_message_id`."""
        self._posting.expect(desk, message_ids)

    def forget(self, posted: int) -> None:
        """Drop what was posted after so many: a rollback has undone it."""
        self._posting.forget(posted)

    def ending_in_doubt(self, now: datetime) -> tuple[Entry, ...]:
        """Return the letters whose second try broke off in the data: the next claim ends them."""
        found = self._pending.execute(_ENDING_IN_DOUBT, {"now": now})
        return tuple(_entry(row) for row in found)

    def claim(
        self,
        owner: str,
        now: datetime,
        lease_seconds: float,
        limit: int,
        busy: Collection[tuple[str, str]] = (),
    ) -> tuple[Entry, ...]:
        """Lease up to `limit` letters that are due, and return them in the order to send them.

        Answers that requesters wait for go before all others: a quota, or a flood of letters to the
        staff, keeps those waiting for hours. At most one letter per ticket and recipient. A lease
        that expired before the data is given anew; one that expired in the data makes its letter
        uncertain. `owner` must be new for every start of a process. The mailboxes in `busy` (desk,
        mailbox) are passed over, so that one slow server does not take every place. Commit before
        sending.
        """
        at = {"now": now}
        if self._pending.execute(_ANY_EXPIRED, at).first():
            self._pending.execute(_EXPIRED_IN_DATA, at | {"retry_at": now + UNCERTAIN_PAUSE})
            self._pending.execute(_EXPIRED_BEFORE_DATA, at)
        others = tuple_(outbox.c.desk, outbox.c.mailbox).not_in(busy)
        lease = {"owner": owner, "until": now + timedelta(seconds=lease_seconds)}
        claimed: list[Entry] = []
        for due in (_ANSWERS, _CLAIMABLE):
            wanted = due.where(others) if busy else due
            room = limit - len(claimed)
            found = self._pending.execute(wanted, at | {"at_most": room}).all() if room else ()
            if found:
                leases = [{"of_desk": row.desk, "of_id": row.id} | lease for row in found]
                self._pending.write(_LEASE, leases)
                claimed += [_entry(row, owner) for row in found]
        return tuple(claimed)

    def expire(self, now: datetime) -> None:
        """End every lease: whoever held one is known to be dead, so nobody waits for its end."""
        self._pending.execute(_EXPIRE, {"now": now})

    def entering_data(self, letters: Sequence[Key], owner: str) -> Collection[Key]:
        """Record that the final dot of these may leave; commit before it does.

        Return those whose lease is still `owner`'s; the others must be left alone.
        """
        rows = [_key(letter, owner) for letter in letters]
        if self._change_all(_ENTER_DATA, rows) == len(rows):
            return letters
        # How many were ours is known, not which; said again of those it changes nothing.
        return [letter for letter in letters if self._change(_ENTER_DATA, *letter, owner)]

    def extend(self, letters: Sequence[Key], owner: str, until: datetime) -> None:
        """Hold on to the leases of letters that take long to send."""
        self._change_all(_EXTEND, [_key(letter, owner, until=until) for letter in letters])

    def sent(self, replies: Mapping[Key, str], owner: str, now: datetime) -> None:
        """Record which letters the server took, and what it replied."""
        self._change_all(_SENT, [_key(k, owner, now=now, reply=r) for k, r in replies.items()])

    def bounced(self, desk: str, letter: int, owner: str, now: datetime, reply: str) -> bool:
        """Record that a letter was refused for good.

        False, here and below: the lease is no longer `owner`'s, who must leave the letter alone.
        """
        return self._change(_BOUNCED, desk, letter, owner, now=now, reply=reply)

    def came_back(self, desk: str, letter: int, now: datetime, status: str) -> None:
        """Record that a letter bounced after it was sent (RFC 3464); `status` as in RFC 3463."""
        values = {"of_desk": desk, "of_id": letter, "now": now, "reply": f"came back: {status}"}
        self._pending.execute(_CAME_BACK, values)

    def deferred(self, desk: str, letter: int, owner: str, again_at: datetime, reply: str) -> bool:
        """Record that a letter was refused for now, to be tried again at `again_at`."""
        return self._change(_DEFERRED, desk, letter, owner, again_at=again_at, reply=reply)

    def uncertain(self, desk: str, letter: int, owner: str, now: datetime, reply: str) -> bool:
        """Record that nobody knows whether a letter arrived.

        It is tried once more after `UNCERTAIN_PAUSE`, with the same Message-ID; never a third time.
        """
        retry_at = now + UNCERTAIN_PAUSE
        return self._change(_DOUBTED, desk, letter, owner, now=now, retry_at=retry_at, reply=reply)

    def give_back(self, desk: str, letter: int, owner: str, now: datetime) -> bool:
        """Return a claimed letter whose final dot did not leave, as if it had not been claimed."""
        return self._change(_GIVEN_BACK, desk, letter, owner, now=now)

    def by_message_id(self, desk: str, message_id: str) -> Entry | None:
        """Return the letter with this Message-ID, such as one that a bounce speaks of."""
        if self._posting.is_no_letter(desk, message_id):
            return None
        values = {"desk": desk, "message_id": message_id}
        row = self._pending.execute(_BY_MESSAGE_ID, values).one_or_none()
        return None if row is None else _entry(row)

    def list(
        self,
        *,
        state: Collection[State] = (),
        desk: str | None = None,
        ticket: int | None = None,
        limit: int = 100,
    ) -> tuple[Entry, ...]:
        """Return the letters that match everything that is given, newest first."""
        wanted = select(outbox).order_by(outbox.c.created_at.desc(), outbox.c.id.desc())
        if state:
            wanted = wanted.where(outbox.c.state.in_([s.value for s in state]))
        if desk is not None:
            wanted = wanted.where(outbox.c.desk == desk)
        if ticket is not None:
            wanted = wanted.where(outbox.c.ticket == ticket)
        return tuple(_entry(row) for row in self._pending.execute(wanted.limit(limit)))

    def counts(self) -> Mapping[State, int]:
        """Return how many letters are in each state."""
        found = {State(row[0]): int(row[1]) for row in self._pending.execute(_COUNTS)}
        return {state: found.get(state, 0) for state in State}

    def next_at(self) -> datetime | None:
        """Return when there is next something to claim: a letter falls due or a lease expires."""
        instants = [at for at in self._pending.execute(_NEXT).one() if at is not None]
        return min(instants, default=None)

    def _change(self, statement: Any, desk: str, letter: int, owner: str, **values: Any) -> bool:
        return self._change_all(statement, [_key((desk, letter), owner, **values)]) == 1

    def _change_all(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
        """Change letters that were claimed, which nothing that is pending concerns."""
        return self._pending.write(statement, rows)


def _key(letter: Key, owner: str, **values: Any) -> dict[str, Any]:
    return {"of_desk": letter[0], "of_id": letter[1], "owner": owner, **values}


def _entry(row: Row[Any], owner: str | None = None) -> Entry:
    """Return the letter of a row; as it is after the claim by `owner`, when there is one."""
    return Entry(
        desk=row.desk,
        id=row.id,
        mailbox=row.mailbox,
        sender=row.sender,
        recipient=row.recipient,
        message_id=row.message_id,
        raw=row.raw,
        purpose=row.purpose,
        ticket=row.ticket,
        author=row.author,
        event=row.event,
        state=State(row.state) if owner is None else State.SENDING,
        phase=(row.phase and Phase(row.phase)) if owner is None else Phase.BEFORE_DATA,
        attempts=row.attempts + (owner is not None),
        doubts=row.doubts,
        next_at=row.next_at if owner is None else None,
        lease_owner=owner or row.lease_owner,
        created_at=row.created_at,
        finished_at=row.finished_at,
        last_reply=row.last_reply,
    )
