"""A scripted SMTP sink: keeps what it takes, and fails at any point it is told to.

For faults only; what a server does in peace is proved against Postfix. A script maps a place to
what happens there:

    FakeSmtp({"RCPT": "450 4.2.0 greylisted"})        a reply instead of the usual one
    FakeSmtp({"DATA": Fault.DISCONNECT})              hang up
    FakeSmtp({"stored": Fault.HANG})                  say nothing any more
    FakeSmtp({"stored": 0.5})                         take so many seconds over the usual reply

Places: CONNECT, EHLO, STARTTLS, AUTH, MAIL, NULL (MAIL FROM:<>), RCPT, DATA, RSET, body:N (after N
bytes of body), dot (before the letter is kept), stored (after it is kept).
RCPT, dot and stored may name whom they concern: "RCPT:a@b.example" goes before RCPT.
A list is used up in order, one entry per visit; None in it means the usual reply. A function is
asked at every visit.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from types import TracebackType
from typing import Self


class Fault(Enum):
    """What a script can do besides replying."""

    DISCONNECT = auto()
    HANG = auto()


Action = str | Fault | float | None
Script = Mapping[str, Action | Sequence[Action] | Callable[[], Action]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One letter the sink has taken."""

    sender: str
    recipient: str
    raw: bytes


class _HangUpError(Exception):
    pass


@dataclass
class FakeSmtp:
    """An async context manager; `port` is known inside it."""

    script: Script = field(default_factory=dict)
    extensions: Sequence[str] = ("SIZE 50000000", "PIPELINING")
    context: ssl.SSLContext | None = None  # for STARTTLS, or from the start with implicit_tls
    implicit_tls: bool = False
    injected: bytes = b""  # sent in clear right behind the reply to STARTTLS
    deliveries: list[Delivery] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0  # a free one, unless it is given
    forgetful: bool = False  # whether it throws away what came together with a final dot
    forgotten: bytes = b""
    seven_bits: bool = False  # whether it drops the eighth of every byte, as RFC 5321 2.4 allows

    async def __aenter__(self) -> Self:
        self._visits: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        context = self.context if self.implicit_tls else None
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, ssl=context, limit=1_000_000
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    @property
    def recipients(self) -> list[str]:
        return [delivery.recipient for delivery in self.deliveries]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self._writers.add(writer)
        self.connections += 1
        try:
            await self._dialogue(reader, writer)
        except (_HangUpError, ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            pass
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort()
            self._tasks.discard(task)

    def _next(self, place: str) -> Action:
        action = self.script.get(place)
        if action is None or isinstance(action, str | Fault | float):
            return action
        if not isinstance(action, Sequence):
            return action()
        visit = self._visits.get(place, 0)
        self._visits[place] = visit + 1
        return action[visit] if visit < len(action) else None

    def _about(self, place: str, recipient: str) -> str:
        """Return the place of this recipient's own, where the script has one."""
        own = f"{place}:{recipient}"
        return own if own in self.script else place

    async def _act(self, writer: asyncio.StreamWriter, place: str, usual: str) -> str:
        """Do what the script says at this place; return the reply that was sent."""
        return await self._do(writer, self._next(place), usual)

    async def _do(self, writer: asyncio.StreamWriter, action: Action, usual: str) -> str:
        if action is Fault.DISCONNECT:
            raise _HangUpError
        if action is Fault.HANG:
            await asyncio.sleep(3600)
        if isinstance(action, float):
            await asyncio.sleep(action)
        reply = action if isinstance(action, str) else usual
        if reply:
            writer.write(reply.encode("utf-8", "surrogateescape") + b"\r\n")
            await writer.drain()
        return reply

    async def _dialogue(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._act(writer, "CONNECT", "220 sink.example ready")
        sender = recipient = ""
        taken = False
        while line := await reader.readline():
            words = line.decode("utf-8", "replace").rstrip("\r\n")
            self.commands.append(words)
            verb = words.partition(" ")[0].upper()
            if verb == "STARTTLS":
                await self._encrypt(writer)
            elif verb == "MAIL":
                sender = words[words.index("<") + 1 : words.index(">")]
                place = "NULL" if sender == "" and "NULL" in self.script else "MAIL"
                taken = (await self._act(writer, place, "250 2.1.0 fine")).startswith("2")
            elif verb == "RCPT":
                recipient = words[words.index("<") + 1 : words.index(">")]
                usual = "250 2.1.5 fine" if taken else "503 5.5.1 MAIL first"
                reply = await self._act(writer, self._about("RCPT", recipient), usual)
                taken = taken and reply.startswith("2")
            elif verb == "DATA":
                usual = "354 go on" if taken else "503 5.5.1 RCPT first"
                if (await self._act(writer, "DATA", usual)).startswith("354"):
                    raw = await self._body(reader, writer)
                    if self.forgetful:
                        await self._forget(reader)
                    await self._take(writer, Delivery(sender, recipient, raw))
            else:
                await self._act(writer, verb, self._usual(verb))
                if verb == "QUIT":
                    return

    def _usual(self, verb: str) -> str:
        if verb == "EHLO":
            lines = ["250-sink.example", *(f"250-{e}" for e in self.extensions)]
            return "\r\n".join([*lines[:-1], lines[-1].replace("-", " ", 1)])
        return {"AUTH": "235 2.7.0 welcome", "QUIT": "221 bye"}.get(verb, "250 fine")

    async def _encrypt(self, writer: asyncio.StreamWriter) -> None:
        if (await self._act(writer, "STARTTLS", "220 go ahead")).startswith("220"):
            writer.write(self.injected)
            assert self.context
            await writer.start_tls(self.context)

    async def _body(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        stops = sorted(int(p[5:]) for p in self.script if p.startswith("body:"))
        data = bytearray()
        while (line := await reader.readline()) != b".\r\n":
            if not line.endswith(b"\n"):
                raise _HangUpError
            data += line
            while stops and len(data) >= stops[0]:
                await self._act(writer, f"body:{stops.pop(0)}", "")
        if self.seven_bits:
            data = bytearray(byte & 0x7F for byte in data)
        lines = bytes(data).split(b"\r\n")
        return b"\r\n".join(line[1:] if line.startswith(b".") else line for line in lines)

    async def _forget(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(TimeoutError):
            self.forgotten += await asyncio.wait_for(reader.read(65_536), 0.05)

    async def _take(self, writer: asyncio.StreamWriter, delivery: Delivery) -> None:
        dot = self._next(self._about("dot", delivery.recipient))
        if dot is not None:
            await self._do(writer, dot, "")
            return
        self.deliveries.append(delivery)
        stored = self._about("stored", delivery.recipient)
        await self._act(writer, stored, "250 2.0.0 queued as 1")
