"""Many tickets in one letter: what befell each, and the address under which to act on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from maild.mail.facts import DigestItem, Kind
from maild.mail.mail import Address
from maild.mail.outgoing import Letter
from maild.mail.rendering import Ready
from maild.mail.subject import base_subject
from maild.notices.context import name_of
from maild.notices.doubts import say
from maild.notices.office import Office, in_words
from maild.sla.ladder import Firing, FiringKind
from maild.sla.policy import Clock
from maild.tickets.people import Person
from maild.tickets.ticket import Ticket

_CAME = {
    "new": ("تذكرة جديدة", "New ticket"),
    "message": ("رسالة جديدة", "New message"),
    "reopened": ("أُعيد فتح التذكرة برسالة جديدة", "Reopened by a new message"),
    "resent": ("أُعيد إرسال السؤال", "Asked once more"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One ticket of a digest: what befell it, and the beginning of what somebody wrote."""

    ticket: Ticket
    what: str
    text: str | None = None
    due_at: datetime | None = None


def digest(
    office: Office,
    person: Person,
    told: Sequence[Told],
    key: str,
    now: datetime,
    *,
    crowded: bool = False,
    left: int = 0,
) -> Letter:
    """Tell one person of many tickets in one letter.

    `crowded` when more mail comes in than letters can announce; `left` tickets wait for the next
    digest. An answer to the digest itself reaches no requester: each ticket in it names the address
    for that.
    """
    language = office.language_of(person)
    items = tuple(
        DigestItem(
            tag=each.ticket.tag,
            subject=base_subject(each.ticket.subject),
            requester=_requester(each.ticket),
            what=each.what,
            responsible=name_of(office, each.ticket.assignee),
            reply=_copied(office.reply_address(each.ticket, person, now)),
            text=each.text,
            due=office.when(each.due_at, language) if each.due_at else None,
        )
        for each in told
    )
    facts: dict[str, object] = {"items": items, "crowded": crowded, "left": left}
    mailbox = office.mailbox(told[0].ticket)
    reader = Address(person.name, person.email)
    return office.about_no_ticket(Kind.DIGEST, reader, facts, key, now, language, mailbox)


def came(office: Office, person: Person, what: str, doubts: Sequence[str]) -> str:
    """Say that mail came: "new", "message", "reopened" or "resent"."""
    language = office.language_of(person)
    arabic = language == "ar"
    said = _CAME[what][not arabic]
    for doubt in doubts:
        said += f". {'تنبيه' if arabic else 'Caution'}: {say(doubt, language)}"
    return said


def nearly_due(office: Office, person: Person) -> str:
    """Say that the time is nearly up."""
    return "يقترب موعد الرد" if office.language_of(person) == "ar" else "the time is nearly up"


def escalated(office: Office, person: Person, firing: Firing, late: float, clock: Clock) -> str:
    """Say which stage a ticket has reached, how late it is (seconds), and until when to act."""
    language = office.language_of(person)
    arabic = language == "ar"
    span = in_words(late, clock.target.count, language)
    said = f"المرحلة {firing.n}" if arabic else f"stage {firing.n}"
    if firing.kind is FiringKind.RESPOND_BY:
        asked = office.when(firing.at, language)
        return f"{said}: لم يُجب قبل {asked}" if arabic else f"{said}: not answered by {asked}"
    if late:
        said += f": تأخر الرد {span}" if arabic else f": late by {span}"
    if firing.respond_by is not None:
        until = office.when(firing.respond_by, language)
        said += f"؛ يُرجى الرد قبل: {until}" if arabic else f"; please respond by: {until}"
    return said


def _requester(ticket: Ticket) -> str:
    name, address = ticket.requester.name, ticket.requester.address
    return f"{name} ({address})" if name else address


def _copied(address: str | None) -> str | None:
    """Return an address of ours bare of direction marks, which a reader would copy along."""
    return None if address is None else Ready(address)
