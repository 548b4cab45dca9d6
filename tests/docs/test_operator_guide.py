"""docs/operator-guide.md describes the commands there are."""

import re
from pathlib import Path

import click

from maild.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "operator-guide.md").read_text(encoding="utf-8")
SECTIONS = dict(
    re.findall(r"^### `maild ([\w ]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL)
)
COMMON = {"--config", "--json", "--help"}  # said once, above


def options() -> dict[str, set[str]]:
    """Return the options of every command, its subcommands' included."""
    context, found = click.Context(main), {}
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        each = command.commands.values() if isinstance(command, click.Group) else [command]
        found[name] = {opt for one in each for p in one.params for opt in p.opts if "-" in opt[0]}
    return found


def test_the_guide_has_a_section_for_every_command_and_no_other() -> None:
    assert SECTIONS.keys() == options().keys()


def test_every_option_is_named_in_the_section_of_its_command() -> None:
    missing = {
        (name, option)
        for name, each in options().items()
        for option in each - COMMON
        if option not in SECTIONS[name]
    }
    assert missing == set()


def test_the_guide_names_no_option_that_is_not_there() -> None:
    known = COMMON.union(*options().values())
    assert set(re.findall(r"--[a-z-]+\b", PAGE)) <= known
