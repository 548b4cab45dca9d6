"""Every table. Primary keys begin with the desk, so that any of them can be spread by it.

The unique keys carry the promises: one outcome per source, one row per firing of a ladder, one
letter per Message-ID. `leases` and `config_versions` belong to the installation and to no desk.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    text,
)

from maild.store.columns import Instant, Key, Packed, Prose

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
    }
)

# On PostgreSQL row ids come from here, without a lock on other transactions of the desk.
row_ids = Sequence("row_ids", metadata=metadata)


def _of_ticket() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["desk", "ticket"], ["tickets.desk", "tickets.number"])


def _required(name: str, kind: Any) -> Column[Any]:
    return Column(name, kind, nullable=False)


def _key(name: str, kind: Any = Text) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


counters = Table("counters", metadata, _key("desk"), _key("name"), _required("value", BigInteger))

# -- mail that came in ---------------------------------------------------------------------------
mails = Table(
    "mails",
    metadata,
    _key("desk"),
    _key("id", BigInteger),
    _required("sha256", LargeBinary),
    _required("size", BigInteger),
    _required("raw", Packed),
    _required("at", Instant),
    Index("uq_mails_sha256", "desk", "sha256", unique=True),
)

sources = Table(
    "sources",
    metadata,
    _key("desk"),
    _key("mailbox"),
    _key("uidvalidity", BigInteger),
    _key("uid", BigInteger),
    _required("outcome", Text),
    _required("reason", Prose),
    Column("ticket", BigInteger),
    Column("mail", BigInteger),
    Column("identity", Text),  # what copies of one mail in several mailboxes share
    Column("nature", Text),  # who wrote it, by this copy's headers; none where nobody could read
    _required("received_at", Instant),
    _required("at", Instant),
    ForeignKeyConstraint(["desk", "mail"], ["mails.desk", "mails.id"]),
    Index("ix_sources_mail", "desk", "mail"),
    Index("ix_sources_identity", "desk", "identity"),
)

attempts = Table(
    "attempts",
    metadata,
    _key("desk"),
    _key("mailbox"),
    _key("uidvalidity", BigInteger),
    _key("uid", BigInteger),
    _required("count", Integer),
)

quarantine = Table(
    "quarantine",
    metadata,
    _key("desk"),
    _key("id", BigInteger),
    _required("mailbox", Text),
    _required("uidvalidity", BigInteger),
    _required("uid", BigInteger),
    _required("received_at", Instant),
    Column("mail", BigInteger),  # none when it was too large to be fetched
    _required("reason", Prose),
    _required("headers", JSON),
    _required("at", Instant),
    Column("released_at", Instant),
    ForeignKeyConstraint(["desk", "mail"], ["mails.desk", "mails.id"]),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    _key("desk"),
    _key("mailbox"),
    Column("uidvalidity", BigInteger),
    Column("last_uid", BigInteger),
    Column("first_contact_uidnext", BigInteger),
    Column("first_contact_at", Instant),
    Column("renumbered", Boolean),
    Column("trouble", Prose),
    Column("trouble_since", Instant),
    Column("last_seen_at", Instant),
    Column("letters_paused_until", Instant),
    Column("letters_trouble", Prose),
    Column("letters_trouble_since", Instant),
)

# -- tickets -------------------------------------------------------------------------------------
tickets = Table(
    "tickets",
    metadata,
    _key("desk"),
    _key("number", BigInteger),
    _required("version", BigInteger),
    _required("mailbox", Text),
    _required("subject", Prose),
    _required("requester", Key),  # the address in lower case, as it is looked up
    _required("requester_name", Prose),
    _required("requester_address", Prose),
    _required("opened_at", Instant),
    _required("status", Text),
    _required("language", Text),
    Column("team", Text),
    Column("assignee", Text),
    _required("tier", Integer),
    Column("category", Text),
    Column("service", Text),
    _required("type", Text),
    _required("priority", Text),
    _required("channel", Text),
    Column("requester_class", Text),
    _required("tags", JSON),
    _required("collaborators", JSON),
    Column("closed_at", Instant),
    Column("merged_into", BigInteger),
    Column("alarm_at", Instant),
    Column("policy", Text),
    Index("ix_tickets_requester", "desk", "requester", "status", "opened_at"),
    Index("ix_tickets_status", "status", "opened_at"),
    Index("ix_tickets_assignee", "desk", "assignee", "status"),
)
Index(
    "ix_tickets_alarm",
    tickets.c.alarm_at,
    sqlite_where=text("alarm_at IS NOT NULL"),
    postgresql_where=text("alarm_at IS NOT NULL"),
)

messages = Table(
    "messages",
    metadata,
    _key("desk"),
    _key("ticket", BigInteger),
    _key("id", BigInteger),  # counts the messages of the ticket from 1
    _required("at", Instant),
    _required("author_name", Prose),
    _required("author_address", Prose),
    _required("role", Text),
    _required("visibility", Text),
    Column("message_id", Key),
    _required("subject", Prose),
    _required("text", Prose),
    _required("new_text", Prose),
    Column("language", Text),
    _required("joined_by", Text),
    Column("mail", BigInteger),
    _of_ticket(),
    Index("ix_messages_message_id", "desk", "message_id"),
)

events = Table(
    "events",
    metadata,
    _key("desk"),
    _key("ticket", BigInteger),
    _key("id", BigInteger),  # counts the events of the ticket from 1
    _required("kind", Text),
    _required("at", Instant),
    _required("actor", Prose),
    _required("data", JSON),
    _of_ticket(),
)

cycles = Table(
    "cycles",
    metadata,
    _key("desk"),
    _key("ticket", BigInteger),
    _key("clock"),
    _key("n", Integer),
    _required("kind", Text),
    _required("started_at", Instant),
    Column("due_at", Instant),
    Column("initial_due_at", Instant),
    Column("stopped_at", Instant),
    Column("outcome", Text),
    Column("stop_reason", Text),
    Column("elapsed_seconds", BigInteger),
    _required("pauses", JSON),
    _required("waiting", Boolean),
    Column("reopened_at", Instant),
    Column("resent_at", Instant),
    Column("not_before", Instant),
    Column("appointment_at", Instant),
    _of_ticket(),
)

ledger = Table(
    "ledger",
    metadata,
    _key("desk"),
    _key("ticket", BigInteger),
    _key("clock"),
    _key("cycle", Integer),
    _key("kind"),
    _key("n", Integer),
    _required("at", Instant),
    Column("respond_by", Instant),
    _of_ticket(),
)

digest_items = Table(
    "digest_items",
    metadata,
    _key("desk"),
    _key("id", BigInteger),
    _required("address", Key),  # whom the digest will tell
    _required("ticket", BigInteger),
    _required("kind", Text),
    _required("what", Prose),
    Column("text", Prose),
    _required("at", Instant),
    _required("not_before", Instant),
    Column("told_at", Instant),
    _of_ticket(),
    Index("ix_digest_items_lately", "desk", "address", "at"),
    Index("ix_digest_items_waiting", "desk", "told_at", "address", "not_before"),
)

# -- letters that go out -------------------------------------------------------------------------
outbox = Table(
    "outbox",
    metadata,
    _key("desk"),
    _key("id", BigInteger),
    _required("mailbox", Text),
    _required("sender", Prose),
    _required("recipient", Key),
    _required("message_id", Key),
    _required("raw", Packed),
    _required("purpose", Text),
    Column("ticket", BigInteger),
    Column("author", Text),
    Column("event", BigInteger),
    _required("state", Text),
    Column("phase", Text),
    _required("attempts", Integer),
    _required("doubts", Integer),
    Column("next_at", Instant),  # set while the letter waits
    Column("lease_owner", Text),
    Column("lease_until", Instant),  # set while somebody sends it
    _required("created_at", Instant),
    Column("finished_at", Instant),
    Column("last_reply", Prose),
    Index("uq_outbox_message_id", "desk", "message_id", unique=True),
)
Index(
    "ix_outbox_next",
    outbox.c.next_at,
    sqlite_where=text("next_at IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL"),
)
Index(
    "ix_outbox_answers",
    outbox.c.next_at,
    outbox.c.id,  # as they are claimed: SQLite would take the index of all letters that wait
    sqlite_where=text("next_at IS NOT NULL AND event IS NOT NULL"),
    postgresql_where=text("next_at IS NOT NULL AND event IS NOT NULL"),
)
Index(
    "ix_outbox_lease",
    outbox.c.lease_until,
    sqlite_where=text("lease_until IS NOT NULL"),
    postgresql_where=text("lease_until IS NOT NULL"),
)
Index(
    "ix_outbox_order",
    outbox.c.desk,
    outbox.c.ticket,
    outbox.c.recipient,
    outbox.c.id,
    sqlite_where=text("finished_at IS NULL"),
    postgresql_where=text("finished_at IS NULL"),
)
Index("ix_outbox_ticket", outbox.c.desk, outbox.c.ticket)
# What brings mail to the staff, by reader: nobody is to hear too much at once.
TO_STAFF = "purpose IN ('notification', 'follow_up', 'digest')"
Index(
    "ix_outbox_lately",
    outbox.c.desk,
    outbox.c.recipient,
    outbox.c.created_at,
    sqlite_where=text(TO_STAFF),
    postgresql_where=text(TO_STAFF),
)
Index("ix_outbox_state", outbox.c.state)

# -- people --------------------------------------------------------------------------------------
requesters = Table(
    "requesters",
    metadata,
    _key("desk"),
    _key("address", Key),
    Column("language", Text),
    _required("first_seen_at", Instant),
    _required("last_seen_at", Instant),
    Column("muted_until", Instant),
    _required("strikes", Integer),
    Column("suspended_until", Instant),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    _key("desk"),
    _key("address", Key),
    _key("at", Instant),
    _required("domain", Key),
    _required("count", Integer),
    Index("ix_acknowledgements_domain", "desk", "domain", "at"),
    Index("ix_acknowledgements_at", "at"),
)

told = Table(
    "told",
    metadata,
    _key("desk"),
    _key("key", Key),
    _required("at", Instant),
    Index("ix_told_at", "at"),
)

# -- the installation ----------------------------------------------------------------------------
leases = Table(
    "leases",
    metadata,
    _key("name"),
    _required("owner", Text),
    _required("token", BigInteger),
    _required("until", Instant),
)

config_versions = Table("config_versions", metadata, _key("fingerprint"), _required("at", Instant))
