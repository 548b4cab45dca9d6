"""maild demo: watch maild do its job, with nothing to configure."""

import logging
import os
from pathlib import Path

import click
import structlog

from maild.cli.command import Command, ProblemError, config_option
from maild.config.load import load


@click.command(cls=Command)
@config_option("; its diplomas desk is played.")
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
    except NothingCameError as error:
        raise ProblemError(str(error)) from error
