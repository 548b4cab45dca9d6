"""maild suspension: who is suspended for misconduct, and lifting it."""

from dataclasses import replace
from pathlib import Path

import click

from maild.cli import drawing
from maild.cli.command import Command, ProblemError, config_option, json_option
from maild.cli.installation import opened
from maild.daemon.clock import utc_now


@click.group()
def suspension() -> None:
    """See and lift suspensions."""


@suspension.command("list", cls=Command)
@config_option()
@json_option()
def listed(directory: Path, *, as_json: bool) -> None:
    """List every suspended address, its strikes and until when it is suspended."""
    with opened(directory) as installation, installation.store.reading() as tx:
        found = tx.requesters.suspended(utc_now())
    rows = [(r.desk, r.address, r.strikes, r.suspended_until) for r in found]
    if as_json:
        drawing.emit(
            {
                "suspended": [
                    {"desk": d, "address": a, "strikes": s, "until": u.isoformat() if u else None}
                    for d, a, s, u in rows
                ]
            }
        )
        return
    drawing.show(
        drawing.table(
            ("desk", "address", "strikes", "until (UTC)"),
            [(d, a, str(s), f"{u:%Y-%m-%d %H:%M}" if u else "") for d, a, s, u in rows],
        )
    )


@suspension.command(cls=Command)
@config_option()
@click.argument("desk")
@click.argument("address")
def lift(directory: Path, desk: str, address: str) -> None:
    """Lift the suspension of ADDRESS at DESK and forget its strikes.

    Mail of the address that was put into quarantine meanwhile stays there; release what you want
    processed.
    """
    with opened(directory) as installation, installation.store.transaction() as tx:
        known = tx.requesters.get(desk, address.lower())
        if known is None or known.suspended_until is None:
            raise ProblemError(f"{address} is not suspended at {desk}.")
        tx.requesters.save(replace(known, strikes=0, suspended_until=None))
    click.echo(f"{drawing.bare(address)} may write to {drawing.bare(desk)} again.")
