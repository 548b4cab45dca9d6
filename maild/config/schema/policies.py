"""`policies:` what is promised, and who hears when it is not kept."""

from typing import Literal

from maild.config.schema.words import (
    Channel,
    Key,
    Moment,
    OpenTime,
    Priority,
    Share,
    Some,
    Target,
    Text,
    Type,
    Words,
)
from maild.sla.policy import ClockKind


class Match(Words):
    """Which tickets a policy speaks for; left out: every ticket."""

    mailbox: Some[Key] = ()
    team: Some[Key] = ()
    channel: Some[Channel] = ()
    category: Some[Text] = ()
    service: Some[Text] = ()
    type: Some[Type] = ()
    priority: Some[Priority] = ()
    requester_class: Some[Key] = ()


class Stage(Words):
    """One rung of the escalation ladder."""

    at: Some[Moment]  # whichever comes first
    to: Some[Text]
    priority: Priority | None = None
    respond_by: Literal["same business day"] | None = None
    cutoff: OpenTime | None = None  # less open time left than this: the next business day
    deliver: Literal["at once", "at next opening"] = "at once"
    forward: Literal["thread", "summary"] = "thread"


class Clock(Words):
    """One promise."""

    kind: ClockKind | None = None  # left out: the clock's name is its kind
    target: Target | None = None
    calendar: Key | None = None  # for a target that names none; the desk's first
    starts: Literal["received", "routed"] = "received"
    pauses: bool = False  # while the ticket waits for the requester or a third party
    reopen: Literal["resume", "restart"] = "resume"
    warn_at: Some[Share] = ()
    stages: tuple[Stage, ...] = ()


class Policy(Words):
    """The clocks of the tickets it matches; the first policy that matches counts."""

    policy: Text
    when: Match = Match()
    clocks: dict[Key, Clock]  # {} promises nothing, and says so
