"""One connection to one folder, used by one thread: new bytes in, flags and moves out."""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from maild.desk import MailboxSettings
from maild.imap.fetching import KEYWORD, Fetched, fetch, find, highest
from maild.imap.trouble import ImapTroubleError, explained
from maild.imap.wire import Client, Limits, trust

COMMAND_UIDS = 500  # per command; Dovecot says BAD to lines of more than 8 to 64 KB


@dataclass(frozen=True, slots=True)
class FolderState:
    """What SELECT said: UIDs mean something only together with this UIDVALIDITY."""

    uidvalidity: int
    uidnext: int
    exists: int


class Mailbox:
    """A mailbox from connect() to close(). Only wake() and cut() may come from another thread.

    Every method raises ImapTroubleError and nothing else. After any kind but "refused" the
    connection is dead: close() it and make another Mailbox.
    """

    def __init__(self, account: MailboxSettings, limits: Limits | None = None) -> None:
        self._account = account
        self._limits = limits or Limits()
        self._client: Client | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._keywords = False
        self._state = FolderState(0, 0, 0)
        self._bell, self._ear = socket.socketpair()
        self._bell.setblocking(False)
        self._ear.setblocking(False)

    # Connection

    def connect(self) -> None:
        """Reach the server, encrypt, log in. Verifies certificate and host name."""
        server = self._account.imap
        user, password = server.user or "", server.password.text if server.password else ""
        with _plainly(f"connect to {server.host}"):
            self._client = client = Client(server, self._limits)
            self._encrypt(client)
        with _plainly("log in", secret=password):
            client.wire.allow(0)
            if client.has_capability("LOGINDISABLED"):  # RFC 3501 6.2.3 forbids to try
                raise ImapTroubleError(
                    "The server takes no password (LOGINDISABLED), and maild knows no other login.",
                    "auth",
                )
            client.wire.log_in(user, password)
            self._capabilities = client.ask_capabilities()

    def _encrypt(self, client: Client) -> None:
        if client.wire.state != "NONAUTH":
            # Whoever is logged in before STARTTLS is somebody's man in the middle.
            raise ImapTroubleError("The server greets as if already logged in.", "tls")
        if self._account.imap.security == "starttls":
            if not client.has_capability("STARTTLS"):
                raise ImapTroubleError("The server does not offer STARTTLS.", "tls")
            client.starttls(trust(self._account.imap))

    def select(self) -> FolderState:
        """Open the folder, or open it again to see it as it is now."""
        with self._speaking(f"open {self._account.folder}") as client:
            answer = client.select_folder(
                self._account.folder, readonly=self._account.after == "leave"
            )
            if b"UIDVALIDITY" not in answer:
                raise ImapTroubleError("The server gives no UIDVALIDITY (RFC 3501).", "protocol")
            exists, uidvalidity = answer.get(b"EXISTS", 0), answer[b"UIDVALIDITY"]
            permanent = {flag.lower() for flag in answer.get(b"PERMANENTFLAGS", ())}
            self._keywords = bool(permanent & {rb"\*", KEYWORD.lower()})
            uidnext = answer.get(b"UIDNEXT") or highest(client) + 1
            self._state = FolderState(uidvalidity, uidnext, exists)
            return self._state

    def close(self) -> None:
        """Log out if the line still works, and let go of everything. Never raises."""
        if self._client is not None:
            client, self._client = self._client, None
            with contextlib.suppress(Exception):
                client.wire.allow(0, seconds=2)
                client.logout()
            with contextlib.suppress(Exception):
                client.shutdown()
        self._bell.close()
        self._ear.close()

    def wake(self) -> None:
        """End wait() at once. May be called from another thread, at any time."""
        with contextlib.suppress(OSError):
            self._bell.send(b"!")

    def cut(self) -> None:
        """Break the line, whatever it is doing. May be called from another thread."""
        if (client := self._client) is not None:
            client.wire.cut()

    # New mail

    def new(self, after_uid: int, limit: int = 50, *, bodies: bool = True) -> list[Fetched]:
        """Return the oldest mails above that UID, whatever their flags, in UID order.

        limit: how many at most; fewer when they are large. Empty only when there is none.
        bodies: False takes the headers alone, for a mail whose body cannot be had.
        """
        with self._speaking("look for new mail") as client:
            while uids := find(client, after_uid, limit, self._state.exists):
                mails = fetch(client, uids, self._limits, bodies=bodies)
                self._check_renumbered(client)
                if mails:
                    return mails
                after_uid = uids[-1]  # all of them were expunged under our hands
            self._check_renumbered(client)
            return []

    def _check_renumbered(self, client: Client) -> None:
        said = client.wire.untagged_responses.get("UIDVALIDITY")
        if said and said[-1] != str(self._state.uidvalidity).encode():
            # No incident by itself: whoever connects again sees the new number, and says so.
            raise ImapTroubleError("The server gave the folder's mails new numbers.", "network")
        # imaplib keeps every untagged answer it was not asked for until the next SELECT.
        client.wire.untagged_responses.clear()

    # What happens to a processed mail

    def unmarked(self, uids: Sequence[int]) -> list[int]:
        """Return those of `uids` that lie there as if done() had never been called for them.

        Where the server keeps no keywords, somebody may also have marked them as unread again.
        """
        criteria = {"flag": ["UNKEYWORD", KEYWORD] if self._keywords else ["UNSEEN"], "move": []}
        if not uids or self._account.after not in criteria:
            return []
        with self._speaking("look for mails that are not marked") as client:
            among = ",".join(str(uid) for uid in uids)
            found = client.search(["UID", among, *criteria[self._account.after]])
            return sorted(set(found) & set(uids))

    def done(self, uids: Sequence[int]) -> None:
        """Flag or move these mails as the account says; a mail that is gone is no failure."""
        for start in range(0, len(uids), COMMAND_UIDS):
            some = list(uids[start : start + COMMAND_UIDS])
            if self._account.after == "flag":
                with self._speaking("mark mails") as client:
                    flags = [rb"\Seen", *([KEYWORD] if self._keywords else [])]
                    client.add_flags(some, flags, silent=True)
            elif self._account.after == "move":
                self._move(some, self._account.move_to or "")

    def _move(self, uids: list[int], folder: str) -> None:
        try:
            self._carry(uids, folder)
        except ImapTroubleError as trouble:
            if trouble.kind != "refused":
                raise
            with self._speaking(f"look for {folder}") as client:
                exists = client.folder_exists(folder)
            if exists:
                raise
            with self._speaking(f"create {folder}") as client:
                client.create_folder(folder)
            self._carry(uids, folder)

    def _carry(self, uids: list[int], folder: str) -> None:
        with self._speaking(f"move mails to {folder}") as client:
            if "MOVE" in self._capabilities:  # RFC 6851
                client.move(uids, folder)
                return
            client.copy(uids, folder)
            client.add_flags(uids, [rb"\Deleted"], silent=True)
            if "UIDPLUS" in self._capabilities:
                client.uid_expunge(uids)
            # Without UIDPLUS they stay, marked: EXPUNGE would take other people's mails along.

    # Waiting

    def wait(self, seconds: float) -> bool:
        """Wait for new mail at most that long; True when the server or wake() spoke up.

        False means only that nothing was said: there are servers whose IDLE is silent, so look
        (new()) either way.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if "IDLE" not in self._capabilities:
                return any(self._listen(left))
            if self._idle(min(left, self._limits.idle)):
                return True
        return False

    def _idle(self, seconds: float) -> bool:
        """Idle once; True when wake() was called or the server announced mail."""
        try:
            with self._speaking("start IDLE") as client:
                before = client.wire.begin_idle()
        except ImapTroubleError as trouble:
            if trouble.kind != "refused":
                raise
            self._capabilities -= {"IDLE"}  # offered and then refused: poll
            return False
        woken, _ = self._listen(0 if before else seconds)
        with self._speaking("end IDLE") as client:
            return client.wire.end_idle() or before or woken

    def _listen(self, seconds: float) -> tuple[bool, bool]:
        """Block until something happens or the time is up: was it wake(), was it the server?"""
        client = self._connected()
        with self._speaking("listen"), selectors.DefaultSelector() as both:
            both.register(client.wire.sock, selectors.EVENT_READ)
            both.register(self._ear, selectors.EVENT_READ)
            ready = {key.fileobj for key, _ in both.select(0 if client.wire.waiting else seconds)}
            if self._ear in ready:
                self._ear.recv(4096)
            return self._ear in ready, client.wire.sock in ready or client.wire.waiting

    def _connected(self) -> Client:
        if self._client is None:
            raise ImapTroubleError("The mailbox is not connected.", "network")
        return self._client

    @contextlib.contextmanager
    def _speaking(self, doing: str) -> Iterator[Client]:
        """Give a command its time and bytes, and its failure one sentence."""
        client = self._connected()
        client.wire.allow(0)
        with _plainly(doing):
            yield client


@contextlib.contextmanager
def _plainly(doing: str, secret: str = "") -> Iterator[None]:
    """Turn whatever a library raises into one sentence; the cause, which may quote, is dropped."""
    try:
        yield
    except Exception as error:
        raise explained(error, doing, secret) from None
