"""Misconduct: the ticket is cancelled with a notice, and strikes are counted (policy 001)."""

from dataclasses import replace
from datetime import datetime, timedelta

from maild.intake.orders.words import Errand, Step
from maild.notices import requester as outside
from maild.notices import writer as letters
from maild.store.people import Requester
from maild.tickets.orders import Order
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind

VIOLATION = "violation"  # why a ticket was cancelled


def violation(errand: Errand, order: Order) -> Step:
    """Cancel the ticket, tell the requester and the lead, and suspend after the last strike."""
    work, case = errand.work, errand.case

    def do() -> str:
        rules = work.desk.conduct
        requester = struck(errand, rules.strikes, rules.suspend_days)
        event = errand.happen(EventKind.CANCELLED, why=VIOLATION, rule=order.argument or None)
        case.post(
            outside.violation(
                work.office,
                case.ticket,
                case.thread(),
                order.argument or None,
                requester.strikes,
                rules.strikes,
                f"e{event}",
                work.now,
            )
        )
        for person in _concerned(errand):
            case.post(
                letters.violation_report(
                    work.office,
                    case.ticket,
                    person,
                    errand.by.name,
                    case.thread()[0],
                    order.argument or None,
                    requester.strikes,
                    requester.suspended_until,
                    f"e{event}",
                    work.now,
                )
            )
        return errand.say(
            f"أُلغيت التذكرة وسُجِّلت المخالفة رقم {requester.strikes}.",
            f"The ticket is cancelled; this is violation {requester.strikes}.",
        )

    return do


def _concerned(errand: Errand) -> tuple[Person, ...]:
    """Return who is told of a violation: the lead, or the manager where the lead ordered it."""
    for role in ("lead", "manager"):
        staff, roles = errand.work.desk.staff, errand.work.desk.roles
        people = staff.resolve(role, errand.case.ticket.team, roles)
        if others := tuple(p for p in people if p.key != errand.by.key):
            return others
    return ()


def struck(errand: Errand, strikes: int, days: int | None) -> Requester:
    """Count a strike of the ticket's requester; the last one suspends, for a time or for good."""
    work, address = errand.work, errand.case.ticket.requester.address.lower()
    known = work.tx.requesters.get(work.desk.key, address)
    if known is None:
        known = Requester(work.desk.key, address, work.now, work.now)
    count = known.strikes + 1
    until: datetime | None = known.suspended_until
    if count >= strikes:
        until = work.now + (outside.FOR_GOOD if days is None else timedelta(days=days))
    found = replace(known, strikes=count, suspended_until=until)
    work.tx.requesters.save(found)
    return found
