"""C. The server refuses the account, not the letter: everything waits and nothing is given up."""

import re
import ssl
import time
from datetime import datetime, timedelta

from maild import outbox
from maild.mail.mail import Address
from maild.smtp.connection import Connection
from maild.smtp.verdict import Refused
from maild.store.outbox import _CLAIMABLE, Entry, State
from maild.store.store import Transaction
from tests.e2e.house import SUNDAY
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.sending import (
    all_ended,
    held,
    later,
    letter_to,
    letters,
    long_leases,
    message_id,
    paused_until,
    waiting,
)
from tests.servers import free_ports
from tests.servers.dovecot import PASSWORD
from tests.servers.fake_smtp import Action, FakeSmtp


def given_up(tx: Transaction, outgoing: outbox.Outgoing, entry: Entry, refused: Refused) -> None:
    """Whatever kept the letter from leaving, it has failed."""
    outbox._give_up(tx, outgoing, entry, refused.reply)


def tried_on(tx: Transaction, outgoing: outbox.Outgoing, entry: Entry, refused: Refused) -> None:
    """The next letter may have more luck."""
    tx.outbox.give_back(entry.desk, entry.id, outgoing.owner, outgoing.now())


@case(
    "C1",
    "nobody listens at the SMTP port: every letter waits at no cost and leaves when the server is "
    "back",
    defence=Defence(
        "an account that cannot be reached is paused, and its letters lose no attempt",
        replaced("maild.outbox._pause", given_up),
    ),
    quick=True,
)
def refused_connection(place: Place) -> None:
    (port,) = free_ports(1)
    place.attacked(smtp=FakeSmtp(port=port))
    with place.running() as daemon:
        place.write()
        held(place)
        sink = place.sink(port=port)
        later(place, daemon, minutes=1)
        place.until(lambda: len(sink.deliveries) == 2)
        all_ended(place)
    assert {entry.attempts for entry in letters(place)} == {1}


def paused(place: Place) -> bool:
    """Tell whether the account's trouble is on record: from then on its pause is counted."""
    with place.store.reading() as tx:
        return bool(tx.mailboxes.letters_in_trouble())


@case(
    "C2",
    "the server greets with 421: it is left in peace for a minute, then everything leaves",
    defence=Defence(
        "an account in trouble is paused, not pressed",
        replaced("maild.outbox._pause", tried_on),
    ),
    quick=True,
)
def busy_greeting(place: Place) -> None:
    busy = True
    sink = place.sink({"CONNECT": lambda: "421 4.3.2 too busy" if busy else None})
    place.attacked(smtp=sink)
    with place.running() as daemon:
        place.write()
        place.until(lambda: paused(place))
        later(place, daemon, seconds=50)
        place.probe()  # time enough for a daemon that would press
        assert sink.connections <= 2, f"{sink.connections} connections to a server that is busy"
        busy = False
        later(place, daemon, seconds=11)
        place.until(lambda: len(sink.deliveries) == 2)


@case(
    "C8",
    "a wrong SMTP password: tried seldom, however many letters wait; admins are told once, the "
    "queue is kept, and leaves once the password is right",
    defence=Defence(
        "a refused login pauses the account: wrong passwords, too often, lock it",
        replaced("maild.outbox._pause", tried_on),
    ),
)
def wrong_password(place: Place) -> None:
    place.secret("smtp", "not the password")
    postfix = place.own_postfix(smtp_secret="secrets/smtp")
    with place.running() as daemon:
        for n in range(12):
            place.leave(place.question(f"Question number {n}.", subject=f"Question {n}"))
        place.await_tickets(12)

        def tries() -> int:
            return postfix.log().count("authentication failed")

        place.until(lambda: paused_until(place) or tries() > 2)
        later(place, daemon, minutes=14)
        for _ in range(2):
            place.probe()  # time enough for a daemon that would try on
        assert tries() <= 2, f"{tries()} wrong passwords within a quarter of an hour"
        for _ in range(2):
            daemon.keep_house()
        place.letter(Address("", place.at("admin")))
        status = place.cli("status")
        assert status.returncode == 1, "status says that all is well"
        assert "its letters are not taken" in " ".join(status.stdout.split())
        place.secret("smtp", PASSWORD)
        daemon.reload(place.settings)
        later(place, daemon, minutes=2)
        place.letter(place.requester(), 3)
        place.letter(place.staff("sara"), 12)
        daemon.keep_house()
        place.letter(Address("", place.at("admin")), 2)
    assert len(place.letters(place.at("admin"))) == 2, "trouble and its end are told once"


@case(
    "C9",
    "the login cannot be judged just now (454), then the account's policy forbids it (5.7.30): the "
    "queue is kept, tried again soon after the one and seldom after the other",
    defence=Defence(
        "a refused login is a trouble of the account, no word about a letter",
        replaced("maild.outbox._pause", given_up),
    ),
    quick=True,
)
def forbidden_login(place: Place) -> None:
    said: Action = "454 4.7.0 Temporary authentication failure"
    sink = place.sink({"AUTH": lambda: said})
    place.attacked(smtp=sink)
    with place.running() as daemon:
        place.write()
        held(place)
        assert paused_until(place) == place.clock.now + timedelta(minutes=1)
        said = "550 5.7.30 Basic authentication is not supported for Client Submission"
        later(place, daemon, minutes=1)
        quarter = place.clock.now + timedelta(minutes=15)
        place.until(lambda: paused_until(place) == quarter)
        said = None
        later(place, daemon, minutes=14)
        place.probe()
        assert not sink.deliveries
        later(place, daemon, minutes=1)
        place.until(lambda: len(sink.deliveries) == 2)


