"""B. The line to the server that holds the mail breaks, or goes dead."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

from imapclient.exceptions import LoginError

from maild.imap.mailbox import Mailbox
from maild.imap.wire import Limits, Wire
from tests.faults.case import Defence, case, replaced
from tests.faults.haste import busy, hurried
from tests.faults.place import QUICK, Place
from tests.servers.dovecot import Dovecot
from tests.servers.fake_imap import EOF

GOODBYE = b"* BYE shutting down\r\n"


def every_end_is_a_refusal(wire: Wire, user: str, password: str) -> None:
    """Log in as imapclient does it."""
    try:
        wire.login(user, password)
    except wire.error as error:
        raise LoginError(str(error)) from None


def watches_a_dead_line(mailbox: Mailbox, seconds: float) -> bool:
    """Idle as imapclient does: the end of the stream is one more line with nothing in it."""
    end = time.monotonic() + seconds
    with mailbox._speaking("idle") as client:
        client.wire.begin_idle()
        while (left := end - time.monotonic()) > 0:
            if any(mailbox._listen(left)) and b"EXISTS" in client.wire.readline():
                break
        client.wire.end_idle()
        return True


def waits_for_ever(wire: Wire) -> None:
    wire.sock.settimeout(None)
    received = wire.sock.recv(65536)
    if not received:
        raise EOFError
    wire._buffer += received


@contextlib.contextmanager
def frozen(dovecot: Dovecot, user: str) -> Iterator[None]:
    """Stop the processes that serve a user's connections: the lines stay open and say nothing."""
    served = [
        int(number)
        for line in dovecot.doveadm("who", user).splitlines()
        for number in re.findall(r"\d+", line.partition("(")[2].partition(")")[0])
    ]
    assert served, "nobody is connected"
    for process in served:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in served:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


@case(
    "B1",
    "the line breaks within a FETCH literal: the mail is fetched again, and is one ticket",
    defence=Defence(
        "the place in a mailbox is read from the store after every break",
        replaced("maild.daemon.watch.Watch._place", lambda self, state: state.uidnext - 1),
    ),
    told=r"^mailbox in trouble student The connection broke",
    quick=True,
)
def broken_literal(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {9000}\r\nFrom: n", EOF)
    place.attacked(imap)
    with place.impatient(), place.running(wait=False):
        place.await_tickets(1)
    assert imap.connections >= 2


@case(
    "B2",
    "the line breaks during LOGIN, three times: that is no wrong password, and is soon tried again",
    defence=Defence(
        "only a server's own No to LOGIN counts as a refused password",
        replaced("maild.imap.wire.Wire.log_in", every_end_is_a_refusal),
    ),
    told=r"^mailbox in trouble student The connection broke \(log in\)\.$",
    quick=True,
)
def broken_login(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("LOGIN", EOF, times=3)
    place.attacked(imap)
    with place.impatient(pause=hurried(20)), place.running(wait=False):
        place.await_tickets(1)


@case(
    "B3",
    "the server says BYE at the greeting, in FETCH and in IDLE: maild comes back, ever more slowly",
    defence=Defence(
        "the pause between attempts doubles",
        replaced("maild.daemon.watch.backoff", lambda *_, **__: 0.0),
    ),
    told=r"^mailbox in trouble student The (server hung up|connection broke) \(",
)
def goodbye(place: Place) -> None:
    imap = place.imap(place.question())
    imap.greeting = [GOODBYE, EOF]
    place.attacked(imap)
    with place.impatient(pause=hurried(40)), place.running(wait=False):
        time.sleep(0.8)  # 32 seconds of a real daemon
        assert 2 <= imap.connections <= 7, f"{imap.connections} connections in a moment"
        imap.script("UID FETCH", GOODBYE, EOF)
        imap.greeting = [b"* OK ready\r\n"]
        place.await_tickets(1)
        place.until(lambda: imap.seen("IDLE"))
        imap.push(GOODBYE)
        imap.hang_up()
        imap.mails[2] = place.question("Where is the exam held?", subject="Exam")
        place.await_tickets(2)


@case(
    "B4",
    "the server ends the connection during IDLE: it is made anew, at less than 5 % of a processor",
    defence=Defence(
        "the end of the stream is an error in every wait, and no silence",
        replaced("maild.imap.mailbox.Mailbox._idle", watches_a_dead_line),
    ),
    told=None,  # one broken line is no incident
)
def end_in_idle(place: Place) -> None:
    with place.impatient(), place.running():
        time.sleep(0.5)
        place.dovecot.kick(place.at("student"))
        spent = busy(3)
        assert spent < 0.05, f"{spent:.0%} of a processor"
        place.write()
        place.await_tickets(1)


@case(
    "B5",
    "the server freezes with the line open: noticed within minutes, and the mail is fetched anew",
    defence=Defence(
        "IDLE is renewed, and every answer has a time limit",
        replaced("maild.imap.wire.Wire._receive", waits_for_ever),
    ),
    told=None,
)
def half_open(place: Place) -> None:
    real = Limits()
    assert real.idle + real.command + real.connect < 10 * 60
    with place.impatient(replace(QUICK, idle=1)), place.running():
        time.sleep(0.5)
        with frozen(place.dovecot, place.at("student")):
            place.write()
            place.await_tickets(1)
