"""What the files on disk would change for the open tickets of the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from maild.casework.preview import Moved, preview
from maild.cli import drawing
from maild.cli.command import WrongUsageError
from maild.cli.installation import Installation, store_of
from maild.config.settings import Settings

Found = tuple[str, Moved]  # with its desk


def show(settings: Settings, now: datetime, *, as_json: bool) -> None:
    """Print what would move if `settings` came into force at `now` (UTC); nothing is written.

    Raises StoreError, and WrongUsageError where no daemon has made the database yet.
    """
    store = store_of(settings)
    if not store.exists():
        raise WrongUsageError("There is no database yet, so no ticket would change.")
    try:
        store.expect_schema()
        house = Installation(settings, store)
        found = list(_moved(house, now))
    finally:
        store.close()
    if as_json:
        drawing.emit({"moved": [_keys(desk, moved) for desk, moved in found]})
        return
    rows = (
        (
            f"{desk}/{moved.ticket}",
            f"{moved.clock} {moved.cycle}",
            drawing.local(moved.old_due_at, house.zone(desk)),
            drawing.local(moved.new_due_at, house.zone(desk)),
            _by(moved),
        )
        for desk, moved in found
    )
    columns = ("ticket", "clock", "due", "would be due", "by (hours:minutes)")
    if found:
        drawing.show(drawing.table(columns, rows, "Open tickets that would move", columns))
    drawing.show(f"{len({(d, m.ticket) for d, m in found})} open tickets would be due otherwise.")


def _moved(house: Installation, now: datetime) -> Iterator[Found]:
    with house.store.reading() as tx:
        for desk, number in sorted(tx.tickets.running()):
            ticket = tx.tickets.get(desk, number)
            if ticket is not None and desk in house.settings.desks:
                for moved in preview(tx, house.desk(desk), ticket, now):
                    yield desk, moved


def _keys(desk: str, moved: Moved) -> dict[str, object]:
    change = _change(moved)
    return {
        "ticket": f"{desk}/{moved.ticket}",
        "clock": moved.clock,
        "cycle": moved.cycle,
        "old_due_at": moved.old_due_at,
        "new_due_at": moved.new_due_at,
        "seconds": None if change is None else int(change.total_seconds()),
    }


def _change(moved: Moved) -> timedelta | None:
    if moved.old_due_at is None or moved.new_due_at is None:
        return None
    return moved.new_due_at - moved.old_due_at


def _by(moved: Moved) -> str:
    change = _change(moved)
    if change is None:
        return "new" if moved.old_due_at is None else "no longer"
    seconds = change.total_seconds()
    return ("+" if seconds > 0 else "") + drawing.hours(seconds)
