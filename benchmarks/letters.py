"""Letters out through Postfix, beside aiosmtplib sending ready bytes over four kept connections."""

import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from aiosmtplib import SMTP

from benchmarks.parts import intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line, rate
from maild import outbox
from maild.daemon.clock import utc_now
from maild.mail.compose import compose
from maild.mail.mail import Address
from maild.mail.outgoing import Letter, Outgoing
from maild.smtp.courier import Courier

WANTED = 0.8
CONNECTIONS = 4
BOX = "letters"
SENDER = f"{BOX}@{DOMAIN}"
TEXT = "السلام عليكم، شكرا لتواصلكم معنا. تمت مراجعة طلبكم وسيصلكم الرد قبل نهاية الدوام.\n" * 12


def measure(place: Place, count: int = 2000, runs: int = 5) -> Iterator[Line]:
    """Send as many letters with each in turn, to a domain whose mail Postfix throws away."""
    floors, rates = [], []
    for run in range(runs):
        letters = list(_letters(count, run))
        floors.append(count / asyncio.run(_floor(place, letters)))
        rates.append(count / _maild(place, f"letters{run}", letters))
    what = f"letters out, {count:,}"
    yield rate(what, statistics.median(floors), statistics.median(rates), "letters/s", WANTED)


def _letters(count: int, run: int) -> Iterator[Letter]:
    for number in range(count):
        to = f"requester{number}@elsewhere.invalid"
        message_id = f"<bench.{run}.{number}@{DOMAIN}>"
        said = Outgoing(
            Address("دعم المتدربين", SENDER), Address("", to), "رد على سؤالك", TEXT, message_id,
            datetime(2026, 4, 5, tzinfo=UTC),
        )  # fmt: skip
        yield Letter("bench", BOX, SENDER, to, message_id, compose(said), "relay")


async def _floor(place: Place, letters: Sequence[Letter]) -> float:
    waiting = iter(letters)
    port = place.postfix.plain_port
    clients = [SMTP(hostname="127.0.0.1", port=port, start_tls=False) for _ in range(CONNECTIONS)]
    for client in clients:
        await client.connect()

    async def send(client: SMTP) -> None:
        for letter in waiting:
            await client.sendmail(letter.sender, [letter.recipient], letter.raw)

    began = time.perf_counter()
    await asyncio.gather(*(send(client) for client in clients))
    seconds = time.perf_counter() - began
    for client in clients:
        await client.quit()
    return seconds


def _maild(place: Place, name: str, letters: Sequence[Letter]) -> float:
    """Send what lies in an outbox on SQLite. Raises AssertionError when a letter is left over."""
    with intake(place.settings(name, (BOX,))) as parts:
        with parts.store.transaction() as tx:
            for letter in letters:
                tx.outbox.post(letter, utc_now())
        box = parts.office.desk.mailboxes[BOX]

        async def flush() -> None:
            courier = Courier(box.smtp, box.address)
            couriers = {("bench", BOX): courier}
            ended = await outbox.flush(
                parts.store, couriers, "bench", utc_now, lambda *_: None, jitter=random.random
            )
            await courier.close()
            assert ended == {"sent": len(letters)}, dict(ended)

        began = time.perf_counter()
        asyncio.run(flush())
        return time.perf_counter() - began
