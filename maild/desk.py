"""The words of one organisation's helpdesk: mailboxes, people, calendars, policies, all frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    links: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # lang -> (title, url)
    urgent: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)  # (label, number)
    notes: Mapping[str, str] = field(default_factory=dict)  # lang -> a line for acknowledgements
    signature: Mapping[str, str] = field(default_factory=dict)  # lang -> under relayed answers
    show_agent_name: bool = True
    closed_reply: str = "reopen"  # a reply to a closed ticket: "reopen" | "new" | "refuse"
    reopen_days: int = 30  # after these a reply to a closed ticket starts a new, linked one
    resend_days: int = 14  # within these an alike mail is a resend of the unanswered one
    ack_limit: int = 3  # acknowledgements to one address in 24 hours
    survey_scale: int | None = None
    report_to: tuple[str, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict, repr=False)  # "ar/ack.txt" -> source
