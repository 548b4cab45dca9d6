"""The laws of one ticket: its ledger, its clocks and its next alarm follow from its history."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from maild.casework import Case
from maild.casework.preview import preview
from maild.sla.changes import replayed
from maild.sla.ladder import Fired, next_alarm
from maild.store.store import Transaction
from maild.tickets.ticket import Event, EventKind, Ticket
from tests.model.people import STAFF

if TYPE_CHECKING:
    from tests.model.world import World

Told = Counter[tuple[int, str, str]]  # letters by ticket, recipient, purpose

_QUESTIONS = {
    EventKind.RECEIVED, EventKind.REQUESTER_MESSAGE, EventKind.RESENT, EventKind.REOPENED,
}  # fmt: skip
_ENDS = {EventKind.SOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED}
_RINGS = {EventKind.WARNED, EventKind.DUE, EventKind.ESCALATED}


class LawBrokenError(AssertionError):
    """Something that must never be is."""


def law(holds: object, sentence: str) -> None:
    """Raise LawBrokenError unless it holds."""
    if not holds:
        raise LawBrokenError(sentence)


def ticket_is_right(world: "World", tx: Transaction, ticket: Ticket, told: Told) -> None:
    """Raise LawBrokenError unless every law of this ticket holds."""
    events = tx.tickets.events(ticket.desk, ticket.number)
    _rings_once(ticket, events, tx.tickets.fired(ticket.desk, ticket.number), told)
    _answered_is_left_alone(ticket, events)
    _clocks_are_right(world, tx, ticket, events)


def _rings_once(
    ticket: Ticket, events: Sequence[Event], ledger: Sequence[Fired], told: Told
) -> None:
    """Each firing is carried out once: as many events as lines in the ledger."""
    if any("merged_from" in e.data for e in events):
        return  # the lines it took over have their events in the other ticket
    fired = Counter((line.clock, line.kind.value, line.n) for line in ledger)
    done = Counter[tuple[str, str, int]]()
    for event in events:
        match event.kind:
            case EventKind.WARNED:
                done[event.data["clock"], "warn", round(event.data["share"] * 1000)] += 1
            case EventKind.DUE:
                done[event.data["clock"], "due", 0] += 1
            case EventKind.ESCALATED:
                done[event.data["clock"], "stage", event.data["stage"]] += 1
    wanted = Counter({k: n for k, n in fired.items() if k[1] in {"warn", "due", "stage"}})
    law(done == wanted, f"ticket {ticket.number} rang {done}, its ledger says {wanted}")
    for purpose, kind in (("escalation", "stage"), ("warning", "warn")):
        rung = sum(n for (_, what, _), n in fired.items() if what == kind)
        for reader in STAFF:
            letters = told[ticket.number, reader, purpose]
            law(letters <= rung, f"{reader} got {letters} x {purpose} of ticket {ticket.number}")


def _answered_is_left_alone(ticket: Ticket, events: Sequence[Event]) -> None:
    """Nothing rings for a reply clock while nobody waits for a reply."""
    asked: datetime | None = None
    answered: datetime | None = None
    for event in events:
        again = {"merged_from", "undone"} & event.data.keys()  # a closing that is undone owes again
        if again or event.kind is EventKind.ANSWER_BOUNCED:
            return  # from here on somebody may wait since long ago
        if event.kind in _QUESTIONS and asked is None:
            if answered is None or answered <= event.at:
                asked = event.at
        elif event.kind is EventKind.AGENT_REPLY and asked is not None and event.at >= asked:
            asked, answered = None, event.at
        elif event.kind in _ENDS:
            asked = answered = None
        elif event.kind in _RINGS and event.data["clock"] == "reply":
            law(asked, f"ticket {ticket.number} is answered and rings: {event}")


def _clocks_are_right(
    world: "World", tx: Transaction, ticket: Ticket, events: Sequence[Event]
) -> None:
    if world.reload_owed:  # some daemon goes by the old rules as yet
        return
    desk = world.process.daemon._offices["diplomas"].desk
    now = world.clock.furthest  # rules that came into force later than now hold, too
    case = Case(tx, desk, ticket, now)
    expected = next_alarm(case.cycles, case.fired, case.policy, desk.calendars)
    law(
        ticket.alarm_at == expected,
        f"ticket {ticket.number} rings at {ticket.alarm_at}, not at {expected}",
    )
    rung = {(f.clock, f.cycle) for f in case.fired if f.kind == "due"}
    for cycle in case.cycles:
        if cycle.open and cycle.due_at and (cycle.clock, cycle.n) not in rung:
            law(
                ticket.alarm_at is not None and ticket.alarm_at <= cycle.due_at,
                f"ticket {ticket.number} waits and nobody watches it",
            )
    runs = ticket.alarm_at is not None or ticket.status.active
    moved = preview(tx, desk, ticket, now) if runs and _undisturbed(events) else ()
    law(not moved, f"ticket {ticket.number} goes by rules that are not in force: {moved}")
    if not world.rules_changed and _undisturbed(events):
        law(
            case.cycles == replayed(events, case.policy, desk.calendars),
            f"the cycles of ticket {ticket.number} are not what its history gives",
        )


def _undisturbed(events: Iterable[Event]) -> bool:
    """Whether the clocks follow from this history alone, as after no merge."""
    return not any("merged_from" in e.data or e.kind is EventKind.MERGED for e in events)
