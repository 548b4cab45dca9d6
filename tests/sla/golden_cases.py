"""Reads worked timelines: a JSON case becomes calendar, policy, events, and what must follow."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from maild.sla.calendar import Calendar, Holiday, Period, Shift, Week, shift
from maild.sla.policy import (
    Clock,
    ClockKind,
    Count,
    Match,
    On,
    Policy,
    RespondBy,
    Span,
    Stage,
    When,
)
from maild.tickets.ticket import Event, EventKind

DIRECTORY = Path(os.environ.get("MAILD_GOLDEN") or Path(__file__).parent / "golden")
CALENDAR = "golden"  # the one calendar of a case
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EVENTS = {
    "received": EventKind.RECEIVED,
    "requester_message": EventKind.REQUESTER_MESSAGE,
    "resend": EventKind.RESENT,
    "resent": EventKind.RESENT,
    "reopen": EventKind.REOPENED,
    "reopened": EventKind.REOPENED,
    "requester_auto": EventKind.REQUESTER_AUTO,
    "auto_reply": EventKind.ACKNOWLEDGED,
    "agent_reply": EventKind.AGENT_REPLY,
    "agent_note": EventKind.AGENT_NOTE,
    "thirdparty_message": EventKind.THIRD_PARTY_MESSAGE,
    "routed": EventKind.ROUTED,
    "reassigned": EventKind.REASSIGNED,
    "pending": EventKind.PENDING,
    "on_hold": EventKind.ON_HOLD,
    "open": EventKind.OPENED,
    "opened": EventKind.OPENED,
    "solved": EventKind.SOLVED,
    "closed": EventKind.CLOSED,
    "merged": EventKind.MERGED,
    "cancelled": EventKind.CANCELLED,
    "spam": EventKind.CANCELLED,
}


@dataclass(frozen=True)
class Down:
    """The daemon stands still from here (up=False), or works again (up=True)."""

    at: datetime
    up: bool


@dataclass(frozen=True)
class NewRules:
    """From here another policy or calendar counts."""

    at: datetime
    policy: Policy | None = None
    calendar: Calendar | None = None


Step = Event | Down | NewRules


@dataclass(frozen=True)
class Case:
    """One worked timeline."""

    key: str
    title: str
    calendar: Calendar
    policy: Policy
    steps: tuple[Step, ...]  # in the order they happen
    until: datetime
    cycles: tuple[Mapping[str, Any], ...]  # as written in the file
    fired: tuple[Mapping[str, Any], ...]


def cases(directory: Path = DIRECTORY) -> Iterator[Case]:
    """Yield every case of every JSON file of a directory."""
    for path in sorted(directory.glob("*.json")):
        for case in json.loads(path.read_text("utf-8")).get("cases", ()):
            yield case_of(case)


def case_of(raw: Mapping[str, Any]) -> Case:
    """Return one case as values of maild."""
    return Case(
        raw["id"],
        raw["title"],
        calendar_of(raw["calendar"]),
        policy_of(raw["policy"]),
        tuple(sorted(map(step_of, raw["events"]), key=lambda step: step.at)),
        instant(raw["observe_until"]),
        tuple(raw["expected"]["cycles"]),
        tuple(raw["expected"]["fired"]),
    )


def instant(text: str) -> datetime:
    """Return the instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def calendar_of(raw: Mapping[str, Any]) -> Calendar:
    """Return a calendar."""
    return Calendar(
        CALENDAR,
        raw["timezone"],
        _week(raw["weekly"]),
        tuple(
            Period(p["name"], *_range(p), weekly=_week(p["weekly"])) for p in raw.get("periods", ())
        ),
        {date.fromisoformat(day): _shifts(s) for day, s in raw.get("days", {}).items()},
        tuple(Holiday(h.get("name", ""), *_range(h)) for h in raw.get("holidays", ())),
    )


def _week(raw: Mapping[str, Any]) -> Week:
    return tuple(_shifts(raw.get(day, ())) for day in _WEEKDAYS)


def _shifts(raw: Any) -> tuple[Shift, ...]:
    return tuple(shift(opens, closes) for opens, closes in raw)


def _range(raw: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(raw["from"]), date.fromisoformat(raw["to"])


def policy_of(raw: Mapping[str, Any]) -> Policy:
    """Return a policy for every ticket."""
    return Policy("golden", Match(), tuple(map(_clock, raw["clocks"])))


def _clock(raw: Mapping[str, Any]) -> Clock:
    kind = "survey" if raw["kind"] == "csat" else raw["kind"]
    return Clock(
        name=raw["name"],
        kind=ClockKind(kind),
        target=_span(raw["target"]),
        calendar=CALENDAR,
        warn_at=tuple(raw.get("warn_at", ())),
        stages=tuple(map(_stage, raw.get("stages", ()))),
        pausable=raw.get("pausable", False),
        reopen=raw.get("reopen", "resume"),
        start_on=raw.get("start_on", "received"),
    )


def _span(raw: Mapping[str, Any]) -> Span:
    return Span(raw.get("minutes", 0) * 60, Count(raw.get("count", "calendar")))


def _stage(raw: Mapping[str, Any]) -> Stage:
    when = raw["when"] if isinstance(raw["when"], list) else [raw["when"]]
    rule = raw.get("respond_by")
    return Stage(
        n=raw["n"],
        to=(raw["to"],),
        when=tuple(When(On(w["on"]), _span(w), w.get("n")) for w in when),
        priority=raw.get("priority"),
        respond_by=RespondBy(rule.get("cutoff_minutes", 0) * 60) if rule else None,
        deliver_in_open_hours=raw.get("deliver") == "open_hours",
    )


def step_of(raw: Mapping[str, Any]) -> Step:
    """Return what happens, at the instant of the server's receipt."""
    at, kind = instant(raw["at"]), raw["type"]
    if kind in {"daemon_down", "daemon_up"}:
        return Down(at, up=kind == "daemon_up")
    if kind in {"policy_changed", "calendar_changed"}:
        return NewRules(
            at,
            policy_of(raw["policy"]) if "policy" in raw else None,
            calendar_of(raw["calendar"]) if "calendar" in raw else None,
        )
    return Event(_EVENTS[kind], at)
