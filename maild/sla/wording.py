"""Targets and deadlines in the words of a requester: Arabic and English, Gregorian and Hijri."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location
from hijridate import Gregorian

from maild.mail.counting import counted
from maild.sla.policy import Count, Span

_HOUR = 3600
_DAY = 24 * _HOUR
_LOCALES = Locale("en"), Locale("ar")


def spoken_target(span: Span, language: str) -> str:
    """Return a target as it is said: "24 working hours", "ساعتي عمل" (Arabic after "خلال")."""
    return counted(*_amount(span), language, oblique=True)


def _amount(span: Span) -> tuple[int, str]:
    if span.count is Count.WORKING_DAYS and span.seconds % _DAY == 0:
        return span.seconds // _DAY, "working_day"
    working = "" if span.count is Count.CALENDAR else "working_"
    if span.seconds % _HOUR == 0:
        return span.seconds // _HOUR, f"{working}hour"
    return round(span.seconds / 60), f"{working}minute"


def spoken_deadline(due: datetime, zone: ZoneInfo, language: str, *, hijri: bool = False) -> str:
    """Return an instant in the desk's zone: "Monday 9 March 2026, 3:30 PM (Riyadh time)".

    `hijri` adds the date by Umm al-Qura, where it is known (1343 to 1500 AH).
    """
    arabic = language == "ar"
    there = due.astimezone(zone)
    day, clock = _day(there.date(), arabic=arabic), _clock(there.hour, there.minute, arabic=arabic)
    city = _city(zone, arabic=arabic)
    if hijri and (islamic := hijri_date(there.date(), language)):
        day = f"{day} ({islamic})"
    if arabic:
        return f"{day}، الساعة {clock} (بتوقيت {city})"
    return f"{day}, {clock} ({city} time)"


@lru_cache(maxsize=256)  # most deadlines are a few days ahead
def _day(day: date, *, arabic: bool) -> str:
    return format_date(day, "EEEE d MMMM y", locale=_LOCALES[arabic])


@lru_cache(maxsize=2880)  # as many as there are
def _clock(hour: int, minute: int, *, arabic: bool) -> str:
    return format_time(time(hour, minute), "h:mm a", locale=_LOCALES[arabic])


@lru_cache(maxsize=256)
def _city(zone: ZoneInfo, *, arabic: bool) -> str:
    return get_timezone_location(zone, locale=_LOCALES[arabic], return_city=True)


def hijri_date(day: date, language: str) -> str | None:
    """Return a date by Umm al-Qura: "20 Ramadan 1447 AH". None outside 1343 to 1500 AH."""
    try:
        islamic = Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        return None
    if language == "ar":
        return f"{islamic.day} {islamic.month_name('ar')} {islamic.year} هـ"
    return f"{islamic.day} {islamic.month_name('en')} {islamic.year} AH"
