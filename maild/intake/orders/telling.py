"""Orders that only ask: why is the ticket where it is, and what can be ordered."""

from maild.intake.orders.words import Errand, Step
from maild.notices import writer as letters
from maild.sla.timing import clock_named
from maild.sla.wording import spoken_target
from maild.tickets.orders import ARABIC, Order


def why(errand: Errand, _order: Order) -> Step:
    """Answer with the ticket's history and clocks in plain lines."""

    def do() -> str:
        case, office = errand.case, errand.work.office
        language = office.language_of(errand.by)
        lines = [
            f"- {office.when(event.at, language)}: {event.kind.value} ({event.actor})"
            for event in errand.work.tx.tickets.events(case.ticket.desk, case.ticket.number)
        ]
        for cycle in case.cycles:
            clock = clock_named(cycle.clock, cycle.kind, case.policy)
            if clock is not None and cycle.due_at is not None:
                target = spoken_target(clock.target, language)
                due = office.when(cycle.due_at, language)
                standing = cycle.standing(errand.work.now)
                lines.append(f"- {cycle.clock}: {target}, {due}, {standing}")
        title = errand.say("ما جرى للتذكرة", "What happened to the ticket")
        return _tell(errand, title, "\n".join(lines))

    return do


def help_(errand: Errand, _order: Order) -> Step:
    """Answer with every order there is."""

    def do() -> str:
        names = [f"- #{arabic} = #{name}" for name, arabic in ARABIC.items()]
        title = errand.say("الأوامر المتاحة", "What you can order")
        return _tell(errand, title, "\n".join(names))

    return do


def _tell(errand: Errand, title: str, body: str) -> str:
    work, case = errand.work, errand.case
    key = f"told-m{work.mail_id}-{len(body)}"
    case.post(letters.explanation(work.office, case.ticket, errand.by, title, body, key, work.now))
    return ""
