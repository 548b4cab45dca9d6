"""When too much befalls one person at once, it is kept and told in one letter, a digest.

Mail that comes is brought by a letter of its own as long as few come. Beyond CALM of them in ten
minutes the rest is kept, and so it goes on until fewer come. What is urgent still comes by itself.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from maild.casework.case import Case
from maild.casework.promise import promise_of
from maild.notices.digest import Told, digest
from maild.notices.office import Office
from maild.store.digests import Kept, Piece
from maild.store.store import Store, Transaction
from maild.tickets.people import Person
from maild.tickets.ticket import Ticket

CALM = 30  # pieces of news that reach one person by themselves within LATELY
URGENT = 100  # letters within LATELY, past which even what is urgent waits for the digest
LATELY = timedelta(minutes=10)
PAUSE = timedelta(minutes=15)  # between two digests of one person
LISTED = 1000  # pieces in one digest; what is left waits for the next one
_LOOK = timedelta(minutes=1)  # between two looks where time jumps; a daemon looks at every tick
_EXCERPT = 300  # characters of a mail in a digest
_URGENT = frozenset({"top", "emergency"})


def crowded(case: Case, person: Person) -> bool:
    """Tell whether so much reached somebody lately that further news waits for a digest."""
    tx, desk, since = case.tx, case.desk.key, case.now - LATELY
    if case.ticket.priority in _URGENT:
        return tx.lately.letters(desk, person.email, since, URGENT) >= URGENT
    letters = tx.lately.letters(desk, person.email, since, CALM)
    return letters >= CALM or letters + tx.lately.pieces(desk, person.email, since, CALM) >= CALM


def keep_news(case: Case, person: Person, what: str, text: str) -> None:
    """Keep for somebody's digest that mail came, and how it begins."""
    said = text[: 2 * _EXCERPT]
    begins = " ".join(said.split())
    if len(begins) > _EXCERPT or len(said) < len(text):
        begins = begins[:_EXCERPT] + "…"
    _keep(case, Kept(person.email, case.ticket.number, Piece.NEWS, what, case.now, begins))


def keep_lateness(
    case: Case, person: Person, what: str, not_before: datetime | None = None
) -> None:
    """Keep for somebody's digest that a ticket is, or is nearly, late."""
    number = case.ticket.number
    _keep(
        case,
        Kept(person.email, number, Piece.LATENESS, what, case.now, not_before=not_before),
    )


def _keep(case: Case, piece: Kept) -> None:
    case.tx.digests.keep(case.desk.key, piece)


def send(store: Store, offices: Mapping[str, Office], now: datetime) -> int:
    """Write to each person once about everything kept for them; return how many letters.

    To one person at most one digest leaves within PAUSE, whatever it tells of. Each is a
    transaction of its own.
    """
    posted = 0
    for desk, office in offices.items():
        with store.reading() as tx:
            addresses = tx.digests.ripe(desk, now)
        for address in addresses:
            with store.transaction() as tx:
                posted += _send(tx, office, address, now)
                tx.digests.forget(desk, now - LATELY)
    return posted


def next_at(tx: Transaction, desk: str, now: datetime) -> datetime | None:
    """Return when to look for a digest to send next, after a look at `now`; None: nothing waits."""
    first = tx.digests.next_at(desk)
    return None if first is None else max(first, now + _LOOK)


def _send(tx: Transaction, office: Office, address: str, now: datetime) -> bool:
    desk = office.desk.key
    if tx.lately.digest(desk, address, now - PAUSE):
        return False
    person = office.desk.staff.by_address(address) or Person(address, "", address)
    first, pieces, left = tx.digests.take(desk, address, now, LISTED)
    told = [
        _told(tx, office, ticket, mine, now)
        for number, mine in _by_ticket(pieces).items()
        if (ticket := tx.tickets.get(desk, number, lock=False)) is not None  # not erased meanwhile
    ]
    if not told:
        return False
    news = any(piece.kind is Piece.NEWS for piece in pieces)
    letter = digest(office, person, told, f"digest-{first}", now, crowded=news, left=left)
    tx.outbox.post(letter, now)
    return True


def _by_ticket(pieces: tuple[Kept, ...]) -> Mapping[int, list[Kept]]:
    found: dict[int, list[Kept]] = {}
    for piece in pieces:
        found.setdefault(piece.ticket, []).append(piece)
    return found


def _told(
    tx: Transaction, office: Office, ticket: Ticket, pieces: list[Kept], now: datetime
) -> Told:
    """Say of one ticket everything that befell it, what happened often once."""
    counted = Counter(piece.what for piece in pieces)
    what = " – ".join(f"{each} (×{n})" if n > 1 else each for each, n in counted.items())
    text = next((piece.text for piece in pieces if piece.text), None)
    news = any(piece.kind is Piece.NEWS for piece in pieces)
    promise = promise_of(Case(tx, office.desk, ticket, now)) if news else None
    return Told(ticket, what, text, promise[1].due_at if promise else None)
