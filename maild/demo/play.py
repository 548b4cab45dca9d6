"""The demonstration: the diplomas desk at work, on a clock that jumps.

Two conversations, one Arabic and one English, and a ticket that nobody answers: its warning and its
three escalations. Everything shown is read back from the servers.
"""

import shutil
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from maild.config.settings import Settings
from maild.daemon.service import Daemon
from maild.demo.clients import PATIENCE, MailProgram, NothingCameError, Received
from maild.demo.screen import Screen
from maild.demo.server import HOST, PASSWORD, PostOffice
from maild.desk import Desk, MailboxSettings, Secret, Server
from maild.mail.mail import Address

DESK = "diplomas"
BEGIN = datetime(2026, 4, 5, 6, 30, tzinfo=UTC)  # Sunday 09:30 in Riyadh, after Ramadan and Eid
NOURA = Address("نورة القحطاني", "noura@trainee.example")
JAMES = Address("James Carter", "james@trainee.example")
FAISAL = Address("فيصل الحربي", "faisal@trainee.example")


class JumpingClock:
    """Time that stands still until it is told to jump, or to run."""

    def __init__(self, now: datetime) -> None:
        """Begin at `now`, UTC."""
        self._now = now
        self._running_since: float | None = None

    def __call__(self) -> datetime:
        """Return the present instant of the demonstration."""
        if self._running_since is None:
            return self._now
        return self._now + timedelta(seconds=time.monotonic() - self._running_since)

    def jump(self, to: datetime) -> None:
        """Go forward to an instant; never back."""
        self._now = max(self._now, to)

    def run(self) -> None:
        """Run like any clock from now on."""
        self._running_since = time.monotonic()


def play(settings: Settings, folder: Path, *, keep: bool) -> None:
    """Play the demonstration; letters are left in `folder`/letters.

    `keep` leaves the servers up until interrupted. Raises NothingCameError when a letter that the
    policy promises did not arrive.
    """
    desk = settings.desks[DESK]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clock = JumpingClock(BEGIN)
    users = _users(desk)
    post_office = PostOffice(tuple(users), clock)
    post_office.start()
    programs = {
        address: MailProgram(person, post_office.imap_port, post_office.smtp_port)
        for address, person in users.items()
    }
    daemon = Daemon(_embedded(settings, desk, folder, post_office), clock)
    daemon.start()
    daemon.wait_until_read()  # what lies in a mailbox before its first look is history
    screen = Screen(desk.timezone)
    try:
        Play(desk, clock, programs, daemon, screen).run()
        count = _save(programs, folder / "letters")
        _farewell(screen, folder, count)
        if keep:
            clock.run()
            _keep(screen, post_office, desk)
    finally:
        daemon.stop()
        post_office.stop()


