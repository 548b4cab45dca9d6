"""The courier of one mailbox: letters to its submission server over a few kept connections."""

import asyncio
import ssl
from dataclasses import replace

from maild.desk import Server
from maild.mail.postal import is_address, to_ascii
from maild.smtp.connection import Connection, Patience, TroubleError
from maild.smtp.line import LOST
from maild.smtp.transaction import EnteringData, Envelope, StaleError, transact
from maild.smtp.verdict import Bounced, Deferred, Refused, Uncertain, Verdict


async def nothing_to_record() -> None:
    """For callers that keep no record of the phase."""


class _Phase:
    """Remembers whether the final dot may have been sent: "before", "entered" or "failed"."""

    def __init__(self, entering_data: EnteringData) -> None:
        self._entering_data = entering_data
        self.state = "before"

    async def __call__(self) -> None:
        self.state = "failed"
        await self._entering_data()
        self.state = "entered"


class Courier:
    """Delivers letters one recipient at a time. Belongs to one event loop."""

    def __init__(
        self,
        server: Server,
        address: str,
        *,
        connections: int = 4,
        patience: Patience | None = None,
    ) -> None:
        """Prepare; nothing is connected yet.

        address: the mailbox's own; its domain is our name in EHLO, and it is the envelope sender
        of a letter whose null reverse-path the server refuses.
        """
        self._server = server
        self._address = address
        self._patience = patience or Patience()
        self._turns = asyncio.Semaphore(connections)
        self._idle: list[Connection] = []
        self._context: ssl.SSLContext | None = None
        self._closed = False
        self._opening = asyncio.Lock()
        self._trouble: Refused | None = None  # the last one
        self._troubles = 0

    async def deliver(
        self,
        sender: str,
        recipient: str,
        raw: bytes,
        entering_data: EnteringData = nothing_to_record,
    ) -> Verdict:
        """Deliver `raw` (CRLF) to one recipient and say what became of it.

        `entering_data` is awaited just before the final dot; what it raises passes through, and
        the letter is then not sent. sender: "" is the null reverse-path (RFC 5321 4.5.5).
        """
        recipient = to_ascii(recipient) or recipient
        sender = to_ascii(sender) or sender
        if not is_address(recipient):
            return Bounced("This is not an address that can be written to.")
        if sender and not is_address(sender):
            return Bounced("The envelope sender of this letter is not a valid address.")
        utf8 = not (recipient.isascii() and sender.isascii() and raw.isascii())
        envelope = Envelope(sender, recipient, utf8)
        phase = _Phase(entering_data)
        known = self._troubles
        async with self._turns:
            try:
                return await self._deliver(envelope, raw, phase, known)
            except Exception as error:
                if phase.state == "failed":
                    raise
                what = f"maild could not go on: {type(error).__name__}"
                return Uncertain(what) if phase.state == "entered" else Deferred(what)

    async def _deliver(
        self, envelope: Envelope, raw: bytes, entering_data: EnteringData, known: int
    ) -> Verdict:
        try:
            connection = await self._connection(known)
            try:
                verdict = await self._send(connection, envelope, raw, entering_data)
            except StaleError:
                connection = await self._open(known)
                verdict = await self._send(connection, envelope, raw, entering_data)
        except TroubleError as trouble:
            return trouble.refused
        except StaleError:
            return Deferred(LOST)
        self._keep(connection)
        return verdict

    async def _send(
        self,
        connection: Connection,
        envelope: Envelope,
        raw: bytes,
        entering_data: EnteringData,
    ) -> Verdict:
        """Send; under the mailbox's address where the server refuses the null sender."""
        if envelope.sender != "":
            return await transact(connection, envelope, raw, entering_data)
        if not connection.null_sender_refused:
            verdict = await transact(connection, envelope, raw, entering_data)
            if not connection.null_sender_refused or not connection.alive:
                return verdict
        own = replace(envelope, sender=to_ascii(self._address) or self._address)
        return await transact(connection, own, raw, entering_data)

    async def _connection(self, known: int) -> Connection:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.alive and now - connection.used_at < self._patience.idle:
                return connection
            await connection.quit()
        return await self._open(known)

    async def _open(self, known: int) -> Connection:
        """Open a connection, one at a time.

        What went wrong since a letter came (`known` troubles were before) is its answer too: a
        password refused once need not be tried for every letter that waits, which locks accounts.
        """
        async with self._opening:
            if self._trouble is not None and self._troubles != known:
                raise TroubleError(self._trouble)
            try:
                return await self._opened()
            except TroubleError as trouble:
                self._trouble = trouble.refused
                self._troubles += 1
                raise

    async def _opened(self) -> Connection:
        name = (to_ascii(self._address) or self._address).rpartition("@")[2]
        connection = Connection(
            self._server, name if name.isascii() and name else "localhost", self._patience
        )
        await connection.open(self._trust())
        return connection

    def _trust(self) -> ssl.SSLContext:
        """Return the context that verifies certificate and name, TLS 1.2 or later (RFC 8314)."""
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._server.ca_file)
            except (OSError, ValueError):
                raise TroubleError(
                    Refused("The ca_file of this server cannot be read.", "tls")
                ) from None
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context

    def _keep(self, connection: Connection) -> None:
        fresh = connection.letters < self._patience.letters
        if connection.alive and fresh and not self._closed:
            connection.used_at = asyncio.get_running_loop().time()
            self._idle.append(connection)
        else:
            connection.close()

    async def close(self) -> None:
        """Keep no connection any more; letters under way are finished on theirs."""
        self._closed = True
        while self._idle:
            await self._idle.pop().quit()
