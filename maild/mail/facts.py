"""What each kind of letter is told: one typed mapping per kind, handed to `Letters.write`.

A template sees these facts and nothing else: what is not declared for a kind never reaches it, so
an acknowledgement cannot repeat a stranger's words and a letter to a requester cannot carry an
internal note. Optional facts are None when they are not given. Instants and spans come as words,
ready for the letter's language and the desk's zone. Foreign text comes raw: it is made harmless
where it is shown. `Markup` marks HTML that has been sanitised already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NotRequired, TypedDict

from markupsafe import Markup


class Kind(StrEnum):
    """Every letter maild writes; the value is its template's name and its purpose."""

    # to requesters
    ACKNOWLEDGEMENT = "acknowledgement"
    RELAY = "relay"
    ROUTED = "routed"
    REOPENED = "reopened"
    SOLVED = "solved"
    CLOSED = "closed"
    CLOSED_REPLY = "closed_reply"
    SURVEY = "survey"
    OUT_OF_SCOPE = "out_of_scope"
    VIOLATION = "violation"
    SUSPENDED = "suspended"
    ANNOUNCEMENT = "announcement"
    # to staff
    NOTIFICATION = "notification"
    FOLLOW_UP = "follow_up"
    WARNING = "warning"
    EMERGENCY = "emergency"
    ESCALATION = "escalation"
    DIGEST = "digest"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"
    EXPLANATION = "explanation"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"
    CAUSE = "cause"
    VIOLATION_REPORT = "violation_report"
    REPORT = "report"
    # to admins
    CONFIG_REFUSED = "config_refused"
    MAILBOX_TROUBLE = "mailbox_trouble"
    QUARANTINED = "quarantined"

    @property
    def to_requester(self) -> bool:
        """Whether people outside the desk read it."""
        return self in _TO_REQUESTERS


@dataclass(frozen=True, slots=True)
class Link:
    """An article or page: its title and its http(s) address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Another way to reach the desk: "واتساب", "+966…"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with an address; the address is always shown beside the name, which may lie."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread: who wrote it, when (ready words), and what."""

    author: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its safe name and its length in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One ticket of a digest: what happened to it in ready words ("تجاوزت موعدها بساعتي عمل")."""

    tag: str
    subject: str
    requester: str
    what: str
    responsible: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report; `before` is the same number of the period before."""

    label: str
    value: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report; every row has one cell per column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Common(TypedDict):
    """Known to every letter. `desk` is the desk's name in the letter's language."""

    desk: str
    digits: NotRequired[str]  # "latin" (default) | "arabic-indic"


class OfTicket(Common):
    """Known to every letter about a ticket: its tag, "[#1042]"."""

    tag: str


class Acknowledgement(OfTicket):
    """To a requester at once. Holds nothing the sender wrote (reflection of an attacker's words)."""

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
    answer_html: NotRequired[Markup | None]  # sanitised; None: made from `answer`
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


class Announcement(Common):
    """Extended hours and the like: the admin's own words to many requesters."""

    title: str
    body: str
    period: NotRequired[str | None]
    hours: NotRequired[str | None]


class OfThread(OfTicket):
    """Known to every letter to staff about one ticket."""

    subject: str
    requester: Party


class Notification(OfThread):
    """To an agent or team: a new ticket, or one handed over."""

    text: str  # the requester's words
    received: str
    due_in_words: NotRequired[str | None]
    due_date: NotRequired[str | None]
    team: NotRequired[str | None]
    assignee: NotRequired[str | None]
    category: NotRequired[str | None]
    priority: NotRequired[str]
    channel: NotRequired[str]
    handed_over_by: NotRequired[str | None]
    handover_note: NotRequired[str | None]
    doubts: NotRequired[tuple[str, ...]]  # why the sender may not be who they seem
    files: NotRequired[tuple[File, ...]]
    history: NotRequired[tuple[Entry, ...]]  # newest first
    older: NotRequired[int]  # further messages not shown here


class FollowUp(OfThread):
    """To an agent or team: somebody wrote again in a ticket they know."""

    author: Party
    text: str
    received: str
    internal: NotRequired[bool]  # a note of a colleague; the requester does not see it
    answered: NotRequired[bool]  # a colleague's answer, already sent to the requester
    reopened: NotRequired[bool]
    resent: NotRequired[bool]
    due_in_words: NotRequired[str | None]
    due_date: NotRequired[str | None]
    assignee: NotRequired[str | None]
    doubts: NotRequired[tuple[str, ...]]
    files: NotRequired[tuple[File, ...]]
    history: NotRequired[tuple[Entry, ...]]
    older: NotRequired[int]


class EarlyWarning(OfThread):
    """To the team before the time is up."""

    text: str  # the words that wait for an answer
    received: str
    due_date: str
    left_in_words: str  # "6 ساعات عمل"
    assignee: NotRequired[str | None]
    next_to: NotRequired[str | None]  # who hears of it when the time is up


class Emergency(OfThread):
    """Pages whoever is on call, at any hour."""

    text: str
    received: str
    phone: NotRequired[str | None]
    respond_by: NotRequired[str | None]
    files: NotRequired[tuple[File, ...]]


