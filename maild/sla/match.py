"""Which policy speaks for a ticket: the first one whose conditions all hold."""

from collections.abc import Iterable

from maild.sla.policy import Match, Policy
from maild.tickets.ticket import Ticket

NO_TARGET = Policy(name="", when=Match(), clocks=())  # for a ticket no policy speaks for


def select(policies: Iterable[Policy], ticket: Ticket) -> Policy | None:
    """Return the first policy that matches, or None: a ticket without a target, to be reported."""
    return next((policy for policy in policies if matches(policy.when, ticket)), None)


def matches(when: Match, ticket: Ticket) -> bool:
    """Whether every condition holds; an empty one always does."""
    return (
        (not when.channel or ticket.channel in when.channel)
        and (not when.category or ticket.category in when.category)
        and (not when.service or ticket.service in when.service)
        and (not when.type or ticket.type in when.type)
        and (not when.priority or ticket.priority in when.priority)
        and (not when.requester_class or ticket.requester_class in when.requester_class)
        and (not when.team or ticket.team in when.team)
        and (not when.mailbox or ticket.mailbox in when.mailbox)
    )
