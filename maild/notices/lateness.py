"""Letters to the staff about time: what is nearly due, what is late, and why it was."""

from collections.abc import Sequence
from datetime import datetime

from maild.mail.facts import Kind
from maild.mail.outgoing import Letter
from maild.mail.subject import base_subject
from maild.notices.context import about, excerpt, history, name_of, names
from maild.notices.office import Office, in_words
from maild.sla.cycle import Cycle
from maild.sla.ladder import Firing, FiringKind
from maild.sla.policy import Clock
from maild.tickets.people import Person
from maild.tickets.ticket import Message, Ticket


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
        **about(ticket),
        "text": excerpt(waiting.new_text or waiting.text, language),
        "received": office.when(cycle.started_at, language),
        "due_date": office.when(cycle.due_at, language),
        "left_in_words": in_words(left, clock.target.count, language),
        "assignee": name_of(office, ticket.assignee),
        "next_to": names(next_to, language),
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

    Or remind them, where `firing` says that the instant has passed by which they were to answer.
    `waited` and `late` are seconds as the clock counts; `after` says who hears next and when.
    """
    stage = firing.stage
    if stage is None:
        raise ValueError("only a stage is escalated")
    language = office.language_of(person)
    team = office.desk.staff.teams.get(ticket.team or "")
    shown = thread if stage.forward == "thread" else thread[:1]
    passed = firing.kind is FiringKind.RESPOND_BY
    respond_by = firing.at if passed else firing.respond_by
    reason = "reopened" if cycle.reopened_at and not late else "resent" if cycle.resent_at else None
    if passed:
        reason = "unanswered"
    facts: dict[str, object] = {
        **about(ticket),
        "stage": stage.n,
        "received": office.when(cycle.started_at, language),
        "waited_in_words": in_words(waited, clock.target.count, language),
        "late_in_words": in_words(late, clock.target.count, language) if late else None,
        "reason": reason,
        "responsible": name_of(office, ticket.assignee) or (team.name if team else None),
        "respond_by": office.when(respond_by, language) if respond_by else None,
        "next_to": names(after[0], language),
        "next_date": office.when(after[1], language) if after[1] else None,
        "priority": ticket.priority,
        **history(office, shown, language, len(shown)),
    }
    kind = Kind.ESCALATION
    if ticket.priority == "emergency" and stage.n == 1 and not passed:
        kind = Kind.EMERGENCY
        facts |= {"text": excerpt(thread[0].text, language) if thread else "", "phone": None}
    return office.to_staff(kind, ticket, person, facts, key, now, not_before=firing.notify_at)


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
