"""What the commands of an operator share: their options, and one plain sentence for each error.

Exit status: 0 done, 1 it ran and found problems, 2 wrong usage or configuration.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from maild.cli.drawing import bare
from maild.config.problems import ConfigError
from maild.daemon.keys import KeyTroubleError
from maild.store.errors import StoreError

Decorated = Callable[[Callable[..., Any]], Callable[..., Any]]


class _SentenceError(click.ClickException):
    def show(self, file: Any = None) -> None:
        """Print the sentence alone."""
        click.echo(bare(self.message), file=file, err=file is None)


class ProblemError(_SentenceError):
    """The command ran, and this is what it found (exit status 1)."""

    exit_code = 1


class WrongUsageError(_SentenceError):
    """What was typed means nothing in this configuration (exit status 2)."""

    exit_code = 2


class Command(click.Command):
    """A command whose errors are sentences, and whose output no terminal can refuse."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal that does not speak UTF-8
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            for problem in error.problems:
                click.echo(bare(str(problem)), err=True)
        except (StoreError, KeyTroubleError) as error:
            click.echo(bare(str(error)), err=True)
        return ctx.exit(2)


def config_option(more: str = ".") -> Decorated:
    """Return the option that names the configuration directory; `more` ends its help."""
    return click.option(
        "--config",
        "directory",
        default="config",
        show_default=True,
        type=click.Path(path_type=Path),
        help=f"Configuration directory{more}",
    )


def json_option() -> Decorated:
    """Return the option for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object, for scripts.")


def limit_option(things: str) -> Decorated:
    """Return the option that says how many `things` are shown."""
    return click.option(
        "--limit",
        default=50,
        show_default=True,
        type=click.IntRange(1, 100_000),
        help=f"Show at most so many {things}, the newest first.",
    )
