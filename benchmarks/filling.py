"""A store that is no longer new: filled with copies of one ticket, in SQL, in seconds."""

from collections.abc import Mapping

from sqlalchemy import Connection, Table, text

from maild.store.tables import (
    counters,
    cycles,
    events,
    mails,
    messages,
    outbox,
    requesters,
    sources,
    tickets,
)

# Of the copy n.i: its own number, and one that looks random, each once (Knuth's multiplier).
_MIX = "((n.i * 2654435761) % 4294967296)"
_ROW = "(100000000 + n.i * 8 + t.id % 8)"
_AFTER_ROWS = 1_000_000_000

Copied = Mapping[Table, tuple[str, Mapping[str, str]]]  # which rows, and what differs in a copy

# What a tick looks at.
TICKETS: Copied = {
    tickets: ("t.number = :model", {"number": "n.i"}),
    messages: ("t.ticket = :model", {"ticket": "n.i"}),
    events: ("t.ticket = :model", {"ticket": "n.i"}),
    cycles: ("t.ticket = :model", {"ticket": "n.i"}),
}

# And all that intake looks at; every key that is looked up differs, and raw mails are cut short,
# since a million whole ones would fill the disk. In SQLite's words.
EVERYTHING: Copied = {
    **TICKETS,
    tickets: (
        "t.number = :model",
        {"number": "n.i", "requester": f"'r' || {_MIX} || '@filled.example'"},
    ),
    messages: (
        "t.ticket = :model",
        {"ticket": "n.i", "message_id": f"'<' || {_MIX} || '.' || t.id || '@filled.example>'"},
    ),
    mails: (
        "t.id IN (SELECT mail FROM messages WHERE ticket = :model)",
        {
            "id": _ROW,
            "sha256": f"CAST(printf('%032d', {_MIX} * 8 + t.id % 8) AS BLOB)",
            "raw": "substr(t.raw, 1, 500)",
        },
    ),
    sources: (
        "t.ticket = :model",
        {
            "mailbox": "'filled'",
            "uid": "n.i * 8 + t.uid % 8",
            "ticket": "n.i",
            "mail": "NULL",
            "identity": f"printf('%064d', {_MIX} * 8 + t.uid % 8)",
        },
    ),
    requesters: (
        "t.address = (SELECT requester FROM tickets WHERE number = :model)",
        {"address": f"'r' || {_MIX} || '@filled.example'"},
    ),
    outbox: (
        "t.ticket = :model",
        {
            "id": _ROW,
            "ticket": "n.i",
            "message_id": f"'<' || {_MIX} || '.' || t.id || '@desk.example>'",
            "raw": "substr(t.raw, 1, 500)",
            "state": "'sent'",
            "next_at": "NULL",
            "finished_at": "t.created_at",
        },
    ),
}


def fill(connection: Connection, copied: Copied, first: int, last: int, model: int = 1) -> None:
    """Copy a ticket of one mail to the numbers `first` to `last`, in the caller's transaction."""
    for table, (which, differs) in copied.items():
        names = [column.name for column in table.columns]
        taken = ", ".join(differs.get(name, f't."{name}"') for name in names)
        quoted = ", ".join(f'"{name}"' for name in names)
        connection.execute(
            text(
                f"INSERT INTO {table.name} ({quoted}) "  # noqa: S608  # names of our own tables
                "WITH RECURSIVE n(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL "
                "SELECT i + 1 FROM n WHERE i < :last) "
                f"SELECT {taken} FROM {table.name} t CROSS JOIN n WHERE {which}"
            ),
            {"first": first, "last": last, "model": model},
        )


def count_on(connection: Connection, last: int) -> None:
    """Make the store number what comes after the copies."""
    for name, value in (("ticket", last), ("row", _AFTER_ROWS)):
        change = counters.update().where(counters.c.name == name, counters.c.value < value)
        connection.execute(change.values(value=value))
