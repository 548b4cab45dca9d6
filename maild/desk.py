"""The words of one organisation's helpdesk: mailboxes, people, calendars, policies, all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

from maild.routing.rules import Rule
from maild.sla.hours import OpenHours
from maild.sla.policy import Policy
from maild.tickets.people import Staff


@dataclass(frozen=True, slots=True)
class Secret:
    """A password or token. Its text never shows in a repr, a log or a traceback."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to reach an IMAP or submission server (RFC 8314)."""

    host: str
    port: int
    security: str = "tls"  # "tls" (implicit) | "starttls" | "plain" (loopback only)
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None  # trust this authority instead of the system's


@dataclass(frozen=True, slots=True)
class MailboxSettings:
    """One watched IMAP account and the submission server its letters leave through."""

    key: str
    address: str
    name: Mapping[str, str]  # display name of the mailbox per language
    team: str
    imap: Server
    smtp: Server
    folder: str = "INBOX"
    after: str = "flag"  # what happens to a processed mail: "flag" | "move" | "leave"
    move_to: str | None = None
    history: str = "ignore"  # mail that lay there at first contact: "ignore" | "archive" | "open"
    poll: int = 60  # seconds between looks when the server's IDLE is silent
    default_charset: str | None = None
    subaddress: str | None = "+"  # RFC 5233 separator of reply addresses; None: not supported
    null_sender: bool = True  # acknowledgements leave with MAIL FROM:<> (RFC 3834 3.3)
    category: str | None = None
    channel: str = "email"
    authserv_id: str | None = None  # RFC 8601; whose Authentication-Results are believed
    aliases: tuple[str, ...] = ()  # further addresses delivered into this mailbox
    sent_folder: str | None = None  # watched for answers written inside the account itself


@dataclass(frozen=True, slots=True)
class Form:
    """A web form that mails in: who wrote stands in Reply-To, or in a labelled line."""

    address: str  # only mail from here is believed to be this form's
    line: str | None = None  # label of the line that holds the requester's address


@dataclass(frozen=True, slots=True)
class Fact:
    """Something an agent will need; the acknowledgement asks for it when the mail lacks it."""

    key: str
    ask: Mapping[str, str]  # per language
    pattern: str | None = None  # finds it in the text; a regular expression
    attachment: bool = False  # any attachment will do


@dataclass(frozen=True, slots=True)
class Conduct:
    """What misuse leads to."""

    words: tuple[str, ...] = ()  # mail that says one of these is flagged for the agent
    strikes: int = 3
    suspend_days: int | None = 7  # None: for good


@dataclass(frozen=True, slots=True)
class Report:
    """A report by mail, in the desk's zone."""

    every: str  # "day" | "week" | "month"
    on: int | None  # weekday, 0 is Monday, or day of the month; None for "day"
    at: time
    to: tuple[str, ...]  # as in a stage


@dataclass(frozen=True, slots=True)
class Desk:
    """One organisation's helpdesk."""

    key: str
    name: Mapping[str, str]
    languages: tuple[str, ...]  # the first is the default
    timezone: str
    staff: Staff
    mailboxes: Mapping[str, MailboxSettings]
    calendars: Mapping[str, OpenHours]
    policies: tuple[Policy, ...]
    rules: tuple[Rule, ...] = ()
    domains: tuple[str, ...] = ()  # the desk's own; a requester's cc there becomes a collaborator
    roles: Mapping[str, str] = field(default_factory=dict)  # role -> person, team or address
    requester_classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # -> patterns
    # Per language: (title, address) of articles, and (label, number) of ways for what cannot wait.
    links: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    urgent: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)  # lang -> a line for acknowledgements
    signature: Mapping[str, str] = field(default_factory=dict)  # lang -> under relayed answers
    show_agent_name: bool = True
    closed_reply: str = "reopen"  # a reply to a closed ticket: "reopen" | "new" | "refuse"
    reopen_days: int = 30  # after these a reply to a closed ticket starts a new, linked one
    resend_days: int = 14  # within these an alike mail is a resend of the unanswered one
    ack_limit: int = 3  # acknowledgements to one address in 24 hours
    ack_domain_limit: int = 300  # to all addresses of a foreign domain in one hour
    ack_desk_limit: int = 1000  # to everybody in one hour
    survey_scale: int | None = None
    templates: Mapping[str, str] = field(default_factory=dict, repr=False)  # "ar/ack.txt" -> source
    forms: tuple[Form, ...] = ()
    ask_for: tuple[Fact, ...] = ()
    close_after_days: int = 7  # a solved ticket closes after these without another word
    confirm_solved: bool = False  # the requester is asked before a ticket closes
    conduct: Conduct = field(default_factory=Conduct)
    reports: tuple[Report, ...] = ()
    announce_days: int = 30  # an announcement reaches requesters of these
    announce_hook: str | None = None  # a program that gets the text of an announcement
    keep_closed_days: int | None = None  # closed tickets are erased after these; None: kept
