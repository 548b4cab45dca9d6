"""Durations, moments, hours and dates as people write them, and what to write when they did not.

    24 open hours of office     counted inside the open hours of that calendar
    2 working days              all 24 hours of each day on which the calendar opens
    24 hours, 30 minutes        by the clock on the wall
    due, start + 2 hours, stage 1 + 24 open hours, reopen, resend

Arabic-Indic digits and typographic dashes are read as what they are. Every function raises
`UnreadableError`, which carries the mistake and the hint apart.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time
from itertools import pairwise

from maild.mail.normal import western_digits
from maild.sla.calendar import CalendarError, Shift, shift
from maild.sla.policy import Count, On, Span, When

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN_HINT = 'write "24 open hours", "2 working days", "24 hours" or "30 minutes"'
HOURS_HINT = "write 08:00-16:00, several as [08:00-12:00, 13:00-16:00], or closed"

_UNITS = {
    "open minute": (60, Count.OPEN_HOURS),
    "open hour": (3600, Count.OPEN_HOURS),
    "minute": (60, Count.CALENDAR),
    "hour": (3600, Count.CALENDAR),
    "day": (86400, Count.CALENDAR),
    "week": (7 * 86400, Count.CALENDAR),
    "working day": (86400, Count.WORKING_DAYS),
}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s+([a-z]+(?: [a-z]+)?)(?:\s+of\s+(\S+))?", re.IGNORECASE)
_WHEN = re.compile(r"(start|due|reopen|resend|stage (\d+))(?:\s*\+\s*(.+))?")
_ON = {"start": On.START, "due": On.DUE, "reopen": On.REOPEN, "resend": On.RESEND_AFTER_DUE}
_DASHES = str.maketrans("–—−‑", "----")
_LONGEST = 100 * 366 * 86400  # seconds


class UnreadableError(ValueError):
    """A text that says nothing: what is wrong with it, and what to write."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def span(text: str) -> tuple[Span, str | None]:
    """Read a duration and the calendar it names, if any."""
    plain = _plain(text)
    found = _SPAN.fullmatch(plain)
    if found is None:
        raise UnreadableError(f"{text!r} is not a duration", SPAN_HINT)
    number, unit, calendar = found[1], found[2].lower(), found[3]
    singular = unit.removesuffix("s")
    if singular not in _UNITS:
        hint = SPAN_HINT
        if unit.split()[0] in {"working", "business", "office", "work"}:
            hint = f'write "{number} open hours" or a number of working days'
        raise UnreadableError(f"{unit!r} is not a unit of time", hint)
    seconds, count = _UNITS[singular]
    whole = round(float(number) * seconds)
    if whole > _LONGEST:
        raise UnreadableError(f"{text!r} is longer than anybody waits", "shorten it")
    if calendar is not None and count is Count.CALENDAR:
        raise UnreadableError(
            f"{number} {unit} are counted by the clock on the wall, not by {calendar!r}",
            f'write "{number} open {unit} of {calendar}"'
            if singular in {"hour", "minute"}
            else f'leave out "of {calendar}"',
        )
    return Span(whole, count), calendar


def target(text: str) -> tuple[Span, str | None]:
    """Read the target of a clock: a duration, or "at once", due the moment it starts."""
    if _plain(text).lower() == "at once":
        return Span(0, Count.CALENDAR), None
    length, calendar = span(text)
    if not length.seconds:
        raise UnreadableError("no time at all is no target", 'give it some, or write "at once"')
    return length, calendar


def whole_days(text: str) -> int:
    """Read a number of days: "30 days", "2 weeks"."""
    length, _ = span(text)
    days, rest = divmod(length.seconds, 86400)
    if length.count is not Count.CALENDAR or rest or not days:
        raise UnreadableError(f"{text!r} is not a number of days", 'write "30 days"')
    return days


def suspension(text: str) -> int | None:
    """Read a number of days; None is "for good"."""
    return None if text == "for good" else whole_days(text)


def open_seconds(text: str) -> int:
    """Read an amount of open time in seconds: "2 open hours"."""
    length, calendar = span(text)
    if length.count is not Count.OPEN_HOURS or calendar:
        raise UnreadableError(f"{text!r} is not open time", 'write "2 open hours"')
    return length.seconds


def moment(text: str) -> When:
    """Read the instant of a stage: "due", "stage 1 + 24 open hours"."""
    plain = _plain(text).lower()
    found = _WHEN.fullmatch(plain)
    if found is None:
        raise UnreadableError(
            f"{text!r} is not a moment of a clock",
            'write due, start, reopen, resend or "stage 1", perhaps with "+ 24 open hours"',
        )
    name, number, after = found.groups()
    length, calendar = span(after) if after else (Span(0, Count.CALENDAR), None)
    if calendar:
        raise UnreadableError(
            "a stage is counted in the calendar of its clock", f'leave out "of {calendar}"'
        )
    if number:
        return When(On.STAGE, length, int(number))
    return When(_ON[name], length)


