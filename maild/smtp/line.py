"""The line to a submission server once it is open: what is sent, and the replies in their order.

Several commands may leave together (RFC 2920), and a server may speak or hang up in the middle of
a letter: replies are kept until somebody asks for them.
"""

import asyncio
from collections import deque

from maild.smtp.verdict import Reply

LOST = "the connection was lost"
SILENT = "the server did not answer in time"
UNREADABLE = "the server's reply could not be read"

_LONGEST = 65_536  # bytes of one reply; RFC 5321 4.5.3.1.5 allows 512 a line
_GLANCE = 0.01  # seconds between looks at how much of a letter has left
_FAREWELL = 0.5  # seconds for the goodbye of TLS


class LineError(Exception):
    """The dialogue broke off. Carries why, in words of ours."""


class Line(asyncio.Protocol):
    """Replies are those to what was sent: whatever a server says unasked is dropped."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """Take a line over from whoever opened it."""
        self._transport = transport
        self._buffer = bytearray()
        self._lines: list[str] = []  # of a reply that is not complete
        self._replies: deque[Reply] = deque()
        self._due = 0  # replies to what was sent that have not come
        self._broken = ""  # why nothing further comes
        self._loop = asyncio.get_running_loop()
        self._news: asyncio.Future[None] | None = None
        self._until = 0.0  # the loop's time at which the wait for news ends
        self._alarm: asyncio.TimerHandle | None = None  # then or earlier
        self._gone: asyncio.Future[None] = self._loop.create_future()
        transport.set_protocol(self)

    @property
    def open(self) -> bool:
        """Whether the line still stands, as far as this side knows."""
        return not (self._broken or self._transport.is_closing())

    @property
    def has_news(self) -> bool:
        """Whether the server has spoken, or the line is at its end."""
        return bool(self._replies or self._broken)

    def send(self, data: bytes, replies: int = 1) -> None:
        """Send; the server will say so many things about it. Raises LineError."""
        if not self.open:
            raise LineError(self._broken or LOST)
        self._due += replies
        self._transport.write(data)

    async def left(self, seconds: float) -> None:
        """Wait until all that was sent has left, or there is news. Raises LineError."""
        if not self._transport.get_write_buffer_size():
            return
        try:
            async with asyncio.timeout(seconds):
                while self._transport.get_write_buffer_size() and not self.has_news:
                    await asyncio.sleep(_GLANCE)
        except TimeoutError:
            raise LineError(SILENT) from None

    async def reply(self, seconds: float) -> Reply:
        """Return the next reply. Raises LineError when none comes in time or ever."""
        if not self.has_news:
            self._news = self._loop.create_future()
            self._until = self._loop.time() + seconds
            if self._alarm is None or self._alarm.when() > self._until:
                self._set_alarm()
            await self._news
        if self._replies:
            return self._replies.popleft()
        raise LineError(self._broken)

    def _set_alarm(self) -> None:
        """Have one alarm for many waits: an alarm for each would be a tenth of their cost."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._until, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._news is None or self._news.done():
            return
        if self._loop.time() < self._until:
            self._set_alarm()
        else:
            self._news.set_exception(LineError(SILENT))

    def close(self) -> None:
        """Drop the line at once."""
        self._transport.close()
        self._end(LOST)

    async def closed(self) -> None:
        """Wait for the end of a line that was closed.

        TLS says goodbye, which takes the loop several turns, and a loop that ends before leaves the
        socket open. A server that takes its time over goodbye is left without one.
        """
        await asyncio.wait([self._gone], timeout=_FAREWELL)
        if not self._gone.done():
            self._transport.abort()
            await asyncio.wait([self._gone], timeout=_FAREWELL)

    # What asyncio calls

    def data_received(self, data: bytes) -> None:
        """Take what has come; a reply is complete with a line that announces no further one."""
        if self._broken:
            return
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            self._take(bytes(self._buffer[:end]))
            del self._buffer[: end + 1]
        if len(self._buffer) + sum(map(len, self._lines)) > _LONGEST:
            self._unreadable()

    def _take(self, line: bytes) -> None:
        code, separator = line[:3], line[3:4]
        if not code.isdigit() or len(code) != 3 or separator.strip() not in {b"", b"-"}:
            self._unreadable()
            return
        self._lines.append(line[4:].strip().decode("utf-8", "surrogateescape"))
        if separator == b"-":
            return
        if self._due:
            self._due -= 1
            self._replies.append(Reply(int(code), "\n".join(self._lines)))
            self._tell()
        self._lines.clear()

    def _unreadable(self) -> None:
        self._buffer.clear()
        self._lines.clear()
        self._transport.close()
        self._end(UNREADABLE)

    def eof_received(self) -> None:
        """Take note that nothing further comes; asyncio closes the line then."""
        self._end(LOST)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        """Take note of the end."""
        self._end(LOST)
        if not self._gone.done():
            self._gone.set_result(None)

    def _end(self, why: str) -> None:
        self._broken = self._broken or why
        if self._alarm is not None:
            self._alarm.cancel()
        self._tell()

    def _tell(self) -> None:
        if self._news is not None and not self._news.done():
            self._news.set_result(None)
