"""Errors: one plain sentence, the promised exit status, never a traceback."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import click
import pytest

from maild.cli import main
from tests.cli.place import Place, mail

READING = [["status"], ["tickets"], ["show", "1"], ["outbox"], ["quarantine"], ["due", "1"]]


def typed(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Type a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "maild", *words],
        capture_output=True,
        timeout=60,
        check=False,
        env=os.environ | environment,
    )


@pytest.mark.parametrize("words", READING)
def test_a_house_that_never_ran_is_told_from_a_broken_one(place: Place, words: list[str]) -> None:
    result = place.maild(*words, status=2)
    assert result.stderr.startswith("There is no database yet")
    assert result.stderr.count("\n") == 1
    assert not place.settings.data.exists()


def test_a_missing_ticket_is_exit_one_with_a_sentence(place: Place) -> None:
    assert place.store.exists()
    assert place.maild("show", "academy/7", status=1).stderr == "There is no ticket academy/7.\n"
    assert place.maild("due", "7", status=1).stderr == "There is no ticket 7.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["show", "nowhere/1"], "There is no desk nowhere; the desks are academy, institute.\n"),
        (["show", "first"], "first names no ticket: write DESK/NUMBER, or the number.\n"),
        (["show", "1"], "Several desks have a ticket 1: write academy/1 or institute/1.\n"),
        (
            ["tickets", "--desk", "nowhere"],
            "There is no desk nowhere; the desks are academy, institute.\n",
        ),
    ],
)
def test_wrong_names_are_answered_with_the_right_ones(
    place: Place, words: list[str], sentence: str
) -> None:
    place.receive(mail())
    place.receive(mail(), "institute")
    assert place.maild(*words, status=2).stderr == sentence


def test_every_mistake_of_a_configuration_is_a_line_of_its_own(place: Place) -> None:
    for desk in ("academy", "institute"):
        file = place.config / "desks" / f"{desk}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("team: students", "team: studens"))
    lines = place.maild("status", status=2).stderr.splitlines()
    assert len(lines) == 2
    assert all("did you mean students?" in line for line in lines)


def test_no_configuration_is_one_sentence_without_a_traceback(tmp_path: Path) -> None:
    done = typed("status", "--config", str(tmp_path / "nothing"))
    assert done.returncode == 2
    assert done.stderr.decode().endswith("there is no such directory\n")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", READING)
def test_a_file_that_is_no_database_is_one_sentence(place: Place, words: list[str]) -> None:
    place.settings.data.mkdir()
    (place.settings.data / "maild.sqlite3").write_bytes(b"this is a letter, not a database\n" * 99)
    done = typed(*words, "--config", str(place.config))
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


def test_a_database_without_our_tables_asks_for_the_daemon(place: Place) -> None:
    place.settings.data.mkdir()
    sqlite3.connect(place.settings.data / "maild.sqlite3").execute("CREATE TABLE t (x)")
    assert "start maild run" in place.maild("status", status=2).stderr


def test_a_database_of_a_newer_maild_is_left_alone(place: Place) -> None:
    place.receive(mail())
    with sqlite3.connect(place.settings.data / "maild.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    assert place.maild("status", status=2).stderr.startswith("A newer maild wrote this database")


def test_commands_read_while_the_daemon_is_writing(place: Place) -> None:
    place.receive(mail())
    with place.store.transaction() as tx:
        tx.requesters.acked("academy", "noura@trainee.example", place.now)
        for words in (["status"], ["show", "1"]):
            done = typed(*words, "--json", "--config", str(place.config))
            assert done.stderr == b""


def test_a_terminal_that_speaks_no_arabic_gets_question_marks_not_a_traceback(
    place: Place,
) -> None:
    place.receive(mail())
    done = typed("tickets", "--config", str(place.config), PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stderr) == (0, b"")


def commands() -> dict[str, click.Command]:
    """Return every command and subcommand by its name."""
    found: dict[str, click.Command] = {}
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {key}": each for key, each in command.commands.items()}
    return found


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = commands()[name]
    assert command.help
    assert command.help.partition("\n")[0].endswith((".", ":")) or len(command.help) > 60
    for option in command.params:
        assert isinstance(option, click.Argument) or option.to_info_dict()["help"]
