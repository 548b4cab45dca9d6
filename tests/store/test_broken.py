"""An SQLite file whose disk has failed is not used any more."""

from pathlib import Path

import pytest

from maild.store.errors import StoreBrokenError
from maild.store.store import Store
from tests.store.samples import DESK, NOW


def test_after_the_disk_has_failed_nothing_is_read_or_written(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/maild.sqlite3")
    store.migrate()
    told: list[str] = []
    store.when_broken = lambda: told.append("stop")

    def fail() -> None:
        with store.transaction() as tx:
            tx.told.first(DESK, "x", NOW)
            raise StoreBrokenError("disk I/O error")

    with pytest.raises(StoreBrokenError):
        fail()
    with pytest.raises(StoreBrokenError, match="disk I/O error"), store.reading():
        pass
    assert told == ["stop"]
    store.close()
