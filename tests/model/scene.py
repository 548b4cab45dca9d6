"""One story with a daemon, and all of it that outlives the daemon: kept, and set up again."""

import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from maild.config.settings import Settings
from maild.daemon.keys import NAME
from maild.desk import Desk
from maild.mail.mail import Address
from maild.store.engine import open_engine
from maild.store.outbox import Entry
from maild.store.store import Transaction
from tests.model import kept
from tests.model.clock import START, Clock
from tests.model.desks import ADMIN, desks
from tests.model.faults import Faults
from tests.model.people import REQUESTERS, STAFF, Draft
from tests.model.places import Place
from tests.model.process import Process
from tests.model.servers import Folder, Line, Post, Sink
from tests.model.world import KEY, NO_DICE

NOURA, JAMES, OMAR = REQUESTERS[0], REQUESTERS[1], REQUESTERS[5]
SARA = Address("", STAFF[0])
_CHAPTER = timedelta(hours=1)
# After each round of a chapter's work: until the leases of the dead are over, until a letter they
# left in doubt is due again. However often death begins it anew, the chapter ends within the hour.
_WAITS = (timedelta(minutes=3), timedelta(minutes=16), timedelta(minutes=1))


@dataclass
class Outside:
    """What a death leaves alone beside the database."""

    clock: Clock = field(default_factory=Clock)
    sink: Sink = field(default_factory=Sink)
    folders: dict[str, Folder] = field(default_factory=dict)
    rules: str = "reply"
    mails: int = 0

    def key(self, done: set[str]) -> str:
        """Return the same for the same future: the letters of these Message-IDs have none."""
        arrived = sorted((*k, k[1] in done or n) for k, n in self.sink.copies.items())
        return repr((self.clock.now, self.folders, arrived, self.rules))


@dataclass(frozen=True)
class Durable:
    """What a death at one instant leaves behind."""

    rows: kept.Kept = field(repr=False)
    outside: bytes = field(repr=False)
    key: int  # the same where the same will happen next


@dataclass(frozen=True)
class End:
    """What became of everything."""

    tickets: dict[int, tuple[object, ...]]
    letters: tuple[tuple[int, str, str], ...]  # ticket, recipient, purpose
    folders: tuple[object, ...]
    doubtful: frozenset[int | None]  # tickets with a letter that was given up in doubt

    def differs(self, undisturbed: "End") -> str:
        """Return in what it differs, "" in nothing.

        Where a letter was given up in doubt a person was told, and perhaps answers again: there
        the ticket goes its own way.
        """
        for number, ticket in undisturbed.tickets.items():
            if number not in self.doubtful and self.tickets.get(number) != ticket:
                return f"ticket {number}: {self.tickets.get(number)}, not {ticket}"
        got, wanted = (
            Counter(letter for letter in end.letters if letter[0] not in self.doubtful)
            for end in (self, undisturbed)
        )
        if got != wanted:
            return f"letters: {got - wanted} too many, {wanted - got} too few"
        return "" if self.folders == undisturbed.folders else f"folders: {self.folders}"


class ScriptedPost(Post):
    """Refuses whatever is for Omar for good, and loses the reply to the first letter for Noura."""

    def end_for(self, recipient: str, *, bad: bool) -> str:
        if recipient == OMAR.address:
            return "bounced"
        first = not self._sink.inboxes.get(NOURA.address)
        return "taken" if first and recipient == NOURA.address else "sent"


