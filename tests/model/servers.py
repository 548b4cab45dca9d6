"""The mail servers of the model: folders to read from, and a post that brings letters or not."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser

from maild.imap.fetching import Fetched
from maild.imap.mailbox import FolderState
from maild.imap.trouble import ImapTroubleError
from maild.smtp.passage import Passage
from maild.smtp.verdict import Bounced, Deferred, Refused, Sent, Uncertain, Verdict
from tests.model.faults import Faults
from tests.model.places import Place

Key = tuple[int, int]  # UIDVALIDITY and UID


@dataclass
class Folder:
    """A folder on the server. Numbers are given as RFC 3501 2.3.1.1 says."""

    mailbox: str
    uidvalidity: int = 1
    uidnext: int = 1
    mails: dict[int, tuple[datetime, bytes]] = field(default_factory=dict)
    marked: set[Key] = field(default_factory=set)
    moved: list[bytes] = field(default_factory=list)  # what lies in the other folder

    def deliver(self, raw: bytes, at: datetime) -> int:
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.mails[uid] = (at, raw)
        return uid

    def renumber(self) -> None:
        """Give every mail another number: a new UIDVALIDITY, as after a migration."""
        lying = [self.mails[uid] for uid in sorted(self.mails)]
        self.uidvalidity, self.uidnext, self.mails = self.uidvalidity + 1, 1, {}
        for at, raw in lying:
            self.deliver(raw, at)


class Line:
    """A connection to a folder, in the place of maild.imap.mailbox.Mailbox."""

    def __init__(
        self, folder: Folder, after: str, faults: Faults, chance: random.Random, trouble: float
    ) -> None:
        """`after` as in the desk file; `trouble`: how probable a failure is at each command."""
        self._folder = folder
        self._after = after
        self._faults = faults
        self._chance = chance
        self._trouble = trouble
        self.idle: Callable[[], None] = lambda: None

    def connect(self) -> None:
        self._perhaps_broken()

    def select(self) -> FolderState:
        self._perhaps_broken()
        return FolderState(self._folder.uidvalidity, self._folder.uidnext, len(self._folder.mails))

    def new(self, after: int, limit: int, *, bodies: bool = True) -> list[Fetched]:
        self._perhaps_broken()
        lying = self._folder.mails
        found = []
        for uid in sorted(uid for uid in lying if uid > after)[:limit]:
            at, raw = lying[uid]
            found.append(Fetched(uid, at, len(raw), raw if bodies else None, raw[:80], "too large"))
        return found

    def unmarked(self, uids: Sequence[int]) -> list[int]:
        self._perhaps_broken()
        folder = self._folder
        lying = [uid for uid in uids if uid in folder.mails and self._after != "leave"]
        return [uid for uid in lying if (folder.uidvalidity, uid) not in folder.marked]

    def done(self, uids: Sequence[int]) -> None:
        if not uids or self._after == "leave":
            return
        moving = self._after == "move"
        self._faults.at(Place.BEFORE_MOVE if moving else Place.BEFORE_FLAG)
        self._perhaps_broken()
        if moving:
            self._move(uids)
        self._folder.marked |= {(self._folder.uidvalidity, uid) for uid in uids}
        self._faults.at(Place.AFTER_MOVE if moving else Place.AFTER_FLAG)

    def _move(self, uids: Sequence[int]) -> None:
        """Copy and expunge, as for a server without MOVE (RFC 6851)."""
        going = [uid for uid in uids if uid in self._folder.mails]
        self._folder.moved += [self._folder.mails[uid][1] for uid in going]
        self._faults.at(Place.MID_MOVE)
        for uid in going:
            del self._folder.mails[uid]

    def wait(self, _seconds: float) -> bool:
        self.idle()
        return False

    def wake(self) -> None:
        """Nobody waits here."""

    def close(self) -> None:
        """A line has nothing to close."""

    def _perhaps_broken(self) -> None:
        if self._chance.random() < self._trouble:
            kind = self._chance.choice(("network", "refused", "auth"))
            raise ImapTroubleError("The connection broke.", kind)  # type: ignore[arg-type]  # one of its kinds


@dataclass(frozen=True)
class Letter:
    """A letter as it lies in its reader's mailbox."""

    message_id: str
    reply_to: str
    subject: str
    recipient: str
    raw: bytes = field(repr=False)


