"""A mail that belongs to no ticket opens one: routed, acknowledged, brought to whoever answers."""

from zoneinfo import ZoneInfo

from maild.casework import Case
from maild.intake.acknowledging import acknowledge, language_of, may_be_answered, remember
from maild.intake.claims import owner
from maild.intake.declining import declined
from maild.intake.forms import disproved
from maild.intake.notify import bring_ticket, tell_where
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.notices import requester as letters
from maild.routing.classes import requester_class
from maild.routing.match import words_in
from maild.routing.route import route
from maild.routing.rules import Action, RoutingFacts
from maild.store.mails import Outcome
from maild.tickets.lookalikes import lookalike
from maild.tickets.ticket import EventKind, Message, Status, Ticket

_CROWD = 25  # people in copy; with more of them a mail is an announcement


def open_ticket(work: Work, related: int | None = None) -> Decision:
    """Open a ticket for a mail that belongs to none; `related` is one its sender may not join."""
    mail, desk = work.mail, work.desk
    verdict = route(facts_of(work), desk.rules)
    changes = verdict.changes
    if changes.quarantine and not work.released:
        reason = f"rule “{verdict.matched[-1]}” quarantines it"
        return Decision(
            Outcome.QUARANTINED, reason, related=related, verdict=verdict, on_purpose=True
        )
    if changes.refuse and not work.released:
        return declined(work, verdict, related)
    ticket = _ticket(work, work.tx.tickets.next_number(desk.key), changes)
    work.tx.tickets.add(ticket)
    case = work.case(ticket)
    message = work.message("requester")
    case.add(message)
    by_person = mail.nature is Nature.PERSON or work.behalf is not None
    waits = by_person and not work.archive
    event = case.happen(
        EventKind.RECEIVED if waits else EventKind.REQUESTER_AUTO,
        work.received_at,
        work.sender,
        **({"related": related} if related else {}),
        **({"rules": list(verdict.matched)} if verdict.matched else {}),
    )
    routed = 0
    if changes.team:
        routed = case.happen(EventKind.ROUTED, work.received_at, team=changes.team)
    if waits and changes.close_with:
        _answer_and_close(work, case, message, changes.close_with, f"e{event}")
    elif not work.archive:
        if waits:
            acknowledge(work, case, message, f"ack-{event}")
        whose = owner(work)
        known = (*doubts(work, related), *([f"owner:{whose.name}"] if whose else []))
        copies = (*changes.copy_to, *([whose.key] if whose else []))
        bring_ticket(work, case, message, f"e{event}", known, copies)
        if waits and routed:
            tell_where(work, case, f"e{routed}")
    case.save()
    if by_person:
        remember(work)
    spoken_for = case.ticket.policy is not None or not waits
    reason = "a new ticket" if spoken_for else "a new ticket; no policy speaks for it"
    return Decision(Outcome.STORED, reason, ticket.number, related=related, verdict=verdict)


def _answer_and_close(work: Work, case: Case, message: Message, name: str, key: str) -> None:
    """A rule's canned answer: the desk's own words, and nothing waits for anybody."""
    answer = work.desk.templates.get(f"{case.ticket.language}/{name}.txt", "")
    if may_be_answered(work):
        case.post(letters.out_of_scope(work.office, case.ticket, message, answer, key, work.now))
    case.happen(EventKind.CLOSED, work.received_at, why=name)


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
        channel=work.channel or work.mailbox.channel,
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
    team = changes.team or box.team
    named = {k: v for k in ("service", "type", "priority") if (v := getattr(changes, k))}
    return Ticket(
        desk=desk.key,
        number=number,
        mailbox=box.key,
        subject=mail.subject,
        requester=work.writer,
        opened_at=work.received_at,
        status=Status.CLOSED if work.archive else Status.NEW,
        closed_at=work.received_at if work.archive else None,
        language=language_of(work),
        team=team,
        assignee=_assignee(work, number, team, changes.assign),
        tier=desk.staff.teams[team].tier if team in desk.staff.teams else 1,
        category=changes.category or box.category,
        channel=changes.channel or work.channel or box.channel,
        requester_class=requester_class(work.sender, desk.requester_classes),
        tags=changes.tags,
        collaborators=_collaborators(work),
        **named,
    )


def _assignee(work: Work, number: int, team: str | None, rule: str | None) -> str | None:
    """A rule's or team's way of choosing one member; None leaves the ticket to the whole team."""
    people, there = work.desk.staff.people, work.desk.staff.teams.get(team or "")
    today = work.received_at.astimezone(ZoneInfo(work.desk.timezone)).date()
    if rule in people:
        return rule
    how = rule or (there.assign if there else "none")
    if there is None or not there.members or how == "none":
        return None
    members = work.desk.staff.present(there.members, today)
    if not members:
        return None
    if how == "least_loaded":
        load = work.tx.tickets.load(work.desk.key, members)
        return min(members, key=lambda m: (load.get(m, 0), members.index(m)))
    return members[number % len(members)]  # numbers go up one by one


def _collaborators(work: Work) -> tuple[str, ...]:
    """Return whom the requester copied, inside the desk's own domains only: never a stranger.

    A mail to a crowd is no conversation of a crowd: each answer would be a letter to every one of
    them. Nobody is taken in then, and an agent may still add who is needed.
    """
    domains = {d.lower() for d in work.desk.domains}
    others = {m.address.lower() for m in work.desk.mailboxes.values()} | {work.sender}
    copied = dict.fromkeys(
        address
        for address in (a.address.lower() for a in work.mail.cc)
        if address.rpartition("@")[2] in domains
        and address not in others
        and work.desk.staff.by_address(address) is None
    )
    return tuple(copied) if len(copied) <= _CROWD else ()


def doubts(work: Work, related: int | None) -> tuple[str, ...]:
    """Return what staff should know about the sender, in codes the letters explain."""
    found = [d for d in work.mail.defects if d.startswith("from-")]
    if why := disproved(work):
        found.append(f"form:{why}")
    if related is not None:
        found.append(f"related:[#{related}]")
    if like := lookalike(work.writer, work.desk.staff):
        found.append(f"lookalike:{like.name}")
    said = f"{work.mail.subject}\n{work.mail.new_text or work.mail.text}"
    if improper := words_in(said, work.desk.conduct.words):
        found.append(f"conduct:{'، '.join(improper)}")
    return tuple(found)
