"""The world of one run: what happens next is drawn from a seed, so a seed replays exactly."""

import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from maild.config.settings import Settings
from maild.daemon.keys import NAME
from maild.mail.mail import Address
from maild.store.errors import StoreBusyError, StoreError, StoreUnavailableError
from tests.model.clock import Clock
from tests.model.desks import ADMIN, BOXES, desks
from tests.model.faults import Faults, Killed
from tests.model.laws import Delivered, Laws
from tests.model.people import Draft
from tests.model.places import Place
from tests.model.process import Process, by_hand
from tests.model.servers import Folder, Letter, Line, Post, Sink

_IN_STORE = (Place.STATEMENT, Place.BEFORE_COMMIT, Place.AFTER_COMMIT)
# Where a daemon can sleep and others work: not inside a transaction, which would hold them up.
SLEEPS_IN_ORDER = (
    Place.AFTER_COMMIT, Place.BEFORE_FLAG, Place.AFTER_FLAG, Place.BEFORE_MOVE, Place.MID_MOVE,
    Place.AFTER_MOVE, Place.AFTER_CLAIM, Place.SMTP_CONNECT, Place.SMTP_BODY, Place.SMTP_DOT,
    Place.SMTP_ACCEPTED, Place.RELOAD_BEGIN, Place.RELOAD_MID, Place.RELOAD_END,
)  # fmt: skip
SLEEPS = frozenset(SLEEPS_IN_ORDER) - {Place.RELOAD_BEGIN, Place.RELOAD_MID, Place.RELOAD_END}
NO_DICE = random.Random(0)  # noqa: S311 - nothing is left to chance
KEY = b"bW9kZWwgbW9kZWwgbW9kZWwgbW9kZWwgbW9kZWwgbW8=\n"


