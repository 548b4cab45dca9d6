"""Ingest into stores that hold ever more tickets already; the filling is not measured."""

import statistics
import time
from collections.abc import Iterator, Sequence

from sqlalchemy import create_engine, func, select, text

from benchmarks.filling import EVERYTHING, count_on, fill
from benchmarks.mails import generate
from benchmarks.parts import Intake, driver, intake
from benchmarks.place import DOMAIN, Place
from benchmarks.table import Line
from maild.store.tables import messages, tickets

SIZES = (0, 100_000, 1_000_000)
AT_ONCE = 100_000  # copies in one transaction
GROWTH = 1.3  # the time for a mail in the fullest store over that in the empty one


def measure(
    place: Place, sizes: Sequence[int] = SIZES, count: int = 1000, runs: int = 3
) -> Iterator[Line]:
    """Take in as many mails at every size, several mailboxes of them; on SQLite."""
    boxes = [f"growth{size}x{run}" for size in sizes for run in range(runs)]
    for n, box in enumerate(boxes):
        place.fill(box, generate(count, 100 + n, f"{box}@{DOMAIN}", n * count))
    took, used = [], []
    waiting = iter(boxes)
    with intake(place.settings("growth", boxes)) as parts:
        for size in sizes:
            _fill_up(parts, size)
            figures = [_once(parts, next(waiting), count) for _ in range(runs)]
            took.append(statistics.median(seconds for seconds, _ in figures))
            used.append(statistics.median(processor for _, processor in figures))
    what = f"ingest with {', '.join(f'{size:,}' for size in sizes)} tickets stored"
    speeds = ", ".join(f"{1 / each:,.0f}" for each in took)
    costs = ", ".join(f"{each * 1000:.1f}" for each in used)
    yield _line(what, f"{speeds} mails/s", took[-1] / took[0])
    yield _line(f"{what}, processor time of a mail", f"{costs} ms", used[-1] / used[0])


def _line(what: str, shown: str, growth: float) -> Line:
    return Line(what, shown, "", f"{growth:.2f}", f"<= {GROWTH}", growth <= GROWTH)


def _once(parts: Intake, box: str, count: int) -> tuple[float, float]:
    """Take a mailbox in; return seconds and the committing process's seconds, for one mail."""
    before = time.process_time()
    seconds = parts.bring_in(box)
    used = time.process_time() - before
    parts.check(box, count)
    return seconds / count, used / count


def _fill_up(parts: Intake, size: int) -> None:
    """Add copies of a ticket of one mail until there are so many tickets."""
    alone = select(messages.c.ticket).group_by(messages.c.ticket).having(func.count() == 1)
    engine = create_engine(driver(parts.url))
    with engine.connect() as connection:
        for pragma in ("synchronous = OFF", "cache_size = -2000000"):  # KiB
            connection.execute(text(f"PRAGMA {pragma}"))
        model = connection.scalar(alone.order_by(messages.c.ticket).limit(1)) or 1
        have = connection.scalar(select(func.max(tickets.c.number))) or 0
        while have < size:
            last = min(have + AT_ONCE, size)
            fill(connection, EVERYTHING, have + 1, last, model)
            count_on(connection, last)
            connection.commit()
            have = last
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
