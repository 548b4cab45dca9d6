"""Rows of tickets, messages, events, cycles and the ledger, to and from the words of the core."""

import json
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import Row

from maild.mail.mail import Address
from maild.sla.ladder import Fired, FiringKind
from maild.store.columns import json_text, keyed, storable
from maild.tickets.ticket import Event, EventKind, Message, Status, Ticket, Visibility

T = TypeVar("T", Ticket, Message, Address)


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """Return the columns of a ticket but for its version."""
    return {
        "desk": ticket.desk,
        "number": ticket.number,
        "mailbox": ticket.mailbox,
        "subject": ticket.subject,
        "requester": ticket.requester.address.lower(),
        "requester_name": ticket.requester.name,
        "requester_address": ticket.requester.address,
        "opened_at": ticket.opened_at,
        "status": ticket.status.value,
        "language": ticket.language,
        "team": ticket.team,
        "assignee": ticket.assignee,
        "tier": ticket.tier,
        "category": ticket.category,
        "service": ticket.service,
        "type": ticket.type,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "requester_class": ticket.requester_class,
        "tags": ticket.tags,
        "collaborators": ticket.collaborators,
        "closed_at": ticket.closed_at,
        "merged_into": ticket.merged_into,
        "alarm_at": ticket.alarm_at,
        "policy": ticket.policy,
    }


def ticket(row: Row[Any]) -> Ticket:
    """Return the ticket of a row."""
    return Ticket(
        desk=row.desk,
        number=row.number,
        mailbox=row.mailbox,
        subject=row.subject,
        requester=Address(row.requester_name, row.requester_address),
        opened_at=row.opened_at,
        status=Status(row.status),
        language=row.language,
        team=row.team,
        assignee=row.assignee,
        tier=row.tier,
        category=row.category,
        service=row.service,
        type=row.type,
        priority=row.priority,
        channel=row.channel,
        requester_class=row.requester_class,
        tags=tuple(row.tags),
        collaborators=tuple(row.collaborators),
        closed_at=row.closed_at,
        merged_into=row.merged_into,
        alarm_at=row.alarm_at,
        policy=row.policy,
    )


def stored_ticket(ticket: Ticket) -> Ticket:
    """Return a ticket as it is read again once it is stored: foreign words may have changed."""
    return _changed(
        ticket,
        subject=storable(ticket.subject),
        requester=_stored(ticket.requester),
        tags=_listed(ticket.tags),
        collaborators=_listed(ticket.collaborators),
    )


def stored_message(message: Message) -> Message:
    """Return a message as it is read again once it is stored: foreign words may have changed."""
    return _changed(
        message,
        author=_stored(message.author),
        message_id=None if message.message_id is None else keyed(message.message_id),
        subject=storable(message.subject),
        text=storable(message.text),
        new_text=storable(message.new_text),
    )


def _changed(of: T, **fields: Any) -> T:
    """Return `of` with these fields; itself where they are its own, as they nearly always are."""
    new = {name: value for name, value in fields.items() if value is not getattr(of, name)}
    return replace(of, **new) if new else of


def _listed(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(json.loads(json_text(texts))) if texts else texts


def _stored(address: Address) -> Address:
    return _changed(address, name=storable(address.name), address=storable(address.address))


def message_row(desk: str, number: int, message: Message) -> dict[str, Any]:
    """Return the columns of a message but for its id."""
    return {
        "desk": desk,
        "ticket": number,
        "at": message.at,
        "author_name": message.author.name,
        "author_address": message.author.address,
        "role": message.role,
        "visibility": message.visibility.value,
        "message_id": message.message_id,
        "subject": message.subject,
        "text": message.text,
        "new_text": message.new_text,
        "language": message.language,
        "joined_by": message.joined_by,
        "mail": message.mail,
    }


def message(row: Row[Any]) -> Message:
    """Return the message of a row."""
    return Message(
        at=row.at,
        author=Address(row.author_name, row.author_address),
        role=row.role,
        visibility=Visibility(row.visibility),
        message_id=row.message_id,
        subject=row.subject,
        text=row.text,
        new_text=row.new_text,
        language=row.language,
        joined_by=row.joined_by,
        mail=row.mail,
    )


def event_row(desk: str, number: int, event: Event) -> dict[str, Any]:
    """Return the columns of an event but for its id."""
    return {
        "desk": desk,
        "ticket": number,
        "kind": event.kind.value,
        "at": event.at,
        "actor": event.actor,
        "data": dict(event.data),
    }


def event(row: Row[Any]) -> Event:
    """Return the event of a row."""
    return Event(EventKind(row.kind), row.at, row.actor, row.data)


def fired_row(desk: str, number: int, fired: Fired) -> dict[str, Any]:
    """Return the columns of one line of the ledger."""
    return {
        "desk": desk,
        "ticket": number,
        "clock": fired.clock,
        "cycle": fired.cycle,
        "kind": fired.kind.value,
        "n": fired.n,
        "at": fired.at,
        "respond_by": fired.respond_by,
    }


def fired(row: Row[Any]) -> Fired:
    """Return the line of the ledger of a row."""
    return Fired(row.clock, row.cycle, FiringKind(row.kind), row.n, row.at, row.respond_by)
