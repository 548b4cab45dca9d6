"""FLOW. An alarm rings: what is due is done, once, in the transaction that says so.

`run` takes the tickets whose alarm is due (an indexed look-up, so a tick costs what is due and not
what is open), locks them, asks `sla` what must be done for each, writes that into the ledger, where
nothing can stand twice, posts the letters and sets the next alarm. Some share a transaction, since
each commit waits for the disk; when one of them fails, each is taken by itself. When many tickets
ring at once, after a downtime, one digest goes to each person instead of a letter for each ticket.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from maild.casework import Case, digests
from maild.notices import lateness as letters
from maild.notices import requester as outside
from maild.notices.digest import escalated, nearly_due
from maild.notices.office import Office
from maild.sla.cycle import Cycle, used_seconds
from maild.sla.ladder import Firing, FiringKind, next_alarm
from maild.sla.policy import Clock, ClockKind
from maild.sla.timing import clock_named
from maild.store.store import Store, Transaction
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind, Message

_AT_ONCE = 10_000  # tickets in one pass
_TOGETHER = 50  # tickets in one transaction
_STORM = 20  # tickets that ring in one pass; more than these become digests


@dataclass(slots=True)
class Pass:
    """What one pass has done."""

    rung: int = 0
    letters: int = 0
    fired: list[tuple[str, int, Firing]] = field(default_factory=list)  # desk, ticket, what rang


@dataclass(slots=True)
class _Telling:
    """Who has heard of one ticket in one ring: one letter per person, whatever else rings."""

    storm: bool
    heard: set[tuple[FiringKind, str]] = field(default_factory=set)

    def first(self, kind: FiringKind, person: Person) -> bool:
        """Tell whether a person has not heard yet, and remember that they have."""
        told = (kind, person.email.lower())
        if told in self.heard:
            return False
        self.heard.add(told)
        return True


def run(
    store: Store,
    offices: Mapping[str, Office],
    now: datetime,
    stopping: Callable[[], bool] = lambda: False,
) -> Pass:
    """Ring every alarm that is due at `now` (UTC); return what was done.

    One ticket that fails costs only itself: its error is raised when the pass is over, after all
    others have rung.
    """
    done = Pass()
    errors: list[Exception] = []
    with store.reading() as tx:
        ringing = tx.tickets.ringing(list(offices), now, _AT_ONCE)
    storm = len(ringing) > _STORM
    for desk, numbers in _together(ringing):
        if stopping():
            break
        try:
            _note(done, desk, ring(store, offices[desk], numbers, now, storm=storm))
            continue
        except Exception as error:
            if len(numbers) == 1:
                errors.append(error)
                continue
        for number in numbers:
            try:
                _note(done, desk, ring(store, offices[desk], [number], now, storm=storm))
            except Exception as error:
                errors.append(error)
    done.letters = digests.send(store, offices, now)
    if errors:
        raise ExceptionGroup(f"{len(errors)} tickets could not be looked at", errors)
    return done


def _together(ringing: Sequence[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Cut what rings into transactions: tickets of one desk, the longest due first."""
    for desk in dict.fromkeys(desk for desk, _ in ringing):
        numbers = [number for of, number in ringing if of == desk]
        for start in range(0, len(numbers), _TOGETHER):
            yield desk, numbers[start : start + _TOGETHER]


def _note(done: Pass, desk: str, rung: Mapping[int, Sequence[Firing]]) -> None:
    for number, firings in rung.items():
        done.fired += [(desk, number, firing) for firing in firings]
        done.rung += 1


def adopt_policies(store: Store, offices: Mapping[str, Office], now: datetime) -> int:
    """Put the open cycles of every active ticket under new rules; return how many moved.

    Nothing that has fired is repeated, nothing becomes late before `now` through the change. A
    ticket that the rules leave as it is, such as one that another daemon has put under them, stays
    as it is.
    """
    with store.reading() as tx:
        active = tx.tickets.running()
    moved = 0
    for desk, number in active:
        if (office := offices.get(desk)) is None:
            continue
        with store.transaction() as tx:
            ticket = tx.tickets.get(desk, number)
            if ticket is None:
                continue
            case = Case(tx, office.desk, ticket, now)
            if case.adopt_policy():
                case.happen(EventKind.POLICY_CHANGED)
                moved += 1
            case.save()
    return moved


def ring(
    store: Store, office: Office, numbers: Sequence[int], now: datetime, *, storm: bool = False
) -> Mapping[int, tuple[Firing, ...]]:
    """Look at some tickets in one transaction; return what was done for each.

    In a `storm` what letters about lateness would say is kept for digests, in the same transaction.
    """
    with store.transaction() as tx:
        tx.tickets.lock(office.desk.key, numbers)
        return {number: _ring(tx, office, number, now, storm=storm) for number in numbers}


def _ring(
    tx: Transaction, office: Office, number: int, now: datetime, *, storm: bool
) -> tuple[Firing, ...]:
    """Look at one ticket: do what is due, once, and set its next alarm."""
    ticket = tx.tickets.get(office.desk.key, number)
    if ticket is None:
        return ()
    case = Case(tx, office.desk, ticket, now)
    firings = case.due()
    telling = _Telling(storm)
    for firing in sorted(firings, key=lambda f: _rank(case, f)):
        _carry_out(case, office, firing, telling)
    case.save()
    return firings