class Play:
    """The scenes, each a conversation."""

    def __init__(
        self,
        desk: Desk,
        clock: JumpingClock,
        programs: Mapping[str, MailProgram],
        daemon: Daemon,
        screen: Screen,
    ) -> None:
        """Take the stage, the actors and the screen."""
        self._desk = desk
        self._clock = clock
        self._programs = programs
        self._daemon = daemon
        self._screen = screen

    def run(self) -> None:
        """Play every scene."""
        self._screen.plain(
            f"maild, the {self._desk.name.get('en', self._desk.key)} desk: an embedded IMAP and "
            "SMTP server, SQLite, and a clock that jumps."
        )
        self._screen.say("Every letter below is read back over IMAP from the mailbox it reached.")
        self._converse(
            "1. A question in Arabic, answered",
            NOURA,
            "student",
            "تعذر الدخول إلى المحاضرة",
            "السلام عليكم\nلا أستطيع الدخول إلى محاضرة اليوم، تظهر لي رسالة «انتهت الجلسة».\nنورة",
            "وعليكم السلام أستاذة نورة\nحدّثنا حسابك، فضلًا سجّلي الدخول من جديد وستفتح المحاضرة.",
        )
        self._converse(
            "2. A question in English, answered",
            JAMES,
            "support",
            "Cannot activate my account",
            "Hello,\nthe activation link says it has expired. Could you send a new one?\nJames",
            "Hello James,\na new link is on its way; it is valid for 48 hours.",
        )
        self._escalate()

    def _converse(
        self, title: str, who: Address, box: str, subject: str, text: str, answer: str
    ) -> None:
        self._screen.title(title)
        mailbox = self._desk.mailboxes[box]
        requester = self._programs[who.address]
        requester.write(mailbox.address, subject, text, self._clock())
        self._show(mailbox.address, self._programs[mailbox.address].next_letter())
        self._show(who.name, requester.next_letter())
        agent, notified = self._notified()
        self._show(agent.name, notified)
        self._clock.jump(self._clock().replace(minute=55))
        self._programs[agent.address].reply(notified, answer, self._clock())
        self._show(mailbox.address, self._programs[mailbox.address].next_letter())
        self._show(who.name, requester.next_letter())

    def _escalate(self) -> None:
        self._screen.title("3. A question nobody answers: the written policy takes over")
        mailbox = self._desk.mailboxes["student"]
        requester = self._programs[FAISAL.address]
        requester.write(
            mailbox.address,
            "طلب تأجيل الفصل",
            "السلام عليكم\nأرغب في تأجيل الفصل الحالي، ما الإجراء المطلوب؟\nفيصل",
            self._clock(),
        )
        self._show(mailbox.address, self._programs[mailbox.address].next_letter())
        self._show(FAISAL.name, requester.next_letter())
        agent, notified = self._notified()
        self._show(agent.name, notified)
        self._screen.say("…and nobody answers. The clock jumps from alarm to alarm.")
        people = self._ladder(mailbox)
        for person in (agent, *people):
            self._jump_to_the_alarm()
            self._show(person.name, self._next_about(person, "فصل"))

    def _ladder(self, mailbox: MailboxSettings) -> list[Address]:
        """Return whom the policy names for the stages, as the desk file says."""
        clock = next(
            c for p in self._desk.policies for c in p.clocks if c.kind == "reply" and c.stages
        )
        found = []
        for stage in clock.stages:
            for to in stage.to:
                people = self._desk.staff.resolve(to, mailbox.team, self._desk.roles)
                found += [Address(p.name, p.email) for p in people[:1]]
        return found

    def _jump_to_the_alarm(self) -> None:
        """Jump over what asks for no letter (a deadline passing) to the next stage."""
        with self._daemon.store.reading() as tx:
            alarms = [t.alarm_at for t in tx.tickets.find(desk=DESK) if t.alarm_at]
        if not alarms:
            raise NothingCameError("no alarm is set")
        self._clock.jump(min(alarms))
        self._daemon.ring()

    def _next_about(self, person: Address, word: str) -> Received:
        program = self._programs[person.address]
        while True:
            letter = program.next_letter()
            if word in letter.mail.subject:
                return letter

    def _notified(self) -> tuple[Address, Received]:
        """Return the first of the staff who has a new letter, and the letter."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            for person in self._desk.staff.people.values():
                if letter := self._programs[person.email.lower()].new_letter():
                    return Address(person.name, person.email.lower()), letter
            time.sleep(0.1)
        raise NothingCameError("no agent was notified")

    def _show(self, who: str, letter: Received) -> None:
        self._screen.letter(who, letter, self._clock())


def _users(desk: Desk) -> dict[str, Address]:
    people = [Address(p.name, p.email.lower()) for p in desk.staff.people.values()]
    boxes = [Address(m.name.get("en", m.key), m.address.lower()) for m in desk.mailboxes.values()]
    return {p.address: p for p in (*people, *boxes, NOURA, JAMES, FAISAL)}


def _embedded(settings: Settings, desk: Desk, folder: Path, servers: PostOffice) -> Settings:
    """Return the settings with the desk's mailboxes on the embedded servers."""
    boxes = {
        key: replace(
            box,
            imap=Server(HOST, servers.imap_port, "plain", box.address.lower(), Secret(PASSWORD)),
            smtp=Server(HOST, servers.smtp_port, "plain"),
            after="flag",
            subaddress="+",
        )
        for key, box in desk.mailboxes.items()
    }
    return replace(
        settings,
        data=folder,
        database=f"sqlite:///{folder / 'maild.sqlite'}",
        desks={desk.key: replace(desk, mailboxes=boxes)},
    )


def _save(programs: Mapping[str, MailProgram], folder: Path) -> int:
    """Save every letter of every mailbox, read back over IMAP, as .eml files."""
    count = 0
    for address, program in programs.items():
        for n, letter in enumerate(program.letters(), 1):
            target = folder / address
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{n:02}.eml").write_bytes(letter.raw)
            count += 1
    return count


def _farewell(screen: Screen, folder: Path, count: int) -> None:
    screen.title("What next")
    screen.plain(f"{count} letters lie as .eml files in {folder / 'letters'}, by mailbox.")
    screen.plain(".venv/bin/maild check           read config/ and name every mistake")
    first = f"{folder.name}/letters/*/01.eml"
    screen.plain(f".venv/bin/maild inspect {first}   what maild reads in a mail")
    screen.plain("make demo KEEP=1                leave the servers up and use Thunderbird")
    screen.plain("make test                       the same on Dovecot, Postfix and PostgreSQL")


def _keep(screen: Screen, servers: PostOffice, desk: Desk) -> None:
    screen.title("The servers stay up; Ctrl-C ends them")
    screen.plain(f"IMAP {HOST} port {servers.imap_port}, SMTP {HOST} port {servers.smtp_port}")
    screen.plain(f"No encryption (loopback); user: the address; password: {PASSWORD}")
    screen.plain("In Thunderbird: Account Settings > Account Actions > Add Mail Account > Manual")
    screen.plain(
        f"Write as {JAMES.address} to {next(iter(desk.mailboxes.values())).address}, "
        "answer as one of the agents."
    )
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    over.wait()
