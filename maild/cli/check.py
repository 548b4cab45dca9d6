"""maild check: is this configuration good, and what should an admin know about it?"""

import json
import os
import sys
from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from maild.cli import difference
from maild.cli.command import Command, config_option
from maild.config.load import load
from maild.config.problems import ConfigError, Problem
from maild.config.settings import Settings
from maild.daemon.clock import utc_now
from maild.desk import Desk


@click.command(cls=Command)
@config_option()
@click.option("--secrets", is_flag=True, help="A password that cannot be read is a mistake too.")
@click.option(
    "--diff",
    "differing",
    is_flag=True,
    help="Which open tickets would be due at another time if these files came into force now.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def check(directory: Path, *, secrets: bool, differing: bool, as_json: bool) -> None:
    """Name every mistake of a configuration with file, line and a hint (exit status 2).

    With --diff the open tickets of the database are counted anew, without a change to any.
    """
    try:
        settings = load(directory, os.environ, secrets=secrets)
    except ConfigError as error:
        if as_json:
            click.echo(json.dumps({"problems": _listed(error.problems)}, ensure_ascii=False))
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)
    if differing:
        difference.show(settings, utc_now(), as_json=as_json)
        return
    today = utc_now().date()
    summary = [_summary(desk, today) for desk in settings.desks.values()]
    if as_json:
        answer = {"problems": [], "notes": _listed(settings.notes), "desks": summary}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _draw(settings, summary)


def _listed(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [
        {"file": p.file, "line": p.line or None, "what": p.what, "hint": p.hint or None}
        for p in problems
    ]


def _summary(desk: Desk, today: date) -> dict[str, object]:
    """Return what a desk consists of, and the holidays that lie ahead."""
    ahead = {
        (holiday.start, holiday.end, holiday.name)
        for hours in desk.calendars.values()
        for holiday in hours.calendar.holidays
        if holiday.end >= today
    }
    return {
        "desk": desk.key,
        "mailboxes": [box.address for box in desk.mailboxes.values()],
        "people": len(desk.staff.people),
        "teams": len(desk.staff.teams),
        "rules": len(desk.rules),
        "examples": sum(len(rule.examples) for rule in desk.rules),
        "policies": [policy.name for policy in desk.policies],
        "holidays_ahead": [
            {"name": name, "from": start.isoformat(), "to": end.isoformat()}
            for start, end, name in sorted(ahead)
        ],
    }


def _draw(settings: Settings, summary: list[dict[str, object]]) -> None:
    table = Table("desk", "mailboxes", "teams", "people", "rules", "policies", "holidays ahead")
    for desk in summary:
        policies, ahead = desk["policies"], desk["holidays_ahead"]
        boxes = desk["mailboxes"]
        table.add_row(
            str(desk["desk"]),
            "\n".join(map(str, boxes)) if isinstance(boxes, list) else "",
            str(desk["teams"]),
            str(desk["people"]),
            str(desk["rules"]),
            "\n".join(map(str, policies)) if isinstance(policies, list) else "",
            _next(ahead) if isinstance(ahead, list) else "",
        )
    Console().print(table)
    for note in settings.notes:
        click.echo(f"note: {note}")
    click.echo(f"{settings.directory} is good (fingerprint {settings.fingerprint}).")


def _next(ahead: list[dict[str, str]]) -> str:
    if not ahead:
        return "none: add those to come"
    return f"{len(ahead)}, the next on {ahead[0]['from']}"
