"""What letters to agents, managers and admins are told."""

from typing import NotRequired

from maild.mail.facts.values import (
    Common,
    DigestItem,
    Entry,
    Figure,
    File,
    OfTicket,
    Party,
    Table,
)


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
    # "reopened", "resent": why it came before its time; "unanswered": `respond_by` has passed
    reason: NotRequired[str | None]
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
    crowded: NotRequired[bool]  # more mail comes in than letters can announce
    left: NotRequired[int]  # tickets that wait for the next digest


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
    clock_reopened: NotRequired[bool]  # it was an answer, which counts as not given
    too_large: NotRequired[bool]


class Cause(OfTicket):
    """Asks the lead why an answer was late."""

    subject: str
    due_date: str
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
