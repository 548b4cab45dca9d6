"""A small mail server in this very process: pymap keeps the mailboxes, aiosmtpd takes the letters.

It is for the demonstration only: in memory, on loopback, any address of its users with the same
password. Mail to an address with a detail part ("student+token@…", RFC 5233) reaches the user.
"""

import asyncio
import socket
import threading
from argparse import Namespace
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import DictBackend, Identity
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
PASSWORD = "demo"  # noqa: S105 - everybody's, on loopback, for as long as the demonstration runs


class PostOffice:
    """The servers of the demonstration, running in a thread of their own."""

    def __init__(self, users: tuple[str, ...], clock: Callable[[], datetime]) -> None:
        """Serve `users` (addresses, also the login names); mail is received at `clock()`."""
        self._users = {u.lower() for u in users}
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="mail-server", daemon=True
        )
        self._stack = AsyncExitStack()
        self._backend: DictBackend | None = None
        self.imap_port = 0
        self.smtp_port = 0

    def start(self) -> None:
        """Start serving; the ports are known afterwards."""
        self._thread.start()
        self._call(self._serve())

    def stop(self) -> None:
        """Stop serving and end the thread."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Put a submitted letter into the mailbox of each recipient."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        unknown = [r for r in envelope.rcpt_tos if self._user(r) not in self._users]
        if unknown:
            return "550 5.1.1 there is no such mailbox here"
        for recipient in envelope.rcpt_tos:
            await self._deliver(self._user(recipient), raw)
        return "250 2.0.0 delivered"

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _serve(self) -> None:
        arguments = Namespace(
            host=HOST, port=0, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
            proxy_protocol=None, demo_data=False, demo_user="nobody", demo_password=PASSWORD,
        )  # fmt: skip
        # Cleartext: hashing a password costs half a second a login and protects nothing here.
        self._backend, config = await DictBackend.init(
            arguments, hash_context=Cleartext(), invalid_user_sleep=0.0
        )
        config.apply_context()
        for user in self._users:
            identity = Identity(user, self._backend.login, None, frozenset())
            await identity.set(UserMetadata(config, user, password=PASSWORD))
        imap = IMAPServer(self._backend.login, config)

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await imap(reader, writer, SocketInfoLocal(writer))

        listening = await asyncio.start_server(connected, HOST, 0)
        self.imap_port = listening.sockets[0].getsockname()[1]
        await self._stack.enter_async_context(listening)
        submission = await self._loop.create_server(
            lambda: SMTP(self, hostname="demo.example", loop=self._loop), HOST, 0
        )
        self.smtp_port = submission.sockets[0].getsockname()[1]
        await self._stack.enter_async_context(submission)

    async def _close(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.sleep(0.05)
        await self._stack.aclose()

    async def _deliver(self, user: str, raw: bytes) -> None:
        if self._backend is None:
            raise RuntimeError("the server has not been started")
        identity = Identity(user, self._backend.login, None, frozenset())
        async with identity.new_session() as session:
            await session.append_messages("INBOX", [AppendMessage(raw, self._clock(), frozenset())])

    @staticmethod
    def _user(address: str) -> str:
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}"
