"""Letters to one of the staff about their own mail: what was done with it, and what was not."""

from collections.abc import Sequence
from datetime import datetime

from maild.mail.facts import Entry, Kind
from maild.mail.outgoing import Letter
from maild.mail.subject import base_subject
from maild.notices.context import about, excerpt
from maild.notices.office import Office
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket


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
    too_large: bool = False,
) -> Letter:
    """Tell the author of an answer that it never arrived, and give them their words back."""
    facts: dict[str, object] = {
        "recipient": recipient,
        "why": why,
        "status": status,
        "text": text or None,
        "clock_reopened": clock_reopened,
        "too_large": too_large,
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
        **about(ticket),
        "by": by,
        "text": excerpt(message.new_text or message.text, language),
        "rule": rule,
        "strikes": strikes,
        "suspended_until": until,
    }
    return office.to_staff(Kind.VIOLATION_REPORT, ticket, person, facts, key, now)
