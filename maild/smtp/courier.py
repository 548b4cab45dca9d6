"""The courier of one mailbox: letters to its submission server over a few kept connections."""

import asyncio
import ssl
from dataclasses import replace

from maild.desk import Server
from maild.mail.postal import is_address, to_ascii
from maild.smtp.connection import Connection, Patience, TroubleError
from maild.smtp.envelope import Envelope
from maild.smtp.line import LOST
from maild.smtp.passage import Passage
from maild.smtp.places import Place, Places
from maild.smtp.transaction import StaleError, transact
from maild.smtp.verdict import Bounced, Deferred, Refused, Uncertain, Verdict


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
        self._places = Places(connections, self._patience)
        self._context: ssl.SSLContext | None = None
        self._opening = asyncio.Lock()
        self._trouble: Refused | None = None  # the last one
        self._troubles = 0

    async def deliver(
        self,
        sender: str,
        recipient: str,
        raw: bytes,
        passage: Passage | None = None,
    ) -> Verdict:
        """Deliver `raw` (CRLF) to one recipient and say what became of it.

        `passage` is entered just before the final dot; what that raises passes through, and the
        letter is then not sent. sender: "" is the null reverse-path (RFC 5321 4.5.5).
        """
        recipient = to_ascii(recipient) or recipient
        sender = to_ascii(sender) or sender
        if not is_address(recipient):
            return Bounced("This is not an address that can be written to.")
        if sender and not is_address(sender):
            return Bounced("The envelope sender of this letter is not a valid address.")
        utf8 = not (recipient.isascii() and sender.isascii() and raw.isascii())
        envelope = Envelope(sender, recipient, len(raw), utf8)
        passage = passage or Passage()
        known = self._troubles
        place = await self._places.take(envelope, passage)
        try:
            return await self._deliver(place, envelope, raw, passage, known)
        except Exception as error:
            if passage.failed:
                raise
            what = f"maild could not go on: {type(error).__name__}"
            return Uncertain(what) if passage.entered else Deferred(what)
        finally:
            self._places.leave(place)

    async def _deliver(
        self, place: Place, envelope: Envelope, raw: bytes, passage: Passage, known: int
    ) -> Verdict:
        try:
            connection = await self._kept(place) or await self._open(place, known)
            try:
                return await self._send(place, connection, envelope, raw, passage)
            except StaleError as stale:
                if stale.unheard:
                    self._places.together = False
                connection = await self._open(place, known)
                return await self._send(place, connection, envelope, raw, passage)
        except TroubleError as trouble:
            return trouble.refused
        except StaleError:
            return Deferred(LOST)

    async def _send(
        self,
        place: Place,
        connection: Connection,
        envelope: Envelope,
        raw: bytes,
        passage: Passage,
    ) -> Verdict:
        """Send; under the mailbox's address where the server refuses the null sender."""

        def following() -> Envelope | None:
            return self._places.following(place)

        if envelope.sender != "":
            return await transact(connection, envelope, raw, passage, following)
        if not connection.null_sender_refused:
            verdict = await transact(connection, envelope, raw, passage, following)
            if not connection.null_sender_refused or not connection.alive:
                return verdict
        own = replace(envelope, sender=to_ascii(self._address) or self._address)
        return await transact(connection, own, raw, passage, following)

    async def _kept(self, place: Place) -> Connection | None:
        """Return the line of a place that may be used again; one that was idle for long is not."""
        connection = place.connection
        if connection is None or not connection.alive:
            return None
        now = asyncio.get_running_loop().time()
        if now - connection.used_at < self._patience.idle:
            return connection
        await connection.quit()
        return None

    async def _open(self, place: Place, known: int) -> Connection:
        """Open a connection, one at a time.

        What went wrong since a letter came (`known` troubles were before) is its answer too: a
        password refused once need not be tried for every letter that waits, which locks accounts.
        """
        async with self._opening:
            if self._trouble is not None and self._troubles != known:
                raise TroubleError(self._trouble)
            try:
                place.connection = await self._opened()
            except TroubleError as trouble:
                self._trouble = trouble.refused
                self._troubles += 1
                raise
            return place.connection

    async def _opened(self) -> Connection:
        name = (to_ascii(self._address) or self._address).rpartition("@")[2]
        connection = Connection(
            self._server, name if name.isascii() and name else "localhost", self._patience
        )
        await connection.open(self._trust())
        return connection

    def _trust(self) -> ssl.SSLContext | None:
        """Return the context that verifies certificate and name, TLS 1.2 or later (RFC 8314).

        None where nothing is encrypted: to read all authorities of a machine takes a while.
        """
        if self._context is None and self._server.security != "plain":
            try:
                self._context = ssl.create_default_context(cafile=self._server.ca_file)
            except (OSError, ValueError):
                raise TroubleError(
                    Refused("The ca_file of this server cannot be read.", "tls")
                ) from None
            self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        return self._context

    async def close(self) -> None:
        """Keep no connection any more; letters under way are finished on theirs."""
        await self._places.close()
