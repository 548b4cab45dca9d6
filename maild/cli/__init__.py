"""FACE. Every command an admin or operator types; each is imported only when it is called."""

from importlib import import_module

import click

_COMMANDS = {
    "announce": "maild.cli.announce",
    "calendar": "maild.cli.calendar",
    "check": "maild.cli.check",
    "demo": "maild.cli.demo",
    "due": "maild.cli.due",
    "explain": "maild.cli.explain",
    "inspect": "maild.cli.inspect",
    "outbox": "maild.cli.outbox",
    "quarantine": "maild.cli.quarantine",
    "replay": "maild.cli.replay",
    "route": "maild.cli.route",
    "run": "maild.cli.run",
    "schema": "maild.cli.schema",
    "show": "maild.cli.show",
    "simulate": "maild.cli.simulate",
    "status": "maild.cli.status",
    "suspension": "maild.cli.suspension",
    "tickets": "maild.cli.tickets",
}


class _Lazy(click.Group):
    """A group that imports a command's module when the command is named."""

    # The arguments are click's, whether they are of use here or not: ARG002.

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command, or None when there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(_COMMANDS[cmd_name]), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Lazy)
def main() -> None:
    """A helpdesk that lives in e-mail."""