class World:
    """Mail servers, people and daemons that die again and again."""

    def __init__(self, seed: int, url: str, data: Path, daemons: int = 1) -> None:
        """Several daemons share the database by leases, and take turns."""
        self.chance = random.Random(seed)  # noqa: S311 - dice
        self.clock = Clock()
        self.trace: list[str] = []  # all that happened
        self.desks = desks()
        self.rules = "reply"
        self.sink = Sink()
        self.folders = {name: Folder(name) for name in self.desks["reply"].mailboxes}
        self.delivered: list[Delivered] = []
        self.drafts: list[tuple[int, Draft]] = []  # what requesters wrote first, for resends
        self.deaths = 0
        self.sleeps = 0  # of a daemon, while others worked
        self.reload_owed = False
        self.rules_changed = False
        self._url, self._data = url, data
        self._trouble = 0.02  # of the IMAP servers
        self._post_trouble = 0.12
        self._mails = 0
        self._steps = 0
        (data / NAME).write_bytes(KEY)
        (data / NAME).chmod(0o600)
        self._life = ExitStack()
        alone = daemons == 1 and url.startswith("sqlite")
        self.leases = not alone  # of daemons that may share the database
        self._life.enter_context(by_hand(alone=alone))
        self.folders["finance"].deliver(b"From: a@b.example\r\n\r\nhistory\r\n", self.clock.now)
        self.laws = Laws(self)
        self._turn = 0  # whose it is
        self._sleeper: int | None = None  # who is asleep, in the middle of something
        self.processes = []
        for _ in range(daemons):
            self.processes.append(self._born())
            self.processes[-1].start()

    @property
    def process(self) -> Process:
        """The daemon whose turn it is."""
        return self.processes[self._turn]

    def close(self) -> None:
        for process in self.processes:
            process.end()
        self._life.close()

    # What happens

    def step(self, draw: Callable[[random.Random], Callable[["World"], None]]) -> None:
        """Let one thing happen. Death is followed by a new life; the laws are looked at then."""
        self._steps += 1
        self.clock.later(seconds=self.chance.choice((1, 5, 30, 90)))
        self._turn = self.chance.randrange(len(self.processes))
        happen = draw(self.chance)
        self._say(happen.__name__.strip("_"))
        self._survive(lambda: happen(self))

    def come_to_rest(self) -> None:
        """Mend every server, let all that waits be done, and look at the laws once more."""
        self._trouble = self._post_trouble = 0
        for process in self.processes:
            process.post.trouble = 0
            process.faults.disarm()
        self.reload()
        for _ in range(200):
            for turn in range(len(self.processes)):
                self._turn = turn
                self.process.keep_house()
                for mailbox in self.process.mailboxes:
                    self.process.poll(mailbox)
                self.process.daemon._caught_up.set()
                self.process.ring()
                self.process.send()
            with self.process.store.reading() as tx:
                waiting = [tx.outbox.next_at(), *(
                    s.letters_paused_until for s in tx.mailboxes.states()
                )]  # fmt: skip
                unfinished = tx.outbox.next_at() is not None
            if not unfinished:
                break
            ahead = [at for at in waiting if at is not None and at > self.clock.now]
            self.clock.now = min(ahead, default=self.clock.now + timedelta(minutes=1))
        self.laws.hold(at_rest=True)

    def settings(self) -> Settings:
        desk = self.desks[self.rules]
        return Settings(
            self._data, self._data, self._url, {desk.key: desk}, f"rules {self.rules}", (ADMIN,)
        )

    def save_rules(self, name: str) -> None:
        """Let the admin save other rules; they are read at the next reload or start."""
        self.rules, self.rules_changed = name, True
        self._say(f"rules {name}")

    def _survive(self, work: Callable[[], None]) -> None:
        turn = self._turn
        try:
            work()
        except Killed:
            self._say("killed")
            self._be_born_again()
            if self.reload_owed and len(self.processes) > 1:  # the others have not heard yet
                self._survive(lambda: self.reload())
            self._turn = turn
        except StoreError as error:
            self._say(f"refused: {type(error).__name__}")
        except RuntimeError as error:
            if "a mistake" not in str(error):
                raise
            self._say("a mistake of ours")

    def _be_born_again(self) -> None:
        """Start from the store, as often as it takes: death comes in recovery too."""
        while True:
            self.deaths += 1
            self.process.end()
            if self.leases:
                self.clock.later(seconds=self.chance.choice((1, 20, 40, 150)))
            self.processes[self._turn] = self._born()
            if self.chance.random() < 0.1:
                self.arm(mortal=True)
            try:
                self.process.start()
                break
            except Killed:
                self._say("killed while it started")
            except StoreError as error:
                self._say(f"could not start: {type(error).__name__}")
        self.process.faults.disarm()
        self.reload_owed = self.reload_owed and len(self.processes) > 1
        self.laws.hold()

    def _born(self) -> Process:
        faults = Faults()
        post = Post(self.sink, faults, self.chance)
        post.trouble = self._post_trouble
        return Process(
            self.settings(), self.clock, faults, post,
            lambda box: Line(
                self.folders[box.key], box.after, faults, self.chance, self._trouble
            ),
        )  # fmt: skip

    def _say(self, words: str) -> None:
        self.trace.append(f"{self._steps:6} {self.clock.now:%d %H:%M:%S} {words}")

    def _meanwhile(self) -> None:
        """Let the daemon whose turn it is sleep here, past its leases perhaps, and others work."""
        if self._sleeper is not None:  # one at a time: somebody must be awake
            return
        self._sleeper = sleeper = self._turn
        self.sleeps += 1
        self._say(f"daemon {sleeper} sleeps")
        self.clock.later(seconds=self.chance.choice((1, 20, 45, 200, 1200)))
        for _ in range(self.chance.randrange(1, 5)):
            self._turn = self.chance.choice([n for n in range(len(self.processes)) if n != sleeper])
            happen = self.chance.choice(
                (World.look_for_mail, World.ring, World.keep_house, World.send, World.send)
            )
            self._say(f"daemon {self._turn}: {happen.__name__.strip('_')}")
            self._survive(lambda: happen(self))  # noqa: B023
        self._turn, self._sleeper = sleeper, None
        self._say(f"daemon {sleeper} goes on")

    def arm(self, *, mortal: bool = False) -> None:
        chance = self.chance
        if not mortal and len(self.processes) > 1 and chance.random() < 0.5:
            n = chance.randrange(1, 8)
            self.process.faults.arm(SLEEPS, n, self._meanwhile)
            self._say(f"arm sleep {n}")
            return
        error: BaseException = Killed()
        if not mortal and chance.random() < 0.5:
            error = chance.choice((
                StoreBusyError("busy"), StoreUnavailableError("away"), RuntimeError("a mistake"),
            ))  # fmt: skip
        if isinstance(error, Killed):
            place = chance.choice((*_IN_STORE, *_IN_STORE, *SLEEPS_IN_ORDER))
        else:
            place = chance.choice(_IN_STORE)
            if isinstance(error, RuntimeError) and place is Place.AFTER_COMMIT:
                place = Place.BEFORE_COMMIT  # no mistake of ours runs there
        n = chance.randrange(1, 40 if place is Place.STATEMENT else 8)
        self.process.faults.arm(place, n, error)
        self._say(f"arm {place} {n} {type(error).__name__}")

    # Mail

    def deliver(self, draft: Draft, number: int, *mailboxes: str) -> None:
        for mailbox in mailboxes:
            self.put(draft.bytes(f"{mailbox}@desk.example"), number, mailbox)

    def put(self, raw: bytes, number: int, mailbox: str) -> None:
        uid = self.folders[mailbox].deliver(raw, self.clock.now)
        self.delivered.append(Delivered(number, mailbox, raw))
        self._say(f"mail {number} in {mailbox} as UID {uid}")

    def draft(self, by: Address, to: str, subject: str, text: str, **more: Any) -> Draft:
        self._mails += 1
        message_id = f"<m{self._mails}@{by.address.rpartition('@')[2]}>"
        return Draft(by, to, subject, text, message_id, self.clock.now, **more)

    @property
    def number(self) -> int:
        return self._mails

    def letter_of(self, reader: str) -> Letter | None:
        """Return one of the letters somebody got last."""
        inbox = self.sink.inboxes.get(reader, [])
        return self.chance.choice(inbox[-12:]) if inbox else None

    def reload(self) -> None:
        """Put the saved file in force; what fails is tried again, as maild.daemon.reload does.

        A daemon that sleeps reads it when it is awake.
        """
        self.reload_owed, turn = True, self._turn
        for each in range(len(self.processes)):
            if each != self._sleeper:
                self._turn = each
                self.process.reload(self.settings())
        self.reload_owed, self._turn = self._sleeper is not None, turn

    def look_for_mail(self) -> None:
        self.process.poll(self.chance.choice(BOXES))

    def ring(self) -> None:
        self.process.ring()

    def keep_house(self) -> None:
        if self.reload_owed:
            self.reload()
        self.process.keep_house()

    def send(self) -> None:
        self.process.send()
