"""maild simulate, replay and check --diff, as an admin types them."""

import json
import mailbox
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from maild.cli import main
from tests.cli.place import Place, mail

SCENARIO = Path(__file__).parents[2] / "docs" / "scenarios" / "nobody-answers.yaml"
STORY = """\
scenario: Two days
config: config/desks/academy.yaml
until: 2026-04-08 00:00
happenings:
  - { at: 2026-04-05 09:00, what: new, by: noura@trainee.example, subject: "x\\e[2J" }
"""


def maild(*words: str | Path, status: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == status, result.output
    return result


def answered(*words: str | Path) -> Any:
    return json.loads(maild(*words, "--json").stdout)


def test_simulate_prints_what_happened_in_the_desks_zone() -> None:
    lines = maild("simulate", SCENARIO).stdout.splitlines()
    assert lines[0].strip("\u2068\u2069") == "Nobody answers a trainee"
    assert "Wed 2026-04-15 10:00  #1    reply: stage 1 to lead" in lines
    said = (
        "Thu 2026-04-23 10:00  #1    reply: stage 3 to deputy_ceo, answer by Thu 2026-04-23 16:00"
    )
    assert said in lines
    assert lines[-1].startswith("tickets 1, mails 5")


def test_simulate_as_json_has_stable_keys() -> None:
    told = answered("simulate", SCENARIO)
    assert sorted(told) == ["clocks", "counts", "names", "scenario", "timeline", "until"]
    assert told["counts"]["stage_3"] == 1
    (clock,) = told["clocks"]
    assert (clock["outcome"], clock["due_at"]) == ("breached", "2026-04-15T07:00:00+00:00")
    stage = next(e for e in told["timeline"] if e["seen"] == "fired" and e["n"] == 3)
    assert stage["respond_by"] == "2026-04-23T13:00:00+00:00"


def test_a_summary_is_the_counts_alone() -> None:
    assert len(maild("simulate", SCENARIO, "--summary").stdout.splitlines()) == 2


def test_a_story_that_cannot_be_is_one_sentence(place: Place) -> None:
    story = place.root / "story.yaml"
    impossible = "  - { at: 2026-04-05 10:00, what: answer, by: huda }\n"
    story.write_text(STORY + impossible, "utf-8")
    refused = maild("simulate", story, status=2)
    assert refused.stderr.count("\n") == 1
    assert "has no letter about ticket" in refused.stderr


def test_what_a_scenario_says_cannot_clear_the_screen(place: Place) -> None:
    story = place.root / "story.yaml"
    story.write_text(STORY, "utf-8")
    assert "\x1b" not in maild("simulate", story).stdout


def test_replay_says_what_would_have_been_late_and_what_differs(place: Place) -> None:
    box = mailbox.mbox(place.root / "box")
    for day, name in ((5, "m1"), (12, "m2")):
        box.add(mail(name=name, subject=name).replace(b"05 Apr", f"{day:02} Apr".encode()))
    box.close()
    new = Place(place.root / "new")
    desk = new.config / "desks" / "academy.yaml"
    desk.write_text(desk.read_text("utf-8").replace("12 open hours", "40 open hours"), "utf-8")
    strict = ("replay", place.root / "box", "--config", place.config)
    told = answered(*strict)["desks"]["academy"]
    assert told["late"] == [{"ticket": 1, "clock": "reply", "cycle": 1}]
    assert {"to": "huda@academy.example", "purpose": "escalation", "letters": 1} in told[
        "written_to"
    ]
    lenient = ("replay", place.root / "box", "--config", new.config, "--against", place.config)
    differences = answered(*lenient)["desks"]["academy"]["differences"]
    first = differences["clocks"][0]
    assert (first["old_late"], first["new_late"]) == (True, False)
    assert first["old_due_at"] == "2026-04-07T10:00:00+00:00"
    shown = maild(*lenient).stdout
    assert "What differs" in shown
    assert "2026-04-07 13:00 late" in shown


def test_replay_of_nothing_is_refused_in_a_sentence(place: Place) -> None:
    refused = maild("replay", place.root / "none", "--config", place.config, status=2)
    assert "neither an mbox file nor a Maildir" in refused.stderr


def test_check_diff_lists_open_tickets_that_would_move_and_writes_nothing(place: Place) -> None:
    place.receive(mail())
    before = place.json("show", "academy/1")
    assert place.json("check", "--diff") == {"moved": []}
    desk = place.config / "desks" / "academy.yaml"
    desk.write_text(desk.read_text("utf-8").replace("12 open hours", "1000 open hours"), "utf-8")
    (moved,) = place.json("check", "--diff")["moved"]
    assert (moved["ticket"], moved["clock"], moved["cycle"]) == ("academy/1", "reply", 1)
    assert moved["old_due_at"] == before["clocks"][0]["due_at"]
    assert moved["seconds"] > 0
    assert "1 open tickets would be due otherwise." in place.maild("check", "--diff").stdout
    assert place.json("show", "academy/1")["events"] == before["events"]


def test_check_diff_without_a_database_says_so(place: Place) -> None:
    assert "no database yet" in place.maild("check", "--diff", status=2).stderr
