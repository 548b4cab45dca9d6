"""Letters to the staff: new mail, what waits, what is late, and what became of their own mail."""

from collections.abc import Sequence
from datetime import datetime

from maild.mail.facts import DigestItem, Entry, File, Kind, Party
from maild.mail.mail import Attachment
from maild.mail.outgoing import Letter
from maild.mail.subject import base_subject
from maild.notices.doubts import say
from maild.notices.office import Office, in_words
from maild.notices.requester import promised
from maild.sla.cycle import Cycle
from maild.sla.ladder import Firing
from maild.sla.policy import Clock
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket, Visibility

_HISTORY = 5
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
    team = office.desk.staff.teams.get(ticket.team or "")
    facts: dict[str, object] = {
        **_about(ticket),
        "text": message.text,
        "received": office.when(message.at, language),
        "team": team.name if team else None,
        "assignee": _name_of(office, ticket.assignee),
        "category": ticket.category,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "handed_over_by": handed_over_by,
        "handover_note": handover_note,
        "doubts": tuple(say(d, language) for d in doubts),
        "files": _files(attachments),
        **_history(office, [m for m in thread if m is not message], language),
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
    facts: dict[str, object] = {
        **_about(ticket),
        "author": Party(message.author.name, message.author.address),
        "text": message.new_text or message.text,
        "received": office.when(message.at, language),
        "internal": message.visibility is Visibility.INTERNAL,
        "answered": answered,
        "reopened": reopened,
        "resent": resent,
        "assignee": _name_of(office, ticket.assignee),
        "doubts": tuple(say(d, language) for d in doubts),
        "files": _files(attachments),
        **_history(office, thread, language),
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


def warning(
    office: Office,
    ticket: Ticket,
    person: Person,
    waiting: Message,
    cycle: Cycle,
    left: float,
    clock: Clock,
    next_to: Sequence[Person],
    key: str,
    now: datetime,
) -> Letter | None:
    """Tell the team that the time is nearly up; `left` in seconds as the clock counts."""
    if cycle.due_at is None:
        return None
    language = office.language_of(person)
    facts: dict[str, object] = {
        **_about(ticket),
        "text": waiting.new_text or waiting.text,
        "received": office.when(cycle.started_at, language),
        "due_date": office.when(cycle.due_at, language),
        "left_in_words": in_words(left, clock.target.count, language),
        "assignee": _name_of(office, ticket.assignee),
        "next_to": _names(next_to, language),
    }
    return office.to_staff(Kind.WARNING, ticket, person, facts, key, now)


def escalation(
    office: Office,
    ticket: Ticket,
    person: Person,
    firing: Firing,
    cycle: Cycle,
    waited: float,
    late: float,
    clock: Clock,
    after: tuple[Sequence[Person], datetime | None],
    thread: Sequence[Message],
    key: str,
    now: datetime,
) -> Letter:
    """Forward an overdue ticket to a lead, manager or executive who has ten seconds.

    `waited` and `late` are seconds as the clock counts; `after` says who hears next and when.
    """
    stage = firing.stage
    if stage is None:
        raise ValueError("only a stage is escalated")
    language = office.language_of(person)
    team = office.desk.staff.teams.get(ticket.team or "")
    shown = thread if stage.forward == "thread" else thread[:1]
    reason = "reopened" if cycle.reopened_at and not late else "resent" if cycle.resent_at else None
    facts: dict[str, object] = {
        **_about(ticket),
        "stage": stage.n,
        "received": office.when(cycle.started_at, language),
        "waited_in_words": in_words(waited, clock.target.count, language),
        "late_in_words": in_words(late, clock.target.count, language) if late else None,
        "reason": reason,
        "responsible": _name_of(office, ticket.assignee) or (team.name if team else None),
        "respond_by": office.when(firing.respond_by, language) if firing.respond_by else None,
        "next_to": _names(after[0], language),
        "next_date": office.when(after[1], language) if after[1] else None,
        "priority": ticket.priority,
        **_history(office, shown, language, len(shown)),
    }
    kind = Kind.ESCALATION
    if ticket.priority == "emergency" and stage.n == 1:
        kind = Kind.EMERGENCY
        facts |= {"text": thread[0].text if thread else "", "phone": None}
    return office.to_staff(kind, ticket, person, facts, key, now, not_before=firing.notify_at)


def digest(
    office: Office, person: Person, items: Sequence[tuple[Ticket, str]], key: str, now: datetime
) -> Letter:
    """Tell one person of many tickets in one letter; each item is a ticket and what befell it."""
    first = items[0][0]
    facts: dict[str, object] = {
        "items": tuple(
            DigestItem(
                t.tag,
                base_subject(t.subject),
                t.requester.name or t.requester.address,
                what,
                _name_of(office, t.assignee),
            )
            for t, what in items
        )
    }
    return office.to_staff(Kind.DIGEST, first, person, facts, key, now)


def refusal(
    office: Office,
    ticket: Ticket,
    person: Person,
    problems: tuple[str, ...],
    reasons: tuple[str, ...],
    text: str,
    key: str,
    now: datetime,
) -> Letter:
    """Tell somebody that nothing of their mail was carried out, why, and give them their words."""
    facts: dict[str, object] = {"problems": problems, "reasons": reasons, "text": text or None}
    return office.to_staff(Kind.REFUSAL, ticket, person, facts, key, now)


def confirmation(
    office: Office,
    ticket: Ticket,
    person: Person,
    done: tuple[str, ...],
    undo: str | None,
    key: str,
    now: datetime,
) -> Letter:
    """Confirm orders in one short line each."""
    return office.to_staff(
        Kind.CONFIRMATION, ticket, person, {"done": done, "undo": undo}, key, now
    )


def undeliverable(
    office: Office,
    ticket: Ticket,
    person: Person,
    recipient: str,
    why: str,
    status: str | None,
    text: str,
    key: str,
    now: datetime,
    *,
    clock_reopened: bool,
) -> Letter:
    """Tell the author of an answer that it never arrived, and give them their words back."""
    facts: dict[str, object] = {
        "recipient": recipient,
        "why": why,
        "status": status,
        "text": text or None,
        "clock_reopened": clock_reopened,
    }
    return office.to_staff(Kind.UNDELIVERABLE, ticket, person, facts, key, now)


def held(
    office: Office,
    ticket: Ticket,
    person: Person,
    text: str,
    meanwhile: Sequence[Message],
    key: str,
    now: datetime,
) -> Letter:
    """Tell an agent that their answer waits, because somebody wrote in between."""
    language = office.language_of(person)
    by_colleague = any(m.role == "agent" for m in meanwhile)
    facts: dict[str, object] = {
        "subject": base_subject(ticket.subject),
        "because": "colleague" if by_colleague else "requester",
        "text": text,
        "meanwhile": tuple(
            Entry(m.author.name or m.author.address, office.when(m.at, language), m.new_text)
            for m in meanwhile
        ),
        "send": "#إرسال" if language == "ar" else "#send",
    }
    return office.to_staff(Kind.HELD, ticket, person, facts, key, now)


def explanation(
    office: Office, ticket: Ticket, person: Person, title: str, body: str, key: str, now: datetime
) -> Letter:
    """Answer `#why` and `#help`."""
    return office.to_staff(
        Kind.EXPLANATION, ticket, person, {"title": title, "body": body}, key, now
    )


def violation_report(
    office: Office,
    ticket: Ticket,
    person: Person,
    by: str,
    message: Message,
    rule: str | None,
    strikes: int,
    suspended_until: datetime | None,
    key: str,
    now: datetime,
) -> Letter:
    """Tell those concerned that a ticket was cancelled for misconduct."""
    language = office.language_of(person)
    until = office.when(suspended_until, language) if suspended_until else None
    facts: dict[str, object] = {
        **_about(ticket),
        "by": by,
        "text": message.new_text or message.text,
        "rule": rule,
        "strikes": strikes,
        "suspended_until": until,
    }
    return office.to_staff(Kind.VIOLATION_REPORT, ticket, person, facts, key, now)


def cause(
    office: Office,
    ticket: Ticket,
    person: Person,
    cycle: Cycle,
    key: str,
    now: datetime,
) -> Letter:
    """Ask the lead why a promise was not kept (policy 000, annex step 5)."""
    due_at = cycle.due_at or now
    facts: dict[str, object] = {
        "subject": base_subject(ticket.subject),
        "due_date": office.when(due_at, office.language_of(person)),
    }
    return office.to_staff(Kind.CAUSE, ticket, person, facts, key, now)


def portable(attachments: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    """Return the attachments that travel with a letter: in their order, while there is room."""
    taken, size = [], 0
    for attachment in attachments:
        if size + attachment.size <= _ATTACHED:
            taken.append(attachment)
            size += attachment.size
    return tuple(taken)


def _about(ticket: Ticket) -> dict[str, object]:
    return {
        "subject": base_subject(ticket.subject),
        "requester": Party(ticket.requester.name, ticket.requester.address),
    }


def _history(
    office: Office, messages: Sequence[Message], language: str, shown: int = _HISTORY
) -> dict[str, object]:
    recent = list(messages)[-shown:] if shown else []
    return {
        "history": tuple(
            Entry(
                m.author.name or m.author.address, office.when(m.at, language), m.new_text or m.text
            )
            for m in reversed(recent)
        ),
        "older": len(messages) - len(recent),
    }


def _files(attachments: tuple[Attachment, ...]) -> tuple[File, ...]:
    return tuple(File(a.name, a.size) for a in attachments if not a.inline)


def _name_of(office: Office, key: str | None) -> str | None:
    person = office.desk.staff.people.get(key or "")
    return person.name if person else None


def _names(people: Sequence[Person], language: str) -> str | None:
    separator = "، " if language == "ar" else ", "
    return separator.join(p.name or p.email for p in people) or None


def _sender_name(office: Office, ticket: Ticket, message: Message, language: str) -> str:
    box = office.mailbox(ticket).name
    name = message.author.name or message.author.address
    return f"{name} — {box.get(language) or next(iter(box.values()), ticket.mailbox)}"
