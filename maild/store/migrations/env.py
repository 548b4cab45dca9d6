"""How alembic runs our migrations: on the connection, and in the transaction, it is given."""

from alembic import context

from maild.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most of a table in place
)
with context.begin_transaction():
    context.run_migrations()
