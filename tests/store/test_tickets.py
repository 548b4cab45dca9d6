"""Tickets and all that hangs on them come back as they were, in order, and only once."""

import contextlib
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maild.mail.mail import Address
from maild.mail.packing import pack
from maild.sla.cycle import Cycle, Outcome
from maild.sla.ladder import Fired, FiringKind
from maild.sla.policy import ClockKind
from maild.store.columns import storable
from maild.store.errors import StaleTicketError
from maild.store.store import Store
from maild.tickets.ticket import Event, EventKind, Message, Status, Ticket, Visibility
from tests.store.samples import DESK, MINUTE, NOW, message, open_ticket, stored_ticket, ticket

ONE_STORE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PROSE = st.text(max_size=60) | st.text(alphabet="ابتثجحخد ةيىﷺـًٌ٠١٢\u200f\u202e\u2067", max_size=60)
INSTANTS = st.integers(-(2**40), 2**53).map(lambda n: NOW + timedelta(microseconds=n))
ADDRESSES = st.builds(Address, PROSE, PROSE)


def tickets(**fixed: Any) -> st.SearchStrategy[Ticket]:
    return st.builds(
        Ticket,
        desk=st.just(DESK),
        mailbox=st.just("student"),
        subject=PROSE,
        requester=ADDRESSES,
        opened_at=INSTANTS,
        status=st.sampled_from(Status),
        language=st.sampled_from(["ar", "en"]),
        team=st.none() | st.just("students"),
        tags=st.lists(PROSE, max_size=3).map(tuple),
        collaborators=st.lists(PROSE, max_size=3).map(tuple),
        closed_at=st.none() | INSTANTS,
        merged_into=st.none() | st.integers(1, 2**40),
        alarm_at=st.none() | INSTANTS,
        **fixed,
    )


MESSAGES = st.builds(
    Message,
    at=INSTANTS,
    author=ADDRESSES,
    role=st.sampled_from(["requester", "agent", "stranger"]),
    visibility=st.sampled_from(Visibility),
    message_id=st.none() | PROSE,
    subject=PROSE,
    text=PROSE,
    new_text=PROSE,
    mail=st.none() | st.integers(1, 2**40),
)


@ONE_STORE
@given(opened=tickets(number=st.just(0)))
def test_a_ticket_comes_back_as_it_was(store: Store, opened: Ticket) -> None:
    with store.transaction() as tx:
        opened = replace(opened, number=tx.tickets.next_number(DESK))
        tx.tickets.add(opened)
    assert stored_ticket(store, opened.number) == replace(
        opened,
        subject=storable(opened.subject),
        requester=Address(storable(opened.requester.name), storable(opened.requester.address)),
    )


@ONE_STORE
@given(written=MESSAGES)
def test_a_message_comes_back_as_it_was(store: Store, written: Message) -> None:
    with store.transaction() as tx:
        number = open_ticket(tx).number
        tx.tickets.add_message(DESK, number, written)
    with store.reading() as tx:
        (found,) = tx.tickets.messages(DESK, number)
    assert found == replace(
        written,
        author=Address(storable(written.author.name), storable(written.author.address)),
        message_id=written.message_id and storable(written.message_id),
        subject=storable(written.subject),
        text=storable(written.text),
        new_text=storable(written.new_text),
    )


def test_text_that_no_database_takes_is_stored_with_a_mark_in_its_place(store: Store) -> None:
    hostile = "قبل\x00بعد\ud800"
    with store.transaction() as tx:
        number = open_ticket(tx, subject=hostile, tags=(hostile,)).number
        tx.tickets.add_event(DESK, number, Event(EventKind.CHANGED, NOW, hostile, {"x": hostile}))
    assert stored_ticket(store, number).subject == "قبل\ufffdبعد\ufffd"


def test_a_message_id_of_any_length_is_stored_and_found(store: Store) -> None:
    endless = "<" + "م" * 20_000 + "@students.example>"
    with store.transaction() as tx:
        number = open_ticket(tx).number
        tx.tickets.add_message(DESK, number, message(message_id=endless))
        tx.tickets.add_message(DESK, number, message(message_id=endless[:-1] + "x>"))
    with store.reading() as tx:
        assert [k.number for k in tx.tickets.by_message_ids(DESK, [endless])] == [number]


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"), store.transaction() as tx:
        open_ticket(tx, opened_at=naive)
    with store.transaction() as tx:
        number = open_ticket(tx).number
    event = Event(EventKind.CHANGED, NOW, data={"at": naive})
    with pytest.raises(Exception, match="cannot be stored"), store.transaction() as tx:
        tx.tickets.add_event(DESK, number, event)


