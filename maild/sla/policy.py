"""The words of a support policy: targets, clocks, stages. `cycles` gives them life."""

from dataclasses import dataclass
from enum import StrEnum


class Count(StrEnum):
    """What a duration counts."""

    OPEN_HOURS = "open_hours"  # seconds inside the calendar's open intervals
    CALENDAR = "calendar"  # wall-clock seconds
    WORKING_DAYS = "working_days_24h"  # all 24 hours of local dates that have an open interval


@dataclass(frozen=True, slots=True)
class Span:
    """A duration and how it is counted."""

    seconds: int
    count: Count = Count.OPEN_HOURS


class ClockKind(StrEnum):
    """Which events start and stop a clock."""

    REPLY = "reply"  # a requester waits for a human answer; one cycle per awaited answer
    ROUTE = "route"  # received until routed
    TRIAGE = "triage"  # received until routed, noted or answered
    RESOLUTION = "resolution"  # received until solved; may pause
    SURVEY = "survey"  # solved until the survey letter leaves
    APPOINTMENT = "appointment"  # until a booked call took place


class On(StrEnum):
    """The instant a stage is measured from."""

    START = "start"
    DUE = "due"
    STAGE = "stage"
    REOPEN = "reopen"
    RESEND_AFTER_DUE = "requester_message_after_due"


@dataclass(frozen=True, slots=True)
class When:
    """`after` counted from `on`; `stage` names the earlier stage when `on` is STAGE."""

    on: On
    after: Span = Span(0, Count.CALENDAR)
    stage: int | None = None


@dataclass(frozen=True, slots=True)
class RespondBy:
    """Close of this business day; the next one when less than `cutoff` open seconds are left."""

    cutoff: int = 0  # seconds


@dataclass(frozen=True, slots=True)
class Stage:
    """One rung of the escalation ladder. Fires once per cycle, only after the rung below it."""

    n: int
    to: tuple[str, ...]  # roles, teams, people or addresses, resolved by `maild.tickets`
    when: tuple[When, ...]  # whichever comes first
    priority: str | None = None
    respond_by: RespondBy | None = None
    deliver_in_open_hours: bool = False  # recorded at its instant, mailed at the next opening
    forward: str = "thread"  # "thread" | "summary"


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise: a target in one calendar, its warnings and its ladder."""

    name: str
    kind: ClockKind
    target: Span
    calendar: str  # key of a calendar of the desk
    warn_at: tuple[float, ...] = ()  # shares of the target, 0 < r < 1, ascending
    stages: tuple[Stage, ...] = ()  # ascending
    pausable: bool = False
    reopen: str = "resume"  # resolution only: "resume" | "restart"
    start_on: str = "received"  # "received" | "routed"


@dataclass(frozen=True, slots=True)
class Match:
    """Which tickets a policy speaks for; an empty field matches every ticket."""

    channel: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    requester_class: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    mailbox: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The clocks of the tickets it matches. Of a desk's policies the first match counts."""

    name: str
    when: Match
    clocks: tuple[Clock, ...]
