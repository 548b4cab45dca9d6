"""Every test of this room runs twice: on a file of SQLite and on a database of PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maild.store.store import Store
from tests.servers.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/maild.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.url(postgres.create())


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A database with the present schema."""
    opened = Store(url)
    opened.migrate()
    yield opened
    opened.close()
