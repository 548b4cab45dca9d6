"""Orders that only ask: why is the ticket where it is, and what can be ordered."""

from maild.intake.orders.words import Errand, Step
from maild.notices import commands, history
from maild.notices import writer as letters
from maild.sla.timing import clock_named
from maild.tickets.orders import Order


def why(errand: Errand, _order: Order) -> Step:
    """Answer with the ticket's history and clocks in plain lines."""

    def do() -> str:
        case, office = errand.case, errand.work.office
        language = office.language_of(errand.by)
        events = errand.work.tx.tickets.events(case.ticket.desk, case.ticket.number)
        lines = [history.line(office, event, language) for event in events]
        for cycle in case.cycles:
            clock = clock_named(cycle.clock, cycle.kind, case.policy)
            if clock is not None:
                lines.append(history.promise(office, cycle, clock, language, errand.work.now))
        title = errand.say("ما جرى للتذكرة", "What happened to the ticket")
        return _tell(errand, title, "\n".join(filter(None, lines)))

    return do


def help_(errand: Errand, _order: Order) -> Step:
    """Answer with every order there is."""

    def do() -> str:
        title = errand.say("الأوامر المتاحة", "What you can order")
        language = errand.work.office.language_of(errand.by)
        return _tell(errand, title, commands.listed(language))

    return do


def _tell(errand: Errand, title: str, body: str) -> str:
    work, case = errand.work, errand.case
    key = f"told-m{work.mail_id}-{len(body)}"
    case.post(letters.explanation(work.office, case.ticket, errand.by, title, body, key, work.now))
    return ""
