"""EDGE. The limited child processes in which foreign mail is read.

A mail may cost 10 s of processor time and 768 MB; a child that asks for more is killed and only
that mail is the poorer. Time on the clock says little, for on a busy machine the child may have
had little of the processor: a mail that takes 30 s is read once more alone, with patience. The
children come from a fork server: they hold no socket, thread or lock of the daemon, are warm within
milliseconds and die with it.
"""

import contextlib
import gc
import logging
import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection
from types import TracebackType
from typing import Self

from pebble import CONSTS, ProcessExpired, ProcessPool

from maild.mail.read import read
from maild.mail.reading import Reading, reading_of
from maild.mail.unreadable import unreadable

CPU_SECONDS = 10
WALL_SECONDS = 30
PATIENT_WALL_SECONDS = 300  # for a mail that was not read within those
MEMORY = 768 * 1024 * 1024  # bytes of address space
_BATCH_CPU_SECONDS = 5  # a whole batch; who exceeds it is read again one by one
_BATCH_BYTES = 1024 * 1024
_BATCH_MAILS = 32
_RENEWALS = 3
# Seconds between pebble's looks at its children, in two threads: at its ten a second they are most
# of what an idle daemon costs. A child that died is noticed so much later; answers wait for none.
CONSTS.sleep_unit = 0.5
_NICENESS = 10  # whoever commits shall not wait for the processor while a child reads ahead
_TASKS_PER_CHILD = 2000  # then a fresh one, so that nothing can pile up

_TOO_LONG = "Reading the mail took too long."
_DIED = "Reading the mail used more time or memory than one mail may."
_TOO_BIG = "Reading the mail needed more memory than one mail may."


class Reader:
    """A warm pool of children that read mail. Thread-safe; a context manager."""

    def __init__(self, children: int | None = None) -> None:
        """Start `children` processes; by default as many as there are processors, 2 to 4.

        Never one alone: beside a mail that takes its 10 s the others must be read.
        """
        self._children = children or min(4, max(2, os.cpu_count() or 1))
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["maild.mail.read", "maild.mail.reading"])
        self._renewal = threading.Lock()
        self._closed = False
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._children,
            max_tasks=_TASKS_PER_CHILD,
            initializer=_confine,
            context=self._context,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, raw: bytes, default_charset: str | None = None) -> Reading:
        """Return what one mail says, or why it was not read. Never raises for what it says."""
        return self.read_many([raw], default_charset)[0]

    def read_many(self, raws: Sequence[bytes], default_charset: str | None = None) -> list[Reading]:
        """Return the answers for many mails in their order, using every child."""
        return self.begin(raws, default_charset)()

    def begin(
        self, raws: Sequence[bytes], default_charset: str | None = None
    ) -> Callable[[], list[Reading]]:
        """Have many mails read meanwhile; what is returned waits for the answers, in their order.

        Mails travel in batches. When a batch fails, its mails are read again one by one, so
        that a bad mail costs only itself.
        """
        waiting = [
            (batch, *self._schedule(batch, default_charset))
            for batch in _batches(raws, self._children)
        ]
        return lambda: self._await(waiting, default_charset, last=False)

    def _await(
        self,
        waiting: Sequence[tuple[list[bytes], ProcessPool, Future[bytes]]],
        default_charset: str | None,
        *,
        last: bool,
    ) -> list[Reading]:
        answers: list[Reading] = []
        for batch, pool, future in waiting:
            try:
                answers += pickle.loads(future.result())  # noqa: S301 - our own child wrote it
            except (TimeoutError, CancelledError, MemoryError, ProcessExpired) as error:
                answers += self._one_by_one(batch, default_charset, error, last=last)
            except BrokenProcessPool as error:
                self._renew(pool)
                answers += self._one_by_one(batch, default_charset, error, last=last)
        return answers

    def _schedule(
        self, batch: Sequence[bytes], default_charset: str | None, wall: float | None = None
    ) -> tuple[ProcessPool, Future[bytes]]:
        """Hand a batch to the pool; a pool that broke meanwhile is replaced first."""
        arguments = (batch, default_charset, _limit(batch))
        for _ in range(_RENEWALS):
            pool = self._pool
            try:
                timeout = wall or WALL_SECONDS
                return pool, pool.schedule(_read_batch, args=arguments, timeout=timeout)
            except RuntimeError:  # pebble: the pool is not active any more
                self._renew(pool)
        raise RuntimeError("The reader is closed or its children cannot be started.")

    def _one_by_one(
        self,
        batch: Sequence[bytes],
        default_charset: str | None,
        error: BaseException,
        *,
        last: bool,
    ) -> list[Reading]:
        if len(batch) == 1 and isinstance(error, TimeoutError) and not last:
            again = (list(batch), *self._schedule(batch, default_charset, PATIENT_WALL_SECONDS))
            return self._await([again], default_charset, last=True)
        if len(batch) == 1:
            return [_unread(batch[0], _reason(error), default_charset)]
        return [self.read(raw, default_charset) for raw in batch]

    def _renew(self, broken: ProcessPool) -> None:
        with self._renewal:
            if self._pool is broken and not self._closed:
                broken.stop()  # type: ignore[no-untyped-call]  # pebble leaves stop untyped
                broken.join()
                self._pool = self._new_pool()

    def close(self) -> None:
        """Stop the children; what they were reading is given up."""
        self._closed = True
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves stop untyped
        self._pool.join()


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return _TOO_LONG
    return _TOO_BIG if isinstance(error, MemoryError) else _DIED


