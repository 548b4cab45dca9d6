"""A letter that will never arrive: its author is told once, and an answer counts as not given."""

from datetime import datetime

from maild.casework.case import Case
from maild.mail.facts import Kind
from maild.mail.lighter import too_large, without_attachments
from maild.mail.outgoing import Letter
from maild.notices import writer
from maild.notices.office import Office
from maild.store.outbox import Entry
from maild.store.store import Transaction
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind


def undelivered(
    tx: Transaction,
    office: Office,
    entry: Entry,
    why: str,
    status: str | None,
    now: datetime,
    *,
    believed: bool = True,
) -> None:
    """Tell a person that a letter bounced for good (RFC 3464, or refused with 5xx).

    An answer re-opens the cycle it had ended, with its old start. The author is told, or, for a
    letter nobody wrote, whoever answers the ticket; a letter to staff that fails tells their lead.
    A report about such a report ends here, so two broken addresses cannot answer each other. One
    that is not `believed` is told and moves no clock. What was too large for somebody of the staff
    is sent to them again without its attachments.
    """
    if entry.ticket is None or entry.purpose == Kind.UNDELIVERABLE:
        return
    ticket = tx.tickets.get(office.desk.key, entry.ticket)
    if ticket is None:
        return
    large = too_large(f"{why} {status or ''}")
    if large and office.desk.staff.by_address(entry.recipient) and _lightened(tx, entry, now):
        return
    case = Case(tx, office.desk, ticket, now)
    answer = case.event(entry.event) if entry.event and believed else None
    case.happen(
        EventKind.ANSWER_BOUNCED if answer else EventKind.CHANGED,
        undelivered=entry.purpose,
        to=entry.recipient,
        status=status,
        answer=entry.event,
    )
    if answer is not None:
        case.unanswer(answer.at)
    for person in _to_tell(office, case, entry):
        case.post(
            writer.undeliverable(
                office,
                case.ticket,
                person,
                entry.recipient,
                why,
                status,
                _words(case, entry),
                f"undeliverable-{entry.id}",
                now,
                clock_reopened=answer is not None,
                too_large=large,
            )
        )
    case.save()


def _lightened(tx: Transaction, entry: Entry, now: datetime) -> bool:
    """Post a letter again without its attachments; tell whether there were any."""
    lighter = without_attachments(entry.raw)
    if lighter is None:
        return False
    message_id, raw = lighter
    tx.outbox.post(
        Letter(
            desk=entry.desk,
            mailbox=entry.mailbox,
            sender=entry.sender,
            recipient=entry.recipient,
            message_id=message_id,
            raw=raw,
            purpose=entry.purpose,
            ticket=entry.ticket,
            author=entry.author,
        ),
        now,
    )
    return True


def _to_tell(office: Office, case: Case, entry: Entry) -> tuple[Person, ...]:
    people = office.desk.staff
    if entry.author in people.people:
        return (people.people[entry.author],)
    candidates = case.answering()
    others = tuple(p for p in candidates if p.email.lower() != entry.recipient.lower())
    return others or tuple(
        p
        for p in people.resolve("lead", case.ticket.team, office.desk.roles)
        if p.email.lower() != entry.recipient.lower()
    )


def _words(case: Case, entry: Entry) -> str:
    """Return the answer's own words, so that nobody has to write them again."""
    if entry.event is None:
        return ""
    answers = [m for m in case.thread() if m.role == "agent"]
    answer = case.event(entry.event)
    return next((m.new_text for m in answers if answer and m.at == answer.at), "")
