"""A saved file is in force within seconds; a broken one leaves the last good configuration."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

import structlog
from watchfiles import Change, watch

from maild.config.load import load
from maild.config.problems import ConfigError
from maild.config.settings import Settings
from maild.daemon.service import Daemon
from maild.desk import MailboxSettings

log = structlog.get_logger()

_LOOK = (
    5_000  # milliseconds after which the files are looked at even without an event (NFS has none)
)
_STEP = 500  # milliseconds a change may wait; every step is a wake-up, and 20 a second cost most
_AGAIN = 5  # seconds before a directory that has vanished is watched again

Files = frozenset[tuple[str, int, int]]  # path, time of the last change (also of its mode), size


class Reloading:
    """Watches the configuration directory: a file replaced by an editor is missed by its name."""

    def __init__(self, directory: Path, daemon: Daemon, settings: Settings) -> None:
        """Begin with the settings in force."""
        self._directory = directory.resolve()
        self._daemon = daemon
        self._in_force = settings
        self._files: Files = frozenset()  # nothing yet: what was saved meanwhile is looked at
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
            if _differ(settings, self._in_force):
                self._daemon.reload(settings)
                self._in_force = settings

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except FileNotFoundError:
                self.look()
            except Exception as error:
                log.error("configuration could not be put in force", error=type(error).__name__)
            self._stopping.wait(_AGAIN)

    def _follow(self) -> None:
        self._look_if_changed()  # since the settings were read, before anybody watched
        changes = watch(
            self._directory,
            watch_filter=self._is_configuration,
            stop_event=self._stopping,
            step=_STEP,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        for _ in changes:
            self._look_if_changed()

    def _look_if_changed(self) -> None:
        files = self._look_over()  # reading it all again is dear, and mostly nothing happened
        if files != self._files:
            self.look()
            self._files = files  # only now: what could not be put in force is tried again

    def _is_configuration(self, _change: Change, path: str) -> bool:
        return not self._is_data(Path(path))

    def _is_data(self, path: Path) -> bool:
        """The database changes all the time, and may lie inside the configuration directory."""
        data = self._in_force.data
        return self._directory in data.parents and path.is_relative_to(data)

    def _look_over(self) -> Files:
        found = []
        for path in self._directory.rglob("*"):
            if path.is_file() and not self._is_data(path):
                about = path.stat()
                found.append((str(path), about.st_ctime_ns, about.st_size))
        return frozenset(found)


def _differ(one: Settings, other: Settings) -> bool:
    """Tell whether anything is new; a password lies in a file the fingerprint does not know."""
    return one.fingerprint != other.fingerprint or _mailboxes(one) != _mailboxes(other)


def _mailboxes(settings: Settings) -> Mapping[str, Mapping[str, MailboxSettings]]:
    return {key: desk.mailboxes for key, desk in settings.desks.items()}
