"""The transaction of one letter: MAIL, RCPT, DATA, the body, the final dot (RFC 5321 3.3).

It is driven here, command by command, because only then is it known whether the line broke before
the final dot (nothing was sent) or after it (nobody knows).
"""

import asyncio
import contextlib
import re
from asyncio import WriteTransport
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiosmtplib

from maild.smtp.connection import BROKEN, LOST, SILENT, Connection, broken
from maild.smtp.verdict import Bounced, Deferred, Reply, Sent, Uncertain, Verdict, judge

EnteringData = Callable[[], Awaitable[None]]
Answer = asyncio.Future[aiosmtplib.SMTPResponse]

_LINE_END = re.compile(rb"\r\n|\r|\n")
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Sender ("" for the null reverse-path) and recipient, as MAIL and RCPT name them."""

    sender: str
    recipient: str
    utf8: bool  # RFC 6531: the letter or its envelope has characters outside ASCII


class StaleError(Exception):
    """A kept connection turned out to be dead; nothing of the letter had been said on it."""


async def transact(
    connection: Connection, envelope: Envelope, raw: bytes, entering_data: EnteringData
) -> Verdict:
    """Send one letter over an open connection; raises StaleError when another must be opened.

    `entering_data` is awaited when all but the final dot has been sent. If it raises, the dot is
    never sent, so the letter is not, and the exception passes through. After anything but a clean
    end the connection is closed.
    """
    if envelope.utf8 and not connection.supports("smtputf8"):
        return Bounced(
            f"The server {connection.host} cannot deliver to addresses with letters outside ASCII "
            "(it does not offer SMTPUTF8)."
        )
    connection.letters += 1
    try:
        return await _transact(connection, envelope, raw, entering_data)
    except BaseException:
        connection.close()  # the dialogue is out of step
        raise


async def _transact(
    connection: Connection, envelope: Envelope, raw: bytes, entering_data: EnteringData
) -> Verdict:
    try:
        reply = await _mail(connection, envelope, len(raw))
        if reply.positive:
            recipient = envelope.recipient.encode("utf-8")
            reply = await connection.command(b"RCPT", b"TO:<" + recipient + b">")
        if reply.positive:
            reply = await connection.command(b"DATA")
    except BROKEN as error:
        connection.close()
        return Deferred(broken(error))
    if reply.code == 354:
        return await _data(connection, _stuffed(raw), entering_data)
    if reply.positive:  # DATA was neither refused nor opened
        connection.close()
        return Deferred(str(reply))
    await connection.reset()
    return judge(reply)


async def _mail(connection: Connection, envelope: Envelope, size: int) -> Reply:
    options = [b"SMTPUTF8"] if envelope.utf8 else []
    if connection.supports("size"):  # RFC 1870: a server may refuse before it has read it all
        options.append(b"SIZE=%d" % size)
    path = b"FROM:<" + envelope.sender.encode("utf-8") + b">"
    kept = connection.letters > 1
    try:
        reply = await connection.command(b"MAIL", path, *options)
    except BROKEN:
        if kept:
            raise StaleError from None
        raise
    if reply.code == 421 and kept:  # servers close idle and long-used lines this way
        raise StaleError
    if reply.code >= 500 and envelope.sender == "":
        connection.null_sender_refused = True
    return reply


async def _data(connection: Connection, data: bytes, entering_data: EnteringData) -> Verdict:
    protocol = connection.protocol
    if protocol is None:
        return Deferred(LOST)
    patience = connection.patience
    seconds = patience.upload + len(data) / patience.speed
    # Listening begins before the body leaves: a server may refuse in the middle of it.
    answer: Answer = asyncio.ensure_future(protocol.read_response(timeout=seconds + patience.dot))
    try:
        early = await _upload(protocol.transport, answer, data, seconds)
        if early is None:
            await entering_data()
            early = _early(answer)
        if early is not None:
            connection.close()
            return early
        return await _dot(connection, answer)
    finally:
        answer.cancel()
        with contextlib.suppress(*BROKEN, asyncio.CancelledError):
            await answer


async def _upload(
    transport: asyncio.BaseTransport | None, answer: Answer, data: bytes, seconds: float
) -> Verdict | None:
    """Send all but the final dot; return the verdict if the server ended it before."""
    if not isinstance(transport, WriteTransport):
        return Deferred(LOST)
    try:
        async with asyncio.timeout(seconds):
            transport.write(data)
            await asyncio.sleep(0)
            while transport.get_write_buffer_size() and not answer.done():
                await asyncio.sleep(0.01)
    except TimeoutError:
        return Deferred(SILENT)
    return _early(answer)


def _early(answer: Answer) -> Verdict | None:
    """What it means that the server spoke or hung up before the final dot: nothing was sent."""
    if not answer.done():
        return None
    if (error := answer.exception()) is not None:
        return Deferred(broken(error))
    reply = Reply(*answer.result())
    return Deferred(str(reply)) if reply.positive else judge(reply)


async def _dot(connection: Connection, answer: Answer) -> Verdict:
    """Send the final dot; from here on only a reply tells what became of the letter."""
    protocol = connection.protocol
    if protocol is None or not protocol.is_connected:
        return Deferred(LOST)
    protocol.write(b".\r\n")
    try:
        reply = connection.read(await answer)
    except BROKEN as error:
        connection.close()
        return Uncertain(broken(error))
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
    data = _LINE_END.sub(b"\r\n", raw)
    return _DOT.sub(b"..", data if data.endswith(b"\r\n") else data + b"\r\n")
