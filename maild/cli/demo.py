"""maild demo: watch maild do its job, with nothing to configure."""

import logging
import os
import sys
from pathlib import Path

import click
import structlog

from maild.config.load import load
from maild.config.problems import ConfigError


@click.command()
@click.option(
    "--config",
    "directory",
    default="config",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Configuration directory; its diplomas desk is played.",
)
@click.option("--keep", is_flag=True, help="Leave the servers up until Ctrl-C.")
def demo(directory: Path, *, keep: bool) -> None:
    """Start an embedded mail server, run the diplomas desk on it, and show two conversations."""
    from maild.demo.clients import NothingCameError
    from maild.demo.play import play

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger().setLevel(logging.ERROR)
    try:
        settings = load(directory, os.environ, secrets=False)
        play(settings, Path("demo").resolve(), keep=keep)
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)
    except NothingCameError as error:
        click.echo(f"demo: {error}", err=True)
        sys.exit(1)
