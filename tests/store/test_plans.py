"""What runs at every tick or for every mail costs what it finds, never what is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from maild.mail.packing import pack
from maild.store.store import Store, Transaction
from tests.store.samples import DESK, NOW, letter, message, open_ticket, source

HOT: list[Callable[[Transaction], object]] = [
    lambda tx: tx.tickets.ringing([DESK], NOW, 10),
    lambda tx: tx.tickets.next_alarm(),
    lambda tx: tx.tickets.solved_before(DESK, NOW, 10),
    lambda tx: tx.tickets.get(DESK, 1),
    lambda tx: tx.tickets.messages(DESK, 1),
    lambda tx: tx.tickets.events(DESK, 1),
    lambda tx: tx.tickets.cycles(DESK, 2),
    lambda tx: tx.tickets.fired(DESK, 1),
    lambda tx: tx.tickets.by_message_ids(DESK, ["<a>", "<b>"]),
    lambda tx: tx.tickets.unanswered_of(DESK, "noura@students.example", NOW),
    lambda tx: tx.tickets.load(DESK, ["sara"]),
    lambda tx: tx.tickets.add_message(DESK, 1, message()),
    lambda tx: tx.outbox.claim("a", NOW, 60, 10),
    lambda tx: tx.outbox.next_at(),
    lambda tx: tx.outbox.post(letter(), NOW),
    lambda tx: tx.outbox.by_message_id(DESK, "<a>"),
    lambda tx: tx.mails.seen(DESK, "student", 7, [1, 2, 3]),
    lambda tx: tx.mails.keep(DESK, pack(b"mail"), NOW),
    lambda tx: tx.mails.records(DESK, 1),
    lambda tx: tx.mails.twin(DESK, "x"),
    lambda tx: tx.mails.strike(DESK, "student", 7, 1),
    lambda tx: tx.quarantine.add(source(), None, "x", {}, NOW),
    lambda tx: tx.requesters.get(DESK, "noura@students.example"),
    lambda tx: tx.requesters.acks_since(DESK, "noura@students.example", NOW),
    lambda tx: tx.requesters.domain_acks_since(DESK, "students.example", NOW),
    lambda tx: tx.requesters.forget_acks(NOW),
    lambda tx: tx.told.forget(NOW),
    lambda tx: tx.mails.expect(DESK, [b"a", b"b"], ["x", "y"]),
    lambda tx: tx.tickets.expect(DESK, ["<1@students.example>", "<b>"], ["a@b.example", "c"]),
    lambda tx: tx.tickets.expect_opened(DESK, ["a@b.example", "c"], NOW),
    lambda tx: tx.requesters.expect(DESK, ["a@b.example", "c"]),
    lambda tx: tx.requesters.expect_acks(DESK, ["a@b.example", "c"], NOW),
    lambda tx: tx.outbox.expect(DESK, ["<a>", "<b>"]),
    lambda tx: tx.leases.holds("diplomas/student", 1),
    lambda tx: tx.tickets.opened_since(DESK, "noura@students.example", NOW, 20),
    lambda tx: tx.lately.letters(DESK, "sara@staff.example", NOW, 30),
    lambda tx: tx.lately.pieces(DESK, "sara@staff.example", NOW, 30),
    lambda tx: tx.lately.digest(DESK, "sara@staff.example", NOW),
    lambda tx: tx.digests.next_at(DESK),
    lambda tx: tx.digests.ripe(DESK, NOW),
    lambda tx: tx.digests.forget(DESK, NOW),
]

# Indexes of what waits, which is little; reading one from end to end is what they are for.
PARTIAL = ("ix_tickets_alarm", "ix_outbox_next", "ix_outbox_answers", "ix_outbox_lease")


@pytest.mark.parametrize("query", HOT)
def test_no_hot_query_reads_a_whole_table(
    store: Store, url: str, query: Callable[[Transaction], object]
) -> None:
    sqlite = url.startswith("sqlite")
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _u: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip()[:6] in {"SELECT", "UPDATE", "DELETE", "INSERT"}:
            asked.append((statement, parameters))

    with store.transaction() as tx:
        tx.tickets.add_message(DESK, open_ticket(tx).number, message())
    with store.transaction() as tx:  # one that knows nothing of the ticket yet
        event.listen(store._engine, "before_cursor_execute", listen)
        query(tx)
        tx.flush()
        event.remove(store._engine, "before_cursor_execute", listen)
        assert asked
        for statement, parameters in asked:
            if not sqlite:
                tx._connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
            plan = tx._connection.exec_driver_sql(explain + statement, parameters).all()
            lines = [str(row[-1]) for row in plan]
            assert [line for line in lines if _scans(line)] == []


def test_answers_are_claimed_without_a_look_at_other_letters_that_wait() -> None:
    plans: list[str] = []

    def listen(connection: Any, _cursor: object, statement: str, parameters: Any, *_: Any) -> None:
        if "event IS NOT NULL" in statement and not statement.startswith("EXPLAIN"):
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(str(plan.first()))

    store = Store("sqlite://")
    store.migrate()
    with store.transaction() as tx:
        event.listen(store._engine, "before_cursor_execute", listen)
        tx.outbox.claim("a", NOW, 60, 10)
    assert [("ix_outbox_answers" in plan, "ix_outbox_next" in plan) for plan in plans] == [
        (True, False)
    ]


def _scans(line: str) -> bool:
    """Whether a line of a plan reads a table, an index of all its rows, or a whole desk's rows."""
    if line.startswith("SEARCH") and line.endswith("(desk=?)"):
        return True
    if line.startswith("SCAN"):
        return not any(part in line for part in ("CONSTANT ROW", "(subquery", *PARTIAL))
    return "Seq Scan" in line
