"""One life of a daemon: the real one, with its threads, timers and servers in the model's hand."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

import structlog
from sqlalchemy import Connection, Engine, event

from maild import outbox
from maild.config.settings import Settings
from maild.config.templates import load
from maild.daemon import offices, service
from maild.daemon.outgoing import Outgoing
from maild.daemon.watch import Watch
from maild.desk import MailboxSettings
from maild.mail.letters import Letters
from maild.store.engine import open_engine
from maild.store.migrate import migrate
from maild.store.outbox import Entry
from tests.inline import Inline
from tests.model.clock import Clock, Loop
from tests.model.faults import Faults, Killed, standing
from tests.model.places import Place
from tests.model.servers import Line, Post

_BATCH = 4  # mails; small, so that backlogs are many batches
_ATTEMPTS = 2  # of a mailbox in trouble, before the model does something else


class Process:
    """A daemon from start to death. Whatever it is told to do may raise Killed."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        faults: Faults,
        post: Post,
        line: Callable[[MailboxSettings], Line],
    ) -> None:
        self.faults = faults
        self.post = post
        self._line = line
        self._url = settings.database
        self.daemon = _Daemon(settings, clock)
        self.daemon.faults = faults
        outgoing = self.daemon._outgoing
        assert isinstance(outgoing, _Letters)
        self._letters: _Letters = outgoing
        self._letters.take(clock, faults, post)
        self.store = self.daemon.store
        faults.attach(self.store)

    def start(self) -> None:
        """Start as after any stop; mail is read before an alarm rings."""
        self.daemon.start()
        for mailbox in self.mailboxes:
            self.poll(mailbox)
        self.daemon._caught_up.set()

    @property
    def mailboxes(self) -> list[str]:
        return [mailbox for _, mailbox in self.daemon._watches]

    def poll(self, mailbox: str) -> None:
        """Let the thread of a mailbox run until it would wait."""
        held = self.daemon._watches.get(("diplomas", mailbox))
        if held is None:
            return
        box, watch = held
        assert isinstance(watch, _Watch)
        line = self._line(box)
        line.idle = watch._stopping.set
        watch.turn(line)

    def ring(self) -> None:
        self.daemon.ring()

    def keep_house(self) -> None:
        self.daemon.keep_mailboxes()
        self.daemon.keep_house()

    def send(self) -> None:
        """Let the outbox work until no letter is due."""
        self._letters.send()

    def reload(self, settings: Settings) -> None:
        self.faults.at(Place.RELOAD_BEGIN)
        self.daemon.reload(settings)

    def end(self) -> None:
        """Throw away everything in memory, as death does."""
        self.faults.kill()
        self._letters.stop()
        self.daemon._lock.close()  # the kernel does
        self.store.close()
        _free.setdefault(self._url, []).append(self.store._engine)


class _Daemon(service.Daemon):
    """A daemon that can die while other rules come into force."""

    faults: Faults
    _reloading = False

    def reload(self, settings: Settings) -> None:
        self._reloading = True
        try:
            super().reload(settings)
        finally:
            self._reloading = False

    def _adopt(self, settings: Settings, *, anyway: bool = False) -> None:
        if self._reloading:
            self.faults.at(Place.RELOAD_MID)
        super()._adopt(settings, anyway=anyway)
        if self._reloading:
            self.faults.at(Place.RELOAD_END)


_free: dict[str, list[Engine]] = {}  # by URL: a new life takes up the engine of one that ended


def _engine(url: str, password: str | None = None) -> Engine:
    """Return an engine without connections that knows its statements from an earlier life."""
    if waiting := _free.get(url):
        return waiting.pop()
    engine = open_engine(url, password)
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _hurried)
    return engine


_migrated: set[str] = set()


def _migrate(connection: Connection) -> None:
    """Bring the schema up to date once; that a migration can die is proved where it is short."""
    url = connection.engine.url.render_as_string()
    if url not in _migrated:
        migrate(connection)
        _migrated.add(url)


@functools.cache
def _written() -> Letters:
    return Letters(load())


def _letters(_sources: object) -> Letters:
    """Return letters whose templates were compiled in an earlier life."""
    return _written()


class _Reader(Inline):
    """Reads without children, and a mail that is fetched again not again."""

    read = staticmethod(functools.lru_cache(maxsize=1000)(Inline().read))


