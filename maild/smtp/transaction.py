"""The transaction of one letter: MAIL, RCPT, DATA, the body, the final dot (RFC 5321 3.3).

It is driven here, command by command, because only then is it known whether the line broke before
the final dot (nothing was sent) or after it (nobody knows).
"""

import asyncio
from collections.abc import Callable

from maild.smtp.connection import Connection
from maild.smtp.envelope import Envelope
from maild.smtp.line import SILENT, LineError
from maild.smtp.passage import Passage
from maild.smtp.verdict import Bounced, Deferred, Reply, Sent, Uncertain, Verdict, judge

Following = Callable[[], Envelope | None]

_DATA, _GO_ON = b"DATA\r\n", 354  # and its reply
_DOT = b".\r\n"
_PIECE = 1_048_576  # bytes of a long letter that are on the line at once
_AT_ONCE = 16_384  # bytes; a letter that is not longer leaves in one piece with its dot


class StaleError(Exception):
    """A kept connection turned out to be dead; nothing of the letter had been said on it."""

    def __init__(self, *, unheard: bool = False) -> None:
        """`unheard`: the server may have thrown away what came with the dot before."""
        super().__init__()
        self.unheard = unheard


async def transact(
    connection: Connection,
    envelope: Envelope,
    raw: bytes,
    passage: Passage,
    following: Following,
) -> Verdict:
    """Send one letter over an open connection; raises StaleError when another must be opened.

    `passage` is entered before the final dot: when all of a long letter but the dot has been
    sent, and none of a short one. If it raises, the dot is never sent, so the letter is not, and
    the exception passes through. `following` gives the envelope that leaves with the dot. After
    anything but a clean end the connection is closed.
    """
    if envelope.utf8 and not connection.supports("smtputf8"):
        return Bounced(
            f"The server {connection.host} cannot deliver to addresses with letters outside ASCII "
            "(it does not offer SMTPUTF8)."
        )
    connection.letters += 1
    try:
        return await _transact(connection, envelope, raw, passage, following)
    except BaseException:
        connection.close()  # the dialogue is out of step
        raise


async def _transact(
    connection: Connection,
    envelope: Envelope,
    raw: bytes,
    passage: Passage,
    following: Following,
) -> Verdict:
    try:
        reply = await _open_data(connection, envelope)
    except LineError as error:
        connection.close()
        return Deferred(str(error))
    if reply.code == _GO_ON:
        return await _data(connection, _stuffed(raw), passage, following)
    if reply.positive:  # DATA was neither refused nor opened
        connection.close()
        return Deferred(str(reply))
    await connection.reset()
    return judge(reply)


async def _open_data(connection: Connection, envelope: Envelope) -> Reply:
    """Return the first refusal among the replies to MAIL and RCPT, or else the reply to DATA.

    The three leave together where the server allows it (RFC 2920 3.1), which saves two journeys.
    """
    together = connection.supports("pipelining")
    commands = _commands(connection, envelope)
    reply = await _begin(connection, envelope, commands if together else commands[:1])
    refusal = None if reply.positive else reply
    for command in commands[1:]:
        if not together:
            if refusal is not None:
                return refusal
            connection.line.send(command)
        reply = await connection.reply()
        if command is not _DATA and not reply.positive:
            refusal = refusal or reply
    if refusal is not None and reply.code == _GO_ON:  # for nobody: even a dot could be a letter
        connection.close()
    return refusal or reply


def _commands(connection: Connection, envelope: Envelope) -> list[bytes]:
    """Return MAIL, RCPT and DATA."""
    mail = b"MAIL FROM:<%s>" % envelope.sender.encode("utf-8")
    if envelope.utf8:
        mail += b" SMTPUTF8"
    if connection.supports("size"):  # RFC 1870: a server may refuse before it has read it all
        mail += b" SIZE=%d" % envelope.size
    return [mail + b"\r\n", b"RCPT TO:<%s>\r\n" % envelope.recipient.encode("utf-8"), _DATA]


async def _begin(connection: Connection, envelope: Envelope, commands: list[bytes]) -> Reply:
    """Send MAIL and what goes with it, unless it has left already; return the reply to MAIL."""
    kept = connection.letters > 1
    begun = connection.begun is envelope
    try:
        if not begun:
            connection.line.send(b"".join(commands), len(commands))
        connection.begun = None
        reply = await connection.reply()
    except LineError as error:
        if kept:
            raise StaleError(unheard=begun and str(error) == SILENT) from None
        raise
    if reply.code == 421 and kept:  # servers close idle and long-used lines this way
        raise StaleError
    if reply.code >= 500 and envelope.sender == "":
        connection.null_sender_refused = True
    return reply


async def _data(
    connection: Connection, data: bytes, passage: Passage, following: Following
) -> Verdict:
    line, patience = connection.line, connection.patience
    journey = len(data) / patience.speed  # what has left may still be on its way
    try:
        if len(data) > _AT_ONCE:
            await _upload(connection, data, patience.upload + journey)
            data = b""
        after = following()
        if not line.has_news:
            await passage.enter()
        if line.has_news:  # the server spoke or hung up before the final dot: nothing was sent
            early = await connection.reply()
            connection.close()
            return Deferred(str(early)) if early.positive else judge(early)
    except LineError as error:
        connection.close()
        return Deferred(str(error))
    return await _dot(connection, data, after, patience.dot + journey)


async def _upload(connection: Connection, data: bytes, seconds: float) -> None:
    """Send all but the final dot, unless its one reply comes early. Raises LineError.

    It leaves in pieces: what is on a line that encrypts is in memory three times.
    """
    line, clock = connection.line, asyncio.get_running_loop().time
    end = clock() + seconds
    for start in range(0, len(data), _PIECE):
        if line.has_news:
            return
        line.send(data[start : start + _PIECE], replies=int(start == 0))
        await line.left(end - clock())


async def _dot(
    connection: Connection, data: bytes, after: Envelope | None, seconds: float
) -> Verdict:
    """Send what is left and the final dot; from here on only a reply tells what became of it."""
    connection.begun = after
    more = [] if after is None else _commands(connection, after)
    try:
        connection.line.send(b"".join([data, _DOT, *more]), len(more) + (data != b""))
    except LineError as error:
        return Deferred(str(error))
    try:
        reply = await connection.reply(seconds)
    except LineError as error:
        connection.close()
        return Uncertain(str(error))
    if reply.positive:
        return Sent(str(reply))
    if reply.code == 421:
        connection.close()
    if not 400 <= reply.code < 600:
        connection.close()
        return Uncertain(str(reply))
    return judge(reply)


def _stuffed(raw: bytes) -> bytes:
    """Return the letter as DATA sends it: CRLF only, dots doubled (RFC 5321 4.5.2), no last dot."""
    data = raw
    if not data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r"):  # not one of ours
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    data = data.replace(b"\r\n.", b"\r\n..")
    return b"." + data if data.startswith(b".") else data
