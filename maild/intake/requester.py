"""A requester writes: a new ticket, a follow-up, or the same question again."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from maild.casework import Case
from maild.casework.promise import promise_of
from maild.intake.notify import bring_message, bring_ticket
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.notices import requester as letters
from maild.routing.classes import requester_class
from maild.routing.route import route
from maild.routing.rules import Action, RoutingFacts
from maild.store.mails import Outcome
from maild.store.people import Requester
from maild.tickets.threading import Joined, reopens, too_old
from maild.tickets.ticket import EventKind, Message, Status, Ticket

_DAY = timedelta(hours=24)


def open_ticket(work: Work, related: int | None = None) -> Decision:
    """Open a ticket for a mail that belongs to none; `related` is one its sender may not join."""
    mail, desk = work.mail, work.desk
    if mail.from_ is None:
        raise ValueError("a ticket has a requester")
    verdict = route(facts_of(work), desk.rules)
    changes = verdict.changes
    if changes.quarantine:
        reason = f"rule “{verdict.matched[-1]}” quarantines it"
        return Decision(Outcome.QUARANTINED, reason, related=related, verdict=verdict)
    ticket = _ticket(work, work.tx.tickets.next_number(desk.key), changes)
    work.tx.tickets.add(ticket)
    case = work.case(ticket)
    message = work.message("requester")
    case.add(message)
    waits = mail.nature is Nature.PERSON and not work.archive
    event = case.happen(
        EventKind.RECEIVED if waits else EventKind.REQUESTER_AUTO,
        work.received_at,
        work.sender,
        **({"related": related} if related else {}),
        **({"rules": list(verdict.matched)} if verdict.matched else {}),
    )
    if changes.team:
        case.happen(EventKind.ROUTED, work.received_at, team=changes.team)
    if not work.archive:
        if waits:
            _acknowledge(work, case, message, f"ack-{event}")
        bring_ticket(work, case, message, f"e{event}", _doubts(work, related))
    case.save()
    _remember(work)
    return Decision(Outcome.STORED, "a new ticket", ticket.number, related=related, verdict=verdict)


def follow_up(work: Work, ticket: Ticket, joined: Joined) -> Decision:
    """A message of somebody who takes part in the ticket: requester or collaborator."""
    desk = work.desk
    over = not (ticket.status.active or work.archive)
    if over and (too_old(ticket, work.received_at, desk.reopen_days) or desk.closed_reply == "new"):
        return open_ticket(work, ticket.number)
    case = work.case(ticket)
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
    if resent or kind is EventKind.REOPENED:
        late = any(c.late(work.received_at) for c in case.cycles if c.open)
        _acknowledge(work, case, message, f"ack-{event}", escalated=resent and late)
    bring_message(
        work,
        case,
        message,
        before,
        f"e{event}",
        reopened=kind is EventKind.REOPENED,
        resent=resent,
        doubts=_doubts(work, None),
    )
    case.save()
    _remember(work)
    return Decision(Outcome.STORED, f"a follow-up by {joined.by}", ticket.number, joined)


def _remember(work: Work) -> None:
    """Keep the sender's language: their next mail may be too short to tell."""
    desk, language = work.desk.key, work.mail.language
    known = work.tx.requesters.get(desk, work.sender)
    if known is None:
        known = Requester(desk, work.sender, work.now, work.now)
    spoken = language if language in work.desk.languages else known.language
    work.tx.requesters.save(replace(known, last_seen_at=work.now, language=spoken))


def facts_of(work: Work) -> RoutingFacts:
    """Return what the rules may look at."""
    mail, desk = work.mail, work.desk
    return RoutingFacts(
        mailbox=work.mailbox.key,
        sender=work.sender,
        subject=mail.subject,
        text=mail.new_text or mail.text,
        to=tuple(a.address for a in (*mail.to, *mail.cc)),
        requester_class=requester_class(work.sender, desk.requester_classes),
        channel=work.mailbox.channel,
        language=mail.language,
        nature=mail.nature,
        headers=mail.headers,
        attachments=tuple(a.name for a in mail.attachments),
        received=work.received_at.astimezone(ZoneInfo(desk.timezone)),
        open_calendars=frozenset(
            key for key, hours in desk.calendars.items() if hours.is_open(work.received_at)
        ),
    )


