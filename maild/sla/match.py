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
    return all(
        not wanted or value in wanted
        for wanted, value in (
            (when.channel, ticket.channel),
            (when.category, ticket.category),
            (when.service, ticket.service),
            (when.type, ticket.type),
            (when.priority, ticket.priority),
            (when.requester_class, ticket.requester_class),
            (when.team, ticket.team),
            (when.mailbox, ticket.mailbox),
        )
    )
