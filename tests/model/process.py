"""One life of a daemon: the real one, with its threads, timers and servers in the model's hand."""

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest.mock import patch

import structlog
from sqlalchemy import event

from maild import outbox
from maild.config.settings import Settings
from maild.config.templates import load
from maild.daemon import offices, service
from maild.daemon.outgoing import Outgoing
from maild.daemon.watch import Watch
from maild.desk import MailboxSettings
from maild.mail.letters import Letters
from tests.inline import Inline
from tests.model.clock import Clock, Loop
from tests.model.faults import Faults, Killed
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
        line: Callable[[str], Line],
    ) -> None:
        self.faults = faults
        self.post = post
        self._line = line
        self.daemon = service.Daemon(settings, clock)
        outgoing = self.daemon._outgoing
        assert isinstance(outgoing, _Letters)
        self._letters: _Letters = outgoing
        self._letters.take(clock, faults, post)
        self.store = self.daemon.store
        if settings.database.startswith("sqlite"):
            event.listen(self.store._engine, "connect", _hurried)
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
        watch = held[1]
        assert isinstance(watch, _Watch)
        line = self._line(mailbox)
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
        self.daemon.reload(settings)

    def end(self) -> None:
        """Throw away everything in memory, as death does."""
        self.faults.kill()
        self._letters.stop()
        self.daemon._lock.close()  # the kernel does
        self.store.close()


@functools.cache
def _written() -> Letters:
    return Letters(load())


def _letters(_sources: object) -> Letters:
    """Return letters whose templates were compiled in an earlier life."""
    return _written()


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
        try:
            self._virtual.run_until_complete(self._flush())
        except Killed:
            self._virtual.abandon()
            raise

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


@contextlib.contextmanager
def by_hand() -> Iterator[None]:
    """Let daemons be made whose threads, children and timers are in the model's hand."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with (
            patch.object(service, "Reader", Inline),
            patch.object(service, "Outgoing", _Letters),
            patch.object(service, "BackgroundScheduler", _Ticks),
            patch.object(service, "Watch", _Watch),
            patch.object(offices, "Letters", _letters),
        ):
            yield
    finally:
        structlog.reset_defaults()


def _hurried(connection: Any, _record: object) -> None:
    """The machine keeps its power here; only processes die."""
    connection.execute("PRAGMA synchronous = OFF")