class Escalation(OfThread):
    """To a manager who has ten seconds. `history` is the thread, newest first."""

    stage: int
    received: str
    waited_in_words: str
    late_in_words: NotRequired[str | None]  # None: escalated for another reason than lateness
    reason: NotRequired[str | None]  # "reopened" | "resent": why it came before its time
    responsible: NotRequired[str | None]  # agent or team it lay with
    respond_by: NotRequired[str | None]
    next_to: NotRequired[str | None]
    next_date: NotRequired[str | None]
    priority: NotRequired[str]
    history: NotRequired[tuple[Entry, ...]]
    files: NotRequired[tuple[File, ...]]
    older: NotRequired[int]


class Digest(Common):
    """Many tickets in one letter."""

    items: tuple[DigestItem, ...]
    since: NotRequired[str | None]  # after a downtime: since when nothing was sent


class Confirmation(OfTicket):
    """An order was carried out. `done` are ready sentences; `undo` is the order that reverts it."""

    done: tuple[str, ...]
    undo: NotRequired[str | None]


class Refusal(OfTicket):
    """An order or answer was not carried out; nothing of that mail was.

    `problems` are the codes of `maild.tickets.orders`; `reasons` are ready sentences; `text` gives
    the writer their words back.
    """

    problems: NotRequired[tuple[str, ...]]
    reasons: NotRequired[tuple[str, ...]]
    text: NotRequired[str | None]


class Explanation(OfTicket):
    """The answer to `#why` or `#help`: a heading and lines ready to read."""

    title: str
    body: str


class Held(OfTicket):
    """Two answered at once, or the requester wrote meanwhile: yours waits for your word."""

    subject: str
    because: str  # "colleague" | "requester"
    text: str  # the answer that is held
    meanwhile: tuple[Entry, ...]
    send: str  # the order that sends it anyway


class Undeliverable(OfTicket):
    """A letter could not be delivered for good; its author is told and gets the text back."""

    recipient: str
    why: NotRequired[str | None]  # the server's words, foreign text
    status: NotRequired[str | None]  # RFC 3463: "5.1.1"
    text: NotRequired[str | None]
    clock_reopened: NotRequired[bool]


class Cause(OfTicket):
    """Asks the lead why an answer was late."""

    subject: str
    late_in_words: str
    causes: NotRequired[tuple[str, ...]]  # the desk's usual ones


class ViolationReport(OfThread):
    """To those concerned: a ticket was cancelled for misconduct."""

    by: str
    text: str
    rule: NotRequired[str | None]
    strikes: NotRequired[int | None]
    suspended_until: NotRequired[str | None]


class Report(Common):
    """The periodic report, plain."""

    period: str
    figures: tuple[Figure, ...]
    tables: NotRequired[tuple[Table, ...]]


class ConfigRefused(Common):
    """To admins: a saved configuration has mistakes; the last good one stays in force."""

    problems: tuple[str, ...]  # "desks/x.yaml:12: …; hint"
    in_force_since: NotRequired[str | None]


class MailboxTrouble(Common):
    """To admins: a mailbox cannot be read or sent from, or works again."""

    mailbox: str
    since: str
    what: NotRequired[str | None]  # one plain sentence, no secrets
    recovered: NotRequired[bool]
    sending: NotRequired[bool]  # the submission server, not the IMAP server


class Quarantined(Common):
    """To admins: a mail could not be processed; its raw bytes are kept."""

    mailbox: str
    received: str
    reason: str
    id: int


FACTS: Mapping[str, type] = MappingProxyType(
    {
        Kind.ACKNOWLEDGEMENT: Acknowledgement,
        Kind.RELAY: Relay,
        Kind.ROUTED: Routed,
        Kind.REOPENED: Reopened,
        Kind.SOLVED: Solved,
        Kind.CLOSED: Closed,
        Kind.CLOSED_REPLY: ClosedReply,
        Kind.SURVEY: Survey,
        Kind.OUT_OF_SCOPE: OutOfScope,
        Kind.VIOLATION: Violation,
        Kind.SUSPENDED: Suspended,
        Kind.ANNOUNCEMENT: Announcement,
        Kind.NOTIFICATION: Notification,
        Kind.FOLLOW_UP: FollowUp,
        Kind.WARNING: EarlyWarning,
        Kind.EMERGENCY: Emergency,
        Kind.ESCALATION: Escalation,
        Kind.DIGEST: Digest,
        Kind.CONFIRMATION: Confirmation,
        Kind.REFUSAL: Refusal,
        Kind.EXPLANATION: Explanation,
        Kind.HELD: Held,
        Kind.UNDELIVERABLE: Undeliverable,
        Kind.CAUSE: Cause,
        Kind.VIOLATION_REPORT: ViolationReport,
        Kind.REPORT: Report,
        Kind.CONFIG_REFUSED: ConfigRefused,
        Kind.MAILBOX_TROUBLE: MailboxTrouble,
        Kind.QUARANTINED: Quarantined,
    }
)
"""The facts each kind of letter may be told."""

_TO_REQUESTERS = frozenset(
    {
        Kind.ACKNOWLEDGEMENT,
        Kind.RELAY,
        Kind.ROUTED,
        Kind.REOPENED,
        Kind.SOLVED,
        Kind.CLOSED,
        Kind.CLOSED_REPLY,
        Kind.SURVEY,
        Kind.OUT_OF_SCOPE,
        Kind.VIOLATION,
        Kind.SUSPENDED,
        Kind.ANNOUNCEMENT,
    }
)


def declared(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the facts a kind must have and those it may have. KeyError: unknown."""
    shape = FACTS[kind]
    return shape.__required_keys__, shape.__optional_keys__  # type: ignore[attr-defined]
