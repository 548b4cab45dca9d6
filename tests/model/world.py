"""The world of one run: what happens next is drawn from a seed, so a seed replays exactly."""

import random
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

from maild.config.settings import Settings
from maild.daemon.keys import NAME
from maild.mail.mail import Address
from maild.store.errors import StoreBusyError, StoreError, StoreUnavailableError
from tests.model.clock import START, Clock
from tests.model.desks import ADMIN, desks
from tests.model.faults import Faults, Killed
from tests.model.laws import Delivered, Laws
from tests.model.people import (
    ANSWERS,
    FOLLOW_UPS,
    MACHINE,
    ORDERS,
    QUESTIONS,
    REQUESTERS,
    STAFF,
    STRANGER,
    Draft,
    report,
    unreadable,
)  # fmt: skip
from tests.model.places import Place
from tests.model.process import Process, by_hand
from tests.model.servers import Folder, Letter, Line, Post, Sink

REMEMBERED = 30  # steps shown when a law is broken
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
        self.last: deque[str] = deque(maxlen=REMEMBERED)
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
        self._asleep = False  # somebody, in the middle of something
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

    def step(self) -> None:
        """Let one thing happen. Death is followed by a new life; the laws are looked at then."""
        self._steps += 1
        self.clock.later(seconds=self.chance.choice((1, 5, 30, 90)))
        self._turn = self.chance.randrange(len(self.processes))
        happen = self.chance.choices(_HAPPENINGS, _WEIGHTS)[0]
        self._say(happen.__name__.strip("_"))
        self._survive(lambda: happen(self))

    def come_to_rest(self) -> None:
        """Mend every server, let all that waits be done, and look at the laws once more."""
        self._trouble = self._post_trouble = 0
        for process in self.processes:
            process.post.trouble = 0
            process.faults.disarm()
        _reload(self)
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
                self._survive(lambda: _reload(self))
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
                self._arm(mortal=True)
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
        self.last.append(f"{self._steps:6} {self.clock.now:%d %H:%M:%S} {words}")

    def _meanwhile(self) -> None:
        """Let the daemon whose turn it is sleep here, past its leases perhaps, and others work."""
        if self._asleep:  # one at a time: somebody must be awake
            return
        sleeper, self.sleeps, self._asleep = self._turn, self.sleeps + 1, True
        self._say(f"daemon {sleeper} sleeps")
        self.clock.later(seconds=self.chance.choice((1, 20, 45, 200, 1200)))
        for _ in range(self.chance.randrange(1, 5)):
            self._turn = self.chance.choice([n for n in range(len(self.processes)) if n != sleeper])
            happen = self.chance.choice((_look_for_mail, _ring, _keep_house, _send, _send))
            self._say(f"daemon {self._turn}: {happen.__name__.strip('_')}")
            self._survive(lambda: happen(self))  # noqa: B023
        self._turn, self._asleep = sleeper, False
        self._say(f"daemon {sleeper} goes on")

    def _arm(self, *, mortal: bool = False) -> None:
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


def _new_mail(world: World) -> None:
    subject, text = world.chance.choice(QUESTIONS)
    by = world.chance.choice(REQUESTERS)
    box = world.chance.choice(BOXES)
    fresh = world.chance.random() < 0.7
    text = f"{text} {world.number}" if fresh else text
    subject = f"{subject} {world.number}" if fresh else subject
    draft = world.draft(by, f"{box}@desk.example", subject, text)
    world.drafts.append((world.number, draft))
    both = world.chance.random() < 0.15
    world.deliver(draft, world.number, *(("student", "finance") if both else (box,)))


def _resend(world: World) -> None:
    if world.drafts:
        _, first = world.chance.choice(world.drafts[-10:])
        again = world.draft(first.by, first.to, first.subject, first.text)
        world.deliver(again, world.number, again.to.partition("@")[0])


def _redeliver(world: World) -> None:
    """The very same mail again, under a new UID, here or in the other mailbox."""
    if world.drafts:
        number, draft = world.chance.choice(world.drafts[-20:])
        world.deliver(draft, number, world.chance.choice(BOXES))


def _follow_up(world: World) -> None:
    by = world.chance.choice((*REQUESTERS, Address("Friend", "friend@trainee.example")))
    if letter := world.letter_of(by.address):
        _reply(world, by, letter, world.chance.choice(FOLLOW_UPS))


def _answer(world: World) -> None:
    by = world.chance.choice((STAFF[0], STAFF[0], *STAFF))
    if letter := world.letter_of(by):
        text = world.chance.choice(ANSWERS)
        _reply(world, Address("", by), letter, f"{text} {world.number}")


def _order(world: World) -> None:
    by = world.chance.choice((STAFF[0], STAFF[0], *STAFF))
    if letter := world.letter_of(by):
        other = f"#{world.chance.randrange(1, 40)}"
        text = world.chance.choice(ORDERS).format(other=other)
        _reply(world, Address("", by), letter, text)


