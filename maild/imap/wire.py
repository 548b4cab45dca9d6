"""The line to the server: its limits, its encryption, and the guard on all that is sent.

imaplib reads whatever length a server announces, waits without end for a slow one, and imapclient
sends a CR LF inside an argument as it comes; the three methods imaplib names as overridable
(`read`, `readline`, `send`) are where that ends.
"""

import contextlib
import imaplib
import ipaddress
import logging
import re
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imapclient import IMAPClient
from imapclient.exceptions import LoginError

from maild.desk import Server
from maild.imap.answers import read
from maild.imap.trouble import ImapTroubleError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
NEWS = re.compile(rb"\* \d+ (EXISTS|RECENT)", re.IGNORECASE)  # RFC 3501 7.3
CHUNK = 65_536  # bytes asked of the socket at once

# Its warnings quote what servers say; what matters reaches people as ImapTroubleError.
logging.getLogger("imapclient").propagate = False
logging.getLogger("imapclient").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mailbox waits for (seconds) and takes (bytes) at most."""

    connect: float = 15
    read: float = 60  # silence within an answer
    command: float = 180  # a whole answer, so that a byte a second does not hold a mailbox
    idle: float = 240  # IDLE is renewed; servers and NAT gateways drop it after 10 to 30 minutes
    line: int = 1_000_000  # SEARCH answers of a full window are about half of it
    largest: int = 35 * 1024 * 1024  # a mail above this is taken by its headers alone
    small: int = 1024 * 1024  # a mail above this is fetched in parts of this size
    group: int = 4 * 1024 * 1024  # mails fetched with one command
    batch: int = 32 * 1024 * 1024  # mails of one batch in memory
    headers: int = 256 * 1024


def trust(server: Server) -> ssl.SSLContext:
    """Return the context that verifies the server's certificate and name (RFC 8314 5.1)."""
    context = ssl.create_default_context(cafile=server.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class Wire(imaplib.IMAP4):
    """imaplib's connection with a deadline and a byte budget for every command."""

    def __init__(self, server: Server, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self._buffer = bytearray()
        self._idle = b""  # the tag of a running IDLE
        self.allow(limits.line)
        super().__init__(server.host, server.port)

    def allow(self, octets: int, seconds: float | None = None) -> None:
        """Begin a command: its answer may have that many bytes beyond a few lines' worth.

        seconds: for the whole answer; `limits.command` unless told.
        """
        self._budget = octets + 4 * self._limits.line
        self._deadline = time.monotonic() + (seconds or self._limits.command)

    def _create_socket(self, timeout: float | None) -> socket.socket:  # noqa: ARG002 - theirs
        address = (self._server.host, self._server.port)
        line = socket.create_connection(address, self._limits.connect)
        try:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._server.security == "tls":
                return trust(self._server).wrap_socket(line, server_hostname=self._server.host)
            if self._server.security == "plain":
                _require_loopback(line)
        except BaseException:
            line.close()
            raise
        return line

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> Any:
        """Encrypt the line. Answers that came before the handshake are an attack (RFC 3501 6.2.1).

        imaplib would take them, after encryption, for the server's own.
        """
        kind, data = self._simple_command("STARTTLS")
        if kind != "OK":
            raise ImapTroubleError("The server refused STARTTLS.", "tls")
        if self._buffer:
            raise ImapTroubleError("Somebody spoke between STARTTLS and encryption.", "tls")
        self.sock.settimeout(self._limits.connect)
        context = ssl_context or trust(self._server)
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self._tls_established = True
        return kind, data

    def log_in(self, user: str, password: str) -> None:
        """Log in; raises LoginError only when the server says no.

        imapclient's login() calls a line that breaks meanwhile a wrong password.
        """
        try:
            if (user + password).isascii():
                self.login(self._quote(user), password)  # imaplib quotes the password alone
            else:  # LOGIN carries ASCII only; SASL PLAIN is UTF-8 (RFC 4616)
                self.authenticate("PLAIN", lambda _: f"\0{user}\0{password}".encode())
        except self.abort:
            raise
        except self.error as refused:
            said = refused.args[0]
            text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
            raise LoginError(text) from None

    def read(self, size: int) -> bytes:
        """Read a literal of `size` bytes; a size beyond the budget is never waited for."""
        if size > self._budget:
            raise ImapTroubleError(f"The server announced {size} bytes in one answer.", "protocol")
        while len(self._buffer) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """Read one line, with its line end; b"" at the end of the stream."""
        seen = 0
        while (end := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > self._limits.line:
                raise ImapTroubleError(
                    f"The server sent a line of more than {self._limits.line} bytes.", "protocol"
                )
            try:
                self._receive()
            except EOFError:
                return self._take(seen)
        return self._take(end + 1)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        self._budget -= size
        if self._budget < 0:
            raise ImapTroubleError("The server sent far more than it was asked for.", "protocol")
        return taken

    def _receive(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        self.sock.settimeout(min(left, self._limits.read))
        received = self.sock.recv(CHUNK)
        if not received:
            raise EOFError("the server closed the connection")
        self._buffer += received

    def send(self, data: "ReadableBuffer") -> None:
        """Send one command or a piece of one, never two.

        imapclient passes CR LF in a folder name or a search key on as it comes, which would be
        a second command of a stranger's choosing.
        """
        if CONTROL.search(bytes(data).removesuffix(b"\r\n")):
            raise ImapTroubleError("A control character was about to be sent.", "refused")
        self.sock.settimeout(self._limits.read)
        super().send(data)

    def begin_idle(self) -> bool:
        """Begin IDLE (RFC 2177); True when the server announced mail before it agreed.

        Raises IMAP4.error when it does not agree.
        """
        self._idle = self._command("IDLE")
        news = False
        while (line := self._get_response()) is not None:
            self._check_bye()
            if self.tagged_commands[self._idle] is not None:
                raise self.error("IDLE failed: the server offers it and refuses it")
            news = news or bool(NEWS.match(line))
        return news

    def end_idle(self) -> bool:
        """End IDLE; True when the server announced mail meanwhile.

        Reads up to the tagged answer, so that a dead line is an error. imapclient's idle_check()
        returns an empty list at the end of the stream, at once and for ever.
        """
        self.send(b"DONE\r\n")
        news = False
        while self.tagged_commands[self._idle] is None:
            line = self._get_response()
            self._check_bye()
            news = news or bool(NEWS.match(line or b""))
        del self.tagged_commands[self._idle]
        return news

    @property
    def waiting(self) -> bool:
        """Tell whether bytes of the server are already on our side, where no select sees them."""
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return True
        return bool(self._buffer)

    def cut(self) -> None:
        """Break the line at once; a thread that is reading from it wakes with an error."""
        with contextlib.suppress(OSError):
            # Not SSLSocket.shutdown, which would drop the encryption under the reading thread.
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _require_loopback(line: socket.socket) -> None:
    """Refuse a plain connection by where it leads, not by what the host is called."""
    host = line.getpeername()[0]
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_loopback:
        raise ImapTroubleError(
            f"{host} is not this machine: a mailbox elsewhere needs security tls or starttls.",
            "tls",
        )


class Client(IMAPClient):  # type: ignore[misc]  # imapclient carries no types
    """imapclient on a Wire."""

    def __init__(self, server: Server, limits: Limits) -> None:
        self.wire: Wire
        self._server = server
        self._limits = limits
        super().__init__(server.host, server.port, ssl=server.security == "tls")
        # imapclient sets 5, which formats every literal for a log nobody reads: 4 times slower.
        self._imap.debug = 0

    def _create_IMAP4(self) -> Wire:  # noqa: N802  # imapclient's name
        self.wire = Wire(self._server, self._limits)
        return self.wire

    def _set_read_timeout(self) -> None:
        """Leave the socket alone: the Wire sets the time limit of every read."""

    def ask(self, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Any]]:
        """FETCH these items of these mails; return what was said of them, by UID.

        Raises IMAP4.error when the server refuses, ProtocolError when it talks nonsense.
        """
        kind, said = self.wire.uid("FETCH", ",".join(map(str, uids)), f"({' '.join(items)})")
        self._checkok("fetch", kind, said)
        found = read(said)
        return {uid: found[uid] for uid in uids if uid in found}

    def ask_capabilities(self) -> frozenset[str]:
        """Ask anew what the server can do: after STARTTLS and LOGIN earlier answers are void."""
        self._imap.untagged_responses.pop("CAPABILITY", None)
        self._cached_capabilities = self._do_capabilites()
        return frozenset(each.decode("ascii", "replace") for each in self._cached_capabilities)
