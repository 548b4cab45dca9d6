"""The words of a routing rule: what a mail must be like, and what then happens to its ticket.

Plain frozen values; `maild.routing.route` gives them life. An empty field of a `Condition` asks
nothing, a filled one must hold, and several values of one field are alternatives ("or") unless
its name says otherwise (`all_words`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time

from maild.mail.mail import Nature


@dataclass(frozen=True, slots=True)
class Words:
    """What a text must say. Words are compared normalised, whole, with Arabic prefixes allowed."""

    any_words: tuple[str, ...] = ()  # words or phrases; "refund*" also finds "refunded"
    all_words: tuple[str, ...] = ()
    pattern: str | None = None  # a regular expression, searched case-insensitively

    @property
    def asks(self) -> bool:
        """Whether anything at all is asked of the text."""
        return bool(self.any_words or self.all_words or self.pattern)


@dataclass(frozen=True, slots=True)
class Hours:
    """When the mail must have been received, in the desk's zone."""

    open: str | None = None  # key of a calendar that must be open
    closed: str | None = None  # key of a calendar that must be closed
    between: tuple[time, time] | None = None  # [from, to); to <= from crosses midnight
    weekdays: tuple[int, ...] = ()  # 0 is Monday


@dataclass(frozen=True, slots=True)
class Attached:
    """What must be attached. `any_of` are patterns of file names such as "*.pdf"."""

    some: bool | None = None  # True: at least one attachment, False: none
    any_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """Which mails a rule speaks of."""

    mailbox: tuple[str, ...] = ()  # keys of mailboxes
    to: tuple[str, ...] = ()  # recipient addresses: tells the aliases of one mailbox apart
    sender: tuple[str, ...] = ()  # addresses; "*" stands for any run of characters
    domain: tuple[str, ...] = ()  # the sender's domain or one above it
    requester_class: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    nature: tuple[Nature, ...] = ()
    text: Words = Words()  # subject and body together
    subject: Words = Words()
    body: Words = Words()
    headers: Mapping[str, str] = field(default_factory=dict)  # name -> pattern its value contains
    attachments: Attached = Attached()
    received: Hours = Hours()


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule changes; None or empty leaves a thing as it is."""

    team: str | None = None
    category: str | None = None
    service: str | None = None
    type: str | None = None
    priority: str | None = None
    channel: str | None = None
    assign: str | None = None  # key of a person, or "none" | "round_robin" | "least_loaded"
    tags: tuple[str, ...] = ()
    copy_to: tuple[str, ...] = ()  # roles, teams, people or addresses who also get the mail
    close_with: str | None = None  # name of a template: answered with it and closed
    quarantine: bool = False  # kept aside for an admin; no ticket
    refuse: bool = False  # kept, answered once with the "refused" notice; no ticket

    def changes(self) -> dict[str, object]:
        """Return the fields this action sets, by name, in the order of the policy language."""
        every = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in every.items() if value not in (None, (), False)}


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """Everything a rule may look at. Whoever calls has already asked calendars and classes."""

    mailbox: str
    sender: str
    subject: str = ""
    text: str = ""  # what the writer added; the whole body when that cannot be told
    to: tuple[str, ...] = ()  # recipients of the mail, without display names
    requester_class: str | None = None
    channel: str = "email"
    language: str | None = None
    nature: Nature = Nature.PERSON
    headers: tuple[tuple[str, str], ...] = ()  # (lower-case name, decoded value)
    attachments: tuple[str, ...] = ()  # file names
    received: datetime | None = None  # server receipt, in the desk's zone
    open_calendars: frozenset[str] = frozenset()  # keys of the calendars open at that instant


@dataclass(frozen=True, slots=True)
class Example:
    """A mail the admin wrote under a rule to show what it is for; `maild check` tries it.

    `then` is what must come of it (a part is enough); None says that this rule must not match.
    """

    facts: RoutingFacts
    then: Mapping[str, object] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of a desk's routing. Of its rules the first match counts, unless it goes on."""

    name: str
    when: Condition
    then: Action
    stop: bool = True  # False ("continue: true"): later rules are tried too
    unless: Condition | None = None  # a mail that matches this is left alone
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of the trace: what a rule made of the mail, and why."""

    rule: str
    matched: bool
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules decided: `matched` names them in order, `trace` has a line for each tried."""

    changes: Action
    matched: tuple[str, ...] = ()
    trace: tuple[Tried, ...] = ()
