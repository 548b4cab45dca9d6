"""`#undo`: the last orders of this agent in the ticket are taken back; what was sent stays sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from maild.casework import Case
from maild.intake.orders.words import Errand, Step
from maild.tickets.orders import Order
from maild.tickets.ticket import EventKind, Status, Ticket

_FIELDS = ("team", "assignee", "tier", "priority", "category", "type", "collaborators")
_OVER = {Status.MERGED, Status.CANCELLED}  # others were told, or another ticket has its words
_WITHIN = timedelta(hours=24)
_BACK = {
    Status.NEW: EventKind.OPENED,
    Status.OPEN: EventKind.OPENED,
    Status.PENDING: EventKind.PENDING,
    Status.ON_HOLD: EventKind.ON_HOLD,
    Status.SOLVED: EventKind.SOLVED,
    Status.CLOSED: EventKind.CLOSED,
}


def remember(case: Case, before: Ticket, at: datetime, by: str, done: Sequence[str]) -> bool:
    """Keep what orders changed, so that they can be taken back; tell whether they can.

    `done` are the sentences that confirmed them.
    """
    after = case.ticket
    changed: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name in _FIELDS
        if (value := getattr(before, name)) != getattr(after, name)
    }
    if before.status is not after.status:
        changed["status"] = before.status.value
    if not changed or after.status in _OVER:
        return False
    case.happen(EventKind.CHANGED, at, by, before=changed, done=list(done))
    return True


def undo(errand: Errand, _order: Order) -> Step:
    """Take back what the giver's last orders changed, within a day."""
    found = _last(errand)
    if found is None:
        raise errand.refuse(
            "ليس لك في هذه التذكرة أمر حديث يمكن التراجع عنه.",
            "You gave no order in this ticket lately that could be undone.",
        )
    given_at, before, done = found
    words = " ".join(done)

    def do() -> str:
        fields = {name: value for name, value in before.items() if name != "status"}
        if "status" in before:
            errand.happen(_BACK[Status(before["status"])])
            errand.case.revive(given_at)
        errand.happen(EventKind.CHANGED, undone=given_at.isoformat(), **fields)
        return errand.say(f"أُلغي ما سبق: «{words}»", f"This is undone: “{words}”")

    return do


def _last(errand: Errand) -> tuple[datetime, Mapping[str, Any], Sequence[str]] | None:
    ticket = errand.case.ticket
    undone: set[str] = set()
    for event in reversed(errand.work.tx.tickets.events(ticket.desk, ticket.number)):
        if errand.work.received_at - event.at > _WITHIN:
            return None
        if "undone" in event.data:
            undone.add(str(event.data["undone"]))
        mine = event.actor == errand.by.key and "before" in event.data
        if mine and event.at.isoformat() not in undone:
            return event.at, event.data["before"], event.data.get("done", ())
    return None
