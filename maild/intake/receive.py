"""One mail arrives: from its bytes to a decision, in the caller's transaction.

The order of the questions is the order of this page: read before? readable? ours? a bounce? a
sender? which ticket? who writes? Nothing here touches the network; marking the mail on the server
comes after the commit.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from maild.desk import Form
from maild.intake.behalf import on_behalf
from maild.intake.claims import proves
from maild.intake.direct import count_direct, is_direct
from maild.intake.follow_up import follow_up
from maild.intake.forms import behind, form_of
from maild.intake.machine import bounced, is_our_own, machine
from maild.intake.opening import open_ticket
from maild.intake.sent import FOLDER, from_the_account
from maild.intake.staff import from_staff
from maild.intake.suspension import set_aside
from maild.intake.words import Arrival, Decision, Work
from maild.mail.mail import Mail, Nature
from maild.mail.postal import can_be_written_to
from maild.mail.unreadable import SAFE_NAMES, Unreadable
from maild.notices.office import Office
from maild.store.mails import Outcome
from maild.store.store import Transaction
from maild.tickets.threading import Joined, is_resend, keys, may_join
from maild.tickets.ticket import Status, Ticket


def receive(arrival: Arrival, office: Office, tx: Transaction, now: datetime) -> Decision:
    """Take in one mail and record what became of it; `now` is UTC.

    Raises only what the store raises. Total for any reading: a mail that cannot become a message is
    quarantined with a reason, and its raw bytes are kept.
    """
    desk = office.desk.key
    mail_id = tx.mails.keep(desk, arrival.reading.packed, now)
    decision = _decide(arrival, office, tx, mail_id, now)
    if decision.outcome is Outcome.QUARANTINED:
        if _waits(arrival, desk, mail_id, tx):
            again = Decision(Outcome.DUPLICATE, "the same mail waits in quarantine already")
            # Without its identity: the one that waits must not be taken for known when released.
            tx.mails.record(arrival.source, mail_id, again.outcome, again.reason, None, now)
            return again
        headers = _safe(arrival.mail.headers)
        number = tx.quarantine.add(arrival.source, mail_id, decision.reason, headers, now)
        return replace(decision, quarantined=number)
    tx.mails.record(
        arrival.source,
        mail_id,
        decision.outcome,
        decision.reason,
        decision.ticket,
        now,
        identity=arrival.identity,
        nature=arrival.mail.nature if isinstance(arrival.mail, Mail) else None,
    )
    return decision


def _waits(arrival: Arrival, desk: str, mail_id: int, tx: Transaction) -> bool:
    """Tell whether these bytes were put into quarantine before, from another place."""
    here = (arrival.source.mailbox, arrival.source.uidvalidity, arrival.source.uid)
    return any(
        record.outcome is Outcome.QUARANTINED
        and (record.source.mailbox, record.source.uidvalidity, record.source.uid) != here
        for record in tx.mails.records(desk, mail_id)
    )


def _safe(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the few headers that make a quarantined mail legible."""
    return {name: value for name, value in reversed(headers) if name in SAFE_NAMES}


def _decide(
    arrival: Arrival, office: Office, tx: Transaction, mail_id: int, now: datetime
) -> Decision:
    twin = tx.mails.twin(office.desk.key, arrival.identity)
    # A copy to the desk itself came into the inbox and was left alone there; what was sent counts.
    known = twin is not None and not (arrival.sent and twin.ticket is None)
    if twin is not None and known and not is_direct(arrival, twin):
        return Decision(Outcome.DUPLICATE, "the same mail was received before", twin.ticket)
    mail = arrival.mail
    if isinstance(mail, Unreadable):
        outcome = Outcome.IGNORED if arrival.sent else Outcome.QUARANTINED
        return Decision(outcome, mail.reason)
    work = Work(
        tx=tx,
        office=office,
        mailbox=office.desk.mailboxes[arrival.source.mailbox.removesuffix(FOLDER)],
        mail=mail,
        mail_id=mail_id,
        received_at=arrival.source.received_at,
        now=now,
        archive=arrival.archive,
        released=arrival.released,
        earlier=twin.ticket if twin is not None else None,
    )
    if arrival.sent:
        return _from_the_account(work)
    if is_our_own(work):
        return Decision(Outcome.IGNORED, "it is a letter of this desk's own")
    if mail.nature is Nature.BOUNCE:
        return bounced(work)
    if mail.from_ is None:
        return Decision(Outcome.QUARANTINED, "it has no sender, or not exactly one")
    if mail.nature is Nature.PERSON and not (work.archive or can_be_written_to(mail.from_.address)):
        return Decision(Outcome.QUARANTINED, "no letter can be addressed to its sender")
    if (form := form_of(work)) is not None:
        return _from_a_form(work, form)
    return _from_somebody(work)