def test_an_instant_of_another_zone_comes_back_in_utc(store: Store) -> None:
    riyadh = NOW.astimezone(ZoneInfo("Asia/Riyadh")) + timedelta(microseconds=1)
    with store.transaction() as tx:
        number = open_ticket(tx, opened_at=riyadh).number
    found = stored_ticket(store, number).opened_at
    assert (found, found.tzinfo) == (riyadh, UTC)


def test_numbers_of_a_desk_begin_at_one_and_have_no_gaps(store: Store) -> None:
    numbers = []
    for fails in (False, True, False):
        try:
            with store.transaction() as tx:
                numbers.append(open_ticket(tx).number)
                assert not fails
        except AssertionError:
            numbers.pop()
    with store.transaction() as tx:
        assert [*numbers, tx.tickets.next_number(DESK)] == [1, 2, 3]
        assert tx.tickets.next_number("hospital") == 1


def test_a_ticket_changed_meanwhile_is_not_overwritten(store: Store) -> None:
    with store.transaction() as tx:
        opened = open_ticket(tx)
    with store.transaction() as tx:
        tx.tickets.get(DESK, opened.number)
        tx.tickets.save(replace(opened, team="students"))
        tx.tickets.save(replace(opened, team="finance"))  # its own change is no obstacle
    with pytest.raises(StaleTicketError), store.transaction() as tx:
        tx.tickets.save(opened)  # never read here
    assert stored_ticket(store, opened.number).team == "finance"


def test_a_savepoint_undoes_only_what_is_inside(store: Store) -> None:
    with store.transaction() as tx:
        opened = open_ticket(tx)
        with contextlib.suppress(ZeroDivisionError), tx.savepoint():
            tx.tickets.save(replace(opened, team="students"))
            tx.mails.keep(DESK, pack(b"lost"), NOW)
            raise ZeroDivisionError
        tx.tickets.save(replace(opened, team="finance"))
        kept = tx.mails.keep(DESK, pack(b"kept"), NOW)
    assert stored_ticket(store, opened.number).team == "finance"
    with store.transaction() as tx:
        assert tx.mails.raw(DESK, kept) == b"kept"
        assert tx.mails.keep(DESK, pack(b"lost"), NOW) != kept


def test_events_and_messages_keep_the_order_in_which_they_were_written(store: Store) -> None:
    with store.transaction() as tx:
        one, two = open_ticket(tx).number, open_ticket(tx).number
    for n in range(12):
        with store.transaction() as tx:
            late = NOW - n * MINUTE  # read late, written in this order all the same
            for number in (one, two):
                event = Event(EventKind.CHANGED, late, "sara", {"سبب": "متأخر", "n": n})
                assert tx.tickets.add_event(DESK, number, event) == n + 1
                assert tx.tickets.add_message(DESK, number, message(subject=str(n))) == n + 1
    with store.reading() as tx:
        events = tx.tickets.events(DESK, one)
        assert [e.data["n"] for e in events] == list(range(12))
        assert events[0].data["سبب"] == "متأخر"
        assert [m.subject for m in tx.tickets.messages(DESK, two)] == [str(n) for n in range(12)]


def test_cycles_come_back_and_are_replaced_as_a_whole(store: Store) -> None:
    paused = Cycle("resolution", ClockKind.RESOLUTION, 1, NOW, pauses=((NOW, None),))
    met = Cycle("reply", ClockKind.REPLY, 1, NOW, NOW + MINUTE, NOW, NOW, Outcome.MET, "x", 60)
    with store.transaction() as tx:
        number = open_ticket(tx).number
        tx.tickets.save_cycles(DESK, number, [paused, met])
        assert set(tx.tickets.cycles(DESK, number)) == {paused, met}
        ended = replace(paused, pauses=((NOW, NOW + MINUTE),), waiting=True)
        tx.tickets.save_cycles(DESK, number, [ended])
    with store.reading() as tx:
        assert tx.tickets.cycles(DESK, number) == (ended,)


