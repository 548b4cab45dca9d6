"""Letters that bring mail to the staff: a new ticket, and whatever is written in it."""

from collections.abc import Sequence
from datetime import datetime

from maild.mail.facts import Kind, Party
from maild.mail.mail import Attachment
from maild.mail.outgoing import Letter
from maild.notices.context import about, excerpt, files, history, name_of, whole
from maild.notices.doubts import say
from maild.notices.office import Office
from maild.notices.requester import promised
from maild.sla.cycle import Cycle
from maild.sla.policy import Clock
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket, Visibility

_ATTACHED = 15_000_000  # bytes of attachments that travel with one notification


def notification(
    office: Office,
    ticket: Ticket,
    person: Person,
    message: Message,
    promise: tuple[Clock, Cycle] | None,
    attachments: tuple[Attachment, ...],
    key: str,
    now: datetime,
    *,
    doubts: tuple[str, ...] = (),
    handed_over_by: str | None = None,
    handover_note: str | None = None,
    thread: Sequence[Message] = (),
) -> Letter:
    """Bring a ticket to an agent: who, what, until when, and the requester's own words."""
    language = office.language_of(person)
    attachments += whole(message.text)
    team = office.desk.staff.teams.get(ticket.team or "")
    facts: dict[str, object] = {
        **about(ticket),
        "text": excerpt(message.text, language),
        "received": office.when(message.at, language),
        "team": team.name if team else None,
        "assignee": name_of(office, ticket.assignee),
        "category": ticket.category,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "handed_over_by": handed_over_by,
        "handover_note": handover_note,
        "doubts": tuple(say(d, language) for d in doubts),
        "files": files(attachments),
        **history(office, [m for m in thread if m is not message], language),
        **promised(office, promise, language),
    }
    return office.to_staff(
        Kind.NOTIFICATION,
        ticket,
        person,
        facts,
        key,
        now,
        attachments=portable(attachments),
        sender_name=_sender_name(office, ticket, message, language),
    )


def follow_up(
    office: Office,
    ticket: Ticket,
    person: Person,
    message: Message,
    promise: tuple[Clock, Cycle] | None,
    attachments: tuple[Attachment, ...],
    key: str,
    now: datetime,
    *,
    thread: Sequence[Message],
    reopened: bool = False,
    resent: bool = False,
    answered: bool = False,
    doubts: tuple[str, ...] = (),
) -> Letter:
    """Tell an agent that somebody wrote again; `thread` is what came before."""
    language = office.language_of(person)
    text = message.new_text or message.text
    attachments += whole(message.text) if whole(text) else ()
    facts: dict[str, object] = {
        **about(ticket),
        "author": Party(message.author.name, message.author.address),
        "text": excerpt(text, language),
        "received": office.when(message.at, language),
        "internal": message.visibility is Visibility.INTERNAL,
        "answered": answered,
        "reopened": reopened,
        "resent": resent,
        "assignee": name_of(office, ticket.assignee),
        "doubts": tuple(say(d, language) for d in doubts),
        "files": files(attachments),
        **history(office, thread, language),
        **promised(office, promise, language),
    }
    return office.to_staff(
        Kind.FOLLOW_UP,
        ticket,
        person,
        facts,
        key,
        now,
        attachments=portable(attachments),
        sender_name=_sender_name(office, ticket, message, language),
    )


def portable(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Return the attachments that travel with a letter: in their order, while there is room."""
    taken, size = [], 0
    for attachment in attachments:
        if size + attachment.size <= _ATTACHED:
            taken.append(attachment)
            size += attachment.size
    return tuple(taken)


def _sender_name(office: Office, ticket: Ticket, message: Message, language: str) -> str:
    box = office.mailbox(ticket).name
    name = message.author.name or message.author.address
    return f"{name} — {box.get(language) or next(iter(box.values()), ticket.mailbox)}"
