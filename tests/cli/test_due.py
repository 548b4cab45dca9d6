"""maild due and maild calendar."""

import pytest

from tests.cli.place import Place, mail


def test_a_person_can_check_the_sum(place: Place) -> None:
    place.receive(mail())
    answer = place.json("due", "academy/1")
    (clock,) = answer["clocks"]
    assert answer["policy"] == "mail"
    assert [(i["from"], i["to"], i["seconds"] / 3600) for i in clock["intervals"]] == [
        ("2026-04-05T06:00:00+00:00", "2026-04-05T13:00:00+00:00", 7),
        ("2026-04-07T05:00:00+00:00", "2026-04-07T10:00:00+00:00", 5),
    ]
    assert clock["intervals"][-1]["total_seconds"] == clock["target_seconds"] == 12 * 3600
    assert clock["due_at"] == "2026-04-07T10:00:00+00:00"
    assert clock["due_hijri"] == "19 Shawwal 1447 AH"
    assert clock["timezone"] == "Asia/Riyadh"
    assert clock["special_dates"] == [
        {"kind": "holiday", "name": "يوم الراحة", "first": "2026-04-06", "last": "2026-04-06"}
    ]


def test_people_read_it_in_the_zone_of_the_desk_with_the_holiday_named(place: Place) -> None:
    place.receive(mail())
    shown = place.maild("due", "1").stdout
    assert "due Tuesday 2026-04-07 13:00, 19 Shawwal 1447 AH" in shown
    assert "Sun 2026-04-05   09:00:00   16:00:00   7:00      7:00" in shown
    assert "Tue 2026-04-07   08:00:00   13:00:00   5:00      12:00" in shown
    assert "2026-04-06: holiday يوم الراحة" in shown


def test_a_ticket_without_a_clock_says_so(place: Place) -> None:
    machine = mail().replace(b"MIME-Version", b"Auto-Submitted: auto-generated\r\nMIME-Version")
    place.receive(machine)
    assert place.json("due", "1")["clocks"] == []
    assert "No clock runs" in place.maild("due", "1").stdout


def calendar(place: Place, *words: str, status: int = 0) -> str:
    from click.testing import CliRunner

    from maild.cli import main

    result = CliRunner().invoke(main, ["calendar", *words])
    assert result.exit_code == status, result.output
    return result.stderr if status else result.stdout


def test_the_calendar_begins_with_a_warning_and_can_be_pasted(place: Place) -> None:
    text = calendar(place, "SA", "2027")
    assert text.startswith("# Check every date against the official announcement")
    assert "holidays:" in text
    desk = place.config / "desks" / "academy.yaml"
    before, _, after = desk.read_text(encoding="utf-8").partition("    holidays:\n")
    pasted = "".join(f"    {line}\n" for line in text.splitlines())
    rest = after.partition("people:")[2]
    desk.write_text(f"{before}{pasted}people:{rest}", encoding="utf-8")
    assert place.maild("check").exit_code == 0


@pytest.mark.parametrize(("words", "part"), [(("XX", "2027"), "XX"), (("SA", "9999"), "9999")])
def test_an_unknown_country_or_year_is_one_sentence(
    place: Place, words: tuple[str, str], part: str
) -> None:
    said = calendar(place, *words, status=2)
    assert said.count("\n") == 1
    assert part in said
