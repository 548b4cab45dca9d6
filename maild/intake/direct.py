"""A mail that a list brought before its writer's own copy came: the copy sent to us counts.

What a list adds on the way makes a mail one of a machine's, which is not answered. Nobody may lose
an acknowledgement and a promise because the list was faster.
"""

from maild.intake.acknowledging import acknowledge, remember
from maild.intake.notify import tell_where
from maild.intake.words import Arrival, Decision, Work
from maild.mail.mail import Mail, Nature
from maild.store.mails import Outcome, Record
from maild.tickets.ticket import EventKind, Ticket


def is_direct(arrival: Arrival, twin: Record) -> bool:
    """Tell whether a person's mail came so far only in copies that machines had handled."""
    mail = arrival.mail
    return (
        isinstance(mail, Mail)
        and mail.nature is Nature.PERSON
        and not (arrival.sent or arrival.archive)
        and twin.nature not in {None, Nature.PERSON.value}
    )


def count_direct(work: Work, ticket: Ticket) -> Decision:
    """Let the requester wait for an answer in the ticket that the other copy opened."""
    case = work.case(ticket)
    events = work.tx.tickets.events(work.desk.key, ticket.number)
    kinds = {event.kind for event in events}
    if not ticket.status.active or EventKind.AGENT_REPLY in kinds:
        reason = "the same mail came by a list, and was seen to"
        return Decision(Outcome.DUPLICATE, reason, ticket.number)
    event = case.happen(EventKind.RECEIVED, work.received_at, work.sender)
    routed = 0
    if EventKind.ROUTED in kinds:  # clocks that start with it begin now
        routed = case.happen(EventKind.ROUTED, work.received_at, team=ticket.team)
    acknowledge(work, case, work.message("requester"), f"ack-{event}")
    if routed:
        tell_where(work, case, f"e{routed}")
    case.save()
    remember(work)
    return Decision(Outcome.STORED, "the same mail came by a list before", ticket.number)