def _from_the_account(work: Work) -> Decision:
    if work.mail.from_ is None:
        return Decision(Outcome.IGNORED, "it has no sender, or not exactly one")
    return from_the_account(work, *which_ticket(work))


def _from_a_form(work: Work, form: Form) -> Decision:
    """A web form speaks for somebody: a new ticket of theirs, or the same question again."""
    work.channel, work.behalf = "form", behind(work.mail, form)
    if work.behalf is None:
        return Decision(Outcome.QUARANTINED, "the form does not say who filled it in")
    if aside := set_aside(work):
        return aside
    if earlier := _earlier(work):
        return count_direct(work, earlier)
    if again := _resent(work):
        return follow_up(work, again[1], again[0])
    return open_ticket(work)


def _from_somebody(work: Work) -> Decision:
    mail = work.mail
    staff = work.desk.staff.by_address(work.sender)
    if staff is None and (aside := set_aside(work)):
        return aside
    joined, ticket = which_ticket(work)
    related = None
    if ticket is not None and not may_join(ticket, work.sender, is_staff=staff is not None):
        related, joined, ticket = ticket.number, None, None
    if mail.nature is not Nature.PERSON and not work.archive:
        return machine(work, ticket, joined, related)
    is_requester = ticket is not None and ticket.requester.address.lower() == work.sender
    if ticket is not None and joined is not None:
        if staff is not None and not is_requester:
            return from_staff(work, ticket, joined)
        return follow_up(work, ticket, joined)
    if logged := on_behalf(work):
        return logged
    if earlier := _earlier(work):
        return count_direct(work, earlier)
    if again := _resent(work):
        return follow_up(work, again[1], again[0])
    return open_ticket(work, related)


def which_ticket(work: Work) -> tuple[Joined | None, Ticket | None]:
    """Return the ticket a mail names, by its best key, and how; (None, None) when it names none."""
    found = keys(work.mail, work.mailbox.subaddress)
    candidates: list[Joined] = [
        *(Joined(c.number, "reply token", c) for c in found.reply_tokens),
        *(Joined(c.number, "signed message-id", c) for c in found.signed_ids),
    ]
    proved = [c for c in candidates if c.claim and proves(work, c.claim)]
    # A token in other hands is worth a subject tag: a label that lets nobody in (`may_join`).
    labels = [Joined(c.number, "unproved token") for c in candidates]
    known = _by_message_id(work, found.message_ids)
    for joined in (*proved, *known, *_by_tag(found.tags), *labels[:1]):
        if ticket := _surviving(work, joined.number):
            return joined, ticket
    return None, None


def _by_message_id(work: Work, ids: tuple[str, ...]) -> list[Joined]:
    known = work.tx.tickets.by_message_ids(work.desk.key, ids)
    return [Joined(k.number, "message-id") for k in known]


def _by_tag(tags: tuple[int, ...]) -> list[Joined]:
    return [Joined(number, "subject tag") for number in tags]


def _surviving(work: Work, number: int) -> Ticket | None:
    """Return the ticket, or the one it was merged into."""
    ticket = work.tx.tickets.get(work.desk.key, number)
    passed = {number}
    while ticket is not None and ticket.status is Status.MERGED:
        into = ticket.merged_into
        if into is None or into in passed:  # a circle must not hang us
            break
        passed.add(into)
        ticket = work.tx.tickets.get(work.desk.key, into)
    return ticket


def _earlier(work: Work) -> Ticket | None:
    """Return the ticket of a copy that came before, by a list."""
    return None if work.earlier is None else _surviving(work, work.earlier)


def _resent(work: Work) -> tuple[Joined, Ticket] | None:
    since = work.received_at - timedelta(days=work.desk.resend_days)
    waiting = work.tx.tickets.unanswered_of(work.desk.key, work.sender, since)
    for unanswered in waiting:
        if any(is_resend(work.mail, q.subject, q.new_text) for q in unanswered.questions):
            ticket = work.tx.tickets.get(work.desk.key, unanswered.ticket.number)
            return (Joined(ticket.number, "resend"), ticket) if ticket else None
    return None
