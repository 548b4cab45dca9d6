"""Who wrote a mail is kept with its source; the HTML of messages, which nobody read, is not kept.

The raw mail has it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Alter both tables in place: SQLite can do that to a column no index knows."""
    op.add_column("sources", sa.Column("nature", sa.Text(), nullable=True))
    op.drop_column("messages", "html")