@dataclass
class Sink:
    """Everything that was delivered to anybody."""

    letters: list[Letter] = field(default_factory=list)
    copies: Counter[tuple[str, str]] = field(default_factory=Counter)  # (recipient, Message-ID)
    bytes_of: dict[str, bytes] = field(default_factory=dict)
    inboxes: dict[str, list[Letter]] = field(default_factory=dict)

    def take(self, recipient: str, raw: bytes) -> None:
        head = BytesHeaderParser().parsebytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        message_id = str(head["Message-ID"]).strip()
        reply_to = str(head["Reply-To"] or head["From"]).rpartition("<")[2].strip("> ")
        letter = Letter(message_id, reply_to, str(head["Subject"]), recipient.lower(), raw)
        same = self.bytes_of.setdefault(message_id, raw)
        assert same == raw, f"two letters, or two recipients, under the Message-ID {message_id}"
        self.letters.append(letter)
        self.copies[letter.recipient, message_id] += 1
        self.inboxes.setdefault(letter.recipient, []).append(letter)


class Post:
    """The courier of every mailbox: obeys the dice, or is good when `trouble` is 0."""

    def __init__(self, sink: Sink, faults: Faults, chance: random.Random) -> None:
        self._sink = sink
        self._faults = faults
        self._chance = chance
        self.trouble = 0.12

    async def close(self) -> None:
        """There is no line to close."""

    def end_for(self, _recipient: str, *, bad: bool) -> str:
        """Return what becomes of a letter."""
        return self._chance.choice(_ENDS) if bad else "sent"

    async def deliver(  # noqa: C901 - one case for each way to fail
        self, sender: str, recipient: str, raw: bytes, passage: Passage
    ) -> Verdict:
        """Deliver, refuse or break, before the data, in it or after it."""
        chance = self._chance
        bad = chance.random() < self.trouble
        await asyncio.sleep(
            chance.choices((0, 0.3, 2, 50, 200), (60, 20, 10, 3, 1))[0] if bad else 0
        )
        end = self.end_for(recipient, bad=bad)
        at = self._faults.at
        at(Place.SMTP_CONNECT)
        match end:
            case "refused":
                return Refused("454 4.7.0 not now", chance.choice(("auth", "network", "limit")))
            case "no line":
                raise ConnectionError("before the data")
            case "killed before":
                raise self._faults.kill()
        for place in (Place.SMTP_MAIL, Place.SMTP_RCPT, Place.SMTP_DATA, Place.SMTP_BODY):
            at(place)
        await passage.enter()
        await asyncio.sleep(chance.choices((0, 0.2, 130), (40, 20, 1))[0] if bad else 0)
        match end:
            case "deferred":
                return Deferred("451 4.2.0 later", chance.choice((None, timedelta(minutes=1))))
            case "bounced":
                return Bounced("550 5.1.1 unknown")
            case "lost":
                return Uncertain("the line broke after the final dot")
            case "broken":
                raise ConnectionError("in the data")
            case "killed in":
                raise self._faults.kill()
        self._sink.take(recipient, raw)
        at(Place.SMTP_DOT)
        match end:
            case "taken":
                return Uncertain("the line broke after the final dot")
            case "broken after":
                raise ConnectionError("after the final dot")
            case "killed after":
                raise self._faults.kill()
        at(Place.SMTP_ACCEPTED)
        return Sent("250 2.0.0 taken")


_ENDS = (
    *("sent",) * 3,
    *("deferred",) * 5,
    *("bounced",) * 3,
    *("refused",) * 2,
    "lost", "taken", "no line", "broken", "broken after",
    "killed before", "killed in", "killed after",
)  # fmt: skip
