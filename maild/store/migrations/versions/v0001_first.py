"""The first schema."""

import sqlalchemy as sa
from alembic import op

from maild.store import columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.schema.CreateSequence(sa.Sequence("row_ids")))
    op.create_table(
        "acknowledgements",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address", columns.Key(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), autoincrement=False, nullable=False),
        sa.Column("domain", columns.Key(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "address", "at", name="pk_acknowledgements"),
    )
    op.create_index("ix_acknowledgements_at", "acknowledgements", ["at"])
    op.create_index("ix_acknowledgements_domain", "acknowledgements", ["desk", "domain", "at"])
    op.create_table(
        "attempts",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "mailbox", "uidvalidity", "uid", name="pk_attempts"),
    )
    op.create_table(
        "config_versions",
        sa.Column("fingerprint", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_config_versions"),
    )
    op.create_table(
        "counters",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "name", name="pk_counters"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "mailboxes",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=True),
        sa.Column("first_contact_uidnext", sa.BigInteger(), nullable=True),
        sa.Column("first_contact_at", columns.Instant(), nullable=True),
        sa.Column("renumbered", sa.Boolean(), nullable=True),
        sa.Column("trouble", columns.Prose(), nullable=True),
        sa.Column("trouble_since", columns.Instant(), nullable=True),
        sa.Column("last_seen_at", columns.Instant(), nullable=True),
        sa.Column("letters_paused_until", columns.Instant(), nullable=True),
        sa.Column("letters_trouble", columns.Prose(), nullable=True),
        sa.Column("letters_trouble_since", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("desk", "mailbox", name="pk_mailboxes"),
    )
    op.create_table(
        "mails",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("raw", columns.Packed(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "id", name="pk_mails"),
    )
    op.create_index("uq_mails_sha256", "mails", ["desk", "sha256"], unique=True)
    op.create_table(
        "outbox",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("sender", columns.Prose(), nullable=False),
        sa.Column("recipient", columns.Key(), nullable=False),
        sa.Column("message_id", columns.Key(), nullable=False),
        sa.Column("raw", columns.Packed(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("event", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("next_at", columns.Instant(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", columns.Instant(), nullable=True),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("finished_at", columns.Instant(), nullable=True),
        sa.Column("last_reply", columns.Prose(), nullable=True),
        sa.PrimaryKeyConstraint("desk", "id", name="pk_outbox"),
    )
    op.create_index(
        "ix_outbox_answers",
        "outbox",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL AND event IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL AND event IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_lease",
        "outbox",
        ["lease_until"],
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_next",
        "outbox",
        ["next_at"],
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_order",
        "outbox",
        ["desk", "ticket", "recipient", "id"],
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_lately",
        "outbox",
        ["desk", "recipient", "created_at"],
        sqlite_where=sa.text("purpose IN ('notification', 'follow_up', 'digest')"),
        postgresql_where=sa.text("purpose IN ('notification', 'follow_up', 'digest')"),
    )
    op.create_index("ix_outbox_state", "outbox", ["state"])
    op.create_index("ix_outbox_ticket", "outbox", ["desk", "ticket"])
    op.create_index("uq_outbox_message_id", "outbox", ["desk", "message_id"], unique=True)
    op.create_table(
        "requesters",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("address", columns.Key(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("first_seen_at", columns.Instant(), nullable=False),
        sa.Column("last_seen_at", columns.Instant(), nullable=False),
        sa.Column("muted_until", columns.Instant(), nullable=True),
        sa.Column("strikes", sa.Integer(), nullable=False),
        sa.Column("suspended_until", columns.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("desk", "address", name="pk_requesters"),
    )
    op.create_table(
        "tickets",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("subject", columns.Prose(), nullable=False),
        sa.Column("requester", columns.Key(), nullable=False),
        sa.Column("requester_name", columns.Prose(), nullable=False),
        sa.Column("requester_address", columns.Prose(), nullable=False),
        sa.Column("opened_at", columns.Instant(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("requester_class", sa.Text(), nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("collaborators", sa.JSON(), nullable=False),
        sa.Column("closed_at", columns.Instant(), nullable=True),
        sa.Column("merged_into", sa.BigInteger(), nullable=True),
        sa.Column("alarm_at", columns.Instant(), nullable=True),
        sa.Column("policy", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("desk", "number", name="pk_tickets"),
    )
    op.create_index(
        "ix_tickets_alarm",
        "tickets",
        ["alarm_at"],
        sqlite_where=sa.text("alarm_at IS NOT NULL"),
        postgresql_where=sa.text("alarm_at IS NOT NULL"),
    )
    op.create_index("ix_tickets_assignee", "tickets", ["desk", "assignee", "status"])
    op.create_index("ix_tickets_requester", "tickets", ["desk", "requester", "status", "opened_at"])
    op.create_index("ix_tickets_status", "tickets", ["status", "opened_at"])
    op.create_table(
        "told",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("key", columns.Key(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("desk", "key", name="pk_told"),
    )
    op.create_table(
        "cycles",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clock", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", columns.Instant(), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=True),
        sa.Column("initial_due_at", columns.Instant(), nullable=True),
        sa.Column("stopped_at", columns.Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("elapsed_seconds", sa.BigInteger(), nullable=True),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("reopened_at", columns.Instant(), nullable=True),
        sa.Column("resent_at", columns.Instant(), nullable=True),
        sa.Column("not_before", columns.Instant(), nullable=True),
        sa.Column("appointment_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["desk", "ticket"], ["tickets.desk", "tickets.number"], name="fk_cycles_tickets"
        ),
        sa.PrimaryKeyConstraint("desk", "ticket", "clock", "n", name="pk_cycles"),
    )
    op.create_table(
        "digest_items",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address", columns.Key(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", columns.Prose(), nullable=False),
        sa.Column("text", columns.Prose(), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("not_before", columns.Instant(), nullable=False),
        sa.Column("told_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["desk", "ticket"],
            ["tickets.desk", "tickets.number"],
            name="fk_digest_items_tickets",
        ),
        sa.PrimaryKeyConstraint("desk", "id", name="pk_digest_items"),
    )
    op.create_index("ix_digest_items_lately", "digest_items", ["desk", "address", "at"])
    op.create_index(
        "ix_digest_items_waiting", "digest_items", ["desk", "told_at", "address", "not_before"]
    )
    op.create_table(
        "events",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("actor", columns.Prose(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk", "ticket"], ["tickets.desk", "tickets.number"], name="fk_events_tickets"
        ),
        sa.PrimaryKeyConstraint("desk", "ticket", "id", name="pk_events"),
    )
    op.create_table(
        "ledger",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("clock", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("cycle", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("respond_by", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["desk", "ticket"], ["tickets.desk", "tickets.number"], name="fk_ledger_tickets"
        ),
        sa.PrimaryKeyConstraint("desk", "ticket", "clock", "cycle", "kind", "n", name="pk_ledger"),
    )
    op.create_table(
        "messages",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("ticket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("author_name", columns.Prose(), nullable=False),
        sa.Column("author_address", columns.Prose(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("message_id", columns.Key(), nullable=True),
        sa.Column("subject", columns.Prose(), nullable=False),
        sa.Column("text", columns.Prose(), nullable=False),
        sa.Column("new_text", columns.Prose(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("html", columns.Prose(), nullable=True),
        sa.Column("joined_by", sa.Text(), nullable=False),
        sa.Column("mail", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["desk", "ticket"], ["tickets.desk", "tickets.number"], name="fk_messages_tickets"
        ),
        sa.PrimaryKeyConstraint("desk", "ticket", "id", name="pk_messages"),
    )
    op.create_index("ix_messages_message_id", "messages", ["desk", "message_id"])
    op.create_table(
        "quarantine",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("mail", sa.BigInteger(), nullable=True),
        sa.Column("reason", columns.Prose(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("released_at", columns.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["desk", "mail"], ["mails.desk", "mails.id"], name="fk_quarantine_mails"
        ),
        sa.PrimaryKeyConstraint("desk", "id", name="pk_quarantine"),
    )
    op.create_table(
        "sources",
        sa.Column("desk", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("mailbox", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", columns.Prose(), nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("mail", sa.BigInteger(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk", "mail"], ["mails.desk", "mails.id"], name="fk_sources_mails"
        ),
        sa.PrimaryKeyConstraint("desk", "mailbox", "uidvalidity", "uid", name="pk_sources"),
    )
    op.create_index("ix_sources_identity", "sources", ["desk", "identity"])
    op.create_index("ix_sources_mail", "sources", ["desk", "mail"])
