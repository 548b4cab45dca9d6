"""Answers that wait are found by their own index, whatever else waits.

By its column alone, SQLite saw no gain in it and looked at every letter that was due.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the index anew, in the order in which answers are claimed."""
    where = sa.text("next_at IS NOT NULL AND event IS NOT NULL")
    op.drop_index("ix_outbox_answers", "outbox")
    op.create_index(
        "ix_outbox_answers",
        "outbox",
        ["next_at", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )
