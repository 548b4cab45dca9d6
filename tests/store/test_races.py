"""Many at once: nothing is claimed twice, no change is lost, no sleeper keeps others waiting."""

import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from maild.intake.ahead import look_ahead
from maild.intake.receive import receive
from maild.intake.words import Arrival
from maild.mail.compose import compose
from maild.mail.mail import Address
from maild.mail.outgoing import Outgoing
from maild.mail.packing import pack
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.sla.ladder import Fired, FiringKind
from maild.store.errors import StoreBusyError, StoreConflictError
from maild.store.mails import Outcome, Source
from maild.store.store import Store
from maild.tickets.ticket import Event, EventKind
from tests.flows.house import NOURA, House
from tests.servers.postgres import Postgres
from tests.store.samples import DESK, NOW, letter, open_ticket, posted_id, source, stored_ticket

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["tests.store.test_races", "tests.store.test_schema"])
PROCESSES = 3


def together(work: Callable[..., None], *arguments: Any) -> list[Any]:
    """Run `work` in several processes at once; return what each has put into the queue."""
    results: multiprocessing.queues.Queue[Any] = SERVER.Queue()
    barrier = SERVER.Barrier(PROCESSES)
    running = [
        SERVER.Process(target=work, args=(*arguments, n, barrier, results))
        for n in range(PROCESSES)
    ]
    for process in running:
        process.start()
    found = [results.get(timeout=90) for _ in running]
    for process in running:
        process.join(30)
        assert process.exitcode == 0
    return found


def _claim_all(url: str, n: int, barrier: Any, results: Any) -> None:
    store = Store(url)
    mine: list[int] = []
    barrier.wait(60)
    while True:
        with store.transaction() as tx:
            claimed = tx.outbox.claim(f"owner {n}", NOW, 60, 7)
            tx.outbox.sent({entry.key: "250 ok" for entry in claimed}, f"owner {n}", NOW)
        if not claimed:
            break
        mine.extend(entry.id for entry in claimed)
    results.put(mine)
    store.close()


def test_letters_are_claimed_by_one_process_each(url: str, store: Store) -> None:
    with store.transaction() as tx:
        posted = [posted_id(tx, letter(str(n), ticket=n), NOW) for n in range(150)]
    claimed = Counter(letter for mine in together(_claim_all, url) for letter in mine)
    with store.transaction() as tx:
        claimed.update(e.id for e in tx.outbox.claim("last", NOW, 60, 200))
    assert claimed == Counter(posted)


def test_who_claims_waits_for_nobody(postgres: Postgres) -> None:
    store = Store(postgres.url(postgres.create()))
    store.migrate()
    with store.transaction() as tx:
        one, two = (posted_id(tx, letter(str(n), ticket=n), NOW) for n in (1, 2))
    with store.transaction() as slow, store.transaction() as quick:
        assert [e.id for e in slow.outbox.claim("slow", NOW, 60, 1)] == [one]
        assert [e.id for e in quick.outbox.claim("quick", NOW, 60, 9)] == [two]
    store.close()


def _append(url: str, n: int, barrier: Any, results: Any) -> None:
    store = Store(url)
    barrier.wait(60)
    for _ in range(30):
        with store.transaction() as tx:
            found = tx.tickets.get(DESK, 1)
            assert found is not None
            tx.tickets.save(replace(found, tier=found.tier + 1))
            tx.tickets.add_event(DESK, 1, Event(EventKind.CHANGED, NOW, str(n)))
            open_ticket(tx)
    results.put(n)
    store.close()


def test_no_change_of_a_ticket_is_lost(url: str, store: Store) -> None:
    with store.transaction() as tx:
        open_ticket(tx, tier=0)
    together(_append, url)
    with store.reading() as tx:
        found = tx.tickets.get(DESK, 1)
        assert found is not None
        assert found.tier == PROCESSES * 30
        assert len(tx.tickets.events(DESK, 1)) == PROCESSES * 30
        numbers = sorted(t.number for t in tx.tickets.find(limit=1000))
        assert numbers == list(range(1, PROCESSES * 30 + 2))


def _fire(url: str, n: int, barrier: Any, results: Any) -> None:
    store = Store(url)
    barrier.wait(60)
    fired = []
    for stage in range(20):
        with store.transaction() as tx:
            row = Fired("reply", 1, FiringKind.STAGE, stage, NOW)
            fired.append(tx.tickets.fire(DESK, 1, row))
    results.put(fired)
    store.close()


def test_a_stage_is_fired_by_one_process_only(url: str, store: Store) -> None:
    with store.transaction() as tx:
        open_ticket(tx)
    fired = together(_fire, url)
    assert [sum(stage) for stage in zip(*fired, strict=True)] == [1] * 20


