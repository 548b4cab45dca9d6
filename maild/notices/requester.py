"""Letters to people outside: acknowledgement, answer, and what the policy promises to tell them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from maild.desk import MailboxSettings
from maild.mail.facts import Contact, Entry, Kind, Link
from maild.mail.mail import Address, Attachment, Mail
from maild.mail.outgoing import Letter
from maild.mail.subject import base_subject
from maild.notices.announcement import Announcement
from maild.notices.context import excerpt
from maild.notices.office import Office, said, thread_of
from maild.sla.cycle import Cycle
from maild.sla.policy import Clock
from maild.sla.wording import spoken_target
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket, Visibility
from maild.tickets.tokens import without_tokens

FOR_GOOD = timedelta(days=36_500)  # a suspension without an end
_HISTORY = 3  # earlier messages quoted under an answer: enough to know what is answered


def acknowledgement(
    office: Office,
    ticket: Ticket,
    to: Message,
    promise: tuple[Clock, Cycle] | None,
    key: str,
    now: datetime,
    *,
    escalated: bool = False,
    missing: tuple[str, ...] = (),
) -> Letter:
    """Acknowledge `to` at once. Holds nothing its sender wrote (reflection of foreign words)."""
    language = ticket.language
    desk = office.desk
    facts: dict[str, object] = {
        "type": ticket.type,
        "emergency": ticket.priority == "emergency",
        "escalated": escalated,
        "links": tuple(Link(title, url) for title, url in desk.links.get(language, ())),
        "note": said(desk.notes, language, desk) or None,
        "urgent": tuple(Contact(*c) for c in desk.urgent.get(language, ())),
        "missing": missing,
    } | promised(office, _to_come(promise, now), language)
    return office.to_requester(
        Kind.ACKNOWLEDGEMENT,
        ticket,
        to.author,
        facts,
        key,
        now,
        thread=thread_of((), to.message_id),
    )


def promised(
    office: Office, promise: tuple[Clock, Cycle] | None, language: str
) -> dict[str, object]:
    """Return when an answer is due, in working hours and as a date, where one is promised."""
    if promise is None:
        return {}
    clock, cycle = promise
    if cycle.due_at is None:
        return {}
    return {
        "due_in_words": spoken_target(clock.target, language),
        "due_date": office.when(cycle.due_at, language),
    }


def _to_come(promise: tuple[Clock, Cycle] | None, now: datetime) -> tuple[Clock, Cycle] | None:
    """Promise nothing that is past: mail of a downtime may be late when it is first read."""
    past = promise is not None and promise[1].due_at is not None and promise[1].due_at <= now
    return None if past else promise


def relay(
    office: Office,
    ticket: Ticket,
    answer: Message,
    agent: Person,
    thread: Sequence[Message],
    attachments: tuple[Attachment, ...],
    event: int,
    now: datetime,
) -> tuple[Letter, ...]:
    """Carry an agent's answer to the requester and the collaborators, each in a letter of theirs.

    The agent's address, signature and quoted history stay inside; `thread` is what was public
    before the answer, oldest first.
    """
    desk, language = office.desk, ticket.language
    public = tuple(m for m in thread if m.visibility is Visibility.PUBLIC)
    last = next((m for m in reversed(public) if m.role == "requester"), None)
    facts: dict[str, object] = {
        "subject": base_subject(ticket.subject),
        "answer": without_tokens(answer.new_text, office.mailbox(ticket).subaddress),
        "agent": agent.name if desk.show_agent_name else None,
        "signature": said(desk.signature, language, desk) or None,
        "history": entries(office, ticket, public, language)[:_HISTORY],
    }
    box = said(office.mailbox(ticket).name, language, desk)
    others = (c for c in ticket.collaborators if desk.staff.by_address(c) is None)
    return tuple(
        office.to_requester(
            Kind.RELAY,
            ticket,
            recipient,
            facts,
            f"e{event}",
            now,
            thread=thread_of(public, last.message_id if last else None),
            attachments=attachments,
            sender_name=f"{agent.name} — {box}" if desk.show_agent_name else None,
            author=agent.key,
            event=event,
        )
        for recipient in (ticket.requester, *(Address("", c) for c in others))
    )


def closed_reply(office: Office, ticket: Ticket, to: Message, key: str, now: datetime) -> Letter:
    """Tell the writer that the ticket is closed for good, and where to write instead."""
    return office.to_requester(
        Kind.CLOSED_REPLY,
        ticket,
        to.author,
        {"address": office.mailbox(ticket).address},
        key,
        now,
        thread=thread_of((), to.message_id),
    )


def routed(
    office: Office,
    ticket: Ticket,
    department: str,
    promise: tuple[Clock, Cycle] | None,
    thread: Sequence[Message],
    key: str,
    now: datetime,
) -> Letter:
    """Tell a complainant where the complaint went, and whom to ring without an answer."""
    language = ticket.language
    contact = next(iter(office.desk.urgent.get(language, ())), None)
    facts: dict[str, object] = {
        "department": department,
        "type": ticket.type,
        "director": Contact(*contact) if contact else None,
    } | promised(office, _to_come(promise, now), language)
    return office.to_requester(
        Kind.ROUTED,
        ticket,
        ticket.requester,
        facts,
        key,
        now,
        thread=thread_of(tuple(thread), None),
    )


def solved(
    office: Office, ticket: Ticket, thread: Sequence[Message], key: str, now: datetime
) -> Letter:
    """Ask whether the matter is settled, before the ticket closes by itself."""
    closes = now + timedelta(days=office.desk.close_after_days)
    return office.to_requester(
        Kind.SOLVED,
        ticket,
        ticket.requester,
        {"closes_date": office.when(closes, ticket.language)},
        key,
        now,
        thread=thread_of(tuple(thread), None),
    )


def violation(
    office: Office,
    ticket: Ticket,
    thread: Sequence[Message],
    rule: str | None,
    strikes: int,
    allowed: int,
    key: str,
    now: datetime,
) -> Letter:
    """Tell a requester that the ticket is cancelled for misconduct (policy 001, etiquette)."""
    return office.to_requester(
        Kind.VIOLATION,
        ticket,
        ticket.requester,
        {"rule": rule, "strikes": strikes, "strikes_allowed": allowed},
        key,
        now,
        thread=thread_of(tuple(thread), None),
    )


def suspended(
    office: Office,
    mailbox: MailboxSettings,
    to: Address,
    mail: Mail,
    language: str,
    until: datetime,
    now: datetime,
) -> Letter:
    """Tell a suspended address, once, until when nobody works on its mail."""
    for_good = until - now > FOR_GOOD / 2
    facts: dict[str, object] = {"until": None if for_good else office.when(until, language)}
    return office.about_no_ticket(
        Kind.SUSPENDED,
        to,
        facts,
        until.isoformat(),
        now,
        language,
        mailbox,
        thread_of((), mail.message_id),
    )


def declined(
    office: Office,
    mailbox: MailboxSettings,
    to: Address,
    mail: Mail,
    language: str,
    rule: str,
    now: datetime,
) -> Letter:
    """Tell somebody that mail of this kind, by a rule of the desk, is not taken up."""
    links = tuple(Link(title, url) for title, url in office.desk.links.get(language, ()))
    return office.about_no_ticket(
        Kind.DECLINED,
        to,
        {"links": links},
        rule,
        now,
        language,
        mailbox,
        thread_of((), mail.message_id),
    )


def announcement(
    office: Office, to: Address, language: str, words: Announcement, now: datetime
) -> Letter:
    """Bring the admin's own words to somebody who wrote to the desk."""
    mailbox = next(iter(office.desk.mailboxes.values()))
    facts = {"title": words.title, "body": words.body}
    return office.about_no_ticket(
        Kind.ANNOUNCEMENT, to, facts, words.fingerprint, now, language, mailbox
    )


