"""Ingest into stores that hold ever more tickets already; the filling is not measured."""

import statistics
from collections.abc import Iterator, Sequence

from sqlalchemy import create_engine, func, select, text

from benchmarks.filling import EVERYTHING, count_on, fill
from benchmarks.mails import generate
from benchmarks.parts import Intake, driver, intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line
from maild.store.tables import messages, tickets

SIZES = (0, 100_000, 1_000_000)
GROWTH = 1.3  # the time for a mail in the fullest store over that in the empty one


def measure(
    place: Place, sizes: Sequence[int] = SIZES, count: int = 1000, runs: int = 3
) -> Iterator[Line]:
    """Take in as many mails at every size, several mailboxes of them; on SQLite."""
    boxes = [f"growth{size}x{run}" for size in sizes for run in range(runs)]
    for n, box in enumerate(boxes):
        place.fill(box, generate(count, 100 + n, f"{box}@{DOMAIN}", n * count))
    took = []
    waiting = iter(boxes)
    with intake(place.settings("growth", boxes)) as parts:
        for size in sizes:
            _fill_up(parts, size)
            seconds = []
            for _ in range(runs):
                box = next(waiting)
                seconds.append(parts.bring_in(box) / count)
                parts.check(box, count)
            took.append(statistics.median(seconds))
    growth = took[-1] / took[0]
    of = ", ".join(f"{size:,}" for size in sizes)
    shown = ", ".join(f"{1 / each:,.0f}" for each in took)
    yield Line(
        f"ingest with {of} tickets stored, {runs} x {count:,} mails", f"{shown} mails/s", "",
        f"{growth:.2f}", f"<= {GROWTH}", growth <= GROWTH,
    )  # fmt: skip


def _fill_up(parts: Intake, size: int) -> None:
    """Add copies of a ticket of one mail until there are so many tickets."""
    alone = select(messages.c.ticket).group_by(messages.c.ticket).having(func.count() == 1)
    engine = create_engine(driver(parts.url))
    with engine.connect() as connection:
        connection.execute(text("PRAGMA synchronous = OFF"))
        have = connection.scalar(select(func.max(tickets.c.number))) or 0
        if size > have:
            model = connection.scalar(alone.order_by(messages.c.ticket).limit(1)) or 1
            fill(connection, EVERYTHING, have + 1, size, model)
            count_on(connection, size)
            connection.commit()
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
