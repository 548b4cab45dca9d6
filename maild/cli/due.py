"""maild due: why a ticket is due when it is."""

from pathlib import Path

import click

from maild.casework import Case
from maild.cli import clocks, drawing, keys
from maild.cli.command import Command, config_option, json_option
from maild.cli.installation import opened
from maild.daemon.clock import utc_now


@click.command(cls=Command)
@config_option()
@json_option()
@click.argument("ticket")
def due(directory: Path, ticket: str, *, as_json: bool) -> None:
    """Show why TICKET is due when it is: the sum a person would do by hand.

    For each run of each clock: every open interval with what was counted of it, the pauses, the
    holidays and other special dates on the way, and the due instant in the desk's zone, by the
    Gregorian and the Hijri calendar. TICKET is DESK/NUMBER, or the number where it is clear.
    """
    with opened(directory) as house, house.store.reading() as tx:
        found = house.ticket(tx, ticket)
        desk = house.desk(found.desk)
        case = Case(tx, desk, found, utc_now())
        told = clocks.explained(case)
        policy = case.policy.name
    called = f"{found.desk}/{found.number}"
    if as_json:
        drawing.emit(
            {"ticket": called, "policy": policy, "clocks": [keys.explanation(e) for e in told]}
        )
        return
    drawing.show(drawing.safe(f"{called} {found.subject}"))
    if told:
        drawing.show(drawing.safe(f"Policy: {policy}"), "")
        clocks.draw(told)
    else:
        drawing.show("No clock runs or ran for this ticket under the present policy.")
