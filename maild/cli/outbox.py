"""maild outbox: the letters on their way out, and what became of those that left."""

from pathlib import Path

import click

from maild.cli import drawing, keys
from maild.cli.command import Command, config_option, json_option, limit_option
from maild.cli.installation import opened
from maild.store.outbox import State


@click.command(cls=Command)
@config_option()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([s.value for s in State]),
    help="Only letters in this state; may be given several times.",
)
@click.option("--desk", help="Only letters of this desk.")
@limit_option("letters")
@json_option()
def outbox(
    directory: Path, states: tuple[str, ...], desk: str | None, limit: int, *, as_json: bool
) -> None:
    """List the letters maild writes, the newest first: to whom, what for, and whether they left.

    A letter is queued (leaves at once, or at the next opening), sending, deferred (refused for now,
    tried again), sent, bounced (refused for good; its author was told) or uncertain (the line broke
    at the end, so that it may have arrived). The last answer of the server stands beside it.
    """
    with opened(directory) as house:
        if desk is not None:
            house.desk(desk)
        with house.store.reading() as tx:
            found = tx.outbox.list(state=[State(s) for s in states], desk=desk, limit=limit)
    letters = [keys.letter(entry) for entry in found]
    if as_json:
        drawing.emit({"letters": letters})
        return
    if not letters:
        drawing.show("No letter matches.")
        return
    drawing.show(
        drawing.table(
            ("ticket", "to", "purpose", "state", "at (UTC)", "the server said"),
            (
                (
                    e["ticket"],
                    e["recipient"],
                    e["purpose"],
                    e["state"],
                    drawing.local(e["finished_at"] or e["next_at"] or e["created_at"]),
                    e["last_reply"],
                )
                for e in letters
            ),
            whole=("ticket", "at (UTC)"),
        )
    )
