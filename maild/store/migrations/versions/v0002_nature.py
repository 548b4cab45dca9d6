"""Who wrote a mail is kept with its source; messages keep no HTML; what was told can be forgotten.

Nobody read the HTML, and the raw mail has it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Alter the tables in place: SQLite can do that to a column no index knows."""
    op.add_column("sources", sa.Column("nature", sa.Text(), nullable=True))
    op.drop_column("messages", "html")
    op.create_index("ix_told_at", "told", ["at"])
