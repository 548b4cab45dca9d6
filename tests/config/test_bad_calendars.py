"""Calendars that are wrong: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "Asia/Riyadh",
        "Asia/Riyad",
        ["4: 'Asia/Riyad' is not a time zone; write one like Asia/Riyadh"],
        id="an unknown time zone",
    ),
    pytest.param(
        "08:00-16:00 }",
        "[08:00-12:00, 11:00-16:00] }",
        ["8: the hours from 11:00 overlap those from 08:00; let each end before the next begins"],
        id="hours that overlap",
    ),
    pytest.param(
        "08:00-16:00 }",
        "08:00-08:00 }",
        ["8: 08:00-08:00 is empty; write 00:00-24:00 for a whole day, or closed"],
        id="hours that are empty",
    ),
    pytest.param(
        "08:00-16:00 }",
        "8 to 4 }",
        [
            "8: '8 to 4' are no hours; write 08:00-16:00, several as [08:00-12:00, 13:00-16:00], or closed"
        ],
        id="hours that are no hours",
    ),
    pytest.param(
        "08:00-16:00 }",
        "08:00-25:00 }",
        [
            "8: '25:00' is not a time of day; write 08:00-16:00, several as [08:00-12:00, 13:00-16:00], or closed"
        ],
        id="an hour that does not exist",
    ),
    pytest.param(
        "{ sun-thu: 08:00-16:00 }",
        "{ sun-sat: closed }",
        [
            "8: the calendar 'office' has no open time; write 08:00-16:00, several as [08:00-12:00, 13:00-16:00], or closed"
        ],
        id="a calendar without open time",
    ),
    pytest.param(
        "{ sun-thu: 08:00-16:00 }",
        "{ sun-thu: 08:00-16:00, mon: closed }",
        ["8: mon stands here twice; give each day its hours once"],
        id="a day that is named twice",
    ),
    pytest.param(
        "sun-thu: 08:00",
        "sun-tuh: 08:00",
        ["8: 'tuh' is not a day of the week; write mon, tue, wed, thu, fri, sat, sun"],
        id="a day that does not exist",
    ),
    pytest.param(
        "to: 2026-03-22",
        "to: 2026-02-30",
        ["13: 2026-02-30 is no date; that month has 28 days, so write 01 to 28"],
        id="a date that does not exist",
    ),
    pytest.param(
        "from: 2026-03-20",
        "from: 1447-10-01",
        ["13: 1447-10-01 lies in the year 1447; write Gregorian dates such as 2026-03-20"],
        id="a Hijri date",
    ),
    pytest.param(
        "to: 2026-03-22",
        "to: 2026-03-02",
        ["13: 'Eid' ends on 2026-03-02, before it begins; begins 2026-03-20: check"],
        id="a holiday that ends before it begins",
    ),
    pytest.param(
        "to: 2026-03-22",
        "to: 2036-03-22",
        ["13: 'Eid' lasts longer than a year; check the years of both dates"],
        id="a holiday of ten years",
    ),
    pytest.param(
        "    days:",
        "      - { name: Exams, from: 2026-03-01, to: 2026-03-05, weekly: { mon: 08:00-20:00 } }\n    days:",
        ["11: 'Exams' and 'Ramadan' claim the same dates; let one end before the other begins"],
        id="two periods for the same dates",
    ),
    pytest.param(
        "24 open hours of office\n",
        "24 working hours\n",
        [
            "41: the reply clock has no target; write a line target: 24 open hours",
            "42: 'working hours' is not a unit of time; write \"24 open hours\" or a number of working days",
        ],
        id="working hours",
    ),
    pytest.param(
        "24 open hours of office\n",
        "24 hours of office\n",
        [
            "41: the reply clock has no target; write a line target: 24 open hours",
            "42: 24 hours are counted by the clock on the wall, not by 'office'; write \"24 open hours of office\"",
        ],
        id="wall-clock hours of a calendar",
    ),
    pytest.param(
        "email: sara@desk.example",
        "email: sara@desk.example, away: [ { from: 2026-05-05, to: 2026-05-01 } ]",
        ["15: this absence ends on 2026-05-01, too early"],
        id="an absence that ends too early",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_calendars_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
