"""FLOW. A letter leaves: claim what is due, hand it to its mailbox's courier, record the verdict.

A letter is never sent by two processes at once (a lease), never more than once knowingly, and at
most twice when the line broke after the final dot: the same bytes, the same Message-ID.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from maild.smtp.passage import LeaseLostError, Passage
from maild.smtp.verdict import Bounced, Deferred, Refused, Sent, Uncertain, Verdict
from maild.store.commits import Commits
from maild.store.errors import StoreBusyError, StoreError, StoreUnavailableError
from maild.store.outbox import Entry
from maild.store.store import Store, Transaction

log = structlog.get_logger()

UNDER_WAY = 256  # letters claimed and not yet settled
SHARE = 32  # of them, from one mailbox, before its further letters wait
LEASE = 120  # seconds; held on to while a letter is under way
LOOK = 1  # seconds between looks for further letters while some are under way
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=4)  # RFC 5321 4.5.4.1
LIFE = timedelta(days=5)  # of a letter that cannot be delivered
FAIR_TRIES = 12  # a letter that was held back for days is not given up after one bad hour
PAUSE = {
    "auth": timedelta(minutes=15),  # wrong passwords, too often, lock an account
    "tls": timedelta(minutes=5),
    "network": timedelta(minutes=1),
    "limit": timedelta(minutes=10),
}
DOUBT = "; it may have arrived once, twice or not at all"
UNKNOWN_MAILBOX = Deferred("The mailbox of this letter is not configured any more.")

Failed = Callable[[Transaction, Entry, str, datetime], None]


class Deliverer(Protocol):
    """What a courier is, for the flow: real, recording or failing on purpose."""

    async def deliver(self, sender: str, recipient: str, raw: bytes, passage: Passage) -> Verdict:
        """Deliver one letter; enter its `passage` before the final dot."""
        ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What every letter on its way needs."""

    store: Store
    couriers: Mapping[tuple[str, str], Deliverer]
    owner: str
    now: Callable[[], datetime]
    failed: Failed
    jitter: Callable[[], float]
    commits: Commits
    in_trouble: set[tuple[str, str]]  # accounts whose letters were refused, as of the last claim

    def enter(self, tx: Transaction, entries: Sequence[Entry]) -> list[bool]:
        """Record that the final dot of these may leave; tell which of them are ours."""
        mine = set(tx.outbox.entering_data([entry.key for entry in entries], self.owner))
        return [entry.key in mine for entry in entries]

    def hold(self, tx: Transaction, entries: Sequence[Entry]) -> Sequence[None]:
        """Hold on to the leases of letters that are under way."""
        until = self.now() + timedelta(seconds=LEASE)
        tx.outbox.extend([entry.key for entry in entries], self.owner, until)
        return [None] * len(entries)

    def record(self, tx: Transaction, ends: Sequence[tuple[Entry, Verdict | None]]) -> list[str]:
        """Record verdicts (None: it was not begun); return their names."""
        taken = [(entry, end) for entry, end in ends if isinstance(end, Sent)]
        if taken:
            replies = {entry.key: end.reply for entry, end in taken}
            tx.outbox.sent(replies, self.owner, self.now())
            for account in {(entry.desk, entry.mailbox) for entry, _ in taken} & self.in_trouble:
                tx.mailboxes.letters_taken(*account)
        return [_record(tx, self, entry, verdict) for entry, verdict in ends]


async def flush(
    store: Store,
    couriers: Mapping[tuple[str, str], Deliverer],
    owner: str,
    now: Callable[[], datetime],
    failed: Failed,
    *,
    jitter: Callable[[], float],
    stopping: Callable[[], bool] = lambda: False,
) -> Counter[str]:
    """Send every letter that is due, many at once; return how many ended as what.

    couriers: by (desk, mailbox). owner: new for every start of a process. now: UTC, read again as
    time passes. jitter: between 0 and 1, spreads retries. failed: posts a notice in the transaction
    that records a failure for good. stopping: when true nothing further is begun, and what is
    under way is finished. Raises StoreError when letters cannot even be claimed.
    """
    outgoing = Outgoing(store, couriers, owner, now, failed, jitter, Commits(store), set())
    under_way = _UnderWay()
    ended: Counter[str] = Counter()
    holding = asyncio.create_task(_hold(outgoing, under_way))
    try:
        while True:
            entries = under_way.entries
            if not stopping() and len(entries) < UNDER_WAY:
                for entry in await _further(outgoing, entries):
                    under_way.begin(entry, _carry(outgoing, entry))
            if not under_way:
                return ended
            ended.update(await under_way.some())
    finally:
        holding.cancel()
        await asyncio.gather(holding, under_way.cancel(), return_exceptions=True)


