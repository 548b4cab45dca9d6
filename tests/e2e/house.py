"""A desk on real servers: its configuration directory, the daemon, and people with mail programs.

The daemon runs in this process with a clock that jumps, or as the real process on the real clock.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from maild.config.load import load
from maild.config.settings import Settings
from maild.daemon.service import Daemon
from maild.mail.compose import compose
from maild.mail.mail import Address, Mail
from maild.mail.outgoing import Outgoing
from maild.mail.read import read
from maild.store.store import Store
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

PROGRAM = [sys.executable, "-m", "maild"]
SUNDAY = datetime(2024, 4, 21, 6, 0, tzinfo=UTC)  # 09:00 in Riyadh, long past on every machine

DESK = """\
desk: {key}
name: {{ ar: منصة الدبلومات, en: Diplomas platform }}
languages: [ar, en]
timezone: Asia/Riyadh
domains: [{domain}]
calendars:
  office: {{ weekly: {{ sun-thu: 08:00-16:00 }} }}
people:
  sara: {{ name: سارة العتيبي, email: sara@staff.{domain} }}
  huda: {{ name: هدى الشمري, email: huda@staff.{domain} }}
  director: {{ name: مدير شؤون الطلاب, email: director@staff.{domain} }}
  deputy: {{ name: نائب الرئيس التنفيذي, email: deputy@staff.{domain} }}
teams:
  students: {{ name: دعم المتدربين, members: [sara], lead: huda, manager: director }}
mailboxes:
{mailboxes}
policies:
  - policy: mail
    when: {{ channel: email }}
    clocks:
      reply:
        target: 24 open hours of office
        warn_at: 75%
        stages:
          - {{ at: due, to: lead }}
          - {{ at: stage 1 + 24 open hours, to: manager }}
          - {{ at: stage 2 + 24 open hours, to: deputy, priority: top }}
"""
MAILBOX = """\
  {key}:
    address: {key}@{domain}
    team: students
    imap: {{ host: localhost, port: {imap}, security: {imap_security}, user: {key}@{domain}, \
password_file: {secret}, ca_file: {ca} }}
    smtp: {{ host: localhost, port: {smtp}, security: {smtp_security}, user: {key}@{domain}, \
password_file: {smtp_secret}, ca_file: {ca} }}
    poll: 5
"""


class Clock:
    """Time that stands still until it jumps."""

    def __init__(self, now: datetime = SUNDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def jump(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was read over IMAP."""

    raw: bytes
    mail: Mail


