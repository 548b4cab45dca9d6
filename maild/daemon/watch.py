"""The thread of one mailbox: it brings mail in, and comes back for ever whatever happens."""

import contextlib
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Protocol

from maild.daemon.incident import in_words
from maild.desk import MailboxSettings
from maild.imap.fetching import Fetched
from maild.imap.mailbox import FolderState, Mailbox
from maild.imap.trouble import ImapTroubleError, backoff
from maild.imap.wire import Limits

RESELECT = 300  # seconds; a fresh look for servers that show nothing new in an open folder
SETTLED = 60  # seconds a connection must live before its end counts as a first failure again
STRIKES = 4  # failures to fetch at the same place before a mail's body is given up
FIRST = 25  # mails of a backlog's first batch; each is twice the one before, up to the most
IN_HAND = 3  # batches of a backlog: one is committed, the others are being read


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read: the last UID handed over, under that UIDVALIDITY."""

    uidvalidity: int
    uid: int


class Receiver(Protocol):
    """What a Watch needs of the rest of the house. Called from the Watch's thread only.

    cursor, first_contact, revalidated, begin and what begin returns may raise anything: it counts
    as an incident and they are called again later.
    """

    def cursor(self) -> Cursor | None:
        """Return what is stored for this mailbox, None when it was never read."""

    def first_contact(self, state: FolderState) -> int:
        """Remember a folder seen for the first time; return the UID to start after.

        state.uidnext - 1 leaves out what lies there, 0 brings all of it.
        """

    def revalidated(self, old: Cursor, state: FolderState) -> int:
        """Remember that the old UIDs mean nothing any more; return the UID to start after.

        Usually 0: everything comes again, and known content is to be recognised.
        """

    def begin(self, uidvalidity: int, mails: Sequence[Fetched]) -> Callable[[], Sequence[int]]:
        """Begin to read a batch; return what takes it in, or is given up when the line breaks.

        Taking it in commits the batch, and the cursor at its last UID, in one transaction, and
        returns the UIDs that may now be flagged or moved on the server.
        """

    def committed(self, uidvalidity: int) -> Sequence[int]:
        """Return the UIDs taken in last, which may or may not be flagged or moved by now."""

    def trouble(self, sentence: str, kind: str) -> None:
        """Take note of an incident; called once, not at every attempt."""

    def well(self) -> None:
        """Take note that the mailbox works (again)."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Mails that were fetched and are being read."""

    uid: int  # of the last
    following: int  # mails the next may have; 0: there are no more where it came from
    take_in: Callable[[], Sequence[int]]  # returns the UIDs that may now be flagged or moved


def pause(attempt: int, kind: str) -> float:
    """Return the seconds before the next attempt. A refused password is tried rarely.

    Many servers lock an account after a handful of failures in a few minutes.
    """
    jitter = random.random()  # noqa: S311 - no secret
    if kind == "auth":
        return backoff(attempt, jitter, first=60, ceiling=1800)
    return backoff(attempt, jitter)