def _ticket(work: Work, number: int, changes: Action) -> Ticket:
    mail, desk, box = work.mail, work.desk, work.mailbox
    if mail.from_ is None:
        raise ValueError("a ticket has a requester")
    ticket = Ticket(
        desk=desk.key,
        number=number,
        mailbox=box.key,
        subject=mail.subject,
        requester=mail.from_,
        opened_at=work.received_at,
        status=Status.CLOSED if work.archive else Status.NEW,
        closed_at=work.received_at if work.archive else None,
        language=_language(work),
        team=changes.team or box.team,
        category=changes.category or box.category,
        channel=changes.channel or box.channel,
        requester_class=requester_class(work.sender, desk.requester_classes),
        tags=changes.tags,
    )
    named = {k: v for k in ("service", "type", "priority") if (v := getattr(changes, k))}
    return replace(
        ticket,
        **named,
        assignee=_assignee(work, number, ticket.team, changes.assign),
        tier=desk.staff.teams[ticket.team].tier if ticket.team in desk.staff.teams else 1,
        collaborators=_collaborators(work),
    )


def _language(work: Work) -> str:
    """The mail's own language where the desk speaks it, else the sender's last, else the desk's."""
    known = work.tx.requesters.get(work.desk.key, work.sender)
    for language in (work.mail.language, known.language if known else None):
        if language in work.desk.languages:
            return str(language)
    return work.desk.languages[0]


def _assignee(work: Work, number: int, team: str | None, rule: str | None) -> str | None:
    """A rule's or team's way of choosing one member; None leaves the ticket to the whole team."""
    people, there = work.desk.staff.people, work.desk.staff.teams.get(team or "")
    if rule in people:
        return rule
    how = rule or (there.assign if there else "none")
    if there is None or not there.members or how == "none":
        return None
    if how == "least_loaded":
        load = work.tx.tickets.load(work.desk.key, there.members)
        return min(there.members, key=lambda m: (load.get(m, 0), there.members.index(m)))
    return there.members[number % len(there.members)]  # numbers go up one by one


def _collaborators(work: Work) -> tuple[str, ...]:
    """Return whom the requester copied, inside the desk's own domains only: never a stranger."""
    domains = {d.lower() for d in work.desk.domains}
    boxes = {m.address.lower() for m in work.desk.mailboxes.values()}
    return tuple(
        a.address.lower()
        for a in work.mail.cc
        if a.address.lower().rpartition("@")[2] in domains
        and a.address.lower() not in boxes
        and work.desk.staff.by_address(a.address) is None
    )


def _acknowledge(
    work: Work, case: Case, message: Message, key: str, *, escalated: bool = False
) -> None:
    """Acknowledge, within the limit of letters one address may be sent in a day (RFC 3834 2)."""
    requesters, desk = work.tx.requesters, work.desk.key
    if requesters.acks_since(desk, work.sender, work.now - _DAY) >= work.desk.ack_limit:
        return
    requesters.acked(desk, work.sender, work.now)
    case.post(
        letters.acknowledgement(
            work.office,
            case.ticket,
            message,
            promise_of(case),
            key,
            work.now,
            escalated=escalated,
        )
    )
    case.happen(EventKind.ACKNOWLEDGED)


def _what_happened(work: Work, ticket: Ticket, joined: Joined) -> EventKind:
    if work.mail.nature is not Nature.PERSON:
        return EventKind.REQUESTER_AUTO
    if joined.by == "resend":
        return EventKind.RESENT
    if ticket.status in {Status.SOLVED, Status.CLOSED}:
        return EventKind.REOPENED if reopens(work.mail) else EventKind.CHANGED
    return EventKind.REQUESTER_MESSAGE


def _doubts(work: Work, related: int | None) -> tuple[str, ...]:
    """Return what staff should know about the sender, in codes the letters explain."""
    found = [d for d in work.mail.defects if d.startswith("from-")]
    if related is not None:
        found.append(f"related:[#{related}]")
    return tuple(found)
