"""What cases about letters look at: the outbox, its account, and the clock that lets them go on."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from maild.daemon.service import Daemon
from maild.mail.mail import Address, Mail
from maild.mail.read import read
from maild.store.outbox import Entry
from tests.e2e.house import Letter
from tests.faults.place import Place
from tests.servers.fake_smtp import FakeSmtp


def long_leases() -> AbstractContextManager[Any]:
    """Let no lease run out because the clock jumps while a letter is on its way."""
    return patch("maild.outbox.LEASE", 10_000_000)


def later(place: Place, daemon: Daemon, **span: float) -> None:
    """Let the clock jump, and letters that are due then leave."""
    place.clock.jump(**span)
    daemon._outgoing.wake()


def letters(place: Place, purpose: str | None = None) -> list[Entry]:
    """Return the letters the mailbox under attack has written, oldest first."""
    with place.store.reading() as tx:
        found = tx.outbox.list(limit=100_000)
    ours = [e for e in found if e.mailbox == "student" and purpose in (None, e.purpose)]
    return sorted(ours, key=lambda entry: entry.id)


def waiting(place: Place) -> list[Entry]:
    """Return those that are not finished."""
    return [entry for entry in letters(place) if entry.finished_at is None]


def put_off(place: Place, count: int) -> None:
    """Wait until so many letters are put off, each by itself."""
    place.until(
        lambda: sum(e.state == "deferred" for e in letters(place)) >= count,
        what=f"a refusal for now of {count} letters",
    )


def paused_until(place: Place) -> datetime | None:
    """Return until when the account of the mailbox under attack may send nothing."""
    with place.store.reading() as tx:
        states = tx.mailboxes.states()
    return next((s.letters_paused_until for s in states if s.mailbox == "student"), None)


def held(place: Place, count: int = 2) -> None:
    """Wait until the account is paused and so many letters wait."""

    def paused() -> bool:
        wait = waiting(place)
        at_rest = all(e.state != "sending" for e in wait)
        return at_rest and len(wait) >= count and paused_until(place) is not None

    place.until(paused, what="a pause of the account, its letters kept,")


def message_id(raw: bytes) -> str | None:
    """Return a letter's Message-ID."""
    mail = read(raw)
    return mail.message_id if isinstance(mail, Mail) else None


def letter_to(person: Address, sink: FakeSmtp) -> Letter:
    """Return the last letter a scripted server took for somebody, as they read it."""
    raw = [d.raw for d in sink.deliveries if d.recipient == person.address][-1]
    mail = read(raw)
    assert isinstance(mail, Mail)
    return Letter(raw, mail)


def all_ended(place: Place) -> None:
    """Wait until every letter is sent or given up."""
    place.until(lambda: not waiting(place), what="an end of every letter", in_the_dark=5)