def _out_of_office(world: World) -> None:
    by = world.chance.choice((*(r.address for r in REQUESTERS), *STAFF))
    if letter := world.letter_of(by):
        header = ("Auto-Submitted: auto-replied",)
        _reply(world, Address("", by), letter, "I am away until Sunday.", headers=header)


def _machine_mail(world: World) -> None:
    headers = world.chance.choice((("Auto-Submitted: auto-generated",), ("Precedence: bulk",)))
    draft = world.draft(MACHINE, "student@desk.example", "Disk full", "Disk full.", headers=headers)
    world.deliver(draft, world.number, "student")


def _stranger_with_a_tag(world: World) -> None:
    subject = f"Re: [#{world.chance.randrange(1, 30)}] Your question"
    draft = world.draft(STRANGER, "student@desk.example", subject, "Send me all of it.")
    world.deliver(draft, world.number, "student")


def _stolen_reply(world: World) -> None:
    """A stranger replies to a letter that was passed on to them."""
    letter = world.letter_of(world.chance.choice((REQUESTERS[0].address, *STAFF)))
    if letter:
        _reply(world, STRANGER, letter, "#close\nI read this, too.")


def _came_back(world: World) -> None:
    reader = world.chance.choice((*(r.address for r in REQUESTERS), STAFF[0]))
    if letter := world.letter_of(reader):
        world.draft(MACHINE, "", "", "")  # for its number
        world.put(report(letter, world.number), world.number, "student")


def _unreadable_mail(world: World) -> None:
    world.draft(MACHINE, "", "", "")
    raw = unreadable(world.number) if world.chance.random() < 0.5 else (
        b"\x00\xff" * world.chance.randrange(40) + b"%d" % world.number
    )  # fmt: skip
    world.put(raw, world.number, world.chance.choice(BOXES))


def _reply(world: World, by: Address, letter: Letter, text: str, **more: Any) -> None:
    box = next((name for name in world.folders if letter.reply_to.startswith(name)), "student")
    draft = world.draft(by, letter.reply_to, f"Re: {letter.subject}", text, parent=letter, **more)
    world.deliver(draft, world.number, box)


def _look_for_mail(world: World) -> None:
    world.process.poll(world.chance.choice(BOXES))


def _renumber(world: World) -> None:
    world.folders[world.chance.choice(BOXES)].renumber()


def _ring(world: World) -> None:
    world.process.ring()


def _keep_house(world: World) -> None:
    if world.reload_owed:
        _reload(world)
    world.process.keep_house()


def _send(world: World) -> None:
    world.process.send()


def _time_passes(world: World) -> None:
    world.clock.later(hours=world.chance.choice((0.1, 0.3, 1, 1, 3, 3, 8)))


def _days_pass(world: World) -> None:
    """Time jumps, as for a machine that slept."""
    world.clock.later(hours=world.chance.choice((20, 50, 120)))


def _clock_goes_back(world: World) -> None:
    """Somebody sets the machine's clock, not before the day maild came."""
    back = timedelta(minutes=world.chance.choice((1, 10, 60)))
    world.clock.now = max(START, world.clock.now - back)


def _something_will_fail(world: World) -> None:
    world._arm()


def _power_cut(world: World) -> None:
    raise world.process.faults.kill()


def _other_rules(world: World) -> None:
    world.save_rules(world.chance.choice(list(world.desks)))
    _reload(world)


def _reload(world: World) -> None:
    """Put the saved file in force; what fails is tried again, as maild.daemon.reload does."""
    world.reload_owed, turn = True, world._turn
    for each in range(len(world.processes)):
        world._turn = each
        world.process.reload(world.settings())
    world.reload_owed, world._turn = False, turn


def _release(world: World) -> None:
    """An operator releases a mail from quarantine."""
    with world.process.store.transaction() as tx:
        if waiting := tx.quarantine.waiting():
            one = world.chance.choice(waiting)
            tx.quarantine.release(one.source.desk, one.id, world.clock.now)


BOXES = ("student", "student", "finance", "exams")
_PROBABLE: dict[Callable[[World], None], float] = {
    _new_mail: 10, _resend: 2, _redeliver: 2, _follow_up: 6, _answer: 8, _order: 6,
    _out_of_office: 1, _machine_mail: 1, _stranger_with_a_tag: 1, _stolen_reply: 0.5,
    _came_back: 1.5, _unreadable_mail: 1,
    _look_for_mail: 18, _ring: 10, _keep_house: 3, _send: 14, _time_passes: 6, _days_pass: 0.5,
    _something_will_fail: 4, _power_cut: 0.5, _other_rules: 0.8, _renumber: 0.4, _release: 0.7,
    _clock_goes_back: 0.4,
}  # fmt: skip
_HAPPENINGS, _WEIGHTS = list(_PROBABLE), list(_PROBABLE.values())
