"""A calendar as it is written: times of day, and what cannot be."""

from datetime import date

import pytest

from maild.sla.calendar import Calendar, CalendarError, Holiday, Period, Shift, Week, shift

WEEK: Week = ((),) * 7


@pytest.mark.parametrize(
    ("opens", "closes", "wanted"),
    [
        ("08:00", "16:30", Shift(480, 990)),
        ("8:00", "24:00", Shift(480, 1440)),
        ("21:00", "01:00", Shift(1260, 60)),
        ("16:00", "00:00", Shift(960, 0)),
    ],
)
def test_hours_are_read_as_written(opens: str, closes: str, wanted: Shift) -> None:
    assert shift(opens, closes) == wanted


def test_a_shift_that_ends_before_it_begins_ends_the_next_day() -> None:
    assert shift("21:00", "01:00").ends == 25 * 60
    assert shift("16:00", "00:00").ends == 24 * 60


@pytest.mark.parametrize("text", ["", "8", "08.00", "25:00", "24:01", "08:60", "08:5", "-1:00"])
def test_what_is_no_time_of_day_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(CalendarError, match="is not a time of day"):
        shift(text, "16:00")


def test_nothing_opens_at_the_end_of_a_day() -> None:
    with pytest.raises(CalendarError, match="00:00 of the next day"):
        shift("24:00", "02:00")


@pytest.mark.parametrize("key", ["Asia/Mekka", "", "../etc/passwd", "/etc/localtime", "Asia"])
def test_an_unknown_zone_is_refused_in_a_sentence(key: str) -> None:
    with pytest.raises(CalendarError, match="is not a time zone"):
        Calendar("office", key, WEEK)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(CalendarError, match="seven days"):
        Calendar("office", "Asia/Riyadh", WEEK[:6])


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    later, earlier = date(2026, 3, 22), date(2026, 3, 19)
    with pytest.raises(CalendarError, match="before it begins"):
        Calendar("office", "Asia/Riyadh", WEEK, holidays=(Holiday("Eid", later, earlier),))
    with pytest.raises(CalendarError, match="before it begins"):
        Calendar("office", "Asia/Riyadh", WEEK, (Period("Ramadan", later, earlier, WEEK),))


def test_of_two_periods_the_first_written_counts() -> None:
    first = Period("exams", date(2026, 3, 1), date(2026, 3, 5), WEEK)
    second = Period("Ramadan", date(2026, 2, 18), date(2026, 3, 19), WEEK)
    calendar = Calendar("office", "Asia/Riyadh", WEEK, (first, second))
    assert calendar.rule_on(date(2026, 3, 2)).name == "exams"
    assert calendar.rule_on(date(2026, 3, 6)).name == "Ramadan"
