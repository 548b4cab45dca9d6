"""Hostile mail between good mail, and what became of each."""

import contextlib
import resource
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from sqlalchemy import func, select

from maild.daemon import service
from maild.mail import shown
from maild.mail.reading import Reading
from maild.store import tables
from maild.store.outbox import State
from maild.store.store import Store
from maild.tickets.ticket import Message, Ticket
from tests.bad.mails import MAILS
from tests.e2e.house import Letter
from tests.faults.case import Switch
from tests.faults.meter import MB, Meter
from tests.faults.place import Place
from tests.inline import Inline

SOON = 100.0  # seconds in which good mail beside bad mail must be a ticket, on the busiest machine
_WAITING = (State.QUEUED, State.SENDING, State.DEFERRED)
_GUARD = 3072 * MB  # address space; a case without its defence ends itself and not the machine


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one mail."""

    outcome: str
    reason: str
    raw: bytes | None  # as it is kept
    ticket: Ticket | None = None
    message: Message | None = None

    @property
    def text(self) -> str:
        """What its ticket says it said."""
        assert self.message is not None, f"no ticket: {self.reason}"
        return self.message.text.strip()

    @property
    def sender(self) -> str:
        assert self.ticket is not None, f"no ticket: {self.reason}"
        return self.ticket.requester.address


def hostile(place: Place, *names: str) -> list[bytes]:
    """Return mails of the catalogue whose names begin with these words, each by another guest."""
    found = [each for each in MAILS if any(f"{each} ".startswith(f"{name} ") for name in names)]
    return [_at_home(place, name, MAILS[name]()) for name in found]


def _at_home(place: Place, name: str, raw: bytes) -> bytes:
    """Give a mail an address, subject and id of its own; its people live at this desk."""
    number = list(MAILS).index(name)
    staff, trainee = f"staff.{place.domain}".encode(), f"trainee.{place.domain}".encode()
    for old, new in (
        (b"student@desk.example", place.at("student").encode()),
        (b"sara@students.example", b"guest%d@%b" % (number, trainee)),
        (b"From: a@b.example", b"From: guest%d@%b" % (number, trainee)),
        (b"<1@students.example>", b"<hostile%d@%b>" % (number, trainee)),
        (b"\r\nSubject: help\r", b"\r\nSubject: %b\r" % name.encode()),
        (b"\r\nSubject: x\r", b"\r\nSubject: %b\r" % name.encode()),
        (b"else.example", f"else.{place.domain}".encode()),
        (b"agent", b"sara"),  # who is impersonated
        (b"desk.example", staff),
        (b"desk.ex\xd0\xb0mple", staff.replace(b"exa", b"ex\xd0\xb0")),
    ):
        raw = raw.replace(old, new)
    return raw


def good(place: Place, name: str) -> bytes:
    """Return the mail of somebody who has nothing to do with it."""
    return place.question(subject=f"Good {name}", by=place.requester(name))


def leave_between(place: Place, mails: Iterable[bytes]) -> None:
    """Leave mails in the mailbox under attack byte for byte, a good one before and after them."""
    mails = [good(place, "before"), *mails, good(place, "after")]
    place.dovecot.append_all(place.at("student"), mails)


def survive(place: Place, mails: Sequence[bytes]) -> list[Fate]:
    """Leave mails between good ones, run the daemon, and return what became of them."""
    leave_between(place, mails)
    return take_in(place, len(mails))


def by_its_bytes(place: Place, mails: Sequence[bytes]) -> list[Fate]:
    """Let mails be read from a server that mends nothing, between good ones."""
    place.attacked(place.imap(good(place, "before"), *mails, good(place, "after")))
    return take_in(place, len(mails))


def take_in(place: Place, count: int) -> list[Fate]:
    """Run the daemon until so many mails between two good ones, and all letters, are dealt with."""
    neighbours = {"Good before", "Good after"}
    store = place.store  # one for all looks: making it reads the configuration
    with place.running(wait=False):
        _await(place, lambda: neighbours <= _subjects(store), "good mail waits for bad mail")
        _await(place, lambda: counted(store) >= count + 2, "a mail is not decided")
        _await(place, lambda: not waiting(store), "a letter does not leave")
    return fates(place)[1:-1]


def _await(place: Place, condition: Callable[[], object], otherwise: str) -> None:
    try:
        place.until(condition, SOON)
    except AssertionError:
        why = next(
            (str(line["why"]) for line in place.journal if line.get("level") == "warning"), ""
        )
        raise AssertionError(f"{otherwise}: {why or 'the daemon is at work'}") from None


def fates(place: Place) -> list[Fate]:
    """Return what became of the mails of the mailbox under attack, in their order there."""
    found, store = [], place.store
    with store.reading() as tx:
        for row in _decided(store):
            raw = None if row.mail is None else tx.mails.raw(place.key, row.mail)
            ticket = message = None
            if row.ticket is not None:
                ticket = tx.tickets.get(place.key, row.ticket, lock=False)
                messages = tx.tickets.messages(place.key, row.ticket)
                message = next((m for m in messages if m.mail == row.mail), None)
            found.append(Fate(row.outcome, row.reason, raw, ticket, message))
    return found


def brought(place: Place, subject: str) -> Letter:
    """Return the letter that brought a ticket to the agent."""
    letters = place.letters(place.staff("sara"))
    about = [each for each in letters if shown.line(each.mail.subject).endswith(f" {subject}")]
    assert len(about) == 1, f"{len(about)} letters to the agent about “{subject}”"
    return about[0]


def notification(place: Place, subject: str) -> str:
    """Return the text of the letter that brought a ticket to the agent."""
    return brought(place, subject).mail.text


def kept_aside(fate: Fate, raw: bytes, reason: str) -> None:
    """Insist that a mail lies in quarantine whole, for this reason, and that no ticket came."""
    assert fate.outcome == "quarantined", f"{fate.outcome} as a ticket of {fate.sender}"
    assert fate.reason == reason
    kept = (fate.raw or b"").replace(b"\r\n", b"\n")  # Dovecot mends line ends
    assert kept == raw.replace(b"\r\n", b"\n"), "not its bytes are kept"


def modest(meter: Meter, *, child: int, growth: int, seconds: float) -> None:
    """Hold a meter to its bounds: bytes of a reading child, of the daemon, processor seconds."""
    assert meter.child < child, f"a reading child took {meter.child // MB} MB"
    assert meter.growth < growth, f"the daemon grew by {meter.growth // MB} MB"
    assert meter.seconds < seconds, f"it took {meter.seconds:.1f} s of processor time"


def careless(*patches: Switch) -> Switch:
    """Read mail in the daemon's own process, without limits, and with these functions replaced."""

    class Careless(Inline):
        def read(self, raw: bytes, charset: str | None = None) -> Reading:
            with ExitStack() as stack:  # around the reading alone: letters are written as ever
                for each in patches:
                    stack.enter_context(each())
                return super().read(raw, charset)

    @contextlib.contextmanager
    def off() -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_GUARD, before[1]))
        try:
            with patch.object(service, "Reader", Careless):
                yield
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    return off


def _decided(store: Store) -> list[Any]:
    with store.reading() as tx:
        wanted = select(tables.sources).where(tables.sources.c.mailbox == "student")
        return list(tx._connection.execute(wanted.order_by(tables.sources.c.uid)))


def _subjects(store: Store) -> set[str]:
    with store.reading() as tx:
        return {ticket.subject for ticket in tx.tickets.find(limit=100_000)}


def counted(store: Store) -> int:
    """Return how many mails of the mailbox under attack have been decided."""
    with store.reading() as tx:
        wanted = select(func.count()).where(tables.sources.c.mailbox == "student")
        return int(tx._connection.execute(wanted).scalar_one())


def waiting(store: Store) -> bool:
    """Tell whether a letter has not left yet."""
    with store.reading() as tx:
        return bool(tx.outbox.list(state=_WAITING, limit=1))
