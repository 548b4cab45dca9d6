"""B. Too much: a million mails, 50 MB of one, endless answers, and answers that take for ever."""

import re
import resource
from dataclasses import replace

from maild.imap.fetching import WIDEST, Content
from maild.imap.wire import Client, Limits, Wire
from tests.e2e.house import House
from tests.faults.case import Defence, case, replaced
from tests.faults.crowd import Crowd, Crowded
from tests.faults.meter import MB, Meter
from tests.faults.place import QUICK, Place
from tests.servers.fake_imap import HONEST
from tests.servers.proxy import Proxy

MILLION = 1_000_000
ENOUGH = 120  # tickets that show how a million would be taken in
LITTLE = 60 * MB
FLOOD = [b"7 " * (MB // 2)] * 150


def all_at_once(client: Client, after: int, limit: int, exists: int) -> list[int]:
    return sorted(uid for uid in client.search("ALL") if uid > after)[:limit]


def whole(client: Client, uid: int, size: int, limits: Limits) -> Content:
    client.wire.allow(size + MB)
    return client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"], b"", ""


def any_literal(wire: Wire, size: int) -> bytes:
    while len(wire._buffer) < size:
        wire._receive()
    return wire._take(size)


def any_line(wire: Wire) -> bytes:
    seen = 0
    while (end := wire._buffer.find(b"\n", seen)) < 0:
        seen = len(wire._buffer)
        wire._receive()
    return wire._take(end + 1)


def whatever_comes_in_time(wire: Wire) -> None:
    wire.sock.settimeout(wire._limits.read)
    received = wire.sock.recv(65536)
    if not received:
        raise EOFError
    wire._buffer += received


@case(
    "B15",
    "a million mails at the first run: taken in the order of receipt, a window at a time, in less "
    "than 300 MB; where history is left alone, the next mail is a ticket at once",
    defence=Defence(
        "UIDs are searched for in windows, never all of them",
        replaced("maild.imap.mailbox.find", all_at_once),
    ),
    told=None,
)
def a_million(place: Place) -> None:
    def write(number: int) -> bytes:
        return (
            f"From: t{number}@trainee.{place.domain}\r\nTo: {place.at('student')}\r\n"
            f"Subject: Lecture {number}\r\nMessage-ID: <{number}@trainee.{place.domain}>\r\n\r\n"
            f"I do not understand lecture {number}.\r\n"
        ).encode()

    waiting, history = Crowded(Crowd(MILLION, write)), Crowded(Crowd(MILLION, write))
    for server in (waiting, history):
        place.imaps.append(place.stack.enter_context(server))
    place.desk(
        place.mailbox("student", imap=waiting.port, imap_security="plain"),
        House.mailbox(
            place, "finance", "history: ignore", imap=history.port, imap_security="plain"
        ),
    )
    with place.impatient(), place.running(wait=False):
        place.until(lambda: history.seen("IDLE"))
        history.mails[MILLION + 1] = place.question("Where is my invoice?", subject="Invoice")
        place.until(lambda: "Invoice" in place.subjects())
        place.await_tickets(ENOUGH)
    with place.store.reading() as tx:
        cursor = tx.mailboxes.cursor(place.key, "student")
    assert cursor is not None
    waiting.mails = {uid: write(uid) for uid in range(1, cursor.last_uid + 1)}
    history.mails = {MILLION + 1: history.mails[MILLION + 1]}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert peak < 300 * MB, f"{peak // MB} MB"
    for server in (waiting, history):
        for first, last in re.findall(r"SEARCH UID (\d+):(\d+)", "\n".join(server.commands)):
            assert int(last) - int(first) < WIDEST, f"{first}:{last} is no window"


@case(
    "B16",
    "a mail of 50 MB: its headers are kept aside with the reason, in little memory, the next taken",
    defence=Defence(
        "the size is asked for before the mail, and a mail above 35 MB is not fetched",
        replaced("maild.imap.fetching._one", whole),
    ),
    told=r"^quarantined student 1: The mail could not be taken whole: it has 5\d{7} bytes\.$",
)
def fifty_megabytes(place: Place) -> None:
    head = place.question(subject="Large").partition(b"\r\n\r\n")[0]
    place.leave(head + b"\r\n\r\n" + (b"x" * 70 + b"\r\n") * (50 * MB // 72))
    place.leave(place.question())
    with Meter() as meter, place.impatient(Limits()), place.running():
        place.await_tickets(1)
        assert meter.growth < LITTLE, f"{meter.growth // MB} MB more"
    assert place.attacked_subjects() == ["Lecture"]


@case(
    "B17",
    "the server announces a literal of 4 GB and begins to send it: hung up on, in little memory",
    defence=Defence(
        "every command has a number of bytes its answer may have",
        replaced("maild.imap.wire.Wire.read", any_literal),
    ),
    told=r"^mailbox in trouble student The server announced 4294967295 bytes in one answer\.$",
)
def four_gigabytes(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("UID FETCH", HONEST)
    imap.script("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {4294967295}\r\n", *FLOOD)
    place.attacked(imap)
    with Meter() as meter, place.impatient(), place.running(wait=False):
        place.until(lambda: imap.connections > 1 or meter.growth > LITTLE)
        assert meter.growth < LITTLE, f"{meter.growth // MB} MB more"
        place.await_tickets(1)


@case(
    "B18",
    "the server sends a line without end: hung up on after 1 MB, in little memory",
    defence=Defence(
        "a line has a greatest length",
        replaced("maild.imap.wire.Wire.readline", any_line),
    ),
    told=r"^mailbox in trouble student The server sent a line of more than 1000000 bytes\.$",
)
def endless_line(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("UID SEARCH", b"* SEARCH ", *FLOOD)
    place.attacked(imap)
    with Meter() as meter, place.impatient(), place.running(wait=False):
        place.until(lambda: imap.connections > 1 or meter.growth > LITTLE)
        assert meter.growth < LITTLE, f"{meter.growth // MB} MB more"
        place.await_tickets(1)


@case(
    "B19",
    "the server sends a few bytes a second, never silent for long: given up, and connected to anew",
    defence=Defence(
        "a whole answer has a time limit, besides the silence within it",
        replaced("maild.imap.wire.Wire._receive", whatever_comes_in_time),
    ),
    told=None,  # one line that is given up is no incident
)
def dripping(place: Place) -> None:
    proxy = place.stack.enter_context(Proxy(place.dovecot.imap_port))
    place.desk(place.mailbox("student", imap=proxy.port, imap_security="plain"))
    with place.impatient(replace(QUICK, command=2)), place.running():
        proxy.slow_down(5)
        place.leave(place.question())
        place.until(lambda: proxy.connections >= 2, what="a new connection")
        place.await_tickets(1)
