"""Pieces of digests: kept with what they tell of, told once, counted for a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

from maild.store.digests import Kept, Piece
from maild.store.store import Store
from tests.store.samples import DESK, MINUTE, NOW, open_ticket

SARA, HUDA = "sara@staff.example", "huda@staff.example"


def piece(
    ticket: int,
    address: str = SARA,
    kind: Piece = Piece.NEWS,
    at: datetime = NOW,
    not_before: datetime | None = None,
) -> Kept:
    return Kept(address, ticket, kind, f"what befell {ticket}", at, "words", not_before)


def kept(store: Store, *pieces: Kept) -> None:
    with store.transaction() as tx:
        for _ in {p.ticket for p in pieces}:
            open_ticket(tx)
        for each in pieces:
            tx.digests.keep(DESK, each)


def test_a_piece_is_told_once_oldest_first_and_the_rest_is_counted(store: Store) -> None:
    kept(store, piece(1), piece(2), piece(2), piece(3), piece(1, HUDA))
    with store.transaction() as tx:
        assert sorted(tx.digests.ripe(DESK, NOW)) == [HUDA, SARA]
        _, first, left = tx.digests.take(DESK, SARA, NOW, 2)
        assert ([p.ticket for p in first], left) == ([1, 2], 2)
        assert first[0].text == "words"
    with store.transaction() as tx:
        _, rest, left = tx.digests.take(DESK, SARA, NOW + MINUTE, 9)
        assert ([p.ticket for p in rest], left) == ([2, 3], 0)
        assert tx.digests.take(DESK, SARA, NOW + MINUTE, 9)[1] == ()
        assert tx.digests.ripe(DESK, NOW + MINUTE) == (HUDA,)


def test_what_is_to_be_told_later_waits(store: Store) -> None:
    kept(store, piece(1, kind=Piece.LATENESS, not_before=NOW + MINUTE))
    with store.transaction() as tx:
        assert tx.digests.next_at(DESK) == NOW + MINUTE
        assert tx.digests.ripe(DESK, NOW) == ()
        assert tx.digests.take(DESK, SARA, NOW, 9)[1] == ()
        assert tx.digests.ripe(DESK, NOW + MINUTE) == (SARA,)


def test_news_counts_whether_told_or_not_until_it_is_forgotten(store: Store) -> None:
    kept(store, piece(1), piece(2), piece(3, kind=Piece.LATENESS), piece(4, at=NOW - 9 * MINUTE))
    with store.transaction() as tx:
        tx.digests.take(DESK, SARA, NOW, 1)
    with store.transaction() as tx:
        assert tx.lately.pieces(DESK, SARA, NOW - MINUTE, 9) == 2
        assert tx.lately.pieces(DESK, SARA, NOW - MINUTE, 1) == 1
        assert tx.lately.pieces(DESK, HUDA, NOW - MINUTE, 9) == 0
        tx.digests.forget(DESK, NOW)
    with store.transaction() as tx:
        assert tx.lately.pieces(DESK, SARA, NOW - MINUTE, 9) == 1
        assert tx.digests.ripe(DESK, NOW) == (SARA,)  # what waits is not forgotten


def test_two_daemons_never_tell_the_same_piece(store: Store, url: str) -> None:
    kept(store, *(piece(n) for n in range(1, 21)))
    together = Barrier(2)

    def take(_: int) -> list[int]:
        own = Store(url)
        try:
            together.wait(20)
            with own.transaction() as tx:
                return [p.ticket for p in tx.digests.take(DESK, SARA, NOW, 99)[1]]
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(take, range(2))
    assert sorted(one + two) == list(range(1, 21))
