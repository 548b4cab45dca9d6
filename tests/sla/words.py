"""Short words the tests of this room share: instants in Riyadh, clocks, one ticket's story."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from maild.sla.calendar import Calendar, Holiday, Week, shift
from maild.sla.policy import Clock, ClockKind, Count, Match, On, Policy, Span, Stage, When
from maild.tickets.ticket import Event, EventKind
from tests.sla.play import Desk
from tests.sla.rules import CALENDAR

HOUR = 3600
WEEK: Week = tuple((shift("08:00", "16:00"),) if d in {6, 0, 1, 2, 3} else () for d in range(7))
OFFICE = Calendar(
    "office",
    "Asia/Riyadh",
    WEEK,
    holidays=(Holiday("عيد الأضحى", date(2026, 5, 26), date(2026, 5, 29)),),
)


def at(text: str) -> datetime:
    """Return an instant in Riyadh: of April 2026 ("12 10:00", a Sunday), or of a full date."""
    if len(text) < 10:
        text = f"2026-04-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Riyadh")).astimezone(UTC)


def event(kind: EventKind, when: str, **data: object) -> Event:
    return Event(kind, at(when), data=data)


def clock(
    kind: ClockKind = ClockKind.REPLY,
    hours: float = 24,
    *stages: Stage,
    count: Count = Count.OPEN_HOURS,
    warn_at: tuple[float, ...] = (0.75,),
    **more: object,
) -> Clock:
    return Clock(
        name=str(more.pop("name", kind.value)),
        kind=kind,
        target=Span(round(hours * HOUR), count),
        calendar=CALENDAR,
        warn_at=warn_at,
        stages=stages,
        pausable=kind is ClockKind.RESOLUTION,
        **more,  # type: ignore[arg-type]
    )


def policy(*clocks: Clock) -> Policy:
    return Policy("test", Match(), clocks)


def on_due(n: int = 1, to: str = "lead", **more: object) -> Stage:
    return Stage(n, (to,), (When(On.DUE),), **more)  # type: ignore[arg-type]


def after_stage(n: int, hours: float = 24, **more: object) -> Stage:
    when = When(On.STAGE, Span(round(hours * HOUR)), n - 1)
    return Stage(n, ("manager",), (when,), **more)  # type: ignore[arg-type]


def story(rules: Policy, *events: Event, until: str = "30 00:00") -> Desk:
    """Play events on a ticket and return the desk as it stands at `until`."""
    return Desk(rules, OFFICE).play(events, at(until))


def letters(desk: Desk) -> list[tuple[str, str, int]]:
    """Return what fired, as (Riyadh wall clock of April, kind, n)."""
    zone = ZoneInfo("Asia/Riyadh")
    return [(f"{t.astimezone(zone):%d %H:%M}", f.kind.value, f.n) for t, f in desk.letters]
