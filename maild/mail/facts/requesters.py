"""What letters to requesters are told: never the requester's own words but in an answer."""

from typing import NotRequired

from maild.mail.facts.values import Common, Contact, Entry, Link, OfTicket


class Acknowledgement(OfTicket):
    """To a requester at once. Holds nothing the sender wrote: it may be a victim's address."""

    due_in_words: NotRequired[str | None]  # "24 ساعة عمل"; None: no target is promised
    due_date: NotRequired[str | None]  # "الأحد 8 مارس 2026، الساعة 15:30 بتوقيت الرياض"
    hours: NotRequired[str | None]  # "الأحد إلى الخميس، 08:00–16:00"
    type: NotRequired[str]  # request | incident | complaint | suggestion | appointment
    emergency: NotRequired[bool]  # the on-call person has been paged
    escalated: NotRequired[bool]  # a resend after the time was up went to the team lead
    appointment: NotRequired[str | None]  # the booked instant, once it is known
    missing: NotRequired[tuple[str, ...]]  # what the mail lacks: "البريد المسجَّل في المنصة"
    links: NotRequired[tuple[Link, ...]]
    note: NotRequired[str | None]  # the desk's own line, may have several lines
    urgent: NotRequired[tuple[Contact, ...]]  # telephone or WhatsApp when it cannot wait


class Relay(OfTicket):
    """An agent's answer on its way to the requester."""

    subject: str  # the thread's subject without prefixes and tag
    answer: str
    agent: NotRequired[str | None]  # the name to show; None: the desk speaks
    signature: NotRequired[str | None]  # the desk's, may have several lines
    history: NotRequired[tuple[Entry, ...]]  # public messages only, newest first


class Routed(OfTicket):
    """To a complainant: where the complaint went, and whom to ring when no answer comes."""

    department: str
    type: NotRequired[str]
    due_in_words: NotRequired[str | None]
    due_date: NotRequired[str | None]
    director: NotRequired[Contact | None]  # label: "المدير الإداري", value: telephone


class Reopened(OfTicket):
    """To a requester whose ticket is open again."""

    due_in_words: NotRequired[str | None]
    due_date: NotRequired[str | None]
    supervisor: NotRequired[str | None]  # who has been told as well


class Solved(OfTicket):
    """Asks the requester whether the matter is settled before the ticket closes."""

    closes_date: NotRequired[str | None]


class Closed(OfTicket):
    """To a requester: the ticket is closed; a reply within `reopen_days` opens it again."""

    reopen_days: NotRequired[int | None]


class ClosedReply(OfTicket):
    """To a requester whose reply came after the ticket was closed for good."""

    address: str  # where to write a new mail


class Survey(OfTicket):
    """Asks for a digit from 1 to `scale` in the reply."""

    scale: int


class OutOfScope(OfTicket):
    """The matter is not one of this desk's; `answer` is the desk's canned text."""

    answer: NotRequired[str | None]
    links: NotRequired[tuple[Link, ...]]


class Violation(OfTicket):
    """To a requester: the ticket is cancelled because of its tone or subject."""

    rule: NotRequired[str | None]  # the clause, in the desk's words
    strikes: NotRequired[int | None]
    strikes_allowed: NotRequired[int | None]


class Suspended(Common):
    """To a suspended address, once. `until` is None when it is for good."""

    until: NotRequired[str | None]
    appeal: NotRequired[Contact | None]


class Declined(Common):
    """To the writer of a mail a rule refuses, once."""

    links: NotRequired[tuple[Link, ...]]


class Announcement(Common):
    """Extended hours and the like: the admin's own words to many requesters."""

    title: str
    body: str
    period: NotRequired[str | None]
    hours: NotRequired[str | None]