def test_a_firing_stands_in_the_ledger_once(store: Store) -> None:
    stage = Fired("reply", 1, FiringKind.STAGE, 1, NOW, NOW + MINUTE)
    with store.transaction() as tx:
        number = open_ticket(tx).number
        assert tx.tickets.fire(DESK, number, stage)
    with store.transaction() as tx:
        assert not tx.tickets.fire(DESK, number, replace(stage, at=NOW + MINUTE))
        assert tx.tickets.fire(DESK, number, replace(stage, cycle=2, at=NOW + MINUTE))
        assert tx.tickets.fired(DESK, number) == (stage, replace(stage, cycle=2, at=NOW + MINUTE))


def test_only_alarms_that_are_due_ring_the_oldest_first(store: Store) -> None:
    with store.transaction() as tx:
        for minutes in (3, 1, 2, 9, None):
            open_ticket(tx, alarm_at=None if minutes is None else NOW + minutes * MINUTE)
    with store.reading() as tx:
        assert tx.tickets.ringing([DESK], NOW, 10) == ()
        assert tx.tickets.ringing([DESK], NOW + 3 * MINUTE, 10) == ((DESK, 2), (DESK, 3), (DESK, 1))
        assert tx.tickets.ringing([DESK], NOW + 3 * MINUTE, 1) == ((DESK, 2),)


def test_known_message_ids_come_in_the_order_asked(store: Store) -> None:
    with store.transaction() as tx:
        for name in ("a", "b"):
            number = open_ticket(tx).number
            tx.tickets.add_message(DESK, number, message(message_id=f"<{name}>"))
        found = tx.tickets.by_message_ids(DESK, ["<new>", "<b>", "<a>", "<b>"])
        assert [(k.message_id, k.number) for k in found] == [("<b>", 2), ("<a>", 1)]
        assert tx.tickets.by_message_ids("hospital", ["<a>"]) == ()
        assert tx.tickets.by_message_ids(DESK, []) == ()


def test_a_ticket_waits_for_an_answer_until_an_agent_writes_to_the_requester(store: Store) -> None:
    def unanswered() -> list[int]:
        with store.reading() as tx:
            found = tx.tickets.unanswered_of(DESK, "NOURA@students.example", NOW)
        return [u.ticket.number for u in found]

    with store.transaction() as tx:
        one, two = open_ticket(tx), open_ticket(tx)
        open_ticket(tx, opened_at=NOW - MINUTE)
        open_ticket(tx, requester=Address("", "else@students.example"))
        for number in (1, 2, 3, 4):
            tx.tickets.add_message(DESK, number, message())
    assert unanswered() == [2, 1]
    with store.transaction() as tx:
        tx.tickets.add_message(DESK, one.number, message("agent", visibility=Visibility.INTERNAL))
        tx.tickets.add_message(DESK, two.number, message("agent"))
    assert unanswered() == [1]
    with store.transaction() as tx:
        tx.tickets.add_message(DESK, two.number, message())
    assert unanswered() == [2, 1]
    with store.transaction() as tx:
        tx.tickets.get(DESK, 1)
        tx.tickets.save(replace(one, status=Status.SOLVED))
    assert unanswered() == [2]


def test_tickets_are_found_by_what_is_given(store: Store) -> None:
    with store.transaction() as tx:
        open_ticket(tx, team="students", assignee="sara")
        open_ticket(tx, team="finance", opened_at=NOW + MINUTE, assignee="sara")
        open_ticket(tx, team="students", status=Status.CLOSED, assignee="sara")
        open_ticket(tx, desk="hospital", opened_at=NOW - MINUTE)

        def found(**wanted: Any) -> list[tuple[str, int]]:
            return [(t.desk, t.number) for t in tx.tickets.find(**wanted)]

        assert found() == [(DESK, 2), (DESK, 3), (DESK, 1), ("hospital", 1)]
        assert found(limit=1) == [(DESK, 2)]
        assert found(desk=DESK, status=[Status.NEW]) == [(DESK, 2), (DESK, 1)]
        assert found(team="students") == [(DESK, 3), (DESK, 1)]
        assert found(requester="noura@STUDENTS.example", desk="hospital") == [("hospital", 1)]
        assert tx.tickets.load(DESK, ["sara", "huda"]) == {"sara": 2, "huda": 0}
        assert tx.tickets.get(DESK, 99) is None


def test_reading_refuses_to_write(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"), store.reading() as tx:
        tx.tickets.add(ticket())
    with store.transaction() as tx:  # the connection it used can write again
        tx.tickets.add(ticket())
