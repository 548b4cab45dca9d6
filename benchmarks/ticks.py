"""A tick of the sweep: it must cost what is due, not what is open."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, create_engine, text

from benchmarks.filling import TICKETS, fill
from benchmarks.mails import generate
from benchmarks.parts import Intake, driver, intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line
from maild import sweep
from maild.intake.receive import receive
from maild.intake.words import Arrival
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.store.mails import Source
from maild.store.tables import tickets
from tests.servers.postgres import Postgres

BOX = "ticks"
SIZES = (10_000, 100_000, 1_000_000)
DUE = 1000
GROWTH = 1.5  # a tick with the most open tickets over one with the fewest
AT = datetime.fromisoformat("2026-04-05T06:00:00+00:00")  # a Sunday, 09:00 in Riyadh
LATER = timedelta(days=365)
QUIET = 50  # ticks with nothing due


def measure(place: Place, sizes: Sequence[int] = SIZES, due: int = DUE) -> Iterator[Line]:
    """Tick with nothing and with much due, at every size, on both engines."""
    settings = place.settings("ticks", (BOX,))
    with intake(settings) as parts:
        yield from _on("SQLite", settings.database, parts, sizes, due)
    server = Postgres()
    try:
        server.start()
        url = server.url(server.create())
        with intake(settings, url) as parts:
            yield from _on("PostgreSQL", url, parts, sizes, due)
    finally:
        server.remove()


def _on(name: str, url: str, parts: Intake, sizes: Sequence[int], due: int) -> Iterator[Line]:
    rings = _open_first(parts)
    engine = create_engine(driver(url))
    quiet, busy, have = [], [], 1
    for size in sizes:
        with engine.begin() as connection:
            fill(connection, TICKETS, have + 1, size)
        have = size
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        quiet.append(_nothing_due(parts))
        with engine.begin() as connection:
            _make_due(connection, size - due, size, rings)
        _settle(name, engine)
        busy.append(_much_due(parts, rings, due))
        with engine.begin() as connection:
            _make_due(connection, size - due, size, rings + LATER)
    engine.dispose()
    yield _line(f"tick, nothing due, {name}", sizes, quiet, "ms", 1000)
    yield _line(f"tick, {due:,} due, {name}", sizes, busy, "s", 1)


def _settle(name: str, engine: Engine) -> None:
    """Have what the filling wrote on the disk: the first tick after it must not wait for that."""
    if name == "SQLite":
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    os.sync()


def _line(what: str, sizes: Sequence[int], took: Sequence[float], unit: str, by: float) -> Line:
    shown = ", ".join(f"{seconds * by:.2f}" for seconds in took)
    growth = took[-1] / took[0]
    of = ", ".join(f"{size:,}" for size in sizes)
    return Line(
        f"{what}; {of} open", f"{shown} {unit}", "", f"{growth:.2f}", f"<= {GROWTH}",
        growth <= GROWTH,
    )  # fmt: skip


def _nothing_due(parts: Intake) -> float:
    offices = {"bench": parts.office}
    began = time.perf_counter()
    for _ in range(QUIET):
        assert sweep.run(parts.store, offices, AT).rung == 0
    return (time.perf_counter() - began) / QUIET


def _much_due(parts: Intake, now: datetime, due: int) -> float:
    began = time.perf_counter()
    done = sweep.run(parts.store, {"bench": parts.office}, now)
    assert done.rung == due, f"{done.rung} of {due} rang"
    return time.perf_counter() - began


def _open_first(parts: Intake) -> datetime:
    """Open ticket 1 by a mail; return when its first alarm rings."""
    raw = next(generate(1, 3, f"{BOX}@{DOMAIN}"))[0]
    source = Source("bench", BOX, 1, 1, AT)
    with parts.store.transaction() as tx:
        receive(Arrival(source, reading_of(raw, read(raw))), parts.office, tx, AT)
        ticket = tx.tickets.get("bench", 1)
        assert ticket is not None
        assert ticket.alarm_at is not None
        tx.tickets.save(replace(ticket, alarm_at=ticket.alarm_at + LATER))
        return ticket.alarm_at


def _make_due(connection: Connection, after: int, last: int, alarm: datetime) -> None:
    change = tickets.update().where(tickets.c.number > after, tickets.c.number <= last)
    connection.execute(change.values(alarm_at=alarm))
