"""Bringing a mail to the people who answer: a letter of their own to each."""

from collections.abc import Sequence
from datetime import timedelta

from maild.casework import Case
from maild.casework.digests import crowded, keep_news
from maild.casework.promise import promise_of
from maild.intake.words import Work
from maild.mail.mail import Attachment
from maild.mail.read import attached
from maild.notices import requester, staff
from maild.notices.digest import came
from maild.tickets.orders import read as read_orders
from maild.tickets.people import Person
from maild.tickets.ticket import Message

_OF_ONE = 20  # new tickets of one sender within an hour that are brought one by one
_HOUR = timedelta(hours=1)
_TOLD_WHERE = frozenset({"complaint", "suggestion"})


def bring_ticket(
    work: Work,
    case: Case,
    message: Message,
    key: str,
    doubts: tuple[str, ...] = (),
    copy_to: Sequence[str] = (),
    by: Person | None = None,
    thread: Sequence[Message] = (),
) -> None:
    """Bring a ticket to whoever answers it, and to those a rule copies.

    `by` handed it over, then its files are those of the first mail and what `by` wrote is the note.
    Whoever hears too much at the moment finds mail from outside in a digest, and so does everybody
    what a sender asks who opens ticket after ticket.
    """
    promise = promise_of(case)
    files = files_of(work, message) if by else ()
    note = (read_orders(work.mail.new_text).text or None) if by else None
    earlier = [m for m in thread if m.mail != work.mail_id]  # the note stands above them already
    teeming = by is None and _teems(work)
    for person in _with_copies(case, copy_to):
        if by is None and (teeming or crowded(case, person)):
            what = came(work.office, person, "new", doubts)
            keep_news(case, person, what, message.text)
            continue
        case.post(
            staff.notification(
                work.office,
                case.ticket,
                person,
                message,
                promise,
                work.mail.attachments if by is None else files,
                key,
                work.now,
                doubts=doubts,
                handed_over_by=by.name if by else None,
                handover_note=note,
                thread=earlier,
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
    copy_to: Sequence[str] = (),
) -> None:
    """Tell whoever answers a ticket that somebody wrote in it; `leave_out` is the writer's key.

    `copy_to` names roles, teams or people who are told as well. What a colleague writes comes by
    itself, however much else comes.
    """
    promise = promise_of(case)
    what = "reopened" if reopened else "resent" if resent else "message"
    for person in _with_copies(case, copy_to):
        if person.key == leave_out:
            continue
        if leave_out is None and crowded(case, person):
            said = came(work.office, person, what, doubts)
            keep_news(case, person, said, message.new_text or message.text)
            continue
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


def _teems(work: Work) -> bool:
    """Tell whether the writer opened so many tickets lately that each alone says little.

    They stay tickets with a clock; after the first few nobody is acknowledged either
    (`acknowledging`).
    """
    known = work.tx.requesters.get(work.desk.key, work.sender)
    since = work.now - _HOUR
    wrote_lately = known is None or known.last_seen_at > since  # a machine is not remembered
    return wrote_lately and (
        work.tx.tickets.opened_since(work.desk.key, work.sender, since, _OF_ONE + 1) > _OF_ONE
    )


def files_of(work: Work, message: Message) -> tuple[Attachment, ...]:
    """Return what was attached to a message, taken from its raw mail.

    Only the files: a whole mail is read in a child, and never while the store is locked.
    """
    if message.mail is None:
        return ()
    return attached(work.tx.mails.raw(work.desk.key, message.mail), work.mailbox.default_charset)


def tell_where(work: Work, case: Case, key: str) -> None:
    """Tell a complainant where the complaint or suggestion went (policy 003, clauses 7 and 8)."""
    team = case.desk.staff.teams.get(case.ticket.team or "")
    if case.ticket.type in _TOLD_WHERE and team is not None:
        promise, thread = promise_of(case), case.thread()
        case.post(
            requester.routed(work.office, case.ticket, team.name, promise, thread, key, work.now)
        )


def _with_copies(case: Case, copy_to: Sequence[str]) -> tuple[Person, ...]:
    """Return who answers the ticket and those `copy_to` names, nobody twice."""
    people = {p.email.lower(): p for p in case.answering()}
    for name in copy_to:
        for person in case.desk.staff.resolve(name, case.ticket.team, case.desk.roles):
            people.setdefault(person.email.lower(), person)
    return tuple(people.values())
