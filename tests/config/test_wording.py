"""Durations, moments, hours and dates read as people write them."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.config import wording
from maild.config.wording import UnreadableError
from maild.sla.policy import Count, On, Span, When

UNITS = {
    "open minutes": (60, Count.OPEN_HOURS),
    "open hours": (3600, Count.OPEN_HOURS),
    "minutes": (60, Count.CALENDAR),
    "hours": (3600, Count.CALENDAR),
    "days": (86400, Count.CALENDAR),
    "weeks": (604800, Count.CALENDAR),
    "working days": (86400, Count.WORKING_DAYS),
}
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
READERS = (
    wording.span,
    wording.whole_days,
    wording.open_seconds,
    wording.moment,
    wording.share,
    wording.weekdays,
    wording.hours,
    wording.between,
    wording.day,
    wording.instant,
    wording.repetition,
)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5000), st.sampled_from(sorted(UNITS)), st.booleans(), st.booleans())
def test_a_duration_is_its_number_times_its_unit(
    number: int, unit: str, arabic: bool, single: bool
) -> None:
    text = f"{number} {unit.removesuffix('s') if single else unit}"
    seconds, count = UNITS[unit]
    read = wording.span(text.translate(ARABIC) if arabic else text)
    assert read == (Span(number * seconds, count), None)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 500), st.sampled_from(["open hours", "working days", "open minutes"]))
def test_a_duration_may_name_its_calendar(number: int, unit: str) -> None:
    assert wording.span(f"{number}  {unit} of office")[1] == "office"


def test_half_hours_are_read() -> None:
    assert wording.span("1.5 hours") == (Span(5400, Count.CALENDAR), None)
    assert wording.span("١٫٥ hours") == (Span(5400, Count.CALENDAR), None)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("due", When(On.DUE)),
        ("reopen", When(On.REOPEN)),
        ("resend", When(On.RESEND_AFTER_DUE)),
        ("start + 2 hours", When(On.START, Span(7200, Count.CALENDAR))),
        ("stage 1 + 24 open hours", When(On.STAGE, Span(86400, Count.OPEN_HOURS), 1)),
        ("Stage 2+1 working day", When(On.STAGE, Span(86400, Count.WORKING_DAYS), 2)),
    ],
)
def test_a_moment_is_read(text: str, when: When) -> None:
    assert wording.moment(text) == when


@pytest.mark.parametrize(
    ("text", "days"),
    [("sun-thu", (6, 0, 1, 2, 3)), ("fri", (4,)), ("mon - sun", tuple(range(7))), ("SAT", (5,))],
)
def test_days_of_the_week_are_read(text: str, days: tuple[int, ...]) -> None:
    assert wording.weekdays(text) == days


def test_reports_say_when_they_leave() -> None:
    assert wording.repetition("day 08:00") == ("day", None, time(8))
    assert wording.repetition("week on sun 8:30") == ("week", 6, time(8, 30))
    assert wording.repetition("month on 28 08:00") == ("month", 28, time(8))
    with pytest.raises(UnreadableError):
        wording.repetition("month on 31 08:00")


def test_instants_and_hours_are_read() -> None:
    assert wording.instant("2026-03-04 15:30") == datetime(2026, 3, 4, 15, 30)  # noqa: DTZ001
    assert wording.between("22:00-24:00") == (time(22), time(0))
    assert wording.day("٢٠٢٦-٠٢-٢٨") == date(2026, 2, 28)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(READERS), st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused_with_a_hint(
    read: Callable[[str], object], text: str
) -> None:
    refusal = None
    try:
        read(text)
    except UnreadableError as error:
        refusal = error
    assert refusal is None or (refusal.what and refusal.hint)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_every_date_is_read_as_itself(day: date) -> None:
    assert wording.day(day.isoformat()) == day
