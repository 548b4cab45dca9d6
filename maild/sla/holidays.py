"""Proposes holidays and Ramadan of a year as text for a desk file. Never applied by itself.

Announced dates differ from computed ones, and from one kind of employer to another.
"""

import json
from calendar import SUNDAY
from collections.abc import Iterator
from datetime import date, timedelta

import holidays
from hijridate import Hijri
from holidays.groups.islamic import IslamicHolidays

from maild.sla.calendar import CalendarError

_RAMADAN = 9  # the ninth month


def propose(country: str, year: int) -> str:
    """Return `holidays:` and `periods:` of a calendar as YAML to check and paste.

    `country` is an ISO 3166-1 code, "SA". Raises CalendarError when nothing is known.
    """
    code = country.strip().upper()
    try:
        kind = holidays.country_holidays(code)
    except NotImplementedError as error:
        raise CalendarError(
            f"no holidays are known for {country!r}: give a country code like SA"
        ) from error
    # Named explicitly: without a language the library keeps the one it was asked for last.
    found = holidays.country_holidays(code, years=year, language=kind.default_language)
    dated = {day: name for day, name in found.items() if day.year == year}
    if not dated:
        raise CalendarError(f"no holidays are known for {code} in {year}")
    lines = [
        f"# Proposed for {code} {year}. Compare each date with what your institution announces.",
        "holidays:",
        *(_entry(name, first, last) for name, first, last in _runs(dated)),
    ]
    if isinstance(kind, IslamicHolidays):
        months = list(_ramadans(year))
        if months:
            arabic = (kind.default_language or "").startswith("ar")
            word = "رمضان" if arabic else "Ramadan"
            lines += [
                "# Ramadan by Umm al-Qura. The hours are an example: write your own.",
                "periods:",
            ]
            week = "mon-fri" if SUNDAY in kind.weekend else "sun-thu"
            weekly = f", weekly: {{ {week}: 10:00-15:00 }}"
            lines += [_entry(f"{word} {hijri}", a, b, weekly) for hijri, a, b in months]
    return "\n".join(lines) + "\n"


def _entry(name: str, first: date, last: date, more: str = "") -> str:
    # A JSON string is a YAML string: no name can break the file.
    quoted = json.dumps(name, ensure_ascii=False)
    return f"  - {{ name: {quoted}, from: {first}, to: {last}{more} }}"


def _runs(dated: dict[date, str]) -> Iterator[tuple[str, date, date]]:
    """Yield consecutive dates of one name as one range."""
    run: tuple[str, date, date] | None = None
    for day in sorted(dated):
        name = dated[day]
        if run is not None and name == run[0] and day == run[2] + timedelta(days=1):
            run = (name, run[1], day)
            continue
        if run is not None:
            yield run
        run = (name, day, day)
    if run is not None:
        yield run


def _ramadans(year: int) -> Iterator[tuple[int, date, date]]:
    """Yield (Hijri year, first, last) of each Ramadan that begins in a year; 2030 has two."""
    about = year - 579  # 1 AH began in 622, and Hijri years are 3 % shorter
    for hijri in range(about - 30, about + 60):
        try:
            first = Hijri(hijri, _RAMADAN, 1).to_gregorian()
            after = Hijri(hijri, _RAMADAN + 1, 1).to_gregorian()
        except OverflowError:
            continue
        if first.year == year:
            begins = date(first.year, first.month, first.day)
            yield hijri, begins, date(after.year, after.month, after.day) - timedelta(days=1)
