"""Bringing a mail to the people who answer: a letter of their own to each."""

from collections.abc import Sequence

from maild.casework import Case
from maild.casework.promise import promise_of
from maild.intake.words import Work
from maild.notices import staff
from maild.tickets.people import Person
from maild.tickets.ticket import Message


def bring_ticket(
    work: Work, case: Case, message: Message, key: str, doubts: tuple[str, ...] = ()
) -> None:
    """Bring a new ticket to whoever answers it."""
    promise = promise_of(case)
    for person in audience(case):
        case.post(
            staff.notification(
                work.office,
                case.ticket,
                person,
                message,
                promise,
                work.mail.attachments,
                key,
                work.now,
                doubts=doubts,
            )
        )


def bring_message(
    work: Work,
    case: Case,
    message: Message,
    before: Sequence[Message],
    key: str,
    *,
    leave_out: str | None = None,
    reopened: bool = False,
    resent: bool = False,
    answered: bool = False,
    doubts: tuple[str, ...] = (),
) -> None:
    """Tell whoever answers a ticket that somebody wrote in it; `leave_out` is the writer's key."""
    promise = promise_of(case)
    for person in audience(case):
        if person.key != leave_out:
            case.post(
                staff.follow_up(
                    work.office,
                    case.ticket,
                    person,
                    message,
                    promise,
                    work.mail.attachments,
                    key,
                    work.now,
                    thread=before,
                    reopened=reopened,
                    resent=resent,
                    answered=answered,
                    doubts=doubts,
                )
            )


def audience(case: Case) -> tuple[Person, ...]:
    """Return who answers the ticket now: its assignee, or its team."""
    return case.desk.staff.answering(case.ticket.team, case.ticket.assignee)