def out_of_scope(
    office: Office, ticket: Ticket, to: Message, answer: str, key: str, now: datetime
) -> Letter:
    """Answer with a desk's own words what is not this desk's to do."""
    language = ticket.language
    facts: dict[str, object] = {
        "answer": answer or None,
        "links": tuple(Link(title, url) for title, url in office.desk.links.get(language, ())),
    }
    return office.to_requester(
        Kind.OUT_OF_SCOPE,
        ticket,
        to.author,
        facts,
        key,
        now,
        thread=thread_of((), to.message_id),
    )


def survey(office: Office, ticket: Ticket, thread: Sequence[Message], now: datetime) -> Letter:
    """Ask how it was, once, after a ticket was solved: a digit in the reply is the answer."""
    return office.to_requester(
        Kind.SURVEY,
        ticket,
        ticket.requester,
        {"scale": office.desk.survey_scale or 5},
        "survey",
        now,
        thread=thread_of(tuple(thread), None),
    )


def entries(
    office: Office, ticket: Ticket, messages: Sequence[Message], language: str
) -> tuple[Entry, ...]:
    """Return messages as a reader sees them in a letter, newest first, staff without addresses."""
    box = said(office.mailbox(ticket).name, language, office.desk)
    return tuple(
        Entry(
            author=m.author.name or (box if m.role == "agent" else m.author.address),
            at=office.when(m.at, language),
            text=without_tokens(
                excerpt(m.new_text or m.text, language), office.mailbox(ticket).subaddress
            ),
        )
        for m in reversed(messages)
    )
