"""Orders carried out: each is judged before any is done, then done in the order of the mail."""

from collections.abc import Callable

from maild.casework import Case
from maild.intake.notify import bring_ticket, tell_where
from maild.intake.words import Work
from maild.tickets.orders import Order, Orders
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind

Step = Callable[[], str]  # does one order and returns what was done, as a ready sentence

_PRIORITIES = ("low", "normal", "high", "top", "emergency")


# Orders that do one thing and need no judgement: the event, and what was done in two languages.
_PLAIN = {
    "close": (EventKind.CLOSED, ("أُغلقت التذكرة.", "The ticket is closed.")),
    "solve": (EventKind.SOLVED, ("سُجِّل حل التذكرة.", "The ticket is solved.")),
    "wait": (
        EventKind.PENDING,
        ("تنتظر التذكرة رد المستفيد.", "The ticket waits for the requester."),
    ),
    "hold": (
        EventKind.ON_HOLD,
        ("عُلِّقت التذكرة بانتظار جهة أخرى.", "The ticket waits for a third party."),
    ),
}


class CannotCarryOutError(Exception):
    """An order that cannot be done; the message is one plain sentence for its writer."""


def carry_out(work: Work, case: Case, person: Person, orders: Orders) -> tuple[Step, ...]:
    """Return the steps of the orders, ready to run; raises CannotCarryOutError, nothing done."""
    return tuple(_step(work, case, person, order) for order in orders.given if order.name != "note")


def _step(work: Work, case: Case, person: Person, order: Order) -> Step:
    arabic = work.office.language_of(person) == "ar"

    def happen(kind: EventKind, sentence: tuple[str, str], **data: object) -> Step:
        def step() -> str:
            case.happen(kind, work.received_at, person.key, **data)
            return sentence[0] if arabic else sentence[1]

        return step

    if order.name in _PLAIN:
        return happen(*_PLAIN[order.name])
    match order.name:
        case "reopen":
            return _reopen(case, happen, arabic)
        case "take":
            return _assign(work, case, person, person, arabic)
        case "assign":
            return _assign(work, case, person, _somebody(work, order.argument, arabic), arabic)
        case "team" | "tier2":
            return _transfer(work, case, person, order, arabic)
        case "priority":
            return _priority(order, happen, arabic)
        case "cc":
            return _collaborator(case, order, happen, arabic)
    return _text(order, happen)


def _reopen(case: Case, happen: Callable[..., Step], arabic: bool) -> Step:
    if case.ticket.status.active:
        raise CannotCarryOutError(
            "التذكرة مفتوحة أصلًا." if arabic else "The ticket is open already."
        )
    return happen(EventKind.OPENED, ("فُتحت التذكرة من جديد.", "The ticket is open again."))


def _text(order: Order, happen: Callable[..., Step]) -> Step:
    """An order whose argument is the writer's own words."""
    if order.name == "category":
        said = f"التصنيف الآن: {order.argument}", f"The category is now {order.argument}."
        return happen(EventKind.CHANGED, said, category=order.argument)
    said = "سُجِّل سبب التأخر، شكرًا.", "The cause is recorded, thank you."
    return happen(EventKind.CHANGED, said, cause=order.argument)


def _somebody(work: Work, name: str, arabic: bool) -> Person:
    people = work.desk.staff.people
    wanted = name.strip().casefold()
    for person in people.values():
        if wanted in {person.key.casefold(), person.name.casefold(), *person.addresses}:
            return person
    known = "، ".join(people) if arabic else ", ".join(people)
    raise CannotCarryOutError(
        f"لا أعرف أحدًا باسم {name}؛ الأسماء: {known}"
        if arabic
        else f"There is nobody called {name}; the names are {known}."
    )


def _assign(work: Work, case: Case, by: Person, to: Person, arabic: bool) -> Step:
    def step() -> str:
        first = case.ticket.assignee is None and case.ticket.team is None
        kind = EventKind.ROUTED if first else EventKind.REASSIGNED
        event = case.happen(kind, work.received_at, by.key, assignee=to.key)
        if to.key != by.key:
            _hand_over(work, case, f"e{event}")
        return f"التذكرة الآن لدى {to.name}." if arabic else f"The ticket is now with {to.name}."

    return step


def _transfer(work: Work, case: Case, by: Person, order: Order, arabic: bool) -> Step:
    teams = work.desk.staff.teams
    if order.name == "tier2":
        team = next((t for t in teams.values() if t.tier == 2), None)
    else:
        wanted = order.argument.strip().casefold()
        team = next(
            (t for t in teams.values() if wanted in {t.key.casefold(), t.name.casefold()}), None
        )
    if team is None:
        known = ", ".join(teams)
        raise CannotCarryOutError(
            f"لا يوجد فريق بهذا الاسم؛ الفرق: {known}"
            if arabic
            else f"There is no such team; the teams are {known}."
        )
    to = team

    def step() -> str:
        event = case.happen(
            EventKind.ROUTED, work.received_at, by.key, team=to.key, assignee=None, tier=to.tier
        )
        _hand_over(work, case, f"e{event}")
        tell_where(work, case, f"e{event}")
        return f"حُوِّلت التذكرة إلى {to.name}." if arabic else f"The ticket went to {to.name}."

    return step


def _hand_over(work: Work, case: Case, key: str) -> None:
    first = next(iter(case.thread()), None)
    if first is not None:
        bring_ticket(work, case, first, key)


def _priority(order: Order, happen: Callable[..., Step], arabic: bool) -> Step:
    level = order.argument.strip().casefold()
    if level not in _PRIORITIES:
        known = ", ".join(_PRIORITIES)
        raise CannotCarryOutError(
            f"الأولويات المعروفة: {known}" if arabic else f"The priorities are {known}."
        )
    return happen(
        EventKind.CHANGED,
        (f"الأولوية الآن: {level}", f"The priority is now {level}."),
        priority=level,
    )


def _collaborator(case: Case, order: Order, happen: Callable[..., Step], arabic: bool) -> Step:
    address = order.argument.strip().strip("<>").lower()
    local, at, domain = address.partition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in address):
        raise CannotCarryOutError(
            f"هذا ليس عنوان بريد: {order.argument}"
            if arabic
            else f"{order.argument} is not an address."
        )
    people = (*case.ticket.collaborators, address)
    return happen(
        EventKind.CHANGED,
        (f"أُضيف {address} إلى التذكرة.", f"{address} takes part in the ticket now."),
        collaborators=list(dict.fromkeys(people)),
    )
