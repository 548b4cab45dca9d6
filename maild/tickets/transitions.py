"""One event, one new state of the ticket: the only place where a ticket's fields change."""

from dataclasses import replace
from typing import Any

from maild.tickets.ticket import Event, EventKind, Status, Ticket

_STATUS = {
    EventKind.REOPENED: Status.OPEN,
    EventKind.OPENED: Status.OPEN,
    EventKind.ANSWER_BOUNCED: Status.OPEN,
    EventKind.PENDING: Status.PENDING,
    EventKind.ON_HOLD: Status.ON_HOLD,
    EventKind.SOLVED: Status.SOLVED,
    EventKind.CLOSED: Status.CLOSED,
    EventKind.CANCELLED: Status.CANCELLED,
}
_WAKES = {EventKind.REQUESTER_MESSAGE, EventKind.RESENT}  # only where the ticket waited
_ENDS = {EventKind.SOLVED, EventKind.CLOSED, EventKind.CANCELLED, EventKind.MERGED}
_CHANGES = {EventKind.ROUTED, EventKind.REASSIGNED, EventKind.CHANGED, EventKind.ESCALATED}
_FIELDS = frozenset(
    [
        "team",
        "assignee",
        "tier",
        "category",
        "service",
        "type",
        "priority",
        "channel",
        "tags",
        "collaborators",
        "mailbox",
        "language",
        "requester_class",
    ]
)


def apply(ticket: Ticket, event: Event) -> Ticket:
    """Return the ticket as it is after `event`. A kind that changes nothing returns it as it was.

    ROUTED, REASSIGNED, CHANGED and ESCALATED carry the fields they set in `event.data`.
    """
    if event.kind is EventKind.MERGED:
        return replace(
            ticket,
            status=Status.MERGED,
            merged_into=int(event.data["into"]),
            closed_at=event.at,
        )
    changes: dict[str, Any] = {}
    if event.kind in _STATUS:
        changes["status"] = _STATUS[event.kind]
    elif (event.kind is EventKind.AGENT_REPLY and ticket.status is Status.NEW) or (
        event.kind in _WAKES and ticket.status in {Status.PENDING, Status.ON_HOLD}
    ):
        changes["status"] = Status.OPEN
    if event.kind in _ENDS:
        changes["closed_at"] = event.at
    elif changes.get("status") is Status.OPEN:
        changes["closed_at"] = None
    if event.kind in _CHANGES:
        set_by_event = {k: v for k, v in event.data.items() if k in _FIELDS}
        for name in ("tags", "collaborators"):
            if name in set_by_event:
                set_by_event[name] = tuple(set_by_event[name])
        changes |= set_by_event
    return replace(ticket, **changes) if changes else ticket
