"""D. The clock jumps, the machine sleeps for days, summer time begins."""

import os
import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from maild.tickets.ticket import EventKind
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place

TEN_YEARS = 87_660  # hours


@case(
    "D10",
    "the clock is an hour ahead, an hour behind, ten years ahead, in 1970: all goes on when right",
    defence=Defence(
        "what waits for a far future is set right with the clock",
        replaced("maild.store.store.Transaction.forget_future", lambda *_: 0),
    ),
)
def wrong_clocks(place: Place) -> None:
    right = place.clock.now
    sink = place.sink({"RCPT": [*[None] * 6, "450 4.2.0 later", "450 4.2.0 later"]})
    place.attacked(smtp=sink)
    begin_of_time = (datetime(1970, 1, 1, 2, tzinfo=UTC) - right).total_seconds() / 3600
    with place.impatient(), place.running() as daemon:
        for n, hours in enumerate((1, 0, -1, TEN_YEARS, begin_of_time), 1):
            place.clock.now = right + timedelta(hours=hours)
            daemon.ring()
            place.leave(
                place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
            )
            place.await_tickets(n)
            if hours != TEN_YEARS:
                place.until(place.at_rest)
        place.clock.now = right + timedelta(hours=2)
        daemon.ring()
        place.until(place.at_rest, what="the sending of every letter")
        with place.store.reading() as tx:
            tickets = tx.tickets.find()
        for _ in range(4):
            place.ring(daemon, days=4)
        place.clock.now = datetime(2027, 1, 3, 8, tzinfo=UTC)  # the servers' own dates are behind
        daemon.ring()
        for _ in range(4):
            place.ring(daemon, days=4)
        place.until(place.at_rest)
    with place.store.reading() as tx:
        for ticket in tickets:
            events = tx.tickets.events(place.key, ticket.number)
            stages = [e for e in events if e.kind is EventKind.ESCALATED]
            assert len(stages) == 3, f"{len(stages)} stages of three"


@case(
    "D11",
    "the machine sleeps for days while 25 tickets fall due: a digest each, and nothing twice",
    defence=Defence(
        "many alarms at once become one digest for each person",
        replaced("maild.sweep._STORM", 1_000_000),
    ),
)
def slept_for_days(place: Place) -> None:
    with place.running() as daemon:
        for n in range(25):
            raw = place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}"))
            place.leave(raw)
        place.await_tickets(25)
        place.until(place.at_rest)
        place.dovecot.kick(place.at("student"))
        place.ring(daemon, days=4)
        place.until(place.at_rest)
        lead = place.letters(place.staff("huda"))
        assert len(lead) == 1, f"the lead got {len(lead)} letters"
        daemon.ring()
        place.until(place.at_rest)
        assert len(place.letters(place.staff("huda"))) == 1


def winter(_zone: str) -> tzinfo:
    """Keep the offset that holds today."""
    return timezone(timedelta(hours=1))


@case(
    "D12",
    "summer time begins within the target, on a machine set to Tokyo: due by the desk's own clock",
    defence=Defence(
        "deadlines are counted on the wall clock of the desk's zone",
        replaced("maild.sla.hours.zone_of", winter),
    ),
    quick=True,
)
def summer_time(place: Place) -> None:
    file = place.config / "desks" / f"{place.key}.yaml"
    file.write_text(file.read_text().replace("Asia/Riyadh", "Europe/Berlin"))
    place.clock.now = datetime(2024, 3, 28, 13, 0, tzinfo=UTC)  # Thursday, 14:00 in Berlin
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    with place.running() as daemon:
        place.write()
        place.letter(place.requester())
        place.until(place.at_rest)
        due = datetime(2024, 4, 2, 12, 0, tzinfo=UTC)  # two hours, two days, six hours: 14:00 again
        with place.store.reading() as tx:
            (cycle,) = tx.tickets.cycles(place.key, 1)
        assert cycle.due_at == due, f"due at {cycle.due_at}"
        place.clock.now = due - timedelta(minutes=1)
        daemon.ring()
        place.until(place.at_rest)
        assert not place.letters(place.staff("huda"))
        place.ring(daemon, minutes=2)
        place.letter(place.staff("huda"))
