"""The parts of the daemon that bring mail in, put together as the daemon does, without couriers."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import create_engine, func, select
from sqlalchemy.engine import make_url

from maild.config.settings import Settings
from maild.daemon import keys
from maild.daemon.alerts import Alerts
from maild.daemon.clock import utc_now
from maild.daemon.garbage import pass_over_what_is_loaded
from maild.daemon.offices import open_offices
from maild.daemon.receiver import DeskReceiver
from maild.daemon.watch import Watch
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.store import Store
from maild.store.tables import events, sources
from maild.tickets.ticket import EventKind


@dataclass(frozen=True, slots=True)
class Intake:
    """A store, an office, and a way to bring a mailbox in."""

    url: str
    store: Store
    office: Office
    reader: Reader

    def bring_in(
        self, box: str, committed: Callable[[], None] = lambda: None, patience: float = 1800
    ) -> float:
        """Take in all that waits in a mailbox; return the seconds it took.

        committed: called after every batch; patience: seconds. Raises TimeoutError.
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
        if not done.wait(patience):
            raise TimeoutError(f"the mailbox was not read to its end in {patience:.0f} seconds")
        seconds = time.perf_counter() - began
        watch.stop()
        watch.join(5)
        return seconds

    def check(self, box: str, count: int) -> None:
        """Raise AssertionError unless every mail has its record, every ticket its letter."""
        acknowledged = select(events.c.ticket).where(events.c.kind == EventKind.ACKNOWLEDGED)
        engine = create_engine(driver(self.url))
        with engine.connect() as connection:
            recorded = connection.scalar(
                select(func.count()).select_from(sources).where(sources.c.mailbox == box)
            )
            silent = connection.scalar(
                select(func.count())
                .select_from(events)
                .where(events.c.kind == EventKind.RECEIVED, events.c.ticket.not_in(acknowledged))
            )
        engine.dispose()
        assert recorded == count, f"{recorded} of {count} mails have a record"
        assert silent == 0, f"{silent} tickets were not acknowledged"


def driver(url: str) -> str:
    """Return a database's URL as SQLAlchemy wants it."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


@contextlib.contextmanager
def intake(settings: Settings, database: str | None = None) -> Iterator[Intake]:
    """Open the parts on the settings' own database or another, with warm children."""
    office = open_offices(settings, keys.load(settings.data))["bench"]
    url = database or settings.database
    store = Store(url)
    store.migrate()
    with Reader() as reader:
        reader.read_many([b"From: a@desk.example\r\n\r\nwarm"] * 8)
        pass_over_what_is_loaded()  # as `maild run` does
        yield Intake(url, store, office, reader)
    store.close()