def _rank(case: Case, firing: Firing) -> tuple[datetime, int, bool]:
    """Of two clocks that ring at once the one with a ladder speaks: it can say who hears next."""
    laddered = any(c.name == firing.clock and c.stages for c in case.policy.clocks)
    return firing.at, list(FiringKind).index(firing.kind), not laddered


def _carry_out(case: Case, office: Office, firing: Firing, telling: _Telling) -> None:
    cycle = next(c for c in case.cycles if (c.clock, c.n) == (firing.clock, firing.cycle))
    clock = clock_named(cycle.clock, cycle.kind, case.policy)
    if clock is None:
        return
    match firing.kind:
        case FiringKind.WARN:
            _warn(case, office, firing, cycle, clock, telling)
        case FiringKind.DUE:
            case.happen(EventKind.DUE, firing.at, clock=clock.name, cycle=cycle.n)
            if clock.stages and clock.kind is not ClockKind.APPOINTMENT and not telling.storm:
                _ask_for_the_cause(case, office, cycle, telling)
        case FiringKind.STAGE:
            _escalate(case, office, firing, cycle, clock, telling)
        case FiringKind.RESPOND_BY:
            case.happen(EventKind.CHANGED, firing.at, unanswered_stage=firing.n)
            _tell_of_stage(case, office, firing, cycle, clock, telling)
        case FiringKind.SURVEY:
            case.post(outside.survey(office, case.ticket, case.thread(), case.now))
            case.happen(EventKind.SURVEYED)


def _warn(
    case: Case, office: Office, firing: Firing, cycle: Cycle, clock: Clock, telling: _Telling
) -> None:
    """Tell the team, and who will hear of it next."""
    case.happen(EventKind.WARNED, firing.at, clock=clock.name, share=firing.n / 1000)
    hours = office.desk.calendars[clock.calendar]
    left = clock.target.seconds - used_seconds(cycle, clock, hours, case.now)
    waiting = _waiting(case.thread(), cycle)
    next_to = _people(case, clock.stages[0].to) if clock.stages else ()
    for person in case.answering():
        if not telling.first(firing.kind, person):
            continue
        if telling.storm:
            digests.keep_lateness(case, person, nearly_due(office, person))
            continue
        key = _key(firing)
        letter = letters.warning(
            office, case.ticket, person, waiting, cycle, left, clock, next_to, key, case.now
        )
        if letter is not None:
            case.post(letter)


def _escalate(
    case: Case, office: Office, firing: Firing, cycle: Cycle, clock: Clock, telling: _Telling
) -> None:
    """Forward the thread to those the policy names for this stage, and say what happens next."""
    stage = firing.stage
    if stage is None:
        return
    people = _people(case, stage.to)
    raised = {"priority": stage.priority} if stage.priority else {}
    case.happen(
        EventKind.ESCALATED,
        firing.at,
        clock=clock.name,
        stage=stage.n,
        to=[p.email for p in people],
        **raised,
    )
    _tell_of_stage(case, office, firing, cycle, clock, telling)


def _tell_of_stage(
    case: Case, office: Office, firing: Firing, cycle: Cycle, clock: Clock, telling: _Telling
) -> None:
    """Write to those a stage names: it was reached, or nobody answered by the instant it named.

    Of the second they are reminded once; the stage above has an instant of its own.
    """
    stage = firing.stage
    if stage is None:
        return
    hours = office.desk.calendars[clock.calendar]
    waited = used_seconds(cycle, clock, hours, case.now)
    late = max(0.0, waited - clock.target.seconds)
    following = next((s for s in clock.stages if s.n > stage.n), None)
    upcoming = next_alarm([cycle], case.fired, case.policy, office.desk.calendars)
    after = (_people(case, following.to) if following else (), upcoming if following else None)
    for person in _people(case, stage.to):
        if not telling.first(firing.kind, person):
            continue
        if telling.storm and case.ticket.priority != "emergency":
            what = escalated(office, person, firing, late, clock)
            digests.keep_lateness(case, person, what, firing.notify_at)
            continue
        case.post(
            letters.escalation(
                office,
                case.ticket,
                person,
                firing,
                cycle,
                waited,
                late,
                clock,
                after,
                case.thread(),
                _key(firing),
                case.now,
            )
        )


def _ask_for_the_cause(case: Case, office: Office, cycle: Cycle, telling: _Telling) -> None:
    """A breach asks the lead for its cause (policy 000, annex step 5).

    After a downtime nobody asks: the digests say what happened.
    """
    for person in _people(case, ("lead",)):
        if telling.first(FiringKind.DUE, person):
            key = f"cause-{cycle.clock}-{cycle.n}"
            case.post(letters.cause(office, case.ticket, person, cycle, key, case.now))


def _people(case: Case, to: Sequence[str]) -> tuple[Person, ...]:
    staff, roles = case.desk.staff, case.desk.roles
    found: dict[str, Person] = {}
    for name in to:
        for person in staff.resolve(name, case.ticket.team, roles):
            found.setdefault(person.email.lower(), person)
    return tuple(found.values())


def _waiting(thread: Sequence[Message], cycle: Cycle) -> Message:
    """Return the message that waits for an answer: the one that started the cycle."""
    asked = [m for m in thread if m.role == "requester" and m.at >= cycle.started_at]
    return asked[0] if asked else thread[-1]


def _key(firing: Firing) -> str:
    return f"{firing.clock}-{firing.cycle}-{firing.kind}-{firing.n}".replace("_", "-").lower()
