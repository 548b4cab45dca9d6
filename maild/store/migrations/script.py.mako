"""${message}."""

import sqlalchemy as sa
from alembic import op

from maild.store import columns

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Bring the schema of the revision before to this one."""
    ${upgrades if upgrades else "pass"}
