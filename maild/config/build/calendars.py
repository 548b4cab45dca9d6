"""`calendars:` -> compiled open hours."""

from collections.abc import Iterable
from datetime import date, timedelta

from maild.config.problems import Findings, Path
from maild.config.schema.calendars import Calendar as CalendarWords
from maild.config.schema.calendars import Weekly
from maild.config.wording import DAYS, HOURS_HINT
from maild.sla.calendar import (
    Calendar,
    CalendarError,
    Holiday,
    Period,
    Shift,
    Week,
    zone_of,
)
from maild.sla.hours import OpenHours

_LONGEST = timedelta(days=366)  # of a period or holiday: beyond it nothing would ever be due


def open_hours(
    key: str, words: CalendarWords, zone: str, at: Path, findings: Findings
) -> OpenHours | None:
    """Return the calendar of one key, or None when it cannot be used."""
    timezone = words.timezone or zone
    if words.timezone and not known_zone(words.timezone, (*at, "timezone"), findings):
        return None
    weekly = _week(words.weekly, (*at, "weekly"), findings)
    if not any(weekly):
        if findings.incomplete((*at, "weekly")):
            return None
        findings.wrong((*at, "weekly"), f"the calendar {key!r} has no open time", HOURS_HINT)
        return None
    periods = [
        Period(p.name, p.from_, p.to, _week(p.weekly, (*at, "periods", i, "weekly"), findings))
        for i, p in enumerate(words.periods)
        if _dated(p.name, p.from_, p.to, (*at, "periods", i), findings)
    ]
    holidays = [
        Holiday(h.name, h.from_, h.to or h.from_)
        for i, h in enumerate(words.holidays)
        if _dated(h.name, h.from_, h.to or h.from_, (*at, "holidays", i), findings)
    ]
    _apart(periods, (*at, "periods"), findings)
    return OpenHours(
        Calendar(key, timezone, weekly, tuple(periods), dict(words.days), tuple(holidays))
    )


def known_zone(name: str, at: Path, findings: Findings) -> bool:
    """Return whether a time zone exists; record a problem when it does not."""
    try:
        zone_of(name)
    except CalendarError as error:
        what, _, hint = str(error).partition(": ")
        findings.wrong(at, what, hint)
        return False
    return True


def _week(words: Weekly, at: Path, findings: Findings) -> Week:
    hours: list[tuple[Shift, ...]] = [()] * 7
    seen: set[int] = set()
    for days, shifts in words.items():
        for day in days:
            if day in seen:
                findings.wrong(at, f"{DAYS[day]} stands here twice", "give each day its hours once")
            seen.add(day)
            hours[day] = shifts
    return tuple(hours)


def _dated(name: str, first: date, last: date, at: Path, findings: Findings) -> bool:
    if last < first:
        findings.wrong(at, f"{name!r} ends on {last}, before it begins", f"begins {first}: check")
        return False
    if last - first > _LONGEST:
        findings.wrong(at, f"{name!r} lasts longer than a year", "check the years of both dates")
        return False
    return True


def _apart(periods: Iterable[Period], at: Path, findings: Findings) -> None:
    before: list[Period] = []
    for index, period in enumerate(periods):
        for other in before:
            if period.start <= other.end and other.start <= period.end:
                findings.wrong(
                    (*at, index),
                    f"{period.name!r} and {other.name!r} claim the same dates",
                    "let one end before the other begins",
                )
        before.append(period)
