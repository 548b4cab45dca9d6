"""A scenario file: every mistake with its line, and a crowd that is the same each time."""

from pathlib import Path

import pytest

from maild.config.problems import ConfigError
from maild.simulate import play
from maild.simulate.scenario import load_scenario
from tests.config.desk import DESK

GOOD = """\
scenario: a story
config: help.yaml
until: 2026-04-20 00:00
happenings:
  - { at: 2026-04-05 09:00, what: new, by: noura@trainee.example, to: student }
  - { at: ٢٠٢٦-٠٤-٠٥ ١٠:٠٠, what: answer, orders: solve }
"""
CROWD = """\
scenario: a crowd
config: help.yaml
until: 2026-07-01 00:00
crowd:
  { tickets: 30, over: 60 days, starts: 2026-04-01 00:00, answered_after: 4 open hours, seed: 3 }
"""


def problems(directory: Path, text: str) -> list[str]:
    (directory / "help.yaml").write_text(DESK, "utf-8")
    file = directory / "story.yaml"
    file.write_text(text, "utf-8")
    try:
        load_scenario(file)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_good_scenario_is_read_with_instants_of_the_desk(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []
    first, second = load_scenario(tmp_path / "story.yaml").happenings
    assert (first.at.isoformat(), second.at.isoformat()) == (
        "2026-04-05T06:00:00+00:00",
        "2026-04-05T07:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("what: answer", "what: anwser", "story.yaml:6: nothing is called 'anwser'"),
        ("to: student", "to: studnet", "story.yaml:5: unknown mailbox 'studnet'; did you mean"),
        ("at: 2026-04-05 09:00", "at: yesterday", "story.yaml:5: 'yesterday' is not a date and"),
        ("what: new, by: noura@trainee.example,", "what: new,", "story.yaml:5: 'new' needs 'by'"),
        (", orders: solve", ", kind: solved", "story.yaml:6: 'answer' has no 'kind'; remove it"),
        (", orders: solve", ", ticket: b", "story.yaml:6: unknown ticket 'b'"),
        ("until: ", "untill: ", "story.yaml:3: unknown key 'untill'; did you mean until?"),
        ("help.yaml", "nowhere.yaml", "nowhere.yaml: there is no such file"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    found = problems(tmp_path, GOOD.replace(old, new, 1))
    assert any(problem.startswith(line) for problem in found), found


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_scenario(tmp_path / "none.yaml")


def test_a_crowd_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    assert problems(tmp_path, CROWD) == []
    first, again = (load_scenario(tmp_path / "story.yaml").happenings for _ in range(2))
    assert problems(tmp_path, CROWD.replace("seed: 3", "seed: 4")) == []
    assert first == again != load_scenario(tmp_path / "story.yaml").happenings


def test_a_crowd_is_answered_but_for_those_it_says(tmp_path: Path) -> None:
    assert problems(tmp_path, CROWD) == []
    story = load_scenario(tmp_path / "story.yaml")
    counts = play(story.desk, story.happenings, story.until).counts()
    assert counts["tickets"] == 30
    assert counts["mails"] == 60
    assert "breached_open" not in counts
    assert problems(tmp_path, CROWD.replace("seed: 3", "never_answered: 50%, seed: 3")) == []
    story = load_scenario(tmp_path / "story.yaml")
    assert play(story.desk, story.happenings, story.until).counts()["breached_open"] > 5
