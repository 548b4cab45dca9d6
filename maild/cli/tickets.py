"""maild tickets: the tickets there are, the newest first."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from maild.cli import drawing, keys
from maild.cli.command import Command, config_option, json_option, limit_option
from maild.cli.installation import Installation, opened
from maild.store.store import Transaction
from maild.tickets.ticket import Status, Ticket


@click.command(cls=Command)
@config_option()
@click.option("--desk", help="Only tickets of this desk.")
@click.option(
    "--status",
    "states",
    multiple=True,
    type=click.Choice([s.value for s in Status]),
    help="Only tickets in this state; may be given several times.",
)
@click.option("--team", help="Only tickets this team answers.")
@limit_option("tickets")
@json_option()
def tickets(
    directory: Path,
    desk: str | None,
    states: tuple[str, ...],
    team: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List tickets, the newest first: who asked, what about, who has it, when an answer is due.

    Without options it lists the newest of every desk. Use `maild show` with a name from the first
    column to read one.
    """
    with opened(directory) as house:
        if desk is not None:
            house.desk(desk)
        with house.store.reading() as tx:
            found = tx.tickets.find(
                status=[Status(s) for s in states], desk=desk, team=team, limit=limit
            )
            dues = [_due(tx, ticket) for ticket in found]
    if as_json:
        rows = zip(found, dues, strict=True)
        drawing.emit({"tickets": [keys.ticket(t) | {"due_at": due} for t, due in rows]})
    else:
        _draw(house, found, dues)


def _due(tx: Transaction, ticket: Ticket) -> datetime | None:
    """Return when the next open clock of a ticket is due."""
    cycles = tx.tickets.cycles(ticket.desk, ticket.number) if ticket.alarm_at else ()
    return min((c.due_at for c in cycles if c.open and c.due_at), default=None)


def _draw(house: Installation, found: Sequence[Ticket], dues: Sequence[datetime | None]) -> None:
    if not found:
        drawing.show("No ticket matches.")
        return

    def when(ticket: Ticket, instant: datetime | None) -> str:
        known = ticket.desk in house.settings.desks
        return drawing.local(instant, *([house.zone(ticket.desk)] if known else []))

    drawing.show(
        drawing.table(
            ("ticket", "status", "with", "requester", "subject", "due"),
            (
                (
                    f"{ticket.desk}/{ticket.number}",
                    ticket.status.value,
                    ticket.assignee or ticket.team,
                    ticket.requester.address,
                    ticket.subject,
                    when(ticket, due),
                )
                for ticket, due in zip(found, dues, strict=True)
            ),
            whole=("ticket", "due"),
        )
    )
