"""Due instants a second, beside the plain arithmetic on a table of days."""

import random
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from benchmarks.table import Line, rate
from maild.sla.calendar import Calendar, Holiday, shift
from maild.sla.hours import OpenHours

WANTED = 0.5
ZONE = ZoneInfo("Asia/Riyadh")
HOLIDAY = Holiday("عيد الأضحى", date(2026, 5, 26), date(2026, 5, 29))
OPENS, CLOSES = 8 * 3600, 16 * 3600
OPEN_DAYS = {6, 0, 1, 2, 3}
FIRST = datetime(2026, 1, 1, tzinfo=ZONE)
DAYS = 3653


class Plain:
    """The floor: cumulative open seconds of ten years' days, and one bisection."""

    def __init__(self) -> None:
        self._first = FIRST.timestamp()
        days = [FIRST.date() + timedelta(days=n) for n in range(DAYS)]
        self._open = [CLOSES - OPENS if _is_open(day) else 0 for day in days]
        self._sums = [0, *accumulate(self._open)]

    def add(self, start: datetime, seconds: float) -> datetime:
        """Return the instant so many open seconds after `start`."""
        day, second = divmod(start.timestamp() - self._first, 86400)
        today = int(day)
        gone = self._sums[today] + min(max(second - OPENS, 0), self._open[today]) + seconds
        found = bisect_right(self._sums, gone) - 1
        at = self._first + found * 86400 + OPENS + gone - self._sums[found]
        return datetime.fromtimestamp(at, UTC)


def measure(count: int = 50_000) -> Iterator[Line]:
    """Compute as many due instants with each; they must be the same."""
    week = tuple((shift("08:00", "16:00"),) if d in OPEN_DAYS else () for d in range(7))
    hours = OpenHours(Calendar("office", "Asia/Riyadh", week, holidays=(HOLIDAY,)))
    plain = Plain()
    chance = random.Random(5)  # noqa: S311
    questions = [
        (FIRST + timedelta(minutes=chance.randrange(500_000)), chance.randrange(1, 400) * 1800.0)
        for _ in range(count)
    ]
    floors, rates = [], []
    for _ in range(3):
        floor, expected = _timed(plain.add, questions)
        maild, found = _timed(hours.add, questions)
        wrong = sum(a != b for a, b in zip(expected, found, strict=True) if not _at_the_edge(a))
        assert wrong == 0, f"{wrong} instants differ"
        floors.append(count / floor)
        rates.append(count / maild)
    yield rate("due instants", max(floors), max(rates), "/s", WANTED)


def _is_open(day: date) -> bool:
    return day.weekday() in OPEN_DAYS and not HOLIDAY.start <= day <= HOLIDAY.end


def _at_the_edge(instant: datetime) -> bool:
    """Whether it is an opening: where a target ends with the day, plain arithmetic rolls on."""
    local = instant.astimezone(ZONE)
    return (local.hour, local.minute) == (8, 0)


def _timed(
    add: Callable[[datetime, float], datetime], questions: Sequence[tuple[datetime, float]]
) -> tuple[float, list[datetime]]:
    began = time.perf_counter()
    found = [add(start, seconds) for start, seconds in questions]
    return time.perf_counter() - began, found
