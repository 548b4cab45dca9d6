"""maild announce: tell requesters of a desk something, by mail and through the desk's hook."""

import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click

from maild import announce as flow
from maild.cli import drawing
from maild.cli.command import Command, WrongUsageError, config_option, json_option
from maild.cli.installation import Installation, opened
from maild.daemon import keys
from maild.daemon.clock import utc_now
from maild.daemon.offices import open_offices
from maild.notices.announcement import Announcement

PATIENCE = 60  # seconds a desk's program may take


@click.command(cls=Command)
@click.argument("desk")
@config_option()
@click.option("--title", required=True, help="One line: what it is about.")
@click.option(
    "--body-file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text file, UTF-8: what there is to say.",
)
@click.option("--days", type=click.IntRange(0, 3650), help="Also who wrote within these days.")
@click.option("--dry-run", is_flag=True, help="List whom it would reach; send nothing.")
@json_option()
def announce(
    desk: str,
    directory: Path,
    title: str,
    body_file: Path,
    days: int | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Tell requesters of a desk something: extended hours in an exam week, a closed day.

    One letter goes to everybody with an open ticket or who wrote within --days (the desk's
    `announcements: reach:` when left out). The same words reach nobody twice. A desk's
    `announcements: hook:` gets the text on standard input, once, for an SMS gateway.
    """
    words = _words(title, body_file)
    now = utc_now()
    with opened(directory) as house:
        of = house.desk(desk)
        reach = of.announce_days if days is None else days
        office = open_offices(house.settings, keys.load(house.settings.data))[of.key]
        if dry_run:
            found = flow.concerned(house.store, office, reach, now)
            done = flow.Announced(tuple(r.address for r in found), ())
            hook = None
        else:
            done = flow.announce(house.store, office, words, reach, now)
            hook = _hand_to_hook(house, of.key, of.announce_hook, words, now)
    if as_json:
        drawing.emit(
            {
                "desk": of.key,
                "title": words.title,
                "letters": list(done.told),
                "told_before": len(done.told_before),
                "hook": hook,
                "dry_run": dry_run,
            }
        )
    else:
        _draw(done, hook, of.announce_hook, dry_run=dry_run)
    sys.exit(1 if hook == "failed" else 0)


def _words(title: str, body_file: Path) -> Announcement:
    try:
        body = body_file.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError:
        raise WrongUsageError(f"{body_file} is not text in UTF-8.") from None
    except OSError as error:
        raise WrongUsageError(f"{body_file} cannot be read: {error.strerror}.") from None
    title = " ".join(title.split())
    if not title or not body:
        raise WrongUsageError("An announcement has a title and a body.")
    return Announcement(title, body)


def _hand_to_hook(
    house: Installation, desk: str, hook: str | None, words: Announcement, now: datetime
) -> str | None:
    """Give the text to the desk's program, unless it has taken these words before."""
    if hook is None:
        return None
    incident = f"announced {words.fingerprint}"
    with house.store.transaction() as tx:
        if not tx.told.first(desk, incident, now):
            return "done before"
    try:
        taken = _taken(hook, words, house.settings.directory)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        taken = False
    if taken:
        return "done"
    with house.store.transaction() as tx:
        tx.told.over(desk, incident)  # the next try runs it again
    return "failed"


def _taken(hook: str, words: Announcement, directory: Path) -> bool:
    run = subprocess.run(  # noqa: S603 - the admin's own program, from the desk file
        shlex.split(hook),
        input=words.text.encode(),
        cwd=directory,
        timeout=PATIENCE,
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return run.returncode == 0


def _draw(done: flow.Announced, hook: str | None, program: str | None, *, dry_run: bool) -> None:
    if dry_run:
        for address in done.told:
            drawing.show(drawing.safe(address))
        drawing.show(f"It would reach {len(done.told)}. Nothing was sent.")
        return
    before = f"; {len(done.told_before)} had it already" if done.told_before else ""
    drawing.show(f"Letters to {len(done.told)} are in the outbox{before}.")
    if hook == "failed":
        drawing.show(drawing.safe(f"{program} failed: type the command again to retry it."))
    elif hook is not None:
        drawing.show(drawing.safe(f"{program}: {hook}."))
