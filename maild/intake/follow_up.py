"""A requester or collaborator writes again: a follow-up, a resend, a reopening, or a rating."""

from maild.casework import Case
from maild.intake.acknowledging import acknowledge, may_be_answered, remember
from maild.intake.notify import bring_message
from maild.intake.opening import doubts, open_ticket
from maild.intake.orders.conduct import VIOLATION
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.notices import requester as letters
from maild.sla.cycle import Outcome as Ending
from maild.sla.policy import ClockKind
from maild.store.mails import Outcome
from maild.tickets.rating import rating
from maild.tickets.threading import Joined, reopens, too_old
from maild.tickets.ticket import EventKind, Status, Ticket


def follow_up(work: Work, ticket: Ticket, joined: Joined) -> Decision:
    """A message of somebody who takes part in the ticket: requester or collaborator."""
    case = work.case(ticket)
    if ticket.status is Status.CANCELLED and not work.archive and _for_misconduct(case):
        return _kept(work, case, joined)
    over = not (ticket.status.active or work.archive)
    if over and (given := _rated(work, case)) is not None:
        return _keep_rating(work, case, joined, given)
    if over and _is_over_for_good(work, ticket):
        return _too_late(work, case, joined)
    before = case.thread()
    is_requester = ticket.requester.address.lower() == work.sender
    message = work.message("requester" if is_requester else "collaborator", joined.by)
    case.add(message)
    if work.archive:
        case.save()
        return Decision(Outcome.STORED, "history", ticket.number, joined)
    kind = _what_happened(work, ticket, joined)
    event = case.happen(kind, work.received_at, work.sender, by=joined.by)
    resent = kind is EventKind.RESENT
    again_and_late = resent and any(c.late(work.received_at) for c in case.cycles if c.open)
    if resent or kind is EventKind.REOPENED:
        acknowledge(work, case, message, f"ack-{event}", escalated=again_and_late)
    bring_message(
        work,
        case,
        message,
        before,
        f"e{event}",
        reopened=kind is EventKind.REOPENED,
        resent=resent,
        doubts=doubts(work, None),
        copy_to=("lead",) if again_and_late else (),  # policy 001, stage 1
    )
    case.save()
    remember(work)
    return Decision(Outcome.STORED, f"a follow-up by {joined.by}", ticket.number, joined)


def _for_misconduct(case: Case) -> bool:
    events = case.tx.tickets.events(case.desk.key, case.ticket.number)
    ends = [event for event in events if event.kind is EventKind.CANCELLED]
    return bool(ends) and ends[-1].data.get("why") == VIOLATION


def _kept(work: Work, case: Case, joined: Joined) -> Decision:
    """A reply to a ticket that was cancelled for misconduct opens nothing and starts no clock.

    It is kept as a note; the team hears once that its writer has more to say, and may reopen it.
    """
    before = case.thread()
    message = work.message("requester", joined.by, internal=True)
    case.add(message)
    event = case.happen(EventKind.CHANGED, work.received_at, work.sender, refused="cancelled")
    incident = f"reply to cancelled {case.ticket.number}"
    if work.mail.nature is Nature.PERSON and work.tx.told.first(work.desk.key, incident, work.now):
        bring_message(work, case, message, before, f"e{event}", doubts=("cancelled",))
    case.save()
    why = "kept as a note: the ticket was cancelled for misconduct"
    return Decision(Outcome.STORED, why, case.ticket.number, joined)


def _rated(work: Work, case: Case) -> int | None:
    """Return the rating a reply to the survey gives; None where no survey was sent."""
    surveyed = any(c.kind is ClockKind.SURVEY and c.outcome is Ending.SENT for c in case.cycles)
    if not surveyed or work.desk.survey_scale is None:
        return None
    return rating(work.mail.new_text, work.desk.survey_scale)


def _keep_rating(work: Work, case: Case, joined: Joined, given: int) -> Decision:
    """Store what the requester thinks; a digit opens nothing again."""
    case.add(work.message("requester", joined.by))
    case.happen(EventKind.RATED, work.received_at, work.sender, rating=given)
    case.save()
    return Decision(Outcome.STORED, f"a rating: {given}", case.ticket.number, joined)


def _is_over_for_good(work: Work, ticket: Ticket) -> bool:
    late = too_old(ticket, work.received_at, work.desk.reopen_days)
    return late or work.desk.closed_reply in {"new", "refuse"}


def _too_late(work: Work, case: Case, joined: Joined) -> Decision:
    """A reply after the ticket was closed for good: a new, linked ticket, or where to write."""
    if work.desk.closed_reply != "refuse":
        return open_ticket(work, case.ticket.number)
    message = work.message("requester", joined.by)
    case.add(message)
    event = case.happen(EventKind.CHANGED, work.received_at, work.sender, refused="closed")
    if may_be_answered(work):
        case.post(letters.closed_reply(work.office, case.ticket, message, f"e{event}", work.now))
    case.save()
    return Decision(Outcome.STORED, "the ticket is closed for good", case.ticket.number, joined)


def _what_happened(work: Work, ticket: Ticket, joined: Joined) -> EventKind:
    if work.mail.nature is not Nature.PERSON:
        return EventKind.REQUESTER_AUTO
    if joined.by == "resend":
        return EventKind.RESENT
    if _is_third_party(work, ticket):
        return EventKind.THIRD_PARTY_MESSAGE
    if ticket.status in {Status.SOLVED, Status.CLOSED, Status.CANCELLED}:
        return EventKind.REOPENED if reopens(work.mail) else EventKind.CHANGED
    return EventKind.REQUESTER_MESSAGE


def _is_third_party(work: Work, ticket: Ticket) -> bool:
    """Tell a supplier an agent copied from the requester and colleagues of theirs: no promise
    was made to a third party, and what it writes ends no wait (ticket on hold, clocks)."""
    domain = work.sender.rpartition("@")[2]
    own = {d.lower() for d in work.desk.domains}
    return work.sender != ticket.requester.address.lower() and domain not in own
