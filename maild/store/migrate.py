"""The schema, brought up to date inside one transaction: the old one or the new one, never half."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from maild.store.errors import SchemaTooNewError, SchemaTooOldError

_ADVISORY_LOCK = 0x6D61696C64  # "maild"


def migrate(connection: Connection) -> None:
    """Run the migrations that are missing, in the writing transaction of `connection`.

    Raises SchemaTooNewError when the database knows one that this program does not.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
    config = configuration()
    config.attributes["connection"] = connection
    if _behind(connection, ScriptDirectory.from_config(config)):
        command.upgrade(config, "head")


def expect(connection: Connection) -> None:
    """Raise SchemaTooOldError or SchemaTooNewError unless the schema is this program's."""
    if _behind(connection, ScriptDirectory.from_config(configuration())):
        raise SchemaTooOldError(
            "The database is not up to date with this program: start maild run, which sees to it."
        )


def _behind(connection: Connection, known: ScriptDirectory) -> bool:
    present = MigrationContext.configure(connection).get_current_heads()
    strangers = [r for r in present if r not in {s.revision for s in known.walk_revisions()}]
    if strangers:
        raise SchemaTooNewError(
            f"A newer maild wrote this database (schema {', '.join(strangers)}; this program knows"
            f" up to {known.get_current_head()}): install that version, or restore a backup."
        )
    return set(present) != set(known.get_heads())


def configuration() -> Config:
    """Return alembic's configuration; there is no file of it."""
    config = Config()
    config.set_main_option("script_location", "maild.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