class _UnderWay:
    """The letters that are claimed and not yet settled."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[str], Entry] = {}
        self._ended: list[asyncio.Task[str]] = []
        self._wanted = 0  # so many of those that ended
        self._enough = asyncio.Event()

    def __bool__(self) -> bool:
        """Whether there is anything to wait for or to count."""
        return bool(self._tasks or self._ended)

    @property
    def entries(self) -> list[Entry]:
        """The letters that have not ended."""
        return list(self._tasks.values())

    def begin(self, entry: Entry, carried: Coroutine[Any, Any, str]) -> None:
        """Carry a letter."""
        task = asyncio.create_task(carried)
        self._tasks[task] = entry
        task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[str]) -> None:
        del self._tasks[task]
        self._ended.append(task)
        if len(self._ended) >= self._wanted:
            self._enough.set()

    async def some(self) -> list[str]:
        """Wait until half of the letters have ended, or for a moment; return the verdicts' names.

        Looking for more is work for the store, and the other half keeps the connections busy.
        """
        self._wanted = min(SHARE, (len(self._tasks) + len(self._ended) + 1) // 2)
        if len(self._ended) < self._wanted:
            self._enough.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._enough.wait()
        ended, self._ended = self._ended, []
        return [task.result() for task in ended]

    async def cancel(self) -> None:
        """Give up what is under way, and wait until each has recorded that."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _further(outgoing: Outgoing, under_way: list[Entry]) -> list[Entry]:
    """Claim what there is room for; a store that fails is no reason to drop what is under way."""
    try:
        return await _claim(outgoing, under_way)
    except StoreError as error:
        if not under_way:
            raise
        log.warning("no further letters could be claimed", error=type(error).__name__)
        return []


async def _claim(outgoing: Outgoing, under_way: list[Entry]) -> list[Entry]:
    """Claim what there is room for; of one mailbox never so much that others find no place."""
    of_mailbox = Counter((entry.desk, entry.mailbox) for entry in under_way)
    busy = [mailbox for mailbox, count in of_mailbox.items() if count >= SHARE]
    taken = {entry.key for entry in under_way}

    def claim(tx: Transaction, _: object) -> list[list[Entry]]:
        now = outgoing.now()
        for entry in tx.outbox.ending_in_doubt(now):
            if entry.key not in taken:
                _tell(tx, outgoing, entry, f"maild was stopped twice while sending{DOUBT}")
        outgoing.in_trouble.clear()
        outgoing.in_trouble.update(tx.mailboxes.letters_in_trouble())
        room = min(UNDER_WAY - len(under_way), SHARE)
        claimed = tx.outbox.claim(outgoing.owner, now, LEASE, room, busy)
        return [[entry for entry in claimed if entry.key not in taken]]

    return await outgoing.commits.make(claim, None)


async def _carry(outgoing: Outgoing, entry: Entry) -> str:
    """Deliver one claimed letter and record what became of it; return the verdict's name."""

    def record() -> asyncio.Future[bool]:
        return outgoing.commits.make(outgoing.enter, entry)

    passage = Passage(record, early=entry.doubts == 0)
    courier = outgoing.couriers.get((entry.desk, entry.mailbox))
    verdict: Verdict = UNKNOWN_MAILBOX
    try:
        if courier is not None:
            verdict = await courier.deliver(entry.sender, entry.recipient, entry.raw, passage)
    except (LeaseLostError, StoreError) as error:
        # The final dot was not sent. Without a lease or a store there is nothing to record: the
        # letter is claimed again when the lease has run out.
        log.warning("letter left alone", letter=entry.id, why=type(error).__name__)
        return "left alone"
    except asyncio.CancelledError:
        stopped = "maild was stopped"
        await _settle(outgoing, entry, Uncertain(stopped) if passage.entered else None)
        raise
    except Exception as error:
        what = f"maild could not go on: {type(error).__name__}"
        verdict = Uncertain(what) if passage.entered else Deferred(what)
    return await _settle(outgoing, entry, verdict)


