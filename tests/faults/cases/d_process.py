"""D. Two daemons, one that slept, and little memory or few descriptors."""

import contextlib
import email
import email.policy
import re
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from maild.imap.mailbox import Mailbox
from maild.mail.read import read
from maild.mail.reading import reading_of
from tests.bad import mails as bad
from tests.e2e.house import until
from tests.faults.case import Defence, case, replaced
from tests.faults.cases.d_database import postgres, state
from tests.faults.place import Place
from tests.servers.fake_imap import EOF


@case(
    "D7",
    "a second daemon on the same SQLite file: it refuses in one sentence, the first goes on",
    defence=Defence(
        "a daemon holds a lock on its file",
        replaced("maild.store.store.Store.sole_owner", lambda _: contextlib.nullcontext()),
    ),
    told=r"^Another maild is already working on",
    quick=True,
)
def two_daemons(place: Place) -> None:
    with place.process():
        place.refused()
        place.leave(place.question())
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()


@case(
    "D8",
    "a daemon sleeps past its lease with a mail in hand and wakes: it writes nothing any more",
    defence=Defence(
        "every batch asks in its own transaction whether the mailbox is still ours",
        replaced("maild.daemon.ownership.Ownership.fence", lambda *_: None),
    ),
)
def slept(place: Place) -> None:
    postgres(place)
    place.leave(place.question())
    sleeper = place.begin("leases", "sleep taking")
    until(lambda: state(sleeper.popen.pid) == "T")
    with place.process("leases"):
        for n in range(3):
            raw = place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
            place.leave(raw)
        place.await_tickets(4)
        place.until(place.at_rest)
        assert cursor(place) == 4
        sleeper.popen.send_signal(signal.SIGCONT)
        time.sleep(3)
        assert cursor(place) == 4, "who slept past its lease has written"
        place.probe()
        place.until(place.at_rest)
        with place.store.reading() as tx:
            troubled = [s.trouble for s in tx.mailboxes.states() if s.trouble]
        assert not troubled, "who slept has put its trouble on another's mailbox"
        assert sleeper.end() == 0


def cursor(place: Place) -> int:
    with place.store.reading() as tx:
        found = tx.mailboxes.cursor(place.key, "student")
    return found.last_uid if found else 0


@contextlib.contextmanager
def read_in_the_daemon() -> Iterator[None]:
    """Read mail as the standard library invites to, in the daemon's own process."""

    class Naive:
        def begin(self, raws: Sequence[bytes], charset: str | None = None) -> Any:
            for raw in raws:
                str(email.message_from_bytes(raw, policy=email.policy.default)["Subject"])
            answers = [reading_of(raw, read(raw, charset)) for raw in raws]
            return lambda: answers

        def close(self) -> None:
            pass

    with patch("maild.daemon.service.Reader", Naive):
        yield


@case(
    "D13",
    "512 MB of memory and mails made to use them up: those are quarantined, good ones ticketed",
    defence=Defence("foreign mail is read in limited child processes", read_in_the_daemon),
    told=r"^quarantined student [124]: ",
)
def little_memory(place: Place) -> None:
    hostile = [
        b"From: a@evil.example\r\nSubject: " + b"=?utf-8?q?a?= " * 20_000 + b"\r\n\r\nhello\r\n",
        bad.parts(10_000),
        bad.files(20, b"x" * 1_000_000),
        bad.nested(1_000),
    ]
    for raw in hostile:
        place.leave(raw)
    place.leave(place.question())
    with place.process("memory 512", "hasty") as process:
        place.until(lambda: place.store.exists() and place.count("sources") >= 5, 60)
        place.letter(place.requester())
        place.probe()
        assert peak(process.popen.pid) < 512


def peak(pid: int) -> int:
    """Return the most memory a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) // 1024


leaked: list[Any] = []


def forgotten(self: Mailbox) -> None:
    """Leave a broken connection to itself."""
    leaked.append((self._client, self._bell, self._ear))


@case(
    "D14",
    "64 file descriptors and a server that hangs up all the time: none is left open",
    defence=Defence(
        "a connection that broke is closed on our side too",
        replaced("maild.imap.mailbox.Mailbox.close", forgotten),
    ),
    told=r"^mailbox in trouble student ",
)
def few_descriptors(place: Place) -> None:
    imap = place.imap()
    imap.script("IDLE", EOF, times=60)
    place.attacked(imap)
    with place.process("descriptors 64", "hasty"):
        place.until(lambda: imap.connections > 60, 60, "the 61st connection")
        imap.mails[1] = place.question()
        imap.push(b"* 1 EXISTS\r\n")
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()
