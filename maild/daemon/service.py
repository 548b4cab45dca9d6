"""The daemon: builds every part, keeps the ticks, and goes on where it was after any stop."""

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from maild import chores, sweep
from maild.config.settings import Settings
from maild.daemon import keys
from maild.daemon.alerts import Alerts
from maild.daemon.clock import Jumps, utc_now
from maild.daemon.incident import Incident
from maild.daemon.offices import open_offices
from maild.daemon.outgoing import Outgoing
from maild.daemon.ownership import RENEWAL, Ownership
from maild.daemon.receiver import DeskReceiver
from maild.daemon.released import take_released
from maild.daemon.sent import SentReceiver, sent_box
from maild.daemon.watch import Watch
from maild.desk import MailboxSettings
from maild.intake.sent import FOLDER
from maild.notices import admins
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.errors import StoreError
from maild.store.store import Store

log = structlog.get_logger()

HOUSEKEEPING = 60  # seconds between looks at reports and solved tickets
TICK = 5  # seconds between looks at alarms
FAREWELL = 5  # seconds for the threads of all mailboxes to end
CATCH_UP = 60  # seconds alarms wait at the start for mailboxes to be read first


class Daemon:
    """One running maild. `clock` gives UTC instants; the demonstration hands in one that jumps."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = utc_now) -> None:
        """Prepare; nothing is opened before `start`."""
        self._settings = settings
        self._clock = clock
        self._keyring = keys.load(settings.data)
        self._offices: Mapping[str, Office] = open_offices(settings, self._keyring)
        password = settings.database_password
        self.store = Store(settings.database, password.text if password else None)
        self._reader = Reader()
        owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._outgoing = Outgoing(self.store, lambda: self._offices, clock, owner)
        self._ownership = Ownership(self.store, owner, clock, alone=_alone(settings))
        self._alerts = Alerts(
            self.store, lambda: self._offices, lambda: self._settings.admins, clock
        )
        self._watches: dict[tuple[str, str], tuple[MailboxSettings, Watch]] = {}
        self._unread: set[tuple[str, str]] = set()  # mailboxes not looked into since the start
        self._caught_up = threading.Event()
        self._stopping = threading.Event()
        self._jumps = Jumps(clock)
        self._ringing = Incident("alarms could not be rung; it is tried again")
        self._housekeeping = Incident("housekeeping failed; it is tried again")
        self._renewing = Incident("leases could not be renewed; it is tried again")
        self._lock = ExitStack()
        self._scheduler = BackgroundScheduler(timezone="UTC")

    def start(self) -> None:
        """Open the store, bring its schema up to date, and begin to watch, ring and send."""
        self._lock.enter_context(self.store.sole_owner())
        if self.store.exists():
            self.store.check()  # before anything is built on a file that is damaged
        self.store.migrate()
        if _alone(self._settings):  # a lease that is there is of a dead process
            with self.store.transaction() as tx:
                tx.outbox.expire(self._clock())
        self._forget_future()
        self._adopt(self._settings)
        folders = _mailboxes(self._settings)
        self._unread = {(d, b) for d, b, _ in folders if not b.endswith(FOLDER)}
        self._outgoing.start(self._settings)
        self._watch_all(self._settings)
        self._every(TICK, self.ring)
        self._every(HOUSEKEEPING, self.keep_house)
        if not _alone(self._settings):
            self._every(RENEWAL, self.keep_mailboxes)
        self._scheduler.start()
        log.info("running", desks=len(self._settings.desks), mailboxes=len(self._watches))

    def stop(self) -> None:
        """End cleanly: no batch half taken in, no letter half sent."""
        self._stopping.set()
        self._caught_up.set()  # a tick that waits for a mailbox is not waited for
        for _, watch in self._watches.values():
            watch.stop()
        self._scheduler.shutdown(wait=True)
        self._join([watch for _, watch in self._watches.values()])
        self._outgoing.stop()
        with contextlib.suppress(StoreError):
            self._ownership.release()
        self._reader.close()
        self.store.close()
        self._lock.close()
        log.info("stopped")

    def wait_until_read(self, seconds: float = CATCH_UP) -> bool:
        """Wait until every mailbox was looked into since the start; False when one was not."""
        return self._caught_up.wait(seconds)

    def reload(self, settings: Settings) -> None:
        """Put a new configuration in force: desks, policies and mailboxes, without a restart."""
        if settings.database != self._settings.database:
            log.warning("another database is in force after a restart only")
        offices = open_offices(settings, self._keyring)  # may fail, and then nothing is changed
        self._end_watches(settings)  # of mailboxes the new configuration may not know
        self._offices = offices
        self._settings = settings
        # Another daemon may have been faster, and we went on by the old rules meanwhile.
        self._adopt(settings, anyway=not _alone(settings))
        self._outgoing.use(settings)
        self._watch_all(settings)
        self.ring()
        log.info("configuration in force", fingerprint=settings.fingerprint[:12])

    def tell_admins(self, problems: tuple[str, ...]) -> None:
        """Write to the admins that a saved configuration was refused and which one is in force."""
        now = self._clock()
        office = next(iter(self._offices.values()))
        with self.store.transaction() as tx:
            for address in self._settings.admins:
                tx.outbox.post(admins.config_refused(office, address, problems, now), now)
        self._outgoing.wake()

    def ring(self) -> None:
        """Ring every alarm that is due; mail that waits on the servers is read before."""
        if not self.wait_until_read():
            self._caught_up.set()  # a mailbox that cannot be read holds up no deadline for ever
        try:
            if (jump := self._jumps.look()) is not None:
                log.info("the clock of this machine jumped", seconds=round(jump.total_seconds()))
                self._forget_future()
            done = sweep.run(self.store, self._offices, self._clock(), self._stopping.is_set)
        except Exception as error:
            self._ringing.failed(error)
            return
        self._ringing.went_well()
        if done.rung:
            log.info("alarms rung", tickets=done.rung)
            self._outgoing.wake()

    def _forget_future(self) -> None:
        """A clock that ran ahead, and is right again, must keep no letter for years."""
        with self.store.transaction() as tx:
            found = tx.forget_future(self._clock())
        if found:
            log.info("waits of a clock that ran ahead are over", count=found)
            self._outgoing.wake()

    def keep_house(self) -> None:
        """Tell admins of lasting troubles, take released mail, send reports, close and erase."""
        now = self._clock()
        errands: tuple[Callable[[], int], ...] = (
            self._alerts.look,
            lambda: take_released(self.store, self._offices.get, self._reader, now),
            lambda: chores.run(self.store, self._offices, now),
        )
        failed = False
        for errand in errands:
            try:
                if errand():
                    self._outgoing.wake()
            except Exception as error:  # one that fails holds up no other
                self._housekeeping.failed(error)
                failed = True
        if not failed:
            self._housekeeping.went_well()

    def keep_mailboxes(self) -> None:
        """Renew the leases of our mailboxes, take over those of a daemon that is gone."""
        try:
            self._watch_all(self._settings)
        except StoreError as error:
            self._renewing.failed(error)
        else:
            self._renewing.went_well()

    def _every(self, seconds: float, job: Callable[[], None]) -> None:
        """Do this at an interval; what was missed is made up for once, however long we slept."""
        self._scheduler.add_job(
            job,
            "interval",
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def _adopt(self, settings: Settings, *, anyway: bool = False) -> None:
        """When the configuration is a new one, move the clocks of open tickets; remember it then.

        Every ticket is a transaction of its own: stopped between two, this is done again.
        """
        now = self._clock()
        with self.store.transaction() as tx:
            fresh = tx.config_versions.begin(settings.fingerprint, now)
        if not fresh and not anyway:
            return
        moved = sweep.adopt_policies(self.store, self._offices, now)
        with self.store.transaction() as tx:
            tx.config_versions.adopt(settings.fingerprint, now)
        log.info("policies adopted", tickets_recomputed=moved)

    def _end_watches(self, settings: Settings) -> None:
        """End the threads of mailboxes that are gone or reached in another way."""
        wanted = {(d, b): box for d, b, box in _mailboxes(settings)}
        ending = [k for k, (box, _) in self._watches.items() if wanted.get(k) != box]
        for key in ending:
            self._watches[key][1].stop()
        self._join([self._watches.pop(key)[1] for key in ending])
        for key in ending:
            self._looked_into(key)

    def _join(self, watches: list[Watch]) -> None:
        """Wait for threads to end, all of them within FAREWELL: dead servers are no reason to stay.

        A batch that is being committed is done long before.
        """
        until = time.monotonic() + FAREWELL
        for watch in watches:
            watch.join(max(0.1, until - time.monotonic()))

    def _watch_all(self, settings: Settings) -> None:
        boxes = _mailboxes(settings)
        ours = self._ownership.keep(f"mailbox {desk}/{name}" for desk, name, _ in boxes)
        for desk, name, box in boxes:
            key = (desk, name)
            if f"mailbox {desk}/{name}" not in ours:
                self._give_up(key)
            elif key not in self._watches:
                watch = Watch(box, self._receiver(key, box))
                self._watches[key] = (box, watch)
                watch.start()

    def _give_up(self, key: tuple[str, str]) -> None:
        """Another daemon reads this mailbox: alarms need not wait for us to look into it."""
        if held := self._watches.pop(key, None):
            held[1].stop()
        self._looked_into(key)

    def _receiver(self, key: tuple[str, str], box: MailboxSettings) -> DeskReceiver:
        receiver = SentReceiver if key[1].endswith(FOLDER) else DeskReceiver
        return receiver(
            box,
            lambda: self._offices[key[0]],
            self.store,
            self._reader,
            self._clock,
            self._alerts,
            self._outgoing.wake,
            lambda tx: self._ownership.fence(tx, f"mailbox {key[0]}/{key[1]}"),
            lambda: self._looked_into(key),
        )

    def _looked_into(self, key: tuple[str, str]) -> None:
        self._unread.discard(key)
        if not self._unread:
            self._caught_up.set()


def _mailboxes(settings: Settings) -> list[tuple[str, str, MailboxSettings]]:
    """Return every folder that is watched: each mailbox's own and, if wanted, its Sent folder."""
    return [
        (desk.key, folder.key, folder)
        for desk in settings.desks.values()
        for box in desk.mailboxes.values()
        for folder in (box, sent_box(box))
        if folder is not None
    ]


def _alone(settings: Settings) -> bool:
    """Whether no other daemon can share the database."""
    return settings.database.startswith("sqlite")
