"""Counting time: a calendar compiled into a table of intervals with prefix sums.

A due instant is two bisections: how much was counted up to the start, and where that much more is
reached. The table is built when first asked and grows by whole years. Instants are integers of
microseconds since 1970 inside, so no rounding ever moves a deadline.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from maild.sla.calendar import BeyondHorizonError, Calendar, zone_of
from maild.sla.policy import Count

HORIZON = 10  # years a deadline may lie ahead of its start
_NEWEST = 2200  # the last year counted; a receipt after it, or before 1970, is a broken clock
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000  # microseconds
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_MINUTE = 60
_FIRST = 0
_LAST = (datetime(_NEWEST, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND

Span = tuple[int, int]  # [open, close) in microseconds since 1970


@dataclass(frozen=True, slots=True)
class _Table:
    """Disjoint, ascending intervals of the local years `first` to `last`, both included."""

    first: int
    last: int
    lo: int  # the covered instants: [lo, hi)
    hi: int
    starts: list[int]
    ends: list[int]
    sums: list[int]  # sums[i]: counted before interval i begins; one longer than the others


class OpenHours:
    """A compiled calendar. Safe to share between threads: a grown table replaces the old one."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = zone_of(calendar.timezone)
        self._tables: dict[Count, _Table] = {}

    def between(self, a: datetime, b: datetime, count: Count = Count.OPEN_HOURS) -> float:
        """Return the seconds counted from `a` to `b`; 0 when `b` is not after `a`."""
        first, last = _countable(a), _countable(b)
        if last <= first:
            return 0.0
        if count is Count.CALENDAR:
            return (last - first) / _SECOND
        table = self._covering(count, first, last)
        return (_counted(table, last) - _counted(table, first)) / _SECOND

    def add(self, start: datetime, seconds: float, count: Count = Count.OPEN_HOURS) -> datetime:
        """Return the earliest instant at which `seconds` have been counted since `start` (UTC).

        An amount used up at closing time ends at closing time; no amount ends at `start`.
        Raises BeyondHorizonError when `HORIZON` years do not hold that much.
        """
        wanted = round(seconds * _SECOND)
        begin = _dated(start)
        if wanted <= 0:
            return start
        if count is Count.CALENDAR:
            if wanted > HORIZON * 366 * 86400 * _SECOND:
                raise self._beyond(seconds)
            return _EPOCH + (begin + wanted) * _MICROSECOND
        table = self._tables.get(count)
        if table is None or not table.lo <= begin < table.hi:
            table = self._covering(count, begin, begin)
        total = _counted(table, begin) + wanted
        while total > table.sums[-1]:
            if table.last >= min(start.year + HORIZON, _NEWEST):
                raise self._beyond(seconds)
            table = self._covering(count, begin, table.hi)
            total = _counted(table, begin) + wanted
        index = bisect_left(table.sums, total) - 1
        return _EPOCH + timedelta(microseconds=table.starts[index] + total - table.sums[index])

    def next_open(self, instant: datetime) -> datetime:
        """Return `instant` when it is open, else the next opening. Raises BeyondHorizonError."""
        begin = _dated(instant)
        table = self._covering(Count.OPEN_HOURS, begin, begin)
        while (index := bisect_right(table.ends, begin)) == len(table.ends):
            if table.last >= min(instant.year + HORIZON, _NEWEST):
                raise self._beyond(_MINUTE)
            table = self._covering(Count.OPEN_HOURS, begin, table.hi)
        opens = table.starts[index]
        return instant if opens <= begin else _instant(opens)

    def is_open(self, instant: datetime) -> bool:
        """Return whether `instant` lies in an open interval; the closing instant does not."""
        return self.between(instant, instant + _MICROSECOND) > 0

    def business_day_close(self, instant: datetime, cutoff: float = 0) -> datetime:
        """Return the close of the first business day that closes after `instant` (UTC).

        A business day is the shifts that start on one local date. A day with less than `cutoff`
        open seconds left is passed over. Raises BeyondHorizonError when no day has that much.
        """
        begin, needed = _dated(instant), round(cutoff * _SECOND)
        # A shift that crosses midnight belongs to yesterday.
        day = instant.astimezone(self.zone).date() - _DAY
        for _ in range(2 * 366):
            spans = list(_merged(self._shifts_of(day)))
            if spans and spans[-1][1] > begin:
                left = sum(close - max(opens, begin) for opens, close in spans if close > begin)
                if left >= needed:
                    return _instant(spans[-1][1])
            day += _DAY
        raise self._beyond(cutoff)

    def intervals(
        self, a: datetime, b: datetime, count: Count = Count.OPEN_HOURS
    ) -> tuple[tuple[datetime, datetime], ...]:
        """Return the counted intervals between `a` and `b`, clipped to them, in UTC."""
        first, last = _countable(a), _countable(b)
        if last <= first:
            return ()
        if count is Count.CALENDAR:
            return ((_instant(first), _instant(last)),)
        table = self._covering(count, first, last)
        found = []
        for index in range(bisect_right(table.ends, first), bisect_left(table.starts, last)):
            opens, closes = max(table.starts[index], first), min(table.ends[index], last)
            found.append((_instant(opens), _instant(closes)))
        return tuple(found)

    def _beyond(self, seconds: float) -> BeyondHorizonError:
        return BeyondHorizonError(
            f"the calendar {self.calendar.name!r} does not have {seconds / 3600:.3g} open hours"
            f" within {HORIZON} years: shorten the target or open longer"
        )

    def _covering(self, count: Count, first: int, last: int) -> _Table:
        """Return a table that covers both instants, growing the present one when it must."""
        table = self._tables.get(count)
        if table is not None and table.lo <= first and last < table.hi:
            return table
        # A year of margin on each side: zone offsets move the borders of a year.
        low, high = _year(first, -1), _year(last, 1)
        if table is not None:
            low, high = min(low, table.first), max(high, table.last)
        table = self._compile(count, low, high)
        self._tables[count] = table
        return table

    def _compile(self, count: Count, first: int, last: int) -> _Table:
        days = _days(date(first, 1, 1) - _DAY, date(last, 12, 31))
        spans: Iterable[Span]
        if count is Count.WORKING_DAYS:
            spans = (self._whole(day) for day in days if self.calendar.rule_on(day).shifts)
        else:
            spans = (span for day in days for span in self._shifts_of(day))
        starts, ends, sums = [], [], [0]
        for opens, closes in _merged(spans):
            starts.append(opens)
            ends.append(closes)
            sums.append(sums[-1] + closes - opens)
        lo = _wall(datetime(first, 1, 1), self.zone)  # noqa: DTZ001 - a wall clock, zone beside it
        hi = _wall(datetime(last + 1, 1, 1), self.zone)  # noqa: DTZ001 - likewise
        return _Table(first, last, lo, hi, starts, ends, sums)

    def _shifts_of(self, day: date) -> list[Span]:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
        spans = []
        for shift in self.calendar.rule_on(day).shifts:
            opens = _wall(midnight + timedelta(minutes=shift.opens), self.zone)
            closes = _wall(midnight + timedelta(minutes=shift.ends), self.zone)
            if closes > opens:  # a night of changing clocks can swallow a short shift
                spans.append((opens, closes))
        return sorted(spans)

    def _whole(self, day: date) -> Span:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
        return _wall(midnight, self.zone), _wall(midnight + _DAY, self.zone)


