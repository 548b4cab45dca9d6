"""kill -9 at each statement of a migration of a database in use: the old schema or the new one."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

from alembic.config import Config
from sqlalchemy import event, inspect

from maild.store import migrate
from maild.store.store import Store
from tests.store.test_crashes import receive, there

SECOND = '''
"""A revision of this test alone: it alters a table, fills it, and adds another."""

import sqlalchemy as sa
from alembic import op

revision = "test"
down_revision = "{head}"


def upgrade():
    with op.batch_alter_table("tickets") as batch:
        batch.add_column(sa.Column("colour", sa.Text(), server_default="green", nullable=False))
    op.execute("UPDATE tickets SET colour = 'blue'")
    op.create_table("colours", sa.Column("name", sa.Text(), primary_key=True))
    op.create_index("ix_colours", "colours", ["name"])
    op.execute("INSERT INTO colours SELECT DISTINCT colour FROM tickets")
'''
FEWEST = 5  # statements of it


def upgrade(url: str, versions: Path, fatal: int = 0) -> None:
    """Bring the schema to the test's revision; die just before the statement `fatal`, or commit."""
    found = migrate.configuration

    def configuration() -> Config:
        config = found()
        ours = Path(migrate.__file__).parent / "migrations" / "versions"
        config.set_main_option("version_locations", f"{ours}{os.pathsep}{versions}")
        return config

    store, count = Store(url), 0

    def step(*_: object) -> None:
        nonlocal count
        count += 1
        if count == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store._engine, "before_cursor_execute", step)
    event.listen(store._engine, "commit", step)
    with patch.object(migrate, "configuration", configuration):
        store.migrate()
    store.close()


def in_a_child(work: Callable[[], None]) -> int:
    """Do `work` in a forked process; return its exit status, negative for a signal."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def colours(store: Store) -> Sequence[str] | None:
    """Return what the revision wrote; None where it has not been."""
    inspector = inspect(store._engine)
    new_table = inspector.has_table("colours")
    new_column = "colour" in {column["name"] for column in inspector.get_columns("tickets")}
    assert new_table == new_column, "half a migration"
    if not new_table:
        return None
    with store._engine.connect() as connection:
        names = list(connection.exec_driver_sql("SELECT name FROM colours").scalars())
        of_tickets = set(connection.exec_driver_sql("SELECT colour FROM tickets").scalars())
    assert set(names) == of_tickets, "half a migration"
    return names


def test_a_kill_at_any_statement_of_a_migration_leaves_the_old_schema_or_the_new_one(
    url: str, tmp_path: Path
) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    store = Store(url)
    store.migrate()
    with store._engine.connect() as connection:
        head = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    (versions / "vtest.py").write_text(SECOND.format(head=head))
    receive(store)
    for fatal in range(1, 100):
        store.close()  # nothing is shared with the child
        ended = in_a_child(lambda: upgrade(url, versions, fatal))  # noqa: B023
        assert ended in {0, -signal.SIGKILL}
        survived = ended == 0
        assert colours(store) == (["blue"] if survived else None)
        assert set(there(store)) == {True}
        if survived:
            break
    store.close()
    assert FEWEST < fatal < 99
