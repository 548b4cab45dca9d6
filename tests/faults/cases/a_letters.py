"""A. The process dies while a letter leaves: it arrives once, and twice only where marked so."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from sqlalchemy import update

from maild.daemon.outgoing import Outgoing
from maild.mail.outgoing import Letter
from maild.store.outbox import _FREE, _NOW, Entry, Outbox, Phase, State
from maild.store.tables import outbox as table
from tests.faults.case import Defence, case, replaced
from tests.faults.laws import law
from tests.faults.place import Place


@contextlib.contextmanager
def letters_in_memory() -> Iterator[None]:
    """Hand letters to the outbox after the commit, as code does that sends mail at the end."""
    kept: list[tuple[Letter, Any]] = []
    post, wake = Outbox.post, Outgoing.wake

    def later(_self: Outbox, letter: Letter, now: Any) -> None:
        kept.append((letter, now))

    def woken(self: Outgoing) -> None:
        with self._store.transaction() as tx:
            while kept:
                post(tx.outbox, *kept.pop(0))
        wake(self)

    with patch.object(Outbox, "post", later), patch.object(Outgoing, "wake", woken):
        yield


@case(
    "A4",
    "kill -9 between a ticket's commit and the sending of its letters: each is sent once",
    defence=Defence("letters are committed with the change they tell of", letters_in_memory),
    quick=True,
)
def before_pickup(place: Place) -> None:
    place.leave(place.question())
    place.die("after-commit/sources")
    assert len(place.attacked_subjects()) == 1
    with place.process():
        all_leave(place)


def sent_at_claim(self: Outbox, owner: str, now: Any, *arguments: Any) -> tuple[Entry, ...]:
    """Take a letter out of the queue when it is taken in hand."""
    claimed = claim(self, owner, now, *arguments)
    self.sent({entry.key: "handed over" for entry in claimed}, owner, now)
    return claimed


claim = Outbox.claim


@case(
    "A5",
    "kill -9 after MAIL FROM: the letter is sent once",
    defence=Defence(
        "a letter stays in the outbox until its server's answer is committed",
        replaced("maild.store.outbox.Outbox.claim", sent_at_claim),
    ),
)
def after_mail(place: Place) -> None:
    place.leave(place.question())
    place.die("smtp-mail")
    with place.process():
        all_leave(place)
    assert not doubted(place)


def data_at_claim(self: Outbox, owner: str, now: Any, *arguments: Any) -> tuple[Entry, ...]:
    """Count a letter as on its way from the beginning."""
    claimed = claim(self, owner, now, *arguments)
    self.entering_data([entry.key for entry in claimed], owner)
    return claimed


@case(
    "A6",
    "kill -9 in the middle of the body: the letter is sent once, and at once",
    defence=Defence(
        "a letter is in doubt only when its final dot is soon to leave",
        replaced("maild.store.outbox.Outbox.claim", data_at_claim),
    ),
)
def within_the_body(place: Place) -> None:
    place.leave(place.question("The lecture. " * 5000))
    place.die("smtp-body")
    with place.process():
        all_leave(place)
    assert not doubted(place)


@case(
    "A7",
    "kill -9 after the final dot, the reply unread: at most one further copy, marked uncertain",
    defence=Defence(
        "that the final dot may have left is committed before it leaves",
        replaced("maild.store.outbox.Outbox.entering_data", lambda _self, letters, _owner: letters),
    ),
)
def after_the_dot(place: Place) -> None:
    place.leave(place.question())
    place.die("smtp-dot")
    with place.process("hasty"):
        all_leave(place)
    at_most_two_copies(place)
    assert doubted(place), "a letter that may have arrived is not marked"


DIED_IN_DATA = update(table).where(table.c.lease_until <= _NOW, table.c.phase == Phase.DATA.value)
TRIED_AGAIN = DIED_IN_DATA.values(state=State.DEFERRED.value, next_at=_NOW, **_FREE)


@case(
    "A8",
    "kill -9 after the 250, before it is recorded: at most one further copy, marked uncertain",
    defence=Defence(
        "a letter whose sender died in the data is in doubt, and waits a quarter of an hour",
        replaced("maild.store.outbox._EXPIRED_IN_DATA", TRIED_AGAIN),
    ),
)
def after_the_reply(place: Place) -> None:
    place.leave(place.question())
    place.die("smtp-accepted")
    with place.process("hasty"):
        all_leave(place)
    at_most_two_copies(place)


TRIED_FOR_EVER = DIED_IN_DATA.values(
    state=State.UNCERTAIN.value, doubts=table.c.doubts + 1, next_at=_NOW, **_FREE
)


@case(
    "A9",
    "kill -9 at every stage of one mail and again in each recovery: never a third copy",
    defence=Defence(
        "a letter in doubt is tried once more and never a third time",
        replaced("maild.store.outbox._EXPIRED_IN_DATA", TRIED_FOR_EVER),
    ),
    told=r"^letter \d+ uncertain: the sender stopped while the letter was on its way",
    limit=240,
)
def killed_again(place: Place) -> None:
    place.leave(place.question())
    place.die("before-commit/sources")
    place.die("before-flag")
    place.die("smtp-body")
    place.die("smtp-accepted")
    place.die("smtp-accepted", "hasty")  # the other letter, while the first waits
    place.die("smtp-accepted", "hasty")
    with place.process("hasty"):
        place.until(lambda: finished(place), what="the end of every letter")
        place.probe()
    at_most_two_copies(place)


def all_leave(place: Place) -> None:
    """Wait until every letter is sent and maild has shown that it lives."""
    place.await_tickets(1)
    place.letter(place.requester())
    place.letter(place.staff("sara"))
    place.probe()
    place.until(lambda: finished(place), what="the end of every letter")


def finished(place: Place) -> bool:
    with place.store.reading() as tx:
        return all(e.finished_at for e in tx.outbox.list())


def doubted(place: Place) -> list[Entry]:
    with place.store.reading() as tx:
        return [e for e in tx.outbox.list() if e.doubts]


def at_most_two_copies(place: Place) -> None:
    """A further copy only of a letter in doubt, byte for byte the same."""
    doubts = {e.recipient: {e.message_id for e in doubted(place)} for e in doubted(place)}
    for person in (place.requester(), place.staff("sara")):
        copies = Counter(letter.mail.message_id for letter in place.letters(person))
        for message_id, count in copies.items():
            most = 2 if message_id in doubts.get(person.address, ()) else 1
            law(count <= most, f"{person.address} got a letter {count} times")
