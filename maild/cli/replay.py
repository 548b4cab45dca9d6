"""maild replay: mail of the past under the rules of today."""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from maild.cli import drawing, timeline
from maild.cli.command import Command, WrongUsageError, json_option
from maild.cli.keys import Keys
from maild.config.load import load
from maild.desk import Desk
from maild.mail.reading import Reading
from maild.parsing import Reader
from maild.simulate import Timeline
from maild.simulate.comparison import Comparison, compare, letters
from maild.simulate.happenings import PlayError
from maild.simulate.replay import Replayed, mails, read_all, received_at
from maild.simulate.replay import replay as play_again

_FOLDER = click.Path(path_type=Path)


@click.command(cls=Command)
@click.option(
    "--config", "new", type=_FOLDER, required=True, help="The configuration to play under."
)
@click.option(
    "--against", "old", type=_FOLDER, help="Another configuration: say what differs from it."
)
@json_option()
@click.argument("mailbox", type=_FOLDER)
def replay(mailbox: Path, new: Path, old: Path | None, *, as_json: bool) -> None:
    """Play the mails of MAILBOX, an mbox file or a Maildir, at the instants they arrived.

    Says what would have been late and who would have been written to; with --against, what differs.
    Nothing is sent, and no database is touched. docs/simulate.md says how instants and answers of
    another helpdesk are read.
    """
    desks = load(new, os.environ, secrets=False).desks
    before = load(old, os.environ, secrets=False).desks if old else None
    try:
        with Reader() as reader:
            found = list(read_all(mails(mailbox), reader.read_many))
        played = _played("new rules", found, desks)
        against = _played("old rules", found, before) if before is not None else None
    except (PlayError, OSError) as error:
        raise WrongUsageError(str(error)) from error
    compared = {
        key: compare(against.timelines[key], one)
        for key, one in played.timelines.items()
        if against is not None and key in against.timelines
    }
    if as_json:
        drawing.emit(_keys(played, compared))
        return
    for key, one in played.timelines.items():
        _draw(desks[key], one)
        if key in compared:
            _draw_differences(desks[key], compared[key])
    for reason, number in played.left_out.items():
        drawing.show(f"Left out: {number} mails, because {reason}.")


def _played(what: str, found: list[Reading], desks: Mapping[str, Desk]) -> Replayed:
    instants = [at for reading in found if (at := received_at(reading)) is not None]
    if not instants:
        raise PlayError("There is no mail that says when it arrived.")
    with timeline.progress(what, min(instants), max(instants)) as watch:
        return play_again(found, desks, lambda _desk, now: watch(now))


def _keys(played: Replayed, compared: dict[str, Comparison]) -> Keys:
    return {
        "left_out": dict(played.left_out),
        "desks": {
            key: {
                **timeline.keys(one),
                "late": [
                    {"ticket": number, "clock": cycle.clock, "cycle": cycle.n}
                    for number, cycle in one.late()
                ],
                "written_to": [
                    {"to": to, "purpose": purpose, "letters": count}
                    for (to, purpose), count in sorted(letters(one).items())
                ],
                "differences": _differences(compared.get(key)),
            }
            for key, one in played.timelines.items()
        },
    }


def _differences(found: Comparison | None) -> Keys | None:
    if found is None:
        return None
    return {
        "clocks": [
            {
                "opened_at": d.ticket[0],
                "requester": d.ticket[1],
                "subject": d.ticket[2],
                "clock": d.clock,
                "cycle": d.cycle,
                "old_due_at": d.old[0] if d.old else None,
                "new_due_at": d.new[0] if d.new else None,
                "old_late": d.old[1] if d.old else None,
                "new_late": d.new[1] if d.new else None,
            }
            for d in found.clocks
        ],
        "letters": [
            {"to": to, "purpose": purpose, "old": counts[0], "new": counts[1]}
            for (to, purpose), counts in found.letters.items()
        ],
    }


def _draw(desk: Desk, played: Timeline) -> None:
    zone = ZoneInfo(desk.timezone)
    drawing.show(drawing.title(desk.key), timeline.totals(played))
    rows = [
        (
            f"#{number}",
            played.tickets[number].requester.address,
            played.tickets[number].subject,
            cycle.clock,
            drawing.local(cycle.due_at, zone),
            drawing.local(cycle.stopped_at, zone) or "not yet",
        )
        for number, cycle in played.late()
    ]
    columns = ("ticket", "requester", "subject", "clock", "due", "ended")
    drawing.show(drawing.table(columns, rows, "Late", ("ticket", "due", "ended")))
    wrote: Counter[str] = Counter()
    for (to, _), number in letters(played).items():
        wrote[to] += number
    staff = {a for p in desk.staff.people.values() for a in p.addresses}
    mostly = [(to, n) for to, n in wrote.most_common() if to.lower() in staff]
    others = sum(n for to, n in wrote.items() if to.lower() not in staff)
    rows_of = [*mostly, ("requesters and others", others)]
    drawing.show(drawing.table(("person", "letters"), rows_of, "Who would have been written to"))


def _draw_differences(desk: Desk, found: Comparison) -> None:
    zone = ZoneInfo(desk.timezone)

    def said(promise: tuple[datetime | None, bool] | None) -> str:
        if promise is None:
            return "no such clock"
        return f"{drawing.local(promise[0], zone) or 'no instant'}{' late' if promise[1] else ''}"

    rows = [(d.ticket[1], d.ticket[2], d.clock, said(d.old), said(d.new)) for d in found.clocks]
    columns = ("requester", "subject", "clock", "old: due", "new: due")
    drawing.show(drawing.table(columns, rows, "What differs", columns[3:]))
    written = [(to, purpose, *counts) for (to, purpose), counts in found.letters.items()]
    drawing.show(drawing.table(("to", "letter", "old", "new"), written, "Letters that differ"))