async def _hold(outgoing: Outgoing, under_way: _UnderWay) -> None:
    """Hold on to the leases of all letters for as long as they are under way."""
    while True:
        await asyncio.sleep(LEASE / 3)
        extended = (outgoing.commits.make(outgoing.hold, entry) for entry in under_way.entries)
        await asyncio.gather(*extended, return_exceptions=True)  # the next turn tries again


async def _settle(outgoing: Outgoing, entry: Entry, verdict: Verdict | None) -> str:
    """Record the verdict (None: it was not begun), patiently: what is sent must be known."""
    for wait in (0.5, 1, 2, 4, 8, 16, None):
        try:
            name = await outgoing.commits.make(outgoing.record, (entry, verdict), patient=True)
        except (StoreBusyError, StoreUnavailableError):
            if wait is None:
                break
            await asyncio.sleep(wait)
        except StoreError:
            break
        else:
            log.info(
                "letter", desk=entry.desk, letter=entry.id, purpose=entry.purpose, verdict=name
            )
            return name
    log.error("the end of a letter could not be recorded", letter=entry.id)
    return "left alone"


def _record(tx: Transaction, outgoing: Outgoing, entry: Entry, verdict: Verdict | None) -> str:
    now, letters = outgoing.now(), tx.outbox
    key = (entry.desk, entry.id, outgoing.owner)
    match verdict:
        case None:
            letters.give_back(*key, now)
        case Sent():
            pass  # recorded together
        case Bounced(reply):
            _give_up(tx, outgoing, entry, reply)
        case Uncertain(reply):
            if letters.uncertain(*key, now, reply) and entry.doubts > 0:
                _tell(tx, outgoing, entry, reply + DOUBT)
        case Deferred():
            _put_off(tx, outgoing, entry, verdict)
        case Refused():
            _pause(tx, outgoing, entry, verdict)
    return type(verdict).__name__.lower() if verdict else "given back"


def backoff(attempts: int, jitter: float) -> timedelta:
    """Return the wait after so many attempts: 5 minutes, doubling to 4 hours, spread by a fifth.

    jitter: between 0 and 1. Letters refused together do not come back together.
    """
    wait: timedelta = FIRST_WAIT * (1 << min(attempts - 1, 10))
    return min(wait, LONGEST_WAIT) * (1 + jitter / 5)


def _put_off(tx: Transaction, outgoing: Outgoing, entry: Entry, deferred: Deferred) -> None:
    now = outgoing.now()
    if _too_old(entry, now):
        _give_up(tx, outgoing, entry, deferred.reply)
        return
    wait = backoff(entry.attempts, outgoing.jitter())
    again_at = now + max(wait, deferred.retry_after or wait)
    tx.outbox.deferred(entry.desk, entry.id, outgoing.owner, again_at, deferred.reply)


def _pause(tx: Transaction, outgoing: Outgoing, entry: Entry, refused: Refused) -> None:
    """Let every letter of the account wait; it costs none of them an attempt in its first days."""
    now, key = outgoing.now(), (entry.desk, entry.id, outgoing.owner)
    until = now + (refused.retry_after or PAUSE[refused.kind])
    tx.mailboxes.pause_letters(entry.desk, entry.mailbox, until)
    if refused.kind != "limit":  # a limit lifts itself
        tx.mailboxes.letters_refused(entry.desk, entry.mailbox, refused.reply, now)
    if _too_old(entry, now):
        _give_up(tx, outgoing, entry, refused.reply)
    elif now - entry.created_at >= LIFE or not tx.outbox.give_back(*key, now):
        again_at = max(until, now + FIRST_WAIT)  # so many tries are an hour at least
        tx.outbox.deferred(*key, again_at, refused.reply)


def _too_old(entry: Entry, now: datetime) -> bool:
    return now - entry.created_at >= LIFE and entry.attempts >= FAIR_TRIES


def _give_up(tx: Transaction, outgoing: Outgoing, entry: Entry, reply: str) -> None:
    if tx.outbox.bounced(entry.desk, entry.id, outgoing.owner, outgoing.now(), reply):
        _tell(tx, outgoing, entry, reply)


def _tell(tx: Transaction, outgoing: Outgoing, entry: Entry, reply: str) -> None:
    """Have a person told; a notice that cannot be written never makes the letter leave again."""
    try:
        with tx.savepoint():
            outgoing.failed(tx, entry, reply, outgoing.now())
    except StoreError:
        raise
    except Exception as error:
        log.error("nobody could be told of a letter", letter=entry.id, why=type(error).__name__)
