"""One ticket inside one transaction: an event happens, its clocks move, its alarm is set.

Intake and sweep are strangers, but whatever happens to a ticket happens here, in one way: the
event is appended, the ticket follows it (`tickets.transitions`), the cycles follow it
(`sla.cycles`), and `save` stores the next instant the ticket must be looked at.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from maild.desk import Desk
from maild.mail.facts import Kind
from maild.mail.outgoing import Letter
from maild.sla import cycles as clocks
from maild.sla.changes import adopt, merge, recompute, revive, unanswer, with_added
from maild.sla.cycle import Cycle
from maild.sla.ladder import Fired, Firing, due, next_alarm
from maild.sla.match import NO_TARGET, select
from maild.sla.policy import Policy
from maild.store.store import Transaction
from maild.tickets.people import Person
from maild.tickets.ticket import Event, EventKind, Message, Ticket
from maild.tickets.transitions import apply

_OF_THE_HOUSE = frozenset({Kind.ROUTED, Kind.SOLVED, Kind.SURVEY, Kind.VIOLATION})


class Case:
    """The ticket a flow has in hand. Nothing is durable before the transaction commits."""

    def __init__(self, tx: Transaction, desk: Desk, ticket: Ticket, now: datetime) -> None:
        """Take up `ticket`, which is in the store; `now` is UTC.

        A ticket whose team has left the configuration is from now on its mailbox's team's: else
        nobody would hear of it again.
        """
        self.tx = tx
        self.desk = desk
        self.now = now
        team = _team(ticket, desk)
        self.ticket = ticket if team == ticket.team else replace(ticket, team=team)
        self._cycles: tuple[Cycle, ...] | None = None
        self._stored: tuple[Cycle, ...] = ()  # the cycles as they are in the store
        self._fired: tuple[Fired, ...] | None = None

    @property
    def cycles(self) -> tuple[Cycle, ...]:
        """Every cycle of every clock of the ticket, loaded when first asked for."""
        if self._cycles is None:
            self._stored = self.tx.tickets.cycles(self.desk.key, self.ticket.number)
            self._cycles = self._stored
        return self._cycles

    @property
    def fired(self) -> tuple[Fired, ...]:
        """The ticket's ledger: every warning, deadline and stage that was ever carried out."""
        if self._fired is None:
            self._fired = self.tx.tickets.fired(self.desk.key, self.ticket.number)
        return self._fired

    @property
    def policy(self) -> Policy:
        """The policy that speaks for the ticket as it is now; one without clocks if none does."""
        return select(self.desk.policies, self.ticket) or NO_TARGET

    @property
    def day(self) -> date:
        """The date in the desk's zone."""
        return self.now.astimezone(ZoneInfo(self.desk.timezone)).date()

    def answering(self) -> tuple[Person, ...]:
        """Return who answers the ticket today: its assignee, or who of its team is there."""
        return self.desk.staff.answering(self.ticket.team, self.ticket.assignee, self.day)

    def happen(
        self, kind: EventKind, at: datetime | None = None, actor: str = "maild", **data: Any
    ) -> int:
        """Let an event happen at `at` (UTC, default now) and return its id.

        An event that gives the ticket to another policy (another priority, category or service)
        recomputes the open cycles from their start, never late before now. A ticket at rest is
        left alone by new rules; one that is opened again goes by those that came meanwhile.
        """
        event = Event(kind, at or self.now, actor, data)
        before, rested = self.policy, not self.ticket.status.active
        self.ticket = apply(self.ticket, event)
        number = self.tx.tickets.add_event(self.desk.key, self.ticket.number, event)
        after = self.policy
        if after != before:
            self._recompute(after)
        self._cycles = clocks.advance(self.cycles, event, after, self.desk.calendars)
        if rested and kind is EventKind.OPENED:
            self._add_clocks()
        return number

    def event(self, number: int) -> Event | None:
        """Return the event with that id, or None."""
        events = self.tx.tickets.events(self.desk.key, self.ticket.number)
        return events[number - 1] if 0 < number <= len(events) else None

    def unanswer(self, answered_at: datetime) -> None:
        """Run the cycle again that the answer of `answered_at` (UTC) had ended: it bounced."""
        self._cycles = unanswer(self.cycles, answered_at, self.policy, self.desk.calendars)
        self._add_clocks()

    def revive(self, ended_at: datetime) -> None:
        """Run the cycles again that solving or closing at `ended_at` (UTC) had ended: undone."""
        self._cycles = revive(self.cycles, ended_at, self.policy, self.desk.calendars)

    def take_over(self, other: "Case") -> None:
        """Take over the clocks of a ticket that is merged into this one, and what has fired."""
        self._cycles, taken = merge(
            self.cycles,
            self.fired,
            other.cycles,
            other.fired,
            self.policy,
            self.desk.calendars,
            self.now,
        )
        for row in taken:
            self.tx.tickets.fire(self.desk.key, self.ticket.number, row)
        self._fired = (*self.fired, *taken)

    def adopt_policy(self) -> bool:
        """Put the open cycles under the desk's present rules; tell whether any moved."""
        before = {(c.clock, c.n): c.due_at for c in self.cycles if c.open}
        events = self.tx.tickets.events(self.desk.key, self.ticket.number)
        self._cycles = adopt(
            self.cycles,
            self.fired,
            self.ticket.alarm_at,
            self.policy,
            self.desk.calendars,
            self.now,
            events,
        )
        return before != {(c.clock, c.n): c.due_at for c in self.cycles if c.open}

    def add(self, message: Message) -> int:
        """Add a message to the thread and return its id."""
        return self.tx.tickets.add_message(self.desk.key, self.ticket.number, message)

    def thread(self) -> Sequence[Message]:
        """Return every message of the ticket, oldest first."""
        return self.tx.tickets.messages(self.desk.key, self.ticket.number)

    def due(self) -> tuple[Firing, ...]:
        """Return what must be done now and write it into the ledger, where nothing stands twice."""
        firings = due(self.cycles, self.fired, self.policy, self.desk.calendars, self.now)
        done = []
        for firing in firings:
            row = firing.fired(self.now)
            if self.tx.tickets.fire(self.desk.key, self.ticket.number, row):
                self._fired = (*self.fired, row)
                done.append(firing)
        return tuple(done)

    def post(self, *letters: Letter) -> None:
        """Put letters into the outbox; one that is there already is not posted again.

        A machine that opened the ticket gets none that an order or clock causes (RFC 3834 2).
        """
        for letter in letters:
            if letter.purpose not in _OF_THE_HOUSE or not self._opened_by_a_machine():
                self.tx.outbox.post(letter, self.now)

    def _opened_by_a_machine(self) -> bool:
        events = self.tx.tickets.events(self.desk.key, self.ticket.number)
        automatic = bool(events) and events[0].kind is EventKind.REQUESTER_AUTO
        return automatic and not any(e.kind is EventKind.RECEIVED for e in events)

    def save(self) -> None:
        """Store the ticket, its cycles and its next alarm."""
        policy, alarm = self.policy, None
        if any(cycle.open for cycle in self.cycles):  # else the ledger has nothing to say
            alarm = next_alarm(self.cycles, self.fired, policy, self.desk.calendars)
        if (alarm, policy.name or None) != (self.ticket.alarm_at, self.ticket.policy):
            self.ticket = replace(self.ticket, alarm_at=alarm, policy=policy.name or None)
        if self.cycles != self._stored:
            self.tx.tickets.save_cycles(self.desk.key, self.ticket.number, self.cycles)
            self._stored = self.cycles
        self.tx.tickets.save(self.ticket)

    def _add_clocks(self) -> None:
        """Start what the rules in force promise and those before did not: mostly nothing."""
        events = self.tx.tickets.events(self.desk.key, self.ticket.number)
        self._cycles = with_added(self.cycles, self.policy, self.desk.calendars, self.now, events)

    def _recompute(self, policy: Policy) -> None:
        events = self.tx.tickets.events(self.desk.key, self.ticket.number)
        self._cycles = recompute(self.cycles, policy, self.desk.calendars, self.now, events)


def _team(ticket: Ticket, desk: Desk) -> str | None:
    if ticket.team in desk.staff.teams:
        return ticket.team
    box = desk.mailboxes.get(ticket.mailbox) or next(iter(desk.mailboxes.values()), None)
    return box.team if box else ticket.team
