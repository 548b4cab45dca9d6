"""Counting open time: against somebody who walks the clock minute by minute, and known dates."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.sla.calendar import (
    BeyondHorizonError,
    Calendar,
    Holiday,
    Period,
    Shift,
    Week,
    shift,
)
from maild.sla.hours import OpenHours, compiled
from maild.sla.policy import Count

MINUTE = timedelta(minutes=1)
NOTHING: Week = ((),) * 7
OFFICE: Week = tuple((shift("08:00", "16:00"),) if d in {6, 0, 1, 2, 3} else () for d in range(7))
RIYADH = ZoneInfo("Asia/Riyadh")
CAIRO = ZoneInfo("Africa/Cairo")


def office(**changes: object) -> OpenHours:
    values: dict[str, object] = {"name": "office", "timezone": "Asia/Riyadh", "weekly": OFFICE}
    return OpenHours(Calendar(**(values | changes)))  # type: ignore[arg-type]


def at(text: str, zone: ZoneInfo = RIYADH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def walk(calendar: Calendar, start: datetime, count: Count) -> Iterator[tuple[datetime, bool]]:
    """Yield each minute from `start` and whether it counts, by looking at the wall clock.

    A shift begins when the wall first shows its opening or later, and ends when it first shows
    its close or later; so an hour that comes twice does not open a closed door again.
    """
    zone = ZoneInfo(calendar.timezone)
    instant = start - timedelta(days=3)
    shown = datetime.min  # noqa: DTZ901 - a wall clock
    while True:
        wall = instant.astimezone(zone).replace(tzinfo=None)
        shown = max(shown, wall)
        if instant >= start:
            if count is Count.WORKING_DAYS:
                yield instant, bool(calendar.rule_on(wall.date()).shifts)
            else:
                yield instant, any(inside(calendar, shown, back) for back in (0, 1))
        instant += MINUTE


def inside(calendar: Calendar, shown: datetime, back: int) -> bool:
    day = shown.date() - timedelta(days=back)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    minutes = (shown - midnight) / MINUTE
    return any(s.opens <= minutes < s.ends for s in calendar.rule_on(day).shifts)


quarters = st.integers(0, 95).map(lambda n: n * 15)
shifts = st.builds(Shift, quarters, st.integers(0, 96).map(lambda n: n * 15))
days_of_shifts = st.lists(shifts, max_size=3).map(tuple)
weeks = st.lists(days_of_shifts, min_size=7, max_size=7).map(tuple)
# Around changes of clocks in Cairo, Casablanca (twice about Ramadan), Lisbon and Lord Howe.
changes = st.sampled_from(
    [
        ("Africa/Cairo", datetime(2026, 4, 23, 20, tzinfo=UTC)),
        ("Africa/Cairo", datetime(2026, 10, 29, 15, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 2, 14, 20, tzinfo=UTC)),
        ("Africa/Casablanca", datetime(2026, 3, 21, 20, tzinfo=UTC)),
        ("Europe/Lisbon", datetime(2026, 3, 28, 20, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 10, tzinfo=UTC)),
        ("Asia/Riyadh", datetime(2026, 3, 18, 20, tzinfo=UTC)),
    ]
)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone, about = draw(changes)
    near = st.integers(-2, 3).map(lambda n: about.date() + timedelta(days=n))
    first, last = sorted((draw(near), draw(near)))
    off = draw(near)
    return (
        Calendar(
            "drawn",
            zone,
            draw(weeks),
            (Period("other hours", first, last, draw(weeks)),) if draw(st.booleans()) else (),
            draw(st.dictionaries(near, days_of_shifts, max_size=2)),
            (Holiday("off", off, off),) if draw(st.booleans()) else (),
        ),
        about,
    )


@settings(max_examples=60, deadline=None)
@given(
    calendars(),
    st.integers(-600, 600),
    st.integers(1, 3000),
    st.sampled_from([Count.OPEN_HOURS, Count.WORKING_DAYS]),
)
def test_the_table_counts_what_a_walker_counts(
    drawn: tuple[Calendar, datetime], offset: int, length: int, count: Count
) -> None:
    calendar, about = drawn
    hours, start = OpenHours(calendar), about + offset * MINUTE
    counted = 0
    for instant, open_now in walk(calendar, start, count):
        assert hours.between(start, instant, count) == counted * 60
        if instant >= start + length * MINUTE:
            break
        if count is Count.OPEN_HOURS:
            assert (hours.next_open(instant) == instant) == open_now if any_hours(hours) else True
        counted += open_now
        if open_now:
            assert hours.add(start, counted * 60, count) == instant + MINUTE


def any_hours(hours: OpenHours) -> bool:
    try:
        hours.next_open(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=365))
    except BeyondHorizonError:
        return False
    return True


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 400 * 3600),
    st.sampled_from(list(Count)),
)
def test_what_was_added_is_what_lies_between(start: datetime, seconds: int, count: Count) -> None:
    hours = office()
    due = hours.add(start, seconds, count)
    assert hours.between(start, due, count) == seconds
    assert hours.between(start, due - timedelta(microseconds=1), count) < seconds


@settings(max_examples=100, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 5_000_000),
    st.integers(0, 5_000_000),
)
def test_the_prefix_sums_agree_with_the_sum_of_the_intervals(
    start: datetime, first: int, second: int
) -> None:
    hours = office()
    a, b = start + timedelta(seconds=first), start + timedelta(seconds=first + second)
    naive = sum(((y - x).total_seconds() for x, y in hours.intervals(a, b)), 0.0)
    assert hours.between(a, b) == pytest.approx(naive, abs=1e-6)


def test_nothing_is_counted_backwards() -> None:
    assert office().between(at("2026-04-13 10:00"), at("2026-04-12 10:00")) == 0


def test_a_target_used_up_at_closing_time_is_due_at_closing_time() -> None:
    assert office().add(at("2026-04-12 08:00"), 8 * 3600) == at("2026-04-12 16:00")


def test_no_target_is_due_at_the_start_even_at_night() -> None:
    assert office().add(at("2026-04-12 03:00"), 0) == at("2026-04-12 03:00")


def test_the_minute_of_closing_is_closed_and_the_minute_of_opening_open() -> None:
    hours = office()
    assert hours.next_open(at("2026-04-12 16:00")) == at("2026-04-13 08:00")
    assert hours.next_open(at("2026-04-13 08:00")) == at("2026-04-13 08:00")
    assert hours.is_open(at("2026-04-13 08:00"))
    assert not hours.is_open(at("2026-04-13 08:00") - timedelta(microseconds=1))
    assert not hours.is_open(at("2026-04-13 16:00"))


def test_overlapping_shifts_count_once() -> None:
    twice = ((shift("08:00", "12:00"), shift("10:00", "16:00")),) * 7
    hours = office(weekly=twice)
    assert hours.between(at("2026-04-12 00:00"), at("2026-04-13 00:00")) == 8 * 3600


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    night = tuple((shift("21:00", "01:00"),) if d == 2 else () for d in range(7))
    hours = office(weekly=night, holidays=(Holiday("Eid", date(2026, 3, 19), date(2026, 3, 22)),))
    # Wednesday's night still runs into the first holiday; nothing starts on the holidays.
    assert hours.between(at("2026-03-19 00:00"), at("2026-03-25 00:00")) == 3600


def test_around_the_clock_has_no_seam_at_midnight() -> None:
    always = ((shift("00:00", "24:00"),),) * 7
    hours = office(weekly=always)
    day = (at("2026-04-12 10:00"), at("2026-04-14 10:00"))
    assert hours.intervals(*day) == (day,)


def test_equal_times_mean_a_whole_day() -> None:
    hours = office(weekly=((shift("08:00", "08:00"),),) * 7)
    assert hours.between(at("2026-04-12 00:00"), at("2026-04-13 00:00")) == 86400


def test_a_cairo_night_has_an_hour_less_in_spring_and_an_hour_more_in_autumn() -> None:
    night = tuple((shift("22:00", "02:00"),) if d == 3 else () for d in range(7))
    hours = office(timezone="Africa/Cairo", weekly=night)
    spring = (at("2026-04-23 12:00", CAIRO), at("2026-04-24 12:00", CAIRO))
    autumn = (at("2026-10-29 12:00", CAIRO), at("2026-10-30 12:00", CAIRO))
    assert hours.between(*spring) == 3 * 3600
    assert hours.between(*autumn) == 5 * 3600


def test_a_working_day_of_a_clock_change_has_23_or_25_hours() -> None:
    daily = ((shift("09:00", "17:00"),),) * 7
    hours = office(timezone="Africa/Cairo", weekly=daily)
    start = at("2026-10-29 00:00", CAIRO)
    assert hours.add(start, 25 * 3600, Count.WORKING_DAYS) == at("2026-10-30 00:00", CAIRO)
    start = at("2026-04-24 01:00", CAIRO)
    assert hours.add(start, 23 * 3600, Count.WORKING_DAYS) == at("2026-04-25 00:00", CAIRO)


def test_an_opening_inside_a_skipped_hour_is_the_change_itself() -> None:
    early = ((shift("00:30", "02:00"),),) * 7
    hours = office(timezone="Africa/Cairo", weekly=early)
    opened = hours.intervals(at("2026-04-23 12:00", CAIRO), at("2026-04-24 12:00", CAIRO))
    assert opened == ((at("2026-04-24 01:00", CAIRO), at("2026-04-24 02:00", CAIRO)),)


def test_casablanca_changes_its_clocks_about_ramadan() -> None:
    weekdays = tuple((shift("09:00", "17:00"),) if d < 5 else () for d in range(7))
    hours = office(timezone="Africa/Casablanca", weekly=weekdays)
    start = datetime(2026, 3, 20, 12, tzinfo=UTC)  # 12:00 by the clock of Ramadan
    assert hours.add(start, 16 * 3600) == datetime(2026, 3, 24, 11, tzinfo=UTC)


def test_days_beat_holidays_beat_periods_beat_the_week() -> None:
    day = date(2026, 3, 18)
    short: Week = ((shift("10:00", "12:00"),),) * 7
    period = Period("Ramadan", day, day, short)
    holiday = Holiday("Eid", day, day)
    span = (at("2026-03-18 00:00"), at("2026-03-19 00:00"))
    assert office().between(*span) == 8 * 3600
    assert office(periods=(period,)).between(*span) == 2 * 3600
    assert office(periods=(period,), holidays=(holiday,)).between(*span) == 0
    single = {day: (shift("09:00", "13:00"),)}
    everything = office(periods=(period,), holidays=(holiday,), days=single)
    assert everything.between(*span) == 4 * 3600


def test_a_day_can_be_closed_by_writing_no_hours() -> None:
    closed = office(days={date(2026, 4, 12): ()})
    assert closed.next_open(at("2026-04-12 09:00")) == at("2026-04-13 08:00")


def test_a_calendar_without_hours_is_refused_not_searched_for_ever() -> None:
    never = office(weekly=NOTHING)
    with pytest.raises(BeyondHorizonError):
        never.add(at("2026-04-12 09:00"), 60)
    with pytest.raises(BeyondHorizonError):
        never.next_open(at("2026-04-12 09:00"))
    with pytest.raises(BeyondHorizonError):
        never.business_day_close(at("2026-04-12 09:00"))


def test_a_calendar_open_once_a_year_is_found_open_then() -> None:
    yearly = office(weekly=NOTHING, days={date(2027, 4, 1): (shift("08:00", "09:00"),)})
    assert yearly.next_open(at("2026-04-12 09:00")) == at("2027-04-01 08:00")


def test_a_target_beyond_the_horizon_is_an_error_of_its_own() -> None:
    for count in Count:
        with pytest.raises(BeyondHorizonError, match="within 10 years"):
            office().add(at("2026-04-12 09:00"), 20 * 366 * 86400, count)


@pytest.mark.parametrize("year", [1, 1969, 2201, 9999])
@pytest.mark.parametrize("count", list(Count))
def test_a_broken_clock_of_a_server_is_an_error_of_its_own(year: int, count: Count) -> None:
    broken = datetime(year, 6, 30, 12, tzinfo=UTC)
    with pytest.raises(BeyondHorizonError, match=f"from the year {year}"):
        office().add(broken, 3600, count)
    with pytest.raises(BeyondHorizonError):
        office().next_open(broken)
    with pytest.raises(BeyondHorizonError):
        office().business_day_close(broken)


def test_time_between_impossible_instants_is_counted_where_it_can_be() -> None:
    hours = office()
    edge = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    assert hours.between(*edge) == 0
    assert hours.between(edge[1], datetime(1970, 1, 4, 6, tzinfo=UTC)) == 8 * 3600 + 3600
    assert hours.intervals(edge[1], datetime(1970, 1, 1, 5, 30, tzinfo=UTC)) != ()


def test_a_table_that_does_not_grow_counts_its_last_day() -> None:
    hours = office(weekly=((shift("00:00", "24:00"),),) * 7)
    for year in range(2020, 2032):
        last = datetime(year, 12, 31, 12, tzinfo=UTC)
        assert hours.between(last, last + timedelta(hours=1)) == 3600
        assert hours.next_open(last) == last


def test_the_first_and_last_years_that_count_do_count() -> None:
    assert office().add(datetime(1970, 1, 4, 6, tzinfo=UTC), 3600).hour == 7
    assert office().add(datetime(2199, 12, 29, 6, tzinfo=UTC), 3600).hour == 7


def test_the_table_grows_in_both_directions() -> None:
    hours = office()
    assert hours.add(at("2026-04-12 08:00"), 3600) == at("2026-04-12 09:00")
    assert hours.add(at("2019-04-14 08:00"), 3600) == at("2019-04-14 09:00")
    assert hours.add(at("2031-04-13 08:00"), 3600) == at("2031-04-13 09:00")
    assert hours.between(at("2026-12-31 00:00"), at("2027-01-01 00:00")) == 8 * 3600


def test_the_close_of_a_business_day() -> None:
    hours = office()
    assert hours.business_day_close(at("2026-04-23 15:59")) == at("2026-04-23 16:00")
    assert hours.business_day_close(at("2026-04-23 16:00")) == at("2026-04-26 16:00")
    assert hours.business_day_close(at("2026-04-23 07:00")) == at("2026-04-23 16:00")
    assert hours.business_day_close(at("2026-04-23 14:01"), 2 * 3600) == at("2026-04-26 16:00")
    assert hours.business_day_close(at("2026-04-23 14:00"), 2 * 3600) == at("2026-04-23 16:00")


def test_a_business_day_closes_after_its_last_shift_even_past_midnight() -> None:
    split = ((shift("12:00", "17:00"), shift("21:00", "01:00")),) * 7
    hours = office(weekly=split)
    assert hours.business_day_close(at("2026-03-04 18:00")) == at("2026-03-05 01:00")
    assert hours.business_day_close(at("2026-03-05 00:30")) == at("2026-03-05 01:00")
    assert hours.business_day_close(at("2026-03-05 01:00")) == at("2026-03-06 01:00")
    # Open time is what is left for the cut-off, not the hours on the wall.
    assert hours.business_day_close(at("2026-03-04 16:00"), 6 * 3600) == at("2026-03-06 01:00")


def test_a_cutoff_no_day_can_hold_is_an_error() -> None:
    with pytest.raises(BeyondHorizonError):
        office().business_day_close(at("2026-04-23 10:00"), 9 * 3600)


def test_the_calendars_of_a_desk_are_compiled_under_their_keys() -> None:
    ready = compiled({"office": office().calendar})
    assert ready["office"].add(at("2026-04-12 08:00"), 60) == at("2026-04-12 08:01")
