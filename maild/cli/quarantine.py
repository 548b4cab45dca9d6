"""maild quarantine: mail that could not be processed and waits for a person."""

from pathlib import Path

import click

from maild.cli import drawing, keys
from maild.cli.command import Command, ProblemError, WrongUsageError, config_option, json_option
from maild.cli.installation import Installation, opened
from maild.daemon.clock import utc_now
from maild.store.quarantine import Quarantined
from maild.store.store import Transaction


class _ListedByDefault(click.Group):
    """A group that lists when nothing else is asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the word `list` where no other command is named."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ListedByDefault)
def quarantine() -> None:
    """List, read or release mail that could not be processed and waits for a person.

    A mail comes here when it cannot be read (broken, too large, without a sender), when it failed
    three times, or when a rule of the desk says so. Nothing of it is lost: its bytes are kept as
    they came. Without another word `maild quarantine` lists them.
    """


@quarantine.command("list", cls=Command)
@config_option()
@click.option("--desk", help="Only mail of this desk.")
@json_option()
def listed(directory: Path, desk: str | None, *, as_json: bool) -> None:
    """List the mail in quarantine, the oldest first, each with the reason it is there.

    The name in the first column is the ID that `show`, `raw` and `release` want.
    """
    with opened(directory) as house:
        if desk is not None:
            house.desk(desk)
        with house.store.reading() as tx:
            found = tx.quarantine.waiting(desk)
    if as_json:
        drawing.emit({"quarantined": [keys.quarantined(one) for one in found]})
        return
    if not found:
        drawing.show("Nothing is in quarantine.")
        return
    drawing.show(
        drawing.table(
            ("id", "received (UTC)", "from", "subject", "reason"),
            (
                (
                    f"{one.source.desk}/{one.id}",
                    drawing.local(one.source.received_at),
                    one.headers.get("from"),
                    one.headers.get("subject"),
                    one.reason,
                )
                for one in found
            ),
            whole=("id", "received (UTC)"),
        )
    )


@quarantine.command(cls=Command)
@config_option()
@json_option()
@click.argument("name", metavar="ID")
def show(directory: Path, name: str, *, as_json: bool) -> None:
    """Show why the mail ID is in quarantine, and the few of its headers that are safe to show.

    ID is DESK/NUMBER as `maild quarantine` lists it, or the number alone where it is clear.
    """
    with opened(directory) as house, house.store.reading() as tx:
        one = _one(house, tx, name)
    if as_json:
        drawing.emit(keys.quarantined(one))
        return
    headers = {header.title(): value for header, value in one.headers.items()}
    drawing.show(
        drawing.pairs(
            {
                "Id": f"{one.source.desk}/{one.id}",
                "Reason": one.reason,
                "Mailbox": one.source.mailbox,
                "UID": one.source.uid,
                "Received (UTC)": drawing.local(one.source.received_at),
                "Since (UTC)": drawing.local(one.at),
                **headers,
            }
        )
    )


@quarantine.command(cls=Command)
@config_option()
@click.argument("name", metavar="ID")
def raw(directory: Path, name: str) -> None:
    """Write the bytes of the mail ID to standard output, exactly as they came.

    Send them into a file and open that with care (`maild quarantine raw ID > mail.eml`), or read it
    with `maild inspect mail.eml`: what is written here is foreign and may not suit a terminal.
    """
    with opened(directory) as house, house.store.reading() as tx:
        one = _one(house, tx, name)
        content = tx.mails.raw(one.source.desk, _kept(one, name))
    click.echo(content, nl=False)


@quarantine.command(cls=Command)
@config_option()
@json_option()
@click.argument("name", metavar="ID")
def release(directory: Path, name: str, *, as_json: bool) -> None:
    """Let the daemon process the mail ID once more, as if it had just come.

    Do this when the cause is gone, such as when a newer maild can read it, or when a rule put it
    aside that should not have: no rule does so again. The running daemon takes it in within
    seconds; if it fails again it returns to quarantine with the new reason.
    """
    now = utc_now()
    with opened(directory) as house, house.store.transaction() as tx:
        one = _one(house, tx, name)
        desk = house.desk(one.source.desk)
        _kept(one, name)
        if one.source.mailbox not in desk.mailboxes:
            raise WrongUsageError(
                f"The mailbox {one.source.mailbox} is no longer in the configuration."
            )
        tx.quarantine.release(desk.key, one.id, now)
    called = f"{one.source.desk}/{one.id}"
    if as_json:
        drawing.emit({"released": called, "at": now})
    else:
        drawing.show(f"{called} is released; the daemon takes it in within seconds.")


def _one(house: Installation, tx: Transaction, name: str) -> Quarantined:
    waiting = {(one.source.desk, one.id): one for one in tx.quarantine.waiting()}
    return house.named("mail in quarantine", name, lambda *key: waiting.get(key))


def _kept(one: Quarantined, name: str) -> int:
    if one.mail is None:
        raise ProblemError(f"The bytes of {name} were never fetched; look in the mailbox itself.")
    return one.mail