def compiled(calendars: Mapping[str, Calendar]) -> dict[str, OpenHours]:
    """Return the calendars of a desk ready for counting, by the key a clock names."""
    return {key: OpenHours(calendar) for key, calendar in calendars.items()}


def _counted(table: _Table, instant: int) -> int:
    """Return the microseconds counted from the beginning of the table to `instant`."""
    index = bisect_right(table.starts, instant) - 1
    if index < 0:
        return 0
    return table.sums[index] + min(instant, table.ends[index]) - table.starts[index]


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that touch or overlap, so that a shared hour counts once. Order by start first."""
    current: Span | None = None
    for opens, closes in sorted(spans):
        if current is not None and opens <= current[1]:
            current = (current[0], max(current[1], closes))
            continue
        if current is not None:
            yield current
        current = (opens, closes)
    if current is not None:
        yield current


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))


def _micros(instant: datetime) -> int:
    since = instant - _EPOCH
    return (since.days * 86400 + since.seconds) * _SECOND + since.microseconds


def _countable(instant: datetime) -> int:
    """Return an instant, drawn into the years that count."""
    return min(max(_micros(instant), _FIRST), _LAST)


def _dated(instant: datetime) -> int:
    """Return an instant to count from. Raises BeyondHorizonError outside the years that count."""
    micros = _micros(instant)
    if not _FIRST <= micros <= _LAST:
        raise BeyondHorizonError(
            f"no deadline counts from the year {instant.year}: look at the clock of the server"
            " that dated the mail"
        )
    return micros


def _instant(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _year(micros: int, margin: int) -> int:
    return _instant(micros).year + margin


def _wall(local: datetime, zone: ZoneInfo) -> int:
    """Return the first instant at which the clock on the wall shows `local` or later.

    An hour that happens twice means its first time; an hour that is skipped means the change
    itself (PEP 495 tells them apart by the offsets of both folds).
    """
    before, after = _offset(local, zone, 0), _offset(local, zone, 1)
    instant = _micros(local.replace(tzinfo=UTC))
    if before >= after:
        return instant - before
    early, late = instant - after, instant - before  # the change lies in (early, late]
    while late - early > _SECOND:
        middle = (early + late) // 2
        if _offset_at(middle, zone) == after:
            late = middle
        else:
            early = middle
    return late - late % _SECOND


def _offset(local: datetime, zone: tzinfo, fold: int) -> int:
    offset = local.replace(tzinfo=zone, fold=fold).utcoffset()
    return 0 if offset is None else offset // _MICROSECOND


def _offset_at(micros: int, zone: tzinfo) -> int:
    offset = _instant(micros).astimezone(zone).utcoffset()
    return 0 if offset is None else offset // _MICROSECOND
