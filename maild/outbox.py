"""FLOW. A letter leaves: claim what is due, hand it to its mailbox's courier, record the verdict.

A letter is never sent by two processes at once (a lease), never more than once knowingly, and at
most twice when the line broke after the final dot: the same bytes, the same Message-ID.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import structlog

from maild.smtp.verdict import Bounced, Deferred, Refused, Sent, Uncertain, Verdict
from maild.store.errors import StoreBrokenError, StoreBusyError, StoreError, StoreUnavailableError
from maild.store.outbox import Entry
from maild.store.store import Store, Transaction

log = structlog.get_logger()

UNDER_WAY = 128  # letters claimed and not yet settled
SHARE = 16  # of them, from one mailbox, before its further letters wait
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

T = TypeVar("T")
R = TypeVar("R")
Failed = Callable[[Transaction, Entry, str, datetime], None]


class Deliverer(Protocol):
    """What a courier is, for the flow: real, recording or failing on purpose."""

    async def deliver(
        self, sender: str, recipient: str, raw: bytes, entering_data: Callable[[], Awaitable[None]]
    ) -> Verdict:
        """Deliver one letter; await `entering_data` before the final dot."""
        ...


class LeaseLostError(Exception):
    """Somebody else has taken the letter over: leave it alone."""


Work = Callable[[Transaction, Sequence[T]], Sequence[R]]


class Commits:
    """The letters' way into the store: changes that wait together are one transaction.

    Waiting for the disk is most of what a change costs, and with several letters under way there is
    always another one waiting. Changes of one kind are made together, in one statement or few.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Work[Any, Any], Any, asyncio.Future[Any]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def make(self, work: Work[T, R], item: T) -> R:
        """Have `work` do what is to be done with `item`; return its result once it is committed.

        `work` gets all items that wait for it, and returns a result for each. It may be called a
        second time when a companion's failure undid the first. Raises what it raised, or the
        StoreError for which nothing could be committed.
        """
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, item, done))
        if self._runner is None or self._runner.done():
            self._runner = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting, []
            changes = [(work, item) for work, item, _ in together]
            # Off the loop: a slow disk must not look like a slow server.
            ends = await asyncio.to_thread(self._commit, changes)
            for (_, _, done), end in zip(together, ends, strict=True):
                if done.done():  # given up meanwhile
                    continue
                if isinstance(end, Exception):
                    done.set_exception(end)
                else:
                    done.set_result(end)

    def _commit(self, changes: Sequence[tuple[Work[Any, Any], Any]]) -> list[Any]:
        """Return for each change what came of it, or its error."""
        try:
            with self._store.transaction() as tx:
                return _made(tx, changes)
        except (StoreBusyError, StoreUnavailableError, StoreBrokenError) as error:
            return [error] * len(changes)
        except Exception as error:
            if len(changes) == 1:
                return [error]
        return [end for change in changes for end in self._commit([change])]


def _made(tx: Transaction, changes: Sequence[tuple[Work[Any, Any], Any]]) -> list[Any]:
    """Make the changes, those of one kind together; return their results in the order given."""
    kinds: dict[Work[Any, Any], list[int]] = {}
    for place, (work, _) in enumerate(changes):
        kinds.setdefault(work, []).append(place)
    ends: dict[int, Any] = {}
    for work, places in kinds.items():
        items = [changes[place][1] for place in places]
        ends.update(zip(places, work(tx, items), strict=True))
    return [ends[place] for place in range(len(changes))]


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
        """Record that all but the final dot of these has left; tell which of them are ours."""
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
    under_way: dict[asyncio.Task[str], Entry] = {}
    ended: Counter[str] = Counter()
    holding = asyncio.create_task(_hold(outgoing, under_way))
    try:
        while True:
            if not stopping() and len(under_way) < UNDER_WAY:
                for entry in await _further(outgoing, list(under_way.values())):
                    task = asyncio.create_task(_carry(outgoing, entry))
                    under_way[task] = entry
            if not under_way:
                return ended
            for task in await _some(under_way):
                del under_way[task]
                ended[task.result()] += 1
    finally:
        holding.cancel()
        for task in under_way:
            task.cancel()
        await asyncio.gather(holding, *under_way, return_exceptions=True)


async def _further(outgoing: Outgoing, under_way: list[Entry]) -> list[Entry]:
    """Claim what there is room for; a store that fails is no reason to drop what is under way."""
    try:
        return await _claim(outgoing, under_way)
    except StoreError as error:
        if not under_way:
            raise
        log.warning("no further letters could be claimed", error=type(error).__name__)
        return []


async def _some(under_way: Collection[asyncio.Task[str]]) -> set[asyncio.Task[str]]:
    """Wait for half of the letters, or for a moment: looking for more is work for the store.

    The other half keeps the connections busy meanwhile.
    """
    done: set[asyncio.Task[str]] = set()
    enough = min(SHARE, (len(under_way) + 1) // 2)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK):
            while len(done) < enough:
                running = set(under_way) - done
                done |= (await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED))[0]
    return done


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
    entered = False

    async def entering_data() -> None:
        nonlocal entered
        if not await outgoing.commits.make(outgoing.enter, entry):
            raise LeaseLostError
        entered = True

    courier = outgoing.couriers.get((entry.desk, entry.mailbox))
    verdict: Verdict = UNKNOWN_MAILBOX
    try:
        if courier is not None:
            verdict = await courier.deliver(entry.sender, entry.recipient, entry.raw, entering_data)
    except (LeaseLostError, StoreError) as error:
        # The final dot was not sent. Without a lease or a store there is nothing to record: the
        # letter is claimed again when the lease has run out.
        log.warning("letter left alone", letter=entry.id, why=type(error).__name__)
        return "left alone"
    except asyncio.CancelledError:
        stopped = "maild was stopped"
        await _settle(outgoing, entry, Uncertain(stopped) if entered else None)
        raise
    except Exception as error:
        what = f"maild could not go on: {type(error).__name__}"
        verdict = Uncertain(what) if entered else Deferred(what)
    return await _settle(outgoing, entry, verdict)


async def _hold(outgoing: Outgoing, under_way: Mapping[asyncio.Task[str], Entry]) -> None:
    """Hold on to the leases of all letters for as long as they are under way."""
    while True:
        await asyncio.sleep(LEASE / 3)
        held = [entry for task, entry in under_way.items() if not task.done()]
        extended = (outgoing.commits.make(outgoing.hold, entry) for entry in held)
        await asyncio.gather(*extended, return_exceptions=True)  # the next turn tries again


async def _settle(outgoing: Outgoing, entry: Entry, verdict: Verdict | None) -> str:
    """Record the verdict (None: it was not begun), patiently: what is sent must be known."""
    for wait in (0.5, 1, 2, 4, 8, 16, None):
        try:
            return await outgoing.commits.make(outgoing.record, (entry, verdict))
        except (StoreBusyError, StoreUnavailableError):
            if wait is None:
                break
            await asyncio.sleep(wait)
        except StoreError:
            break
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
    name = type(verdict).__name__.lower() if verdict else "given back"
    log.info("letter", desk=entry.desk, letter=entry.id, purpose=entry.purpose, verdict=name)
    return name


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
