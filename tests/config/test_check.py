"""maild check and maild schema, as an admin types them."""

import json
from pathlib import Path

from click.testing import CliRunner

from maild.cli import main
from tests.config.desk import ENV, changed, write


def test_check_prints_every_mistake_to_stderr_and_ends_with_two(tmp_path: Path) -> None:
    write(tmp_path, changed(("lead: huda", "lead: hoda"), ("75%", "175%")))
    answer = CliRunner().invoke(main, ["check", "--config", str(tmp_path)])
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.splitlines() == [
        "desks/help.yaml:19: unknown person 'hoda'; did you mean huda?",
        "desks/help.yaml:43: '175%' is not a share of the target; write 75%",
    ]


def test_check_says_what_a_good_configuration_holds(tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["check", "--config", str(write(tmp_path))], env=ENV)
    assert answer.exit_code == 0
    assert "is good" in answer.stdout
    assert "note: desks/help.yaml:42: 24 open hours of office are 3 working days" in answer.stdout


def test_check_as_json_is_for_scripts(tmp_path: Path) -> None:
    write(tmp_path)
    good = CliRunner().invoke(main, ["check", "--config", str(tmp_path), "--json"], env=ENV)
    (desk,) = json.loads(good.stdout)["desks"]
    assert (desk["desk"], desk["rules"], desk["examples"]) == ("help", 2, 1)
    write(tmp_path, changed(("lead: huda", "lead: hoda")))
    bad = CliRunner().invoke(main, ["check", "--config", str(tmp_path), "--json"], env=ENV)
    assert bad.exit_code == 2
    (problem,) = json.loads(bad.stdout)["problems"]
    assert (problem["file"], problem["line"], problem["hint"]) == (
        "desks/help.yaml",
        19,
        "did you mean huda?",
    )


def test_a_missing_secret_is_a_note_unless_asked_for(tmp_path: Path) -> None:
    write(tmp_path)
    arguments = ["check", "--config", str(tmp_path)]
    without = CliRunner().invoke(main, arguments, env={"STUDENT": ""})
    assert without.exit_code == 0
    assert "the environment variable STUDENT is not set" in without.stdout
    assert CliRunner().invoke(main, [*arguments, "--secrets"], env={"STUDENT": ""}).exit_code == 2


def test_the_schema_is_json_and_knows_the_language() -> None:
    answer = CliRunner().invoke(main, ["schema"])
    desk = json.loads(answer.stdout)["desk.yaml"]
    assert "policies" in desk["required"]
    assert desk["additionalProperties"] is False
