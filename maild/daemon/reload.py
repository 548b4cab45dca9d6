"""A saved file is in force within seconds; a broken one leaves the last good configuration."""

import os
import threading
from pathlib import Path

import structlog
from watchfiles import watch

from maild.config.load import load
from maild.config.problems import ConfigError
from maild.config.settings import Settings
from maild.daemon.service import Daemon

log = structlog.get_logger()

_LOOK = 30_000  # milliseconds after which the directory is looked at even without an event


class Reloading:
    """Watches the configuration directory: a file replaced by an editor is missed by its name."""

    def __init__(self, directory: Path, daemon: Daemon, settings: Settings) -> None:
        """Begin with the settings in force."""
        self._directory = directory
        self._daemon = daemon
        self._fingerprint = settings.fingerprint
        self._refused: tuple[str, ...] = ()
        self._stopping = threading.Event()
        self._asked = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="configuration", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping.set()
        self._thread.join(5)

    def ask(self) -> None:
        """Read the configuration again now; from a signal, so in a thread of its own."""
        threading.Thread(target=self.look, name="reload", daemon=True).start()

    def look(self) -> None:
        """Read the directory; adopt it when it is good and new, say once when it is refused."""
        with self._asked:
            try:
                settings = load(self._directory, os.environ)
            except ConfigError as error:
                problems = tuple(str(p) for p in error.problems)
                if problems != self._refused:
                    self._refused = problems
                    log.error("configuration refused; the last good one stays", problems=problems)
                    self._daemon.tell_admins(problems)
                return
            self._refused = ()
            if settings.fingerprint != self._fingerprint:
                self._daemon.reload(settings)
                self._fingerprint = settings.fingerprint

    def _run(self) -> None:
        changes = watch(
            self._directory,
            stop_event=self._stopping,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        for _ in changes:
            try:
                self.look()
            except Exception as error:
                log.error("configuration could not be read", error=type(error).__name__)