class _Watch(Watch):
    """The thread of a mailbox, without the thread: it runs a turn when it is told to."""

    def __init__(self, settings: MailboxSettings, receiver: Any) -> None:
        super().__init__(settings, receiver, batch=_BATCH, pause=self._count)
        self._attempts = 0

    def start(self) -> None:
        """Its turns are given to it."""

    def stop(self) -> None:
        """It is between two turns."""

    def join(self, seconds: float = 1) -> bool:
        return True

    def turn(self, line: Line) -> None:
        self._attempts = 0
        self._stopping.clear()
        with patch("maild.daemon.watch.Mailbox", lambda *_: line):
            self._run()

    def _count(self, _attempt: int, _kind: str) -> float:
        self._attempts += 1
        if self._attempts >= _ATTEMPTS:
            self._stopping.set()
        return 0


class _Letters(Outgoing):
    """The outbox's thread, without the thread, and with the model's post."""

    def take(self, clock: Clock, faults: Faults, post: Post) -> None:
        """Live by the model's clock, die by its faults, send by its post."""
        self._loop.close()
        self._virtual = Loop(clock)
        self._faults, self._post = faults, post

    def start(self, settings: Settings) -> None:
        """Its turns are given to it."""

    def use(self, settings: Settings) -> None:
        """The post serves every mailbox."""

    def wake(self) -> None:
        """Nobody sleeps here."""

    def stop(self, seconds: float = 20) -> None:
        if not self._virtual.is_closed():
            self._virtual.abandon()
            self._virtual.close()

    def send(self) -> None:
        around = asyncio._get_running_loop()  # of a daemon that sleeps meanwhile
        asyncio._set_running_loop(None)
        try:
            self._virtual.run_until_complete(self._flush())
        except Killed:
            self._virtual.abandon()
            raise
        finally:
            asyncio._set_running_loop(around)

    async def _flush(self) -> None:
        died = asyncio.get_running_loop().create_future()
        self._faults.on_death = lambda: None if died.done() else died.set_result(None)
        couriers: Mapping[tuple[str, str], Post] = _Everywhere(self._post)
        sending = asyncio.create_task(
            outbox.flush(
                self._store, couriers, self._owner, self._clock, self._failed,
                jitter=lambda: 0.5,
            )
        )  # fmt: skip
        await asyncio.wait({sending, died}, return_when=asyncio.FIRST_COMPLETED)
        self._faults.on_death = lambda: None
        if died.done():
            raise Killed
        if sending.exception() is not None and not isinstance(sending.exception(), Exception):
            raise Killed


class _Everywhere(dict[tuple[str, str], Post]):
    def __init__(self, post: Post) -> None:
        super().__init__()
        self._post = post

    def get(self, key: Any, default: Any = None) -> Any:
        return self._post


class _Ticks:
    """Timers that never tick: the model says when."""

    def __init__(self, **_: object) -> None:
        """Nothing to prepare."""

    def add_job(self, *_: object, **__: object) -> None:
        """The model does it."""

    def start(self) -> None:
        """The model does it."""


_claim = outbox._claim


async def _claimed(outgoing: outbox.Outgoing, under_way: list[Entry]) -> list[Entry]:
    """Claim letters, and be at the place after it."""
    claimed = await _claim(outgoing, under_way)
    if claimed:
        standing(outgoing.store).at(Place.AFTER_CLAIM)
    return claimed


@contextlib.contextmanager
def by_hand(*, alone: bool) -> Iterator[None]:
    """Let daemons be made whose threads, children and timers are in the model's hand.

    Not `alone`, they own mailboxes by leases on SQLite too, as they do on PostgreSQL.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with (
            patch.object(service, "Reader", _Reader),
            patch.object(service, "Outgoing", _Letters),
            patch.object(service, "BackgroundScheduler", _Ticks),
            patch.object(service, "Watch", _Watch),
            patch.object(service, "_alone", lambda _: alone),
            patch.object(offices, "Letters", _letters),
            patch.object(outbox, "_claim", _claimed),
            patch("maild.store.store.open_engine", _engine),
            patch("maild.store.store.migrate", _migrate),
        ):
            yield
    finally:
        structlog.reset_defaults()
        for engine in (e for waiting in _free.values() for e in waiting):
            engine.dispose()
        _free.clear()
        _migrated.clear()


def _hurried(connection: Any, _record: object) -> None:
    """The machine keeps its power here; only processes die."""
    connection.execute("PRAGMA synchronous = OFF")
