"""maild run: the daemon, in the foreground, until SIGTERM or Ctrl-C."""

import os
import signal
import sys
import threading
from pathlib import Path

import click

from maild.config.load import load
from maild.config.problems import ConfigError
from maild.daemon.journal import keep_journal
from maild.daemon.keys import KeyTroubleError
from maild.daemon.reload import Reloading
from maild.daemon.service import Daemon
from maild.store.errors import StoreError


@click.command()
@click.option(
    "--config",
    "directory",
    default="config",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Configuration directory. A saved change is in force within seconds.",
)
def run(directory: Path) -> None:
    """Watch the mailboxes of every desk, answer, remind and escalate, until stopped.

    SIGTERM or Ctrl-C end it cleanly; SIGHUP reads the configuration again.
    """
    keep_journal()
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    try:
        settings = load(directory, os.environ)
        daemon = Daemon(settings)
        daemon.start()
    except ConfigError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(2)
    except (KeyTroubleError, StoreError) as error:
        click.echo(f"maild: {error}", err=True)
        sys.exit(2)
    reloading = Reloading(directory, daemon, settings)
    signal.signal(signal.SIGHUP, lambda *_: reloading.ask())
    reloading.start()
    stopping.wait()
    reloading.stop()
    daemon.stop()
