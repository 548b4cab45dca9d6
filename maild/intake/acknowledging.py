"""Acknowledging a mail, and remembering whose it was."""

from datetime import timedelta

from maild.casework import Case
from maild.casework.promise import promise_of
from maild.intake.missing import missing
from maild.intake.words import Work
from maild.notices import requester as letters
from maild.tickets.addressing import bare
from maild.tickets.ticket import EventKind, Message

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)


def remember(work: Work) -> None:
    """Keep the sender's language: their next mail may be too short to tell."""
    known = work.tx.requesters.get(work.desk.key, work.sender)
    language = work.mail.language
    if language not in work.desk.languages:
        language = known.language if known else None
    work.tx.requesters.seen(work.desk.key, work.sender, language, work.now)


def language_of(work: Work) -> str:
    """The mail's own language where the desk speaks it, else the sender's last, else the desk's."""
    known = work.tx.requesters.get(work.desk.key, work.sender)
    for language in (work.mail.language, known.language if known else None):
        if language in work.desk.languages:
            return str(language)
    return work.desk.languages[0]


def acknowledge(
    work: Work, case: Case, message: Message, key: str, *, escalated: bool = False
) -> None:
    """Acknowledge a message, saying when it is answered and what it lacks."""
    if not may_be_answered(work):
        return
    case.post(
        letters.acknowledgement(
            work.office,
            case.ticket,
            message,
            promise_of(case),
            key,
            work.now,
            escalated=escalated,
            missing=missing(work.mail, work.desk.ask_for, case.ticket.language),
        )
    )
    case.happen(EventKind.ACKNOWLEDGED)


def may_be_answered(work: Work) -> bool:
    """Tell whether the writer may be sent one more automatic letter today, and count it.

    A limit per address, so that nobody is flooded through us and no loop goes on (RFC 3834 2), and
    per hour one for all addresses of a foreign domain and one for everybody: a From line may name
    a thousand victims. A detail part (RFC 5233) makes no other address of one.
    """
    tx, desk, now = work.tx.requesters, work.desk, work.now
    account = bare(work.sender, "+")
    domain = account.rpartition("@")[2]
    foreign = domain not in {d.lower() for d in desk.domains}
    if (
        tx.acks_since(desk.key, account, now - DAY) >= desk.ack_limit
        or (foreign and tx.domain_acks_since(desk.key, domain, now - HOUR) >= desk.ack_domain_limit)
        or tx.desk_acks_since(desk.key, now - HOUR) >= desk.ack_desk_limit
    ):
        return False
    tx.acked(desk.key, account, now)
    return True