def share(text: str) -> float:
    """Read a share of a target: "75%" is 0.75."""
    plain = _plain(text).replace("٪", "%")
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", plain)
    value = float(found[1]) / 100 if found else 0.0
    if not 0 < value < 1:
        raise UnreadableError(f"{text!r} is not a share of the target", "write 75%")
    return value


def weekdays(text: str) -> tuple[int, ...]:
    """Read "sun-thu" or "fri" as weekdays, 0 is Monday."""
    plain = _plain(text).lower().replace(" ", "")
    first, dash, last = plain.partition("-")
    last = last if dash else first
    for name in (first, last):
        if name not in DAYS:
            raise UnreadableError(f"{name!r} is not a day of the week", f"write {', '.join(DAYS)}")
    start, end = DAYS.index(first), DAYS.index(last)
    return tuple((start + i) % 7 for i in range((end - start) % 7 + 1))


def hours(value: object) -> tuple[Shift, ...]:
    """Read the hours of a day: one text, a list of them, or "closed"."""
    if value == "closed":
        return ()
    texts = value if isinstance(value, list) else [value]
    shifts = tuple(sorted(_shift(text) for text in texts))
    if not shifts:
        raise UnreadableError("no hours stand here", HOURS_HINT)
    for earlier, later in pairwise(shifts):
        if later.opens < earlier.ends:
            raise UnreadableError(
                f"the hours from {_clock(later.opens)} overlap those from {_clock(earlier.opens)}",
                "let each end before the next begins",
            )
    return shifts


def between(text: str) -> tuple[time, time]:
    """Read "22:00-06:00" as two times of day; 24:00 is midnight."""
    found = _shift(text)
    first, last = divmod(found.opens, 60), divmod(found.closes % 1440, 60)
    return time(*first), time(*last)


def day(text: object) -> date:
    """Read an ISO date, Gregorian."""
    plain = _plain(str(text))
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", plain)
    if found is None:
        raise UnreadableError(f"{text!r} is not a date", "write 2026-03-20")
    year, month, number = (int(part) for part in found.groups())
    if year < 1900:
        raise UnreadableError(
            f"{plain} lies in the year {year}", "write Gregorian dates such as 2026-03-20"
        )
    if not 1 <= month <= 12:
        raise UnreadableError(f"{plain} is no date: there is no month {month}", "write 01 to 12")
    longest = monthrange(year, month)[1]
    if not 1 <= number <= longest:
        raise UnreadableError(
            f"{plain} is no date", f"that month has {longest} days, so write 01 to {longest}"
        )
    return date(year, month, number)


def instant(text: str) -> datetime:
    """Read "2026-03-04 15:30" as a wall clock; the zone is the caller's."""
    date_part, _, time_part = _plain(text).replace("T", " ").partition(" ")
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", time_part)
    if found is None:
        raise UnreadableError(f"{text!r} is not a date and time", "write 2026-03-04 15:30")
    return datetime.combine(day(date_part), time(int(found[1]), int(found[2])))


def repetition(text: str) -> tuple[str, int | None, time]:
    """Read how often a report leaves: "day 08:00", "week on sun 08:00", "month on 1 08:00"."""
    found = re.fullmatch(
        r"(day|week on ([a-z]+)|month on (\d+)) ([01]?\d|2[0-3]):([0-5]\d)", _plain(text).lower()
    )
    if found is None or (found[3] and not 1 <= int(found[3]) <= 28):
        raise UnreadableError(
            f"{text!r} says not when",
            'write "day 08:00", "week on sun 08:00" or "month on 1 08:00"',
        )
    on = weekdays(found[2])[0] if found[2] else int(found[3]) if found[3] else None
    return found[1].split()[0], on, time(int(found[4]), int(found[5]))


def _shift(text: object) -> Shift:
    plain = _plain(str(text)).replace(" ", "")
    opens, dash, closes = plain.partition("-")
    if not dash or not isinstance(text, str):
        raise UnreadableError(f"{text!r} are no hours", HOURS_HINT)
    try:
        found = shift(opens, closes)
    except CalendarError as error:
        raise UnreadableError(str(error).partition(": ")[0], HOURS_HINT) from error
    if found.opens == found.closes % 1440 and not (found.opens == 0 and found.closes == 1440):
        raise UnreadableError(f"{text} is empty", "write 00:00-24:00 for a whole day, or closed")
    return found


def _plain(text: str) -> str:
    """Return `text` with ASCII digits, plain dashes and single spaces."""
    return " ".join(western_digits(text).translate(_DASHES).replace("٫", ".").split())


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