def _receive(url: str, n: int, barrier: Any, results: Any) -> None:
    store = Store(url)
    barrier.wait(60)
    done = 0
    for uid in range(1, 31):
        try:
            with store.transaction() as tx:
                if tx.mails.seen(DESK, "student", 7, [uid]):
                    continue
                mail = tx.mails.keep(DESK, pack(f"mail {uid}".encode()), NOW)
                number = open_ticket(tx).number
                tx.mails.record(source(uid), mail, Outcome.STORED, "new", number, NOW)
            done += 1
        except StoreConflictError:
            pass
    results.put(done)
    store.close()


def test_a_mail_that_two_daemons_read_has_its_effect_once(url: str, store: Store) -> None:
    assert sum(together(_receive, url)) == 30
    with store.reading() as tx:
        assert sorted(t.number for t in tx.tickets.find(limit=100)) == list(range(1, 31))


def _receive_copies(url: str, n: int, barrier: Any, results: Any) -> None:
    """Take in the same mails as everybody, each batch in an order of one's own."""
    house, outcomes = House(store=Store(url)), []
    mailbox, traced = ("student", "finance", "finance")[n], b"Delivered-To: %d\r\n" % n
    for batch in range(10):
        raws = [letter_to_us(f"<{batch}.{mail}@trainee.example>") for mail in range(4)]
        raws = raws[n:] + raws[:n]
        arrivals = [
            Arrival(
                Source("diplomas", mailbox, n, 1 + batch * 4 + uid, NOW),
                reading_of(traced + raw, read(raw)),
            )
            for uid, raw in enumerate(raws)
        ]
        barrier.wait(60)
        with house.store.transaction() as tx:
            look_ahead(arrivals, house.office, tx, NOW)
            time.sleep(0.02)  # every other has looked, too, who does not wait
            decisions = [receive(arrival, house.office, tx, NOW) for arrival in arrivals]
        outcomes += [(batch, decision.outcome.value, decision.ticket) for decision in decisions]
    results.put(outcomes)
    house.store.close()


def letter_to_us(message_id: str) -> bytes:
    sent = Outgoing(NOURA, Address("", "student@desk.example"), message_id, "Why?", message_id, NOW)
    return compose(sent)


def test_copies_that_come_in_the_same_instant_open_one_ticket(url: str, store: Store) -> None:
    decided = [one for found in together(_receive_copies, url) for one in found]
    with store.reading() as tx:
        subjects = [ticket.subject for ticket in tx.tickets.find(limit=200)]
    assert len(subjects) == len(set(subjects)) == 40
    counts = Counter((ticket, outcome) for _, outcome, ticket in decided)
    assert set(counts.items()) == {
        pair
        for ticket in range(1, 41)
        for pair in (((ticket, "stored"), 1), ((ticket, "duplicate"), 2))
    }


def _lease(url: str, n: int, barrier: Any, results: Any) -> None:
    store = Store(url)
    barrier.wait(60)
    with store.transaction() as tx:
        results.put(tx.leases.acquire("diplomas/student", f"owner {n}", NOW, 30))
    store.close()


def test_a_lease_is_won_by_one_process(url: str, store: Store) -> None:
    assert Counter(together(_lease, url)) == {1: 1, None: PROCESSES - 1}


def test_threads_of_one_daemon_take_turns(store: Store) -> None:
    def work() -> None:
        for _ in range(20):
            with store.transaction() as tx:
                found = tx.tickets.get(DESK, 1)
                assert found is not None
                tx.tickets.save(replace(found, tier=found.tier + 1))

    with store.transaction() as tx:
        open_ticket(tx, tier=0)
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert stored_ticket(store).tier == 160


def test_a_deadlock_is_told_as_busy(postgres: Postgres) -> None:
    store = Store(postgres.url(postgres.create()))
    store.migrate()
    with store.transaction() as tx:
        open_ticket(tx), open_ticket(tx)
    held = threading.Barrier(2)
    busy: list[StoreBusyError] = []

    def cross(first: int, second: int) -> None:
        try:
            with store.transaction() as tx:
                tx.tickets.get(DESK, first)
                held.wait(20)
                tx.tickets.get(DESK, second)
        except StoreBusyError as error:
            busy.append(error)

    threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(busy) == 1
    store.close()


def _hold(url: str, held: Any) -> None:
    store = Store(url)
    with store.transaction() as tx:
        tx.tickets.get(DESK, 1)
        held.set()
        time.sleep(60)


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_daemon_that_dies_or_sleeps_in_a_transaction_holds_no_lock(
    postgres: Postgres, blow: signal.Signals
) -> None:
    url = postgres.url(postgres.create())
    store = Store(url)
    store.migrate()
    with store.transaction() as tx:
        opened = open_ticket(tx)
    held = SERVER.Event()
    sleeper = SERVER.Process(target=_hold, args=(url, held))
    sleeper.start()
    assert held.wait(30)
    assert sleeper.pid is not None
    os.kill(sleeper.pid, blow)
    try:
        with store.transaction() as tx:
            assert tx.tickets.get(DESK, 1) == opened
            tx.tickets.save(replace(opened, tier=9))
        assert stored_ticket(store).tier == 9
    finally:
        sleeper.kill()
        sleeper.join(30)
        store.close()
