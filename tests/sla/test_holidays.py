"""Proposed holidays are text a person checks and pastes; it must at least be right YAML."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from ruamel.yaml import YAML

from maild.sla.calendar import CalendarError
from maild.sla.holidays import propose


def read(country: str, year: int) -> dict[str, Any]:
    return YAML(typ="safe").load(propose(country, year))  # type: ignore[no-any-return]


def dates(country: str, year: int) -> dict[date, str]:
    return {h["from"]: h["name"] for h in read(country, year)["holidays"]}


def test_saudi_holidays_are_proposed_in_arabic_as_ranges() -> None:
    found = dates("SA", 2027)
    assert found[date(2027, 2, 22)] == "يوم التأسيس"
    assert found[date(2027, 9, 23)] == "اليوم الوطني"
    assert any("عيد الفطر" in name for name in found.values())
    eid = next(h for h in read("SA", 2027)["holidays"] if h["name"] == "عطلة عيد الفطر")
    assert eid["to"] > eid["from"]


def test_each_date_is_proposed_once() -> None:
    ranges = [(h["from"], h["to"]) for h in read("SA", 2027)["holidays"]]
    assert all(first <= last for first, last in ranges)
    assert all(last < after for (_, last), (after, _) in pairwise(ranges))
    names = [h["name"] for h in read("SA", 2027)["holidays"]]
    assert len(names) == len(set(names))


def test_the_language_asked_for_last_does_not_change_a_proposal() -> None:
    before = propose("SA", 2027)
    propose("FR", 2027)
    assert propose("sa ", 2027) == before


def test_ramadan_is_proposed_by_umm_al_qura_with_hours_to_overwrite() -> None:
    (ramadan,) = read("SA", 2026)["periods"]
    assert (ramadan["name"], ramadan["from"], ramadan["to"]) == (
        "رمضان 1447",
        date(2026, 2, 18),
        date(2026, 3, 19),
    )
    assert ramadan["weekly"] == {"sun-thu": "10:00-15:00"}


def test_a_year_with_two_ramadans_gets_both() -> None:
    assert [p["name"] for p in read("SA", 2030)["periods"]] == ["رمضان 1451", "رمضان 1452"]


def test_a_country_that_rests_on_sunday_is_proposed_a_week_from_monday() -> None:
    assert all("mon-fri" in p["weekly"] for p in read("MA", 2027)["periods"])


def test_other_countries_have_holidays_and_no_ramadan() -> None:
    found = read("FR", 2027)
    assert "periods" not in found
    assert date(2027, 7, 14) in {h["from"] for h in found["holidays"]}


def test_nothing_is_applied_unseen() -> None:
    assert propose("SA", 2027).startswith("# Proposed for SA 2027. Compare each date")


@pytest.mark.parametrize(
    ("country", "year"), [("XX", 2027), ("", 2027), ("Mars", 2027), ("SA", 1800)]
)
def test_what_is_not_known_is_said_in_a_sentence(country: str, year: int) -> None:
    with pytest.raises(CalendarError, match="no holidays are known"):
        propose(country, year)
