"""Where a case plays: a desk with one mailbox under attack and one that must not notice."""

import contextlib
import functools
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog
from sqlalchemy import func, select

from maild.config.settings import Settings
from maild.daemon import outgoing, service
from maild.daemon.service import Daemon
from maild.daemon.watch import Watch
from maild.imap.wire import Limits
from maild.mail.mail import Address
from maild.smtp.connection import Patience
from maild.smtp.courier import Courier
from maild.store import tables
from maild.store.outbox import State
from maild.store.store import Store
from tests.e2e import house
from tests.e2e.house import House, Letter, Process
from tests.servers.fake_imap import FakeImap
from tests.servers.fake_smtp import Delivery, FakeSmtp, Script
from tests.servers.postfix import Postfix
from tests.servers.threaded import running

PROBE_SECONDS = 60.0  # in which a mail in the other mailbox must become a ticket
QUICK = Limits(connect=2, read=1, command=4, idle=5)
HASTY = Patience(connect=2, command=1, upload=2, dot=1)


class Place(House):
    """A House whose mailbox "student" is under attack and whose mailbox "probe" is not.

    Both are Dovecot's, and write through Postfix, unless `attacked` says otherwise.
    """

    case = ""  # its name, for a daemon that runs without the case's defence

    def __post_init__(self) -> None:
        self.stack = ExitStack()
        self.journal: list[Mapping[str, Any]] = []
        self.imaps: list[FakeImap] = []  # scripted servers of this case
        self.sinks: list[FakeSmtp] = []
        self.expected: set[str] = set()  # addresses that may get letters, besides staff and writers
        self.written: list[bytes] = []  # mails put into the watched mailboxes by `leave`
        self.probed = 0
        self.dark = False  # whether the defence is switched off
        self.quick = False  # whether a case of thousands shall do with hundreds
        self.environment: dict[str, str] = {}  # of the real program
        self._shared: Store | None = None
        self._probes = itertools.count(1)
        self._loaded: tuple[Mapping[Path, int], Settings] | None = None
        super().__post_init__()

    def mailbox(self, key: str = "student", *lines: str, **values: Any) -> str:
        """Return the YAML of one mailbox, in which what lies there already is new mail."""
        return super().mailbox(key, "history: open", *lines, **values)

    def desk(self, *mailboxes: str) -> None:
        """Write the desk's file; the mailbox "probe" is always there."""
        super().desk(*(mailboxes or (self.mailbox(),)), self.mailbox("probe"))

    # The servers of the mailbox under attack

    def attacked(
        self, imap: FakeImap | None = None, smtp: FakeSmtp | None = None, *lines: str
    ) -> None:
        """Let the mailbox "student" be read from a scripted server, or write through one."""
        values: dict[str, Any] = {}
        if imap is not None:
            values |= {"imap": imap.port, "imap_security": "plain"}
        if smtp is not None:
            values |= {"smtp": smtp.port, "smtp_security": "plain"}
        self.desk(self.mailbox("student", *lines, **values))

    def imap(self, *mails: bytes, **options: Any) -> FakeImap:
        """Start a scripted IMAP server that holds these mails, UIDs from one."""
        fake = FakeImap(dict(enumerate(mails, 1)), **options)
        self.imaps.append(fake)
        return self.stack.enter_context(fake)

    def sink(self, script: Script | None = None, **options: Any) -> FakeSmtp:
        """Start a scripted SMTP server."""
        options.setdefault("extensions", ("AUTH PLAIN", "SIZE 50000000"))
        fake = FakeSmtp(script or {}, **options)
        self.sinks.append(fake)
        self.stack.enter_context(running(fake))
        return fake

    def own_postfix(self, settings: str = "", **values: Any) -> Postfix:
        """Let the mailbox under attack write through a Postfix with further lines of main.cf."""
        server = Postfix(self.dovecot, settings=settings)
        self.stack.callback(server.remove)
        server.start()
        self.desk(self.mailbox("student", smtp=server.starttls_port, **values))
        return server

    def question(self, text: str = "I cannot open the lecture.", **headers: Any) -> bytes:
        """Return a new mail of a requester to the mailbox under attack, not sent anywhere."""
        by = headers.pop("by", None) or self.requester()
        subject = headers.pop("subject", "Lecture")
        return self.compose(text, subject, by, self.at("student"), **headers)

    def leave(self, raw: bytes, box: str = "student") -> None:
        """Put a mail byte for byte into a mailbox on Dovecot."""
        self.dovecot.append(self.at(box), raw)

    # The daemon

    @contextlib.contextmanager
    def impatient(
        self, limits: Limits = QUICK, patience: Patience = HASTY, **watch: Any
    ) -> Iterator[None]:
        """Let time limits be short and attempts follow one another at once, in this process.

        watch: what else the Watch of every mailbox is told, such as `batch` or `pause`.
        """
        told: dict[str, Any] = {"limits": limits, "pause": lambda *_: 0.2} | watch
        with (
            patch.object(service, "Watch", functools.partial(Watch, **told)),
            patch.object(outgoing, "Courier", functools.partial(Courier, patience=patience)),
        ):
            yield

    @contextlib.contextmanager
    def running(self, *, wait: bool = True) -> Iterator[Daemon]:
        """Run the daemon in this process on the clock that jumps; at the end it must be alive."""
        structlog.configure(processors=[structlog.processors.add_log_level, self._keep])
        with super().running(wait=wait) as daemon:
            yield daemon
            self.probe()

    @contextlib.contextmanager
    def process(self, *faults: str, ready: str = '"event": "running"') -> Iterator[Process]:
        """Run the real program, on the real clock; without the defence where that is off.

        faults: what is done to it from within, see tests/faults/inside.py.
        """
        with self._program(*faults), super().process(ready=ready) as process:
            yield process

    def begin(self, *faults: str) -> Process:
        """Start the real program and wait for nothing."""
        with self._program(*faults):
            process = Process(self.config, self.folder / f"journal{next(self._journals)}")
        self.stack.callback(process.kill)
        return process

    def die(self, place: str, *faults: str) -> None:
        """Run the real program until it dies by kill -9 at a place."""
        process = self.begin(f"die {place}", *faults)
        try:
            ended = process.popen.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"it never came to {place}") from None
        assert ended == -signal.SIGKILL, f"it ended before {place}: {process.journal()[-300:]}"

    def refused(self, *faults: str) -> str:
        """Run the real program, which must refuse to start; return the sentence it says."""
        process = self.begin(*faults)
        try:
            ended = process.popen.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError("it did not refuse to start") from None
        said = process.journal().strip()
        assert ended == 2, f"it ended with {ended}: {said[-300:]}"
        assert len(said.splitlines()) == 1, f"not one sentence: {said[-300:]}"
        return said

    @contextlib.contextmanager
    def _program(self, *faults: str) -> Iterator[None]:
        without = self.case if self.dark else "-"
        command = [sys.executable, "-m", "tests.faults.daemon", without]
        environment = self.environment | {"MAILD_FAULTS": "\n".join(faults)}
        with patch.object(house, "PROGRAM", command), patch.dict(os.environ, environment):
            yield

    def probe(self) -> None:
        """Write to the other mailbox and wait for the ticket: whatever happened, maild works."""
        number = next(self._probes)
        raw = self.compose(
            f"Is anybody there? {number}", f"Probe {number}",
            Address("Probe", f"probe{number}@trainee.{self.domain}"), self.at("probe"),
        )  # fmt: skip
        self.leave(raw, "probe")
        self.until(lambda: f"Probe {number}" in self.subjects(), PROBE_SECONDS)
        self.probed += 1

    def _keep(self, _logger: Any, _name: str, line: MutableMapping[str, Any]) -> Any:
        self.journal.append(dict(line))
        raise structlog.DropEvent

    @property
    def settings(self) -> Settings:
        """What is configured, read again only when a file has changed: cases ask all the time."""
        files = [path for path in self.config.rglob("*") if path.is_file()]
        written = {path: path.stat().st_mtime_ns for path in files}
        if self._loaded is None or self._loaded[0] != written:
            self._loaded = (written, super().settings)
        return self._loaded[1]

    # What came of it

    @property
    def file(self) -> Path:
        """The file of SQLite."""
        return self.folder / "data" / "maild.sqlite3"

    def put(self, database: bytes) -> None:
        """Put another database in place, as a new file: who has the old one open keeps that."""
        for companion in self.file.parent.glob(f"{self.file.name}-*"):
            companion.unlink()
        draft = self.folder / "draft"
        draft.write_bytes(database)
        draft.replace(self.file)

    @property
    def store(self) -> Store:
        """The store beside a daemon; one for all on PostgreSQL, where connections are few."""
        if self._shared is None and "sqlite" not in self.settings.database:
            self._shared = super().store
        return self._shared or super().store

    def subjects(self) -> list[str]:
        """Return the subject of every ticket."""
        with self.store.reading() as tx:
            return [t.subject for t in tx.tickets.find(limit=100_000)]

    def await_tickets(self, count: int, seconds: float = 40) -> None:
        """Wait for so many tickets in the mailbox under attack."""
        what = f"ticket number {count}"
        self.until(lambda: len(self.attacked_subjects()) >= count, seconds, what)

    def count(self, table: str) -> int:
        """Return how many rows there are in a table."""
        with self.store.reading() as tx:
            counted = select(func.count()).select_from(tables.metadata.tables[table])
            return int(tx._connection.execute(counted).scalar_one())

    def at_rest(self) -> bool:
        """Tell whether no letter waits to be sent; one that may have arrived waits longer."""
        waits = tables.outbox.c.finished_at.is_(None)
        doubted = tables.outbox.c.state == State.UNCERTAIN.value
        with self.store.reading() as tx:
            asked = select(tables.outbox.c.id).where(waits, ~doubted).limit(1)
            return tx._connection.execute(asked).first() is None

    def attacked_subjects(self) -> list[str]:
        """Return the subjects of the tickets that are not probes."""
        return [subject for subject in self.subjects() if not subject.startswith("Probe ")]

    def until(
        self,
        condition: Callable[[], object],
        seconds: float = 40,
        what: str = "it",
        in_the_dark: float = 15,
    ) -> None:
        """Wait for something; not for long where the defence is off and it may never happen."""
        deadline = time.monotonic() + (min(seconds, in_the_dark) if self.dark else seconds)
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not happen in time"
            time.sleep(0.05)

    def letter(self, who: str | Address, number: int = 1, seconds: float = 40) -> Letter:
        """Wait for somebody's letter; not for long where the defence is off."""
        return super().letter(who, number, min(seconds, 15) if self.dark else seconds)

    def sent(self) -> list[Delivery]:
        """Return every letter that arrived anywhere: in Dovecot's inboxes, at scripted sinks."""
        ours = {self.at("student"), self.at("probe")}
        found = [each for sink in self.sinks for each in sink.deliveries]
        for user in _users(self.dovecot.folder / "mail", self.domain):
            if user not in ours:
                found += [Delivery("", user, raw) for raw in self.dovecot.inbox(user)]
        return found

    def delivered(self) -> list[tuple[str, bytes]]:
        """Return what every watched mailbox ever held, by mailbox, wherever maild moved it."""
        found: list[tuple[str, bytes]] = []
        for box in ("student", "probe"):
            user = self.at(box)
            for folder in self.dovecot.folders(user) - {"Sent"}:
                found += [(box, raw) for raw in self.dovecot.inbox(user, folder)]
        for fake in self.imaps:
            held = [fake.mails, *fake.folders.values()]
            found += [("student", raw) for mails in held for raw in mails.values()]
        return found

    def journal_files(self) -> list[Mapping[str, Any]]:
        """Return what every real program of this case logged, or said plainly as it ended."""
        lines = [
            line
            for path in sorted(self.folder.glob("journal*"))
            for line in path.read_text(errors="replace").splitlines()
            # After kill -9 Python's own tidying process says that nobody tidied up.
            if line.strip() and "resource_tracker" not in line
        ]
        return [
            json.loads(line) if line.startswith("{") else {"level": "error", "event": line}
            for line in lines
        ]

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of maild on this configuration."""
        command = [sys.executable, "-m", "maild", *arguments, "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def close(self) -> None:
        """Stop what the case started."""
        self.stack.close()
        structlog.reset_defaults()


def _users(mail: Path, domain: str) -> list[str]:
    """Return every address of a domain, and of its subdomains, that Dovecot holds mail for."""
    return [
        f"{user.name}@{folder.name}"
        for folder in mail.glob("*")
        if folder.name == domain or folder.name.endswith(f".{domain}")
        for user in folder.glob("*")
    ]
