"""maild route test: the desks' own examples, rule by rule."""

import os
import sys
from pathlib import Path

import click

from maild.cli import drawing
from maild.cli.command import Command, config_option, json_option
from maild.config.load import load
from maild.routing.route import route as decide


@click.group()
def route() -> None:
    """Look at routing rules."""


@route.command(cls=Command)
@config_option()
@json_option()
def test(directory: Path, *, as_json: bool) -> None:
    """Try every rule's own examples and say which rule took each, and why.

    An example that comes out otherwise than its rule says is a mistake of the configuration, which
    is then named with file and line (exit status 2), as `maild check` does.
    """
    settings = load(directory, os.environ, secrets=False)
    rows = [
        (
            desk.key,
            rule.name,
            example.facts.subject,
            ", ".join(decide(example.facts, desk.rules).matched),
        )
        for desk in settings.desks.values()
        for rule in desk.rules
        for example in rule.examples
    ]
    if as_json:
        keys = ("desk", "rule", "subject", "matched")
        drawing.emit({"examples": [dict(zip(keys, row, strict=True)) for row in rows]})
        sys.exit(0)
    drawing.show(drawing.table(("desk", "rule", "example", "taken by"), rows))