async def in_clear(self: Connection, _context: ssl.SSLContext) -> None:
    """Encrypt where it is offered, else go on."""


@case(
    "C14",
    "the server does not offer STARTTLS: it gets neither password nor letter, and the letters wait",
    defence=Defence(
        "what is to be encrypted is never said in clear",
        replaced("maild.smtp.connection.Connection._encrypt", in_clear),
    ),
    quick=True,
)
def stripped_encryption(place: Place) -> None:
    sink = place.sink()
    place.desk(place.mailbox("student", smtp=sink.port, smtp_security="starttls"))
    with place.running() as daemon:
        place.write()
        held(place)
        later(place, daemon, minutes=5)
        place.probe()
    said = {words.partition(" ")[0].upper() for words in sink.commands}
    assert said <= {"EHLO", "QUIT"}, f"it was told {said}"
    assert len(waiting(place)) == 2


A_MINUTE = 10  # letters the server of C15 takes


class Limited:
    """A server that takes so many letters a minute, by the clock that jumps."""

    def __init__(self, place: Place) -> None:
        self._clock = place.clock
        self._taken: list[datetime] = []

    def __call__(self) -> Action:
        now = self._clock.now
        if sum(now - at < timedelta(minutes=1) for at in self._taken) < A_MINUTE:
            self._taken.append(now)
            return None
        return "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"


@case(
    "C15",
    "the provider takes ten letters a minute: maild slows down, no letter pays for it, and what "
    "one reader gets about one ticket keeps its order",
    defence=Defence(
        "a rate limit pauses the account: it says nothing about the letter at hand",
        replaced("maild.smtp.verdict._RATE", re.compile(r"(?!)")),
    ),
)
def rate_limit(place: Place) -> None:
    sink = place.sink({"MAIL": Limited(place)})
    place.attacked(smtp=sink)
    with long_leases(), place.running() as daemon:
        for n in range(12):
            place.leave(place.question(f"Question number {n}.", subject=f"Question {n}"))
        place.await_tickets(12)
        for n in range(6):  # a word more to each of the first tickets, while letters wait
            more = place.question(f"One more word on {n}.", subject=f"Re: [#{n + 1}] Question {n}")
            place.leave(more)
        place.until(lambda: len(letters(place)) == 12 + 3 + 6)

        def gone() -> bool:
            now, left = place.clock.now, waiting(place)
            paused = (paused_until(place) or now) > now
            if all(e.next_at is not None and (paused or e.next_at > now) for e in left):
                later(place, daemon, minutes=2)  # nothing can leave before
            return not left

        place.until(gone)
    assert {e.attempts for e in letters(place)} == {1}, "letters paid for the limit"
    arrived = [message_id(delivery.raw) for delivery in sink.deliveries]
    for ticket in range(1, 13):
        sara = place.staff("sara").address
        ours = [e for e in letters(place) if (e.ticket, e.recipient) == (ticket, sara)]
        places = [arrived.index(e.message_id) for e in ours]
        assert places == sorted(places), f"ticket {ticket} reached its agent out of order"


@case(
    "C16",
    "the day's quota is used up: all letters wait an hour, and an agent's answer leaves before the "
    "notifications that were written earlier",
    defence=Defence(
        "answers that requesters wait for are claimed before all other letters",
        replaced("maild.store.outbox._ANSWERS", _CLAIMABLE),
    ),
    quick=True,
)
def used_up_quota(place: Place) -> None:
    said: Action = None
    sink = place.sink({"MAIL": lambda: said})
    place.attacked(smtp=sink)
    with long_leases(), place.running() as daemon:
        place.write()
        place.until(lambda: len(sink.deliveries) == 2)
        said = "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending"
        for n in range(20):
            place.leave(place.question(f"Question number {n}.", subject=f"Question {n}"))
        place.await_tickets(21)
        sara = place.staff("sara")
        place.reply(letter_to(sara, sink), "Try again, please.", sara)
        place.until(lambda: letters(place, "relay"))
        later(place, daemon, minutes=59)
        place.probe()
        assert len(sink.deliveries) == 2
        said = None
        later(place, daemon, minutes=2)
        all_ended(place)
    answer = letters(place, "relay")[0].message_id
    arrived = [message_id(delivery.raw) for delivery in sink.deliveries]
    assert arrived.index(answer) < 2 + 8, f"the answer came {arrived.index(answer) - 1}th"


@case(
    "C17",
    "no SMTP server for six days: staff are told once of each letter that is given up, as soon as "
    "letters leave again",
    defence=Defence(
        "a letter that could not leave for five days is given up, and a person is told",
        replaced("maild.outbox._too_old", lambda entry, now: False),
    ),
    told=r"^letter \d+ bounced: localhost:\d+: it cannot be reached$",
)
def six_days_down(place: Place) -> None:
    (port,) = free_ports(1)
    place.attacked(smtp=FakeSmtp(port=port))
    with long_leases(), place.running() as daemon:
        place.write()
        held(place)
        first = {entry.id for entry in letters(place)}

        def given_up() -> bool:
            later(place, daemon, hours=4)
            time.sleep(0.1)
            return not first & {entry.id for entry in waiting(place)}

        place.until(given_up, what="an end of the letters")
        assert place.clock.now - SUNDAY > timedelta(days=5)
        told = len(letters(place, "undeliverable"))
        sink = place.sink(port=port)
        later(place, daemon, minutes=10)
        all_ended(place)
    assert told == len(first), f"{told} notices about {len(first)} letters"
    # Of the last jump of the clock a letter may come that waits for the next start.
    sent = {entry.id for entry in letters(place) if entry.state is State.SENT}
    assert len(sink.deliveries) == len(sent)
    assert not first & sent
