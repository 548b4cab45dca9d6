"""A desk on a clock that jumps from what happens to what rings, through the real flows.

Intake, sweep and chores are the daemon's own, on a store in memory; letters are recorded and not
sent. At one instant, what happens comes before what rings: an answer at the due instant is in time.
While the daemon is down mail waits; when it starts again, mail is taken in with its own instants
before anything rings. Chores look at midnight and when a report is due, in the desk's zone.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from maild import chores, sweep
from maild.casework import Case, digests
from maild.casework.preview import preview
from maild.config.templates import load
from maild.desk import Desk
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.letters import Letters
from maild.mail.mail import Mail
from maild.mail.reading import Reading, reading_of
from maild.notices.office import Office
from maild.simulate.actors import Actors
from maild.simulate.happenings import (
    Answered,
    Daemon,
    Happened,
    Happening,
    Mailed,
    PlayError,
    Rules,
    What,
    Written,
)
from maild.simulate.recording import RecordingStore
from maild.simulate.timeline import Entry, Rung, Seen, Timeline
from maild.simulate.writing import sent
from maild.sla.cycle import Cycle
from maild.sla.ladder import FiringKind, warnings
from maild.sla.timing import clock_named
from maild.store.mails import Outcome, Source
from maild.store.store import Transaction
from maild.tickets.ticket import Status, Ticket
from maild.tickets.tokens import Keyring

_KEYRING = Keyring((b"the key of a desk that is only played",))
_SOON = timedelta(microseconds=1)


def play(
    desk: Desk,
    happenings: Iterable[Happening],
    until: datetime,
    watch: Callable[[datetime], None] = lambda _: None,
) -> Timeline:
    """Play a desk to `until` (UTC, included) and return what was seen.

    `watch` is told each instant that is reached. Raises PlayError where the scenario asks for what
    cannot be: an answer about a ticket nobody has a letter about.
    """
    house = _House(desk)
    try:
        for happening in sorted(happenings, key=lambda h: h.at):
            if happening.at > until:
                break
            house.ring(before=happening.at)
            house.now = max(house.now, happening.at)
            house.happen(happening)
            watch(house.now)
        house.ring(before=until + _SOON)
        return house.timeline(until)
    finally:
        house.store.close()


class _House:
    """The desk that is played, its store, and the instant it is."""

    def __init__(self, desk: Desk) -> None:
        self.store = RecordingStore()
        self.now = datetime.min.replace(tzinfo=UTC)
        self._own = Letters(load())
        self._adopt(desk)
        self._actors = Actors(desk.staff)
        self._up = True
        self._waiting: list[Happening] = []
        self._chores_at: datetime | None = None
        self._digests_at: datetime | None = None  # what is kept for somebody's digest waits
        self._alarm: datetime | None = None  # the next one to ring
        self._entries: list[Entry] = []
        self._rung: list[Rung] = []
        self._warnings: dict[tuple[int, str, int], tuple[datetime, ...]] = {}
        self._uid = 0

    def _adopt(self, desk: Desk) -> None:
        letters = self._own.overridden(desk.templates) if desk.templates else self._own
        self._desk = desk
        self._office = Office(desk, letters, _KEYRING)
        self._offices = {desk.key: self._office}
        self._zone = ZoneInfo(desk.timezone)
        self._looks = sorted({time(0), *(report.at for report in desk.reports)})

    def ring(self, before: datetime) -> None:
        """Ring every alarm and do every chore before an instant, the clock jumping between."""
        while self._up:
            waits = (self._alarm, self._chores_at, self._digests_at)
            upcoming = [at for at in waits if at is not None]
            if not upcoming or (at := max(min(upcoming), self.now)) >= before:
                return
            self.now = at
            if self._alarm is not None and self._alarm <= at:
                self._sweep(self._alarm)
            if self._digests_at is not None and self._digests_at <= at:
                digests.send(self.store, self._offices, at)
                self._letters()
            if self._chores_at is not None and self._chores_at <= at:
                chores.run(self.store, self._offices, self.now)
                self._chores_at = self._next_look()
                self._letters()
            self._look_for_the_next()

    def happen(self, happening: Happening) -> None:
        """Let one thing happen now, or when the daemon is up again."""
        if self._chores_at is None:  # what was due before the play began is not its affair
            chores.run(self.store, self._offices, self.now)
            self._chores_at = self._next_look()
        if isinstance(happening, Daemon):
            self._up = happening.up
            self._see(Seen.DAEMON, up=happening.up)
            if self._up:
                waiting, self._waiting = self._waiting, []
                for each in waiting:
                    self._process(each)
        elif not self._up:
            self._waiting.append(happening)
        else:
            self._process(happening)

    def timeline(self, until: datetime) -> Timeline:
        """Return what was seen, and the tickets as they stand."""
        with self.store.reading() as tx:
            found = tx.tickets.find(limit=2**31)
            return Timeline(
                entries=tuple(self._entries),
                rung=tuple(self._rung),
                tickets={t.number: t for t in sorted(found, key=lambda t: t.number)},
                cycles={t.number: tx.tickets.cycles(t.desk, t.number) for t in reversed(found)},
                warnings=self._warnings,
                names=self._actors.names,
                until=until,
            )

    def _process(self, happening: Happening) -> None:
        match happening:
            case Mailed(at, mailbox, reading):
                with self.store.transaction() as tx:
                    self._receive(tx, at, mailbox, reading)
                self._letters()
            case Written():
                self._write(happening)
            case Answered():
                self._answer(happening)
            case Happened():
                self._event(happening)
            case Rules(at, desk):
                self._change(at, desk)

    def _write(self, written: Written) -> None:
        """Let somebody write a mail, with what their mail client knows at this instant."""
        boxes = self._desk.mailboxes
        key = written.mailbox or next(iter(boxes))
        if key not in boxes:
            raise PlayError(f"There is no mailbox {key}; the mailboxes are {', '.join(boxes)}.")
        with self.store.transaction() as tx:
            ticket = None
            if written.what is not What.NEW:
                ticket = self._named(tx, written.ticket, written.at)
            draft = self._actors.draft(written, ticket, boxes[key].address)
            raw, mail = sent(draft, self._uid + 1, written.at)
            decision = self._receive(tx, written.at, key, reading_of(raw, mail))
        self._letters()
        if written.what is What.NEW:
            self._actors.opened(written.ticket, decision.ticket, draft, mail.message_id)

    def _answer(self, answered: Answered) -> None:
        """Let an answer of the past be written in reply to our own letter."""
        mail = answered.mail
        with self.store.transaction() as tx:
            ticket = self._answered(tx, mail)
            if ticket is None:
                self._see(Seen.IGNORED, by=answered.by, reason="it answers no ticket")
                return
            written = Written(
                answered.at, What.ANSWER, ticket.tag, answered.by, text=mail.new_text or mail.text
            )
            box = self._office.mailbox(ticket)
            try:
                draft = self._actors.draft(written, ticket, box.address)
            except PlayError as error:
                self._see(Seen.IGNORED, ticket.number, by=answered.by, reason=str(error))
                return
            raw, reply = sent(draft, self._uid + 1, answered.at)
            # What later mails refer to is the answer of the past.
            reply = replace(reply, message_id=mail.message_id or reply.message_id)
            self._receive(tx, answered.at, box.key, reading_of(raw, reply))
        self._letters()

    def _answered(self, tx: Transaction, mail: Mail) -> Ticket | None:
        """Return the ticket of the mail it replies to, else the last open one of its reader."""
        desk = self._desk.key
        ids = (*mail.references, *filter(None, [mail.in_reply_to]))
        for known in tx.tickets.by_message_ids(desk, reversed(ids)):
            return tx.tickets.get(desk, known.number)
        active = [status for status in Status if status.active]
        for reader in (*mail.to, *mail.cc):
            for found in tx.tickets.find(
                status=active, desk=desk, requester=reader.address, limit=1
            ):
                return tx.tickets.get(desk, found.number)
        return None

    def _named(self, tx: Transaction, name: str, at: datetime) -> Ticket:
        number = self._actors.names.get(name)
        ticket = tx.tickets.get(self._desk.key, number) if number else None
        if ticket is None:
            raise PlayError(f"There is no ticket called {name} at {at.isoformat()}.")
        return ticket

    def _receive(self, tx: Transaction, at: datetime, mailbox: str, reading: Reading) -> Decision:
        self._uid += 1
        source = Source(self._desk.key, mailbox, 1, self._uid, at)
        decision = receive(Arrival(source, reading), self._office, tx, self.now)
        mail = reading.mail if isinstance(reading.mail, Mail) else None
        self._see(
            Seen.MAIL,
            decision.ticket,
            by=mail.from_.address if mail and mail.from_ else None,
            mailbox=mailbox,
            subject=mail.subject if mail else None,
            outcome=decision.outcome.value,
            reason=decision.reason,
            received_at=at,
        )
        if decision.ticket is not None and decision.outcome is Outcome.STORED:
            self._promises(tx, decision.ticket)
        self._alarm = tx.tickets.next_alarm()
        if tx.digests.kept:
            self._digests_at = self._digests_at or self.now
        return decision

    def _event(self, happened: Happened) -> None:
        with self.store.transaction() as tx:
            ticket = self._named(tx, happened.ticket, happened.at)
            case = Case(tx, self._desk, ticket, self.now)
            case.happen(happened.kind, happened.at, "the scenario", **happened.data)
            case.save()
            self._see(Seen.EVENT, ticket.number, event=happened.kind.value, **happened.data)
            self._promises(tx, ticket.number)
            self._alarm = tx.tickets.next_alarm()

    def _change(self, at: datetime, desk: Desk) -> None:
        """Put other rules into force, as of the instant they were saved."""
        if desk.key != self._desk.key:
            raise PlayError(f"The desk is {self._desk.key}; {desk.key} is another one.")
        self._adopt(desk)
        self._actors.staff = desk.staff
        with self.store.reading() as tx:
            running = tx.tickets.running()
            tickets = [t for key, n in running if (t := tx.tickets.get(key, n)) is not None]
            moved = [m for ticket in tickets for m in preview(tx, desk, ticket, at)]
        sweep.adopt_policies(self.store, self._offices, at)
        self._see(Seen.RULES, moved=len(moved))
        for one in moved:
            self._see(
                Seen.MOVED,
                one.ticket,
                clock=one.clock,
                cycle=one.cycle,
                old_due_at=one.old_due_at,
                new_due_at=one.new_due_at,
            )
        with self.store.reading() as tx:
            for ticket in tickets:
                self._promises(tx, ticket.number)
        self._look_for_the_next()

    def _sweep(self, alarm: datetime) -> None:
        done = sweep.run(self.store, self._offices, self.now)
        for _, number, firing in done.fired:
            self._rung.append(Rung(self.now, number, firing))
            stage: dict[str, object] = {}
            if firing.kind is FiringKind.STAGE and firing.stage is not None:
                stage["to"] = list(firing.stage.to)
                stage |= {"respond_by": firing.respond_by, "notify_at": firing.notify_at}
            self._see(
                Seen.FIRED,
                number,
                clock=firing.clock,
                cycle=firing.cycle,
                what=firing.kind.value,
                n=firing.n,
                **stage,
            )
        self._letters()
        self._look_for_the_next()
        if not done.fired and self._alarm == alarm:
            raise PlayError(f"An alarm rang for nothing at {alarm.isoformat()}.")

    def _look_for_the_next(self) -> None:
        with self.store.reading() as tx:
            self._alarm = tx.tickets.next_alarm()
            self._digests_at = digests.next_at(tx, self._desk.key, self.now)

    def _promises(self, tx: Transaction, number: int) -> None:
        """Write down each run of a clock when it is first seen, with what it promises."""
        cycles = tx.tickets.cycles(self._desk.key, number)
        fresh = [c for c in cycles if not c.waiting and self._is_new(number, c)]
        ticket = tx.tickets.get(self._desk.key, number, lock=False) if fresh else None
        if ticket is None:
            return
        policy = Case(tx, self._desk, ticket, self.now).policy
        for cycle in fresh:
            clock = clock_named(cycle.clock, cycle.kind, policy)
            hours = self._desk.calendars[clock.calendar] if clock else None
            warned = warnings(cycle, clock, hours) if clock and hours else ()
            at = tuple(instant for _, instant in warned)
            self._warnings[number, cycle.clock, cycle.n] = at
            self._see(
                Seen.PROMISE,
                number,
                clock=cycle.clock,
                cycle=cycle.n,
                started_at=cycle.started_at,
                due_at=cycle.due_at,
                warn_at=list(at),
            )

    def _is_new(self, number: int, cycle: Cycle) -> bool:
        return (number, cycle.clock, cycle.n) not in self._warnings

    def _letters(self) -> None:
        for letter in self.store.posted():
            self._actors.got(letter)
            self._see(
                Seen.LETTER,
                letter.ticket,
                purpose=letter.purpose,
                to=letter.recipient,
                not_before=letter.not_before,
            )

    def _see(self, seen: Seen, ticket: int | None = None, **facts: object) -> None:
        self._entries.append(Entry(self.now, seen, ticket, facts))

    def _next_look(self) -> datetime:
        """Return the next instant at which chores are looked at."""
        day = self.now.astimezone(self._zone).date()
        while True:
            for at in self._looks:
                instant = datetime.combine(day, at, self._zone).astimezone(UTC)
                if instant > self.now:
                    return instant
            day += timedelta(days=1)