class Watch:
    """Watches one mailbox from start() to stop()."""

    def __init__(
        self,
        settings: MailboxSettings,
        receiver: Receiver,
        *,
        batch: int = 200,
        limits: Limits | None = None,
        reselect: float = RESELECT,
        pause: Callable[[int, str], float] = pause,
    ) -> None:
        """Take the mailbox and its receiver.

        batch: most mails handed over at once; reselect: seconds; pause: see the function.
        """
        self._settings = settings
        self._receiver = receiver
        self._batch = batch
        self._limits = limits
        self._reselect = reselect
        self._pause = pause
        self._stopping = threading.Event()
        self._mailbox: Mailbox | None = None
        self._thread = threading.Thread(
            target=self._run, name=f"mailbox {settings.key}", daemon=True
        )
        self._attempt = 0
        self._reported: set[str] = set()  # kinds of the incidents that last
        self._told_well = False
        self._owed: dict[int, set[int]] = {}  # uidvalidity -> committed, not yet flagged or moved
        self._recalled = False  # what a predecessor may have owed was looked for
        self._stuck_at = -1  # the UID after which fetching failed last
        self._strikes = 0
        self._careful = 0  # so many mails are fetched one by one
        self._since = 0  # the first UID of mail that came while we watched

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end. It finishes the batch it is committing."""
        self._stopping.set()
        self.wake()

    def wake(self) -> None:
        """Look for mail now. From any thread."""
        if (mailbox := self._mailbox) is not None:
            mailbox.wake()

    def join(self, seconds: float = 1) -> bool:
        """Wait for the end after stop(), cutting the line when it takes long; True when ended.

        A thread that is still reaching for a dead host ends by itself, without another call to
        its receiver.
        """
        self._thread.join(seconds * 0.7)
        if self._thread.is_alive() and (mailbox := self._mailbox) is not None:
            mailbox.cut()
        self._thread.join(seconds * 0.3)
        return not self._thread.is_alive()

    # The thread

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            kind: str
            self._told_well = False
            self._mailbox = mailbox = Mailbox(self._settings, self._limits)
            try:
                mailbox.connect()
                self._follow(mailbox)
                continue
            except ImapTroubleError as trouble:
                sentence, kind = trouble.sentence, trouble.kind
            except Exception as error:  # the receiver's
                why = in_words(error).removesuffix(".")
                sentence, kind = f"Mail could not be taken in: {why}.", "intake"
            finally:
                mailbox.close()
            if self._stopping.is_set():
                return
            settled = self._told_well and time.monotonic() - began > SETTLED
            self._attempt = 1 if settled else self._attempt + 1
            # A line that breaks now and then is no incident, one that breaks all the time is one.
            if not (self._told_well and kind == "network") or self._attempt == STRIKES:
                self._report(sentence, kind)
            self._stopping.wait(self._pause(self._attempt, kind))

    def _follow(self, mailbox: Mailbox) -> None:
        """Bring everything in, then wait, again and again, until stop()."""
        while not self._stopping.is_set():
            state = mailbox.select()
            self._since = self._since or state.uidnext
            after = self._place(state)
            self._recall(mailbox, state.uidvalidity)
            self._settle(mailbox, state.uidvalidity)
            fresh = time.monotonic() + self._reselect
            while not self._stopping.is_set():
                after = self._drain(mailbox, state.uidvalidity, after)
                self._well()
                if time.monotonic() >= fresh:
                    break
                if not self._stopping.is_set():
                    mailbox.wait(self._settings.poll)

    def _place(self, state: FolderState) -> int:
        """Return the UID to go on after."""
        cursor = self._receiver.cursor()
        if cursor is None:
            return self._receiver.first_contact(state)
        # A UIDNEXT at or below a UID we have seen: restored from a backup without a new
        # UIDVALIDITY, against RFC 3501 2.3.1.1. New mail would arrive below the cursor.
        if cursor.uidvalidity != state.uidvalidity or state.uidnext <= cursor.uid:
            self._owed.clear()
            return self._receiver.revalidated(cursor, state)
        return cursor.uid

    def _drain(self, mailbox: Mailbox, uidvalidity: int, after: int) -> int:
        """Take in all that is new, batch by batch; return the last UID.

        In a backlog the next batches are fetched, and are being read, while one is committed.
        Trouble meanwhile must not keep those that are here from being committed.
        """
        batches: deque[_Batch] = deque()
        arriving: Iterator[_Batch] = iter(())
        trouble: Exception | None = None
        while not self._stopping.is_set():
            try:
                if not batches:
                    arriving = self._arriving(mailbox, uidvalidity, after)
                batches.extend(islice(arriving, IN_HAND - len(batches)))
            except Exception as error:
                trouble = error
            if batches:
                batch = batches.popleft()
                committed = batch.take_in()
                self._owed.setdefault(uidvalidity, set()).update(committed)
                after = batch.uid
            elif trouble is None:
                break
            if trouble is not None and not batches:
                raise trouble
            if "done" not in self._reported:
                self._settle(mailbox, uidvalidity)
        return after

    def _arriving(self, mailbox: Mailbox, uidvalidity: int, after: int) -> Iterator[_Batch]:
        """Yield batches as they are fetched, as long as there may be more."""
        most = min(FIRST, self._batch)
        while most and (batch := self._fetch(mailbox, uidvalidity, after, most)):
            yield batch
            after, most = batch.uid, batch.following

    def _fetch(self, mailbox: Mailbox, uidvalidity: int, after: int, most: int) -> _Batch | None:
        """Fetch a batch. Where that failed before, go mail by mail, and at last without bodies.

        One mail on which the server, or the line, breaks every time must not hold up the rest.
        """
        stuck = self._stuck_at == after
        most = 1 if stuck or self._careful else most
        try:
            mails = mailbox.new(after, most, bodies=not (stuck and self._strikes >= STRIKES))
        except ImapTroubleError:
            self._strikes = self._strikes + 1 if stuck else 1
            self._stuck_at, self._careful = after, self._batch
            raise
        self._strikes, self._stuck_at = 0, -1
        self._careful = max(0, self._careful - 1)
        if not mails:
            return None
        # A mark tells of an earlier maild only on mail that lay there when we came: later, somebody
        # has moved the mail here with its marks.
        mails = [replace(m, marked=m.marked and m.uid < self._since) for m in mails]
        take_in = self._receiver.begin(uidvalidity, mails)
        following = min(2 * most, self._batch) if len(mails) >= most else 0
        return _Batch(mails[-1].uid, following, take_in)

    def _recall(self, mailbox: Mailbox, uidvalidity: int) -> None:
        """Find, once, what was committed and neither flagged nor moved: a maild before us died."""
        if not self._recalled:
            left = mailbox.unmarked(self._receiver.committed(uidvalidity))
            self._owed.setdefault(uidvalidity, set()).update(left)
            self._recalled = True

    def _settle(self, mailbox: Mailbox, uidvalidity: int) -> None:
        """Flag or move what is committed; a refusal is reported once.

        What is owed is tried again with every new look at the folder (`reselect`).
        """
        owed = self._owed.get(uidvalidity, set())
        try:
            mailbox.done(sorted(owed))
        except ImapTroubleError as trouble:
            if trouble.kind != "refused":
                raise
            self._report(trouble.sentence, "done")
        else:
            self._owed.clear()
            self._reported.discard("done")

    # What the rest of the house hears

    def _report(self, sentence: str, kind: str) -> None:
        if kind not in self._reported:
            # A store that is down cannot be told that it is down; the watch goes on.
            with contextlib.suppress(Exception):
                self._receiver.trouble(sentence, kind)
                self._reported.add(kind)

    def _well(self) -> None:
        if not self._told_well and "done" not in self._reported:
            with contextlib.suppress(Exception):
                self._receiver.well()
                self._reported.clear()
        self._told_well = True
