"""A working calendar as somebody writes it: weekly hours, periods, single days, holidays.

Which hours a date has is decided here; `hours` turns them into instants and counts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 24 * 60  # minutes


class CalendarError(ValueError):
    """A calendar that cannot be used; the message is one plain sentence."""


class BeyondHorizonError(CalendarError):
    """A target that is not reached within the years a calendar looks ahead."""


class Shift(NamedTuple):
    """Open hours in minutes after midnight. `closes` <= `opens`: it ends on the next day.

    A shift belongs to the date it starts on. `closes` may be 1440 ("24:00").
    """

    opens: int
    closes: int

    @property
    def ends(self) -> int:
        """Minutes from the midnight of its own date to its close."""
        return self.closes if self.closes > self.opens else self.closes + DAY


def shift(opens: str, closes: str) -> Shift:
    """Read "08:00" and "16:00" ("24:00" is the end of a day). Raises CalendarError."""
    first, last = _minutes(opens), _minutes(closes)
    if first == DAY:
        raise CalendarError(f"hours cannot open at {opens}: write 00:00 of the next day")
    return Shift(first, last)


def _minutes(text: str) -> int:
    hours, colon, minutes = text.strip().partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):
        raise CalendarError(f"{text!r} is not a time of day: write it like 08:00")
    value = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or value > DAY:
        raise CalendarError(f"{text!r} is not a time of day: write 00:00 to 24:00")
    return value


Week = tuple[tuple[Shift, ...], ...]  # seven days, Monday first, as date.weekday() counts


@dataclass(frozen=True, slots=True)
class Period:
    """Other weekly hours between two dates, both included: Ramadan, an exam week."""

    name: str
    start: date
    end: date
    weekly: Week


@dataclass(frozen=True, slots=True)
class Holiday:
    """Dates, both included, on which no shift starts."""

    name: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class DayRule:
    """The hours of one date, and which line of the calendar gave them."""

    shifts: tuple[Shift, ...]
    source: str  # "day" | "holiday" | "period" | "weekly"
    name: str = ""  # of the holiday or period


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a desk works. A single day beats a holiday, which beats a period, which beats the week.

    Where two periods hold the same date, the one written first counts.
    """

    name: str
    timezone: str  # IANA key, "Asia/Riyadh"
    weekly: Week
    periods: tuple[Period, ...] = ()
    days: Mapping[date, tuple[Shift, ...]] = field(default_factory=dict)
    holidays: tuple[Holiday, ...] = ()

    def __post_init__(self) -> None:
        """Raise CalendarError for a zone, a week or a range that cannot be."""
        zone_of(self.timezone)
        for week in (self.weekly, *(p.weekly for p in self.periods)):
            if len(week) != 7:
                raise CalendarError(f"the calendar {self.name!r} needs seven days a week")
        ranges: tuple[Period | Holiday, ...] = (*self.periods, *self.holidays)
        for dated in ranges:
            if dated.end < dated.start:
                raise CalendarError(f"{dated.name!r} ends on {dated.end}, before it begins")

    def rule_on(self, day: date) -> DayRule:
        """Return the hours whose shifts start on `day`, and why."""
        if (shifts := self.days.get(day)) is not None:
            return DayRule(shifts, "day")
        for holiday in self.holidays:
            if holiday.start <= day <= holiday.end:
                return DayRule((), "holiday", holiday.name)
        for period in self.periods:
            if period.start <= day <= period.end:
                return DayRule(period.weekly[day.weekday()], "period", period.name)
        return DayRule(self.weekly[day.weekday()], "weekly")


def zone_of(key: str) -> ZoneInfo:
    """Return the zone of an IANA key. Raises CalendarError when there is none."""
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError) as error:
        raise CalendarError(f"{key!r} is not a time zone: write one like Asia/Riyadh") from error
