"""One order, one step: which order does what."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from maild.casework import Case
from maild.intake.orders import conduct, handing, joining, telling, undoing
from maild.intake.orders.words import Errand, Step
from maild.intake.words import Work
from maild.mail.normal import normalise
from maild.notices import requester as letters
from maild.notices.commands import PRIORITIES
from maild.tickets.orders import Order, Orders
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind, Status

_LEVELS = {
    normalise(word): level for level, arabic in PRIORITIES.items() for word in (level, arabic)
}


def carry_out(work: Work, case: Case, person: Person, orders: Orders) -> tuple[Step, ...]:
    """Return the steps of the orders, ready to run; raises CannotCarryOutError, nothing done."""
    errand = Errand(work, case, person)
    return tuple(_STEPS[o.name](errand, o) for o in orders.given if o.name not in _FOR_THE_TEXT)


def _close(errand: Errand, order: Order) -> Step:
    if errand.work.desk.confirm_solved and errand.case.ticket.status.active:
        return _solve(errand, order)  # it closes when the requester agrees, or says no more

    def do() -> str:
        if errand.case.ticket.status.active:
            errand.happen(EventKind.SOLVED)  # the survey is about what was solved
        errand.happen(EventKind.CLOSED)
        return errand.say("أُغلقت التذكرة.", "The ticket is closed.")

    return do


def _solve(errand: Errand, _order: Order) -> Step:
    def do() -> str:
        event = errand.happen(EventKind.SOLVED)
        if errand.work.desk.confirm_solved:
            _ask_whether_it_is(errand, event)
        return errand.say("سُجِّل حل التذكرة.", "The ticket is solved.")

    return do


def _ask_whether_it_is(errand: Errand, event: int) -> None:
    """The second level verifies the end: the requester is asked before the ticket closes."""
    case, work = errand.case, errand.work
    case.post(letters.solved(work.office, case.ticket, case.thread(), f"e{event}", work.now))


def _reopen(errand: Errand, _order: Order) -> Step:
    if errand.case.ticket.status in {Status.NEW, Status.OPEN}:  # what waits may be taken up again
        raise errand.refuse("التذكرة مفتوحة أصلًا.", "The ticket is open already.")
    return errand.step(EventKind.OPENED, "فُتحت التذكرة من جديد.", "The ticket is open again.")


def _wait(errand: Errand, _order: Order) -> Step:
    return errand.step(
        EventKind.PENDING, "تنتظر التذكرة رد صاحب الطلب.", "The ticket waits for the requester."
    )


def _hold(errand: Errand, _order: Order) -> Step:
    return errand.step(
        EventKind.ON_HOLD, "تنتظر التذكرة جهة أخرى.", "The ticket waits for a third party."
    )


def _priority(errand: Errand, order: Order) -> Step:
    level = _LEVELS.get(normalise(order.argument))
    if level is None:
        raise errand.refuse(
            f"الأولويات المعروفة: {'، '.join(PRIORITIES.values())}",
            f"The priorities are {', '.join(PRIORITIES)}.",
        )
    return errand.step(
        EventKind.CHANGED,
        f"الأولوية الآن: {PRIORITIES[level]}",
        f"The priority is now {level}.",
        priority=level,
    )


def _category(errand: Errand, order: Order) -> Step:
    return errand.step(
        EventKind.CHANGED,
        f"التصنيف الآن: {order.argument}",
        f"The category is now {order.argument}.",
        category=order.argument,
    )


def _cause(errand: Errand, order: Order) -> Step:
    return errand.step(
        EventKind.CHANGED,
        "سُجِّل سبب التأخر، شكرًا.",
        "The cause is recorded, thank you.",
        cause=order.argument,
    )


def _collaborator(errand: Errand, order: Order) -> Step:
    address = order.argument.strip("<>").lower()
    local, at, domain = address.partition("@")
    if not (local and at and "." in domain) or any(c.isspace() for c in address):
        raise errand.refuse(
            f"هذا ليس عنوان بريد: {order.argument}", f"{order.argument} is not an address."
        )
    people = dict.fromkeys((*errand.case.ticket.collaborators, address))
    return errand.step(
        EventKind.CHANGED,
        f"أُضيف {address} إلى التذكرة.",
        f"{address} takes part in the ticket now.",
        collaborators=list(people),
    )


_FOR_THE_TEXT = frozenset({"note", "send"})  # they say what becomes of the mail's own words

_STEPS: Mapping[str, Callable[[Errand, Order], Step]] = MappingProxyType(
    {
        "close": _close,
        "solve": _solve,
        "reopen": _reopen,
        "wait": _wait,
        "hold": _hold,
        "priority": _priority,
        "category": _category,
        "cause": _cause,
        "cc": _collaborator,
        "assign": handing.assign,
        "take": handing.take,
        "team": handing.transfer,
        "tier2": handing.second_tier,
        "appointment": handing.appointment,
        "merge": joining.merge,
        "split": joining.split,
        "violation": conduct.violation,
        "undo": undoing.undo,
        "why": telling.why,
        "help": telling.help_,
    }
)
