"""The parts of the daemon that bring mail in, put together as the daemon does, without couriers."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from maild.config.settings import Settings
from maild.daemon import keys
from maild.daemon.alerts import Alerts
from maild.daemon.clock import utc_now
from maild.daemon.offices import open_offices
from maild.daemon.receiver import DeskReceiver
from maild.daemon.watch import Watch
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.store import Store


@dataclass(frozen=True, slots=True)
class Intake:
    """A store, an office, and a way to bring a mailbox in."""

    settings: Settings
    store: Store
    office: Office
    reader: Reader

    def bring_in(self, box: str, committed: Callable[[], None] = lambda: None) -> float:
        """Take in all that waits in a mailbox; return the seconds it took.

        committed: called after every batch.
        """
        done = threading.Event()
        offices = {self.office.desk.key: self.office}
        alerts = Alerts(self.store, lambda: offices, lambda: (), utc_now)
        mailbox = self.office.desk.mailboxes[box]
        receiver = DeskReceiver(
            mailbox, lambda: self.office, self.store, self.reader, utc_now, alerts, committed,
            lambda _: None, done.set,
        )  # fmt: skip
        watch = Watch(mailbox, receiver)
        began = time.perf_counter()
        watch.start()
        if not done.wait(600):
            raise TimeoutError("the mailbox was not read to its end in ten minutes")
        seconds = time.perf_counter() - began
        watch.stop()
        watch.join(5)
        return seconds


@contextlib.contextmanager
def intake(settings: Settings, database: str | None = None) -> Iterator[Intake]:
    """Open the parts on the settings' own database or another, with warm children."""
    office = open_offices(settings, keys.load(settings.data))["bench"]
    store = Store(database or settings.database)
    store.migrate()
    with Reader() as reader:
        reader.read_many([b"From: a@desk.example\r\n\r\nwarm"] * 8)
        yield Intake(settings, store, office, reader)
    store.close()
