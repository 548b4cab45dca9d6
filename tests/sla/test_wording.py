"""Targets and deadlines as a requester understands them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from maild.sla.policy import Count, Span
from maild.sla.wording import hijri_date, spoken_deadline, spoken_target
from tests.sla.words import at

RIYADH = ZoneInfo("Asia/Riyadh")
H = 3600


@pytest.mark.parametrize(
    ("span", "english", "arabic"),
    [
        (Span(24 * H), "24 working hours", "24 ساعة عمل"),
        (Span(1 * H), "1 working hour", "ساعة عمل واحدة"),
        (Span(2 * H), "2 working hours", "ساعتي عمل"),
        (Span(8 * H), "8 working hours", "8 ساعات عمل"),
        (Span(100 * H), "100 working hours", "100 ساعة عمل"),
        (Span(24 * H, Count.CALENDAR), "24 hours", "24 ساعة"),
        (Span(900, Count.CALENDAR), "15 minutes", "15 دقيقة"),
        (Span(1800), "30 working minutes", "30 دقيقة عمل"),
        (Span(5400, Count.CALENDAR), "90 minutes", "90 دقيقة"),
        (Span(48 * H, Count.WORKING_DAYS), "2 working days", "يومي عمل"),
        (Span(24 * H, Count.WORKING_DAYS), "1 working day", "يوم عمل واحد"),
        (Span(12 * H, Count.WORKING_DAYS), "12 working hours", "12 ساعة عمل"),
    ],
)
def test_a_target_is_said_in_counted_nouns(span: Span, english: str, arabic: str) -> None:
    assert spoken_target(span, "en") == english
    assert spoken_target(span, "ar") == arabic


def test_a_deadline_is_said_in_the_zone_of_the_desk() -> None:
    due = at("2026-03-09 15:30")
    assert spoken_deadline(due, RIYADH, "en") == "Monday 9 March 2026, 3:30 PM (Riyadh time)"
    said = spoken_deadline(due, RIYADH, "ar")
    assert said == "الاثنين 9 مارس 2026، الساعة 3:30 م (بتوقيت الرياض)"


def test_a_deadline_may_carry_its_hijri_date() -> None:
    said = spoken_deadline(at("2026-03-09 15:30"), RIYADH, "ar", hijri=True)
    assert said.startswith("الاثنين 9 مارس 2026 (20 رمضان 1447 هـ)، الساعة")


def test_the_hijri_date_is_that_of_the_desk_not_of_greenwich() -> None:
    said = spoken_deadline(at("2026-03-10 00:30"), RIYADH, "en", hijri=True)
    assert said.startswith("Tuesday 10 March 2026 (21 Ramadan 1447 AH), 12:30 AM")


def test_outside_the_known_range_no_hijri_date_is_invented() -> None:
    assert hijri_date(date(2026, 3, 9), "en") == "20 Ramadan 1447 AH"
    assert hijri_date(date(2090, 1, 1), "ar") is None
    assert hijri_date(date(1900, 1, 1), "en") is None


def test_another_language_is_answered_in_english() -> None:
    assert spoken_target(Span(24 * H), "other") == "24 working hours"
    assert "Monday" in spoken_deadline(at("2026-03-09 15:30"), RIYADH, "other")