@dataclass
class House:
    """One desk, and whoever writes to it. Everybody's mail lies in Dovecot."""

    folder: Path
    dovecot: Dovecot
    postfix: Postfix
    domain: str
    key: str = "diplomas"
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.config = self.folder / "config"
        self._numbers = count(1)
        self._journals = count(1)
        (self.config / "desks").mkdir(parents=True)
        self.secret("good", PASSWORD)
        self.instance()
        self.desk()

    # The configuration

    def secret(self, name: str, text: str) -> None:
        path = self.config / "secrets" / name
        path.parent.mkdir(exist_ok=True)
        path.touch(0o600)
        path.write_text(text)

    def instance(self, database: str | None = None) -> None:
        """Write maild.yaml: SQLite, or a database given by its URL."""
        lines = ["data: ../data", f"admins: admin@{self.domain}"]
        lines += [f"database: {database}"] if database else []
        (self.config / "maild.yaml").write_text("\n".join(lines) + "\n")

    def desk(self, *mailboxes: str) -> None:
        """Write the desk's file with these mailboxes; one called student when none is given."""
        (self.config / "desks" / f"{self.key}.yaml").write_text(self.desk_file(*mailboxes))

    def desk_file(self, *mailboxes: str) -> str:
        boxes = "".join(mailboxes or (self.mailbox(),))
        return DESK.format(key=self.key, domain=self.domain, mailboxes=boxes)

    def mailbox(self, key: str = "student", *lines: str, **values: Any) -> str:
        """Return the YAML of one mailbox; `lines` are further keys of it."""
        ports = {
            "imap": self.dovecot.imaps_port,
            "imap_security": "tls",
            "smtp": self.postfix.starttls_port,
            "smtp_security": "starttls",
            "secret": "secrets/good",
            "smtp_secret": "secrets/good",
            "ca": self.dovecot.certificates.ca_file,
        }
        written = MAILBOX.format(key=key, domain=self.domain, **ports | values)
        return written + "".join(f"    {line}\n" for line in lines)

    @property
    def settings(self) -> Settings:
        return load(self.config, os.environ)

    def at(self, box: str) -> str:
        """Return an address of the desk, such as that of a mailbox."""
        return f"{box}@{self.domain}"

    def staff(self, name: str) -> Address:
        person = self.settings.desks[self.key].staff.people[name]
        return Address(person.name, person.email)

    def requester(self, name: str = "noura") -> Address:
        return Address(name.title(), f"{name}@trainee.{self.domain}")

    # The daemon

    @contextlib.contextmanager
    def running(self, *, wait: bool = True) -> Iterator[Daemon]:
        """Run the daemon in this process, on the clock that jumps; wait for its first look."""
        daemon = Daemon(self.settings, self.clock)
        daemon.start()
        try:
            assert not wait or daemon.wait_until_read(15), "the mailboxes were not looked into"
            yield daemon
        finally:
            daemon.stop()

    def ring(self, daemon: Daemon, **span: float) -> None:
        """Let the clock jump, and what is due then happen."""
        self.clock.jump(**span)
        daemon.ring()

    def jump_to_alarm(self, daemon: Daemon) -> None:
        """Let the clock jump to the next alarm of any ticket, and ring it."""
        with daemon.store.reading() as tx:
            self.clock.now = min(t.alarm_at for t in tx.tickets.find() if t.alarm_at)
        daemon.ring()

    @contextlib.contextmanager
    def process(self, *, ready: str = '"event": "running"') -> Iterator["Process"]:
        """Run `python -m maild run`, on the real clock; ended by SIGTERM unless it ended before."""
        process = Process(self.config, self.folder / f"journal{next(self._journals)}")
        try:
            until(lambda: ready in process.journal(), 60)
            with contextlib.suppress(AssertionError):  # a server that is down is not looked into
                until(self._looked_into, 5)
            yield process
        finally:
            process.end()

    def _looked_into(self) -> bool:
        """Whether maild knows what lay in the mailbox before: what comes now is new mail."""
        with contextlib.closing(self.store) as store, store.reading() as tx:
            return tx.mailboxes.cursor(self.key, "student") is not None

    @property
    def store(self) -> Store:
        """The store beside a daemon, or after it."""
        settings = self.settings
        return Store(settings.database)

    # People

    def write(
        self,
        text: str = "I cannot open the lecture.",
        subject: str = "Lecture",
        by: Address | None = None,
        to: str | None = None,
        **headers: Any,
    ) -> bytes:
        """Send a new mail by SMTP; return its bytes."""
        by, to = by or self.requester(), to or self.at("student")
        raw = self.compose(text, subject, by, to, **headers)
        self.postfix.send(raw, by.address, to)
        return raw

    def reply(self, letter: Letter, text: str, by: Address, **headers: Any) -> None:
        """Press Reply: to Reply-To, the letter's ids kept, the answer above the quoted letter."""
        got = letter.mail
        assert got.from_ is not None
        to = (got.reply_to or (got.from_,))[0].address
        quoted = "\n".join(f"> {line}" for line in got.text.splitlines())
        self.write(
            f"{text}\n\nOn {got.date:%d/%m/%Y %H:%M}, {got.from_.name} wrote:\n{quoted}\n",
            got.subject if got.subject.startswith("Re:") else f"Re: {got.subject}",
            by,
            to,
            **{"in_reply_to": got.message_id, "references": (*got.references, got.message_id)}
            | headers,
        )

    def compose(self, text: str, subject: str, by: Address, to: str, **headers: Any) -> bytes:
        number = next(self._numbers)
        outgoing = Outgoing(
            from_=by, to=Address("", to), subject=subject, text=text, date=self.clock(),
            message_id=f"<m{number}@{by.address.rpartition('@')[2]}>",
        )  # fmt: skip
        return compose(replace(outgoing, **headers))

    def letters(self, who: str | Address) -> list[Letter]:
        """Return every letter in somebody's inbox."""
        address = who if isinstance(who, str) else who.address
        read_ = [(raw, read(raw)) for raw in self.dovecot.inbox(address)]
        return [Letter(raw, mail) for raw, mail in read_ if isinstance(mail, Mail)]

    def letter(self, who: str | Address, number: int = 1, seconds: float = 40) -> Letter:
        """Wait for somebody's letter with that number, counted from one."""
        address = who if isinstance(who, str) else who.address
        self.dovecot.await_inbox(address, number, seconds)
        return self.letters(address)[number - 1]

    def letter_saying(self, who: Address, words: str) -> Letter:
        """Wait for somebody's letter in which these words stand."""
        found: list[Letter] = []

        def came() -> bool:
            found.extend(each for each in self.letters(who) if words in each.mail.text)
            return bool(found)

        until(came)
        return found[0]


class Process:
    """The real program."""

    def __init__(self, config: Path, journal: Path) -> None:
        self._journal = journal
        with journal.open("wb") as out:
            self.popen = subprocess.Popen(
                [*PROGRAM, "run", "--config", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def journal(self) -> str:
        return self._journal.read_text(errors="replace")

    def kill(self) -> None:
        """End without a chance to tidy up."""
        self.popen.kill()
        self.popen.wait(10)

    def end(self) -> int:
        """Ask it to stop, as systemd does, and return the exit status."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(30)


def until(condition: Callable[[], object], seconds: float = 40) -> None:
    """Wait for something the daemon does. Raises AssertionError when it does not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