def _limit(batch: Sequence[bytes]) -> int:
    return CPU_SECONDS if len(batch) == 1 else _BATCH_CPU_SECONDS


def _batches(raws: Sequence[bytes], children: int) -> list[list[bytes]]:
    """Cut a backlog so that each batch is worth its journey and every child has its share."""
    most = max(1, min(_BATCH_MAILS, -(-len(raws) // children)))
    batches: list[list[bytes]] = []
    size = 0
    for raw in raws:
        if not batches or len(batches[-1]) >= most or size + len(raw) > _BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(raw)
        size += len(raw)
    return batches


def _confine() -> None:
    """In the child: no output, bounded memory, little claim, and no life after the parent's."""
    logging.disable(logging.CRITICAL)  # libraries would quote headers of strangers
    sys.stdin = open(os.devnull)  # noqa: SIM115, PTH123 - it stays open; a device is no path
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device is no path
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    os.nice(_NICENESS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()
    gc.freeze()
    gc.disable()  # reading makes hardly a cycle, and looking for them takes a twentieth of its time


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _read_batch(batch: Sequence[bytes], default_charset: str | None, seconds: int) -> bytes:
    """In the child: read and pickle, so that no failure is left for the way home.

    The limits hold for the reading alone: a child cut off while it sends its answer would hold
    the pool's lock for ever.
    """
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds += int(spent.ru_utime + spent.ru_stime) + 1
    with _limited(resource.RLIMIT_CPU, seconds), _limited(resource.RLIMIT_AS, MEMORY):
        answers = [_read_one(raw, default_charset) for raw in batch]
        pickled = pickle.dumps(answers, protocol=pickle.HIGHEST_PROTOCOL)
        gc.collect()
        return pickled


def _read_one(raw: bytes, default_charset: str | None) -> Reading:
    """Read one mail. A mistake of ours costs the mail it meets and none behind it.

    Caught here, a shortage of memory gives all of it back at once.
    """
    try:
        return reading_of(raw, read(raw, default_charset))
    except MemoryError:
        reason = _TOO_BIG
    except Exception as error:
        reason = f"maild cannot read this mail ({type(error).__name__})."
    return _unread(raw, reason, default_charset)


def _unread(raw: bytes, reason: str, default_charset: str | None) -> Reading:
    return reading_of(raw, unreadable(raw, reason, default_charset))


@contextlib.contextmanager
def _limited(kind: int, soft: int) -> Iterator[None]:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (soft if hard < 0 else min(soft, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (hard, hard))
