"""One kept connection to a submission server: opened, encrypted and authenticated, or not at all.

aiosmtplib opens it; whatever goes wrong comes out as a verdict in words of ours.
"""

import asyncio
import contextlib
import ipaddress
import ssl
from base64 import b64encode
from dataclasses import dataclass

import aiosmtplib

from maild.desk import Server
from maild.smtp.envelope import Envelope
from maild.smtp.line import LOST, SILENT, Line, LineError
from maild.smtp.verdict import Refused, Reply


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each phase may take, in seconds (RFC 5321 4.5.3.2), and how long a line is kept."""

    connect: float = 30
    command: float = 60
    upload: float = 60  # of the body, and more by its size
    speed: float = 50_000  # bytes per second that an upload is given time for
    dot: float = 600  # the reply to the final dot; Postfix too waits 600 s
    idle: float = 60  # an unused connection older than this is not used again
    letters: int = 50  # a connection carries so many


class TroubleError(Exception):
    """The account's server cannot be used now. Carries the verdict, never a secret."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reply)
        self.refused = refused


_GOODBYE = 2  # seconds


class Connection:
    """A submission session: opened, encrypted, authenticated, and used for many letters."""

    def __init__(self, server: Server, client_name: str, patience: Patience) -> None:
        self._server = server
        self.patience = patience
        self._client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=patience.command,
            use_tls=server.security == "tls",
            start_tls=False,  # never by chance: opened here where the configuration says so
            local_hostname=client_name,
        )
        self._line: Line | None = None  # once it is open
        self._hidden = _hidden(server)
        self.letters = 0  # begun on this line
        self.used_at = 0.0  # of the loop's clock
        self.null_sender_refused = False
        self.begun: Envelope | None = None  # left with the final dot of the letter before

    @property
    def alive(self) -> bool:
        """Whether the line still stands, as far as this side knows."""
        return self._line is not None and self._line.open

    async def open(self, context: ssl.SSLContext | None) -> None:
        """Connect, encrypt, authenticate. Raises TroubleError with what to tell an admin."""
        server = self._server
        if server.security not in {"tls", "starttls"} and not _is_loopback(server.host):
            raise _trouble(server, "tls", "plain connections are only made to this machine itself")
        try:
            self._client.tls_context = context
            await self._client.connect(timeout=self.patience.connect)
            await self._greet()
            if server.security == "starttls":
                await self._encrypt(context)
            if server.user is not None:
                await self._authenticate()
            self._line = _taken_over(self._client)
        except TroubleError:
            self.close()
            raise
        except aiosmtplib.SMTPResponseException as error:
            self.close()
            raise _trouble(server, "network", self._scrub(_reply(error))) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            self.close()
            kind, words = _explain(error)
            raise _trouble(server, kind, words) from None
        except BaseException:
            self.close()
            raise

    async def _greet(self) -> None:
        try:
            await self._client.ehlo()
        except aiosmtplib.SMTPHeloError:
            await self._client.helo()  # RFC 5321 3.2: a server that knows no EHLO

    async def _encrypt(self, context: ssl.SSLContext | None) -> None:
        if not self._client.supports_extension("starttls"):
            raise _trouble(self._server, "tls", "it does not offer STARTTLS")
        try:
            await self._client.starttls(tls_context=context)
        except aiosmtplib.SMTPResponseException as error:
            raise _trouble(self._server, "tls", self._scrub(_reply(error))) from None
        await self._greet()

    async def _authenticate(self) -> None:
        """Log in once, by one method: every failed try counts towards a lock-out."""
        user, secret = self._server.user or "", self._server.password
        password = secret.text if secret else ""
        methods = self._client.server_auth_methods
        try:
            if "plain" in methods:
                await self._client.auth_plain(user, password)
            elif "login" in methods:
                await self._client.auth_login(user, password)
            elif "cram-md5" in methods:
                await self._client.auth_crammd5(user, password)
            else:
                raise _trouble(self._server, "auth", "it offers no way to log in that maild knows")
        except aiosmtplib.SMTPAuthenticationError as error:
            # RFC 4954 6: 4yz says that the server cannot judge just now, nothing of the password.
            kind = "auth" if error.code >= 500 else "network"
            raise _trouble(self._server, kind, self._scrub(_reply(error))) from None

    @property
    def host(self) -> str:
        """The server's name, for sentences."""
        return self._server.host

    @property
    def line(self) -> Line:
        """What a letter leaves on. Raises LineError when it is not open."""
        if self._line is None:
            raise LineError(LOST)
        return self._line

    def supports(self, extension: str) -> bool:
        """Tell whether the server offered this extension (RFC 5321 4.1.1.1)."""
        return self._client.supports_extension(extension)

    def fits(self, envelope: Envelope) -> bool:
        """Tell whether this envelope may leave together with what goes before it (RFC 2920)."""
        return (
            self.supports("pipelining")
            and (not envelope.utf8 or self.supports("smtputf8"))
            and (envelope.sender != "" or not self.null_sender_refused)
        )

    async def reply(self, seconds: float | None = None) -> Reply:
        """Return the next reply, without anything we must not repeat. Raises LineError."""
        reply = await self.line.reply(self.patience.command if seconds is None else seconds)
        return Reply(reply.code, self._scrub(reply.text)) if self._hidden else reply

    async def reset(self) -> None:
        """End a transaction the server refused, so that the next letter may begin."""
        try:
            self.line.send(b"RSET\r\n")
            clean = (await self.reply()).positive
        except LineError:
            clean = False
        if not clean:
            self.close()

    def _scrub(self, text: str) -> str:
        """Return a server's words without our secret, should it have echoed our command."""
        for hidden in self._hidden:
            text = text.replace(hidden, "…")
        return text

    async def quit(self) -> None:
        """Say goodbye, briefly, and close."""
        if self._line is None:
            return
        with contextlib.suppress(LineError):
            self._line.send(b"QUIT\r\n")
            await self._line.reply(_GOODBYE)
        self._line.close()
        await self._line.closed()

    def close(self) -> None:
        """Drop the line at once."""
        if self._line is not None:
            self._line.close()
        else:
            self._client.close()


def _hidden(server: Server) -> tuple[str, ...]:
    """Return what no reply may bring to light: the password, as it is and as AUTH sends it."""
    secret = server.password.text if server.password else ""
    if not secret:
        return ()
    plain = b64encode(f"\0{server.user or ''}\0{secret}".encode()).decode()
    return plain, b64encode(secret.encode()).decode(), secret


def _taken_over(client: aiosmtplib.SMTP) -> Line:
    """Return the open line; aiosmtplib waits for each reply before it sends the next command."""
    if not isinstance(client.transport, asyncio.Transport):
        raise aiosmtplib.SMTPServerDisconnected(LOST)
    return Line(client.transport)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _reply(error: aiosmtplib.SMTPResponseException) -> str:
    return str(Reply(error.code, str(error.message)))


def _explain(error: Exception) -> tuple[str, str]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "tls", f"its certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return "tls", "no encrypted connection came about"
        cause = cause.__cause__
    if isinstance(error, TimeoutError):
        return "network", SILENT
    if isinstance(error, ValueError):
        return "auth", "the user name or password has characters that cannot be sent"
    return "network", "it cannot be reached" if isinstance(error, ConnectionError) else LOST


def _trouble(server: Server, kind: str, words: str) -> TroubleError:
    return TroubleError(Refused(f"{server.host}:{server.port}: {words}", kind))
