"""Orders that hand a ticket to somebody, or fix when somebody rings."""

from datetime import UTC, datetime

from maild.intake.notify import bring_ticket, tell_where
from maild.intake.orders.words import Errand, Step
from maild.mail.normal import western_digits
from maild.tickets.orders import Order
from maild.tickets.people import Person, Team
from maild.tickets.ticket import EventKind

_FORMS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M")


def take(errand: Errand, _order: Order) -> Step:
    """The giver takes the ticket."""
    return _to(errand, errand.by)


def assign(errand: Errand, order: Order) -> Step:
    """Somebody named by key, name or address takes the ticket and gets it by mail."""
    people = errand.work.desk.staff.people
    wanted = order.argument.casefold()
    for person in people.values():
        if wanted in {person.key.casefold(), person.name.casefold(), *person.addresses}:
            return _to(errand, person)
    known = ", ".join(people)
    raise errand.refuse(
        f"لا أعرف أحدًا باسم {order.argument}؛ الأسماء: {known}",
        f"There is nobody called {order.argument}; the names are {known}.",
    )


def transfer(errand: Errand, order: Order) -> Step:
    """A team named by key or name gets the ticket; the clocks go on."""
    teams = errand.work.desk.staff.teams
    wanted = order.argument.casefold()
    for team in teams.values():
        if wanted in {team.key.casefold(), team.name.casefold()}:
            return _to_team(errand, team)
    known = ", ".join(teams)
    raise errand.refuse(
        f"لا يوجد فريق بهذا الاسم؛ الفرق: {known}", f"There is no such team; the teams are {known}."
    )


def second_tier(errand: Errand, _order: Order) -> Step:
    """The second level completes what the first could not (policies 002 and 003)."""
    team = next((t for t in errand.work.desk.staff.teams.values() if t.tier == 2), None)
    if team is None:
        raise errand.refuse("لا يوجد مستوى ثانٍ في هذا المكتب.", "This desk has no second tier.")
    return _to_team(errand, team)


def appointment(errand: Errand, order: Order) -> Step:
    """A call is booked: its instant, in the desk's zone, becomes the ticket's deadline."""
    written = western_digits(order.argument).strip()
    for form in _FORMS:
        try:
            at = datetime.strptime(written, form).replace(tzinfo=errand.work.office.zone)
        except ValueError:
            continue
        if at <= errand.work.now:
            raise errand.refuse("هذا الموعد قد مضى.", "That time has passed.")
        english, arabic = (errand.work.office.when(at, language) for language in ("en", "ar"))
        return errand.step(
            EventKind.CHANGED,
            f"حُدِّد موعد المكالمة: {arabic}",
            f"The call is booked for {english}.",
            type="appointment",
            appointment=at.astimezone(UTC).isoformat(),
        )
    raise errand.refuse(
        "اكتب الموعد هكذا: 2026-03-04 10:20", "Write the time like this: 2026-03-04 10:20"
    )


def _to(errand: Errand, person: Person) -> Step:
    def do() -> str:
        event = errand.happen(EventKind.REASSIGNED, assignee=person.key)
        if person.key != errand.by.key:
            _hand_over(errand, f"e{event}")
        return errand.say(
            f"التذكرة الآن لدى {person.name}.", f"The ticket is now with {person.name}."
        )

    return do


def _to_team(errand: Errand, team: Team) -> Step:
    def do() -> str:
        event = errand.happen(EventKind.ROUTED, team=team.key, assignee=None, tier=team.tier)
        _hand_over(errand, f"e{event}")
        tell_where(errand.work, errand.case, f"e{event}")
        return errand.say(f"حُوِّلت التذكرة إلى {team.name}.", f"The ticket went to {team.name}.")

    return do


def _hand_over(errand: Errand, key: str) -> None:
    """Bring the whole thread to whoever answers now, with what the giver wrote as a note."""
    thread = errand.case.thread()
    if thread:
        bring_ticket(errand.work, errand.case, thread[0], key, by=errand.by, thread=thread)