class Scene:
    """The story: what people do, and what the daemon does about it, chapter by chapter."""

    def __init__(self, url: str, data: Path) -> None:
        """`url` names a database with the schema and nothing else."""
        self.outside = Outside(folders={name: Folder(name) for name in _desks()["reply"].mailboxes})
        self.seen: Callable[[Place], None] = lambda _: None
        self.trouble: Callable[[Faults], None] = lambda _: None  # arms the faults of a new life
        self.process: Process | None = None
        self._url, self._data = url, data
        self._aside = open_engine(url)
        (data / NAME).write_bytes(KEY)
        (data / NAME).chmod(0o600)
        self.chapters: tuple[Callable[[], None], ...] = (
            self._begin, self._ask, self._work, self._answer, self._work, self._ask_again,
            self._work, self._other_rules, self._work, self._days_pass, self._work,
        )  # fmt: skip

    def close(self) -> None:
        self.die()
        self._aside.dispose()

    # Life and death

    def live(self) -> None:
        """Let a daemon start, whose every place is seen."""
        faults = Faults()
        post = ScriptedPost(self.outside.sink, faults, NO_DICE)
        post.trouble = 0
        self.process = Process(
            self._settings(), self.outside.clock, faults, post,
            lambda box: Line(self.outside.folders[box.key], box.after, faults, NO_DICE, 0),
        )  # fmt: skip
        faults.seen = self.seen
        self.trouble(faults)
        self.process.start()

    def die(self) -> None:
        """End the daemon; what is not durable goes with it."""
        if self.process is not None:
            self.process.end()
            self.process = None

    def durable(self) -> Durable:
        """Return what would be left if the daemon died now."""
        rows = kept.take(self._aside)
        key = hash((repr(kept.onward(rows)), self.outside.key(kept.finished(rows))))
        return Durable(rows, pickle.dumps(self.outside), key)

    def set_up(self, durable: Durable) -> None:
        """Put everything as it was at that instant."""
        self.die()
        self.outside = pickle.loads(durable.outside)  # noqa: S301 - ours
        kept.put_back(self._aside, durable.rows)

    # Chapters

    def play(self, number: int) -> None:
        """Play a chapter."""
        self.chapters[number]()

    def live_on(self, number: int) -> None:
        """Let time pass to the begin of a chapter: a death before it is slept off by then."""
        clock = self.outside.clock
        late = timedelta(days=4) if number >= self.chapters.index(self._days_pass) else timedelta(0)
        clock.now = max(clock.now, START + number * _CHAPTER + late)

    def _begin(self) -> None:
        """The daemon starts; `live` has done it."""

    def _ask(self) -> None:
        self._write(NOURA, "student", "Where is it?", "Where is it? I asked before.")
        self._write(JAMES, "exams", "When is it?", "When is the exam of the second course?")
        self._write(OMAR, "student", "Who is it?", "Who teaches the third course this year?")

    def _answer(self) -> None:
        self._reply(SARA, "Where", "It is here.")

    def _ask_again(self) -> None:
        self._reply(NOURA, "Where", "Is there any news about this?")

    def _other_rules(self) -> None:
        self.outside.rules = "short"
        if self.process is not None:
            self.process.reload(self._settings())

    def _days_pass(self) -> None:
        """Nobody does anything; `play` lets them pass."""

    def _work(self) -> None:
        for wait in _WAITS:
            process = self.process
            assert process
            process.keep_house()
            for mailbox in process.mailboxes:
                process.poll(mailbox)
            process.ring()
            process.send()
            self.outside.clock.now += wait

    def _write(self, by: Address, box: str, subject: str, words: str, **more: Any) -> None:
        out = self.outside
        out.mails += 1
        message_id = f"<m{out.mails}@{by.address.rpartition('@')[2]}>"
        address = f"{box}@desk.example"
        draft = Draft(by, address, subject, words, message_id, out.clock.now, **more)
        out.folders[box].deliver(draft.bytes(address), out.clock.now)

    def _reply(self, by: Address, subject: str, words: str) -> None:
        """Reply to the first letter about it; to one that was given up in doubt nobody can."""
        letters = self.outside.sink.inboxes.get(by.address, ())
        if letter := next((x for x in letters if subject in x.subject), None):
            self._write(by, "student", f"Re: {letter.subject}", words, parent=letter)

    def _settings(self) -> Settings:
        desk = _desks()[self.outside.rules]
        rules = f"rules {self.outside.rules}"
        return Settings(self._data, self._data, self._url, {desk.key: desk}, rules, (ADMIN,))

    # The end

    def ended(self) -> "End":
        """Return how it ended, as people and the mail servers see it."""
        assert self.process
        letters = self.arrived_once()
        for entry in letters:
            assert entry.finished_at, f"{entry.purpose} for {entry.recipient} never ended"
        with self.process.store.reading() as tx:
            tickets = {t.number: _ended(tx, t.number) for t in tx.tickets.find()}
        told = sorted((e.ticket or 0, e.recipient, e.purpose) for e in letters)
        folders = [
            (f.mailbox, sorted(f.mails.keys() - {uid for _, uid in f.marked}), len(set(f.moved)))
            for f in self.outside.folders.values()
        ]
        doubtful = frozenset(e.ticket for e in letters if e.state == "uncertain")
        return End(tickets, tuple(told), tuple(folders), doubtful)

    def arrived_once(self) -> tuple[Entry, ...]:
        """Return all letters: each came once; twice, or never, where the outbox is in doubt."""
        assert self.process
        with self.process.store.reading() as tx:
            letters = tx.outbox.list(limit=1000)
        copies = self.outside.sink.copies
        assert set(copies) <= {(e.recipient, e.message_id) for e in letters}
        for entry in letters:
            arrived = copies[entry.recipient, entry.message_id]
            assert arrived <= (1 if entry.doubts == 0 else 2), f"{entry} x {arrived}"
            if entry.finished_at:
                given_up, bounced = entry.state == "uncertain", entry.recipient == OMAR.address
                assert given_up or (entry.state == "bounced") == bounced, entry
                assert arrived or given_up or bounced, f"{entry} never came"
        return letters


def _desks() -> dict[str, Desk]:
    """Return rules without reports, whose weeks would be days apart in another order."""
    return {name: replace(desk, reports=(), ack_limit=50) for name, desk in desks().items()}


def _ended(tx: Transaction, number: int) -> tuple[object, ...]:
    desk = "diplomas"
    ticket = tx.tickets.get(desk, number)
    assert ticket
    thread = [(m.role, m.visibility, m.new_text) for m in tx.tickets.messages(desk, number)]
    cycles = [(c.clock, c.n, c.outcome, c.due_at) for c in tx.tickets.cycles(desk, number)]
    rung = sorted((f.clock, f.cycle, f.kind, f.n) for f in tx.tickets.fired(desk, number))
    return (ticket.number, ticket.status, ticket.requester.address, thread, cycles, rung)
