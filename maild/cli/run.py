"""maild run: the daemon, in the foreground, until SIGTERM or Ctrl-C."""

import os
import signal
import threading
from pathlib import Path

import click

from maild.cli.command import Command, ProblemError, config_option
from maild.config.load import load
from maild.daemon.garbage import pass_over_what_is_loaded
from maild.daemon.journal import keep_journal
from maild.daemon.reload import Reloading
from maild.daemon.service import Daemon


@click.command(cls=Command)
@config_option(". A saved change is in force within seconds.")
def run(directory: Path) -> None:
    """Watch the mailboxes of every desk, answer, remind and escalate, until stopped.

    SIGTERM or Ctrl-C end it cleanly; SIGHUP reads the configuration again. A disk that fails
    ends it with exit status 1.
    """
    keep_journal()
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    settings = load(directory, os.environ)
    daemon = Daemon(settings)
    daemon.store.when_broken = stopping.set
    pass_over_what_is_loaded()
    daemon.start()
    reloading = Reloading(directory, daemon, settings)
    signal.signal(signal.SIGHUP, lambda *_: reloading.ask())
    reloading.start()
    stopping.wait()
    reloading.stop()
    daemon.stop()
    if daemon.store.broken is not None:
        raise ProblemError(f"maild has stopped, and trusts nothing more. {daemon.store.broken}")
