"""Orders that make one ticket of two, or two of one. The clocks stay right in both."""

import re
from dataclasses import replace

from maild.casework import Case
from maild.intake.notify import bring_ticket
from maild.intake.orders.words import Errand, Step
from maild.mail.normal import western_digits
from maild.tickets.orders import Order
from maild.tickets.ticket import EventKind, Status

_NUMBER = re.compile(r"\[?#?(\d{1,12})\]?")


def merge(errand: Errand, order: Order) -> Step:
    """This ticket becomes part of another: that one waits since the earlier question of the two."""
    match = _NUMBER.fullmatch(western_digits(order.argument).strip())
    number = int(match[1]) if match else 0
    own = errand.case.ticket
    into = errand.work.tx.tickets.get(own.desk, number) if number else None
    if into is None or into.number == own.number:
        raise errand.refuse(
            f"لا توجد تذكرة أخرى برقم {order.argument}",
            f"There is no other ticket {order.argument}.",
        )
    if into.status is Status.MERGED or not into.status.active:
        raise errand.refuse(f"التذكرة {into.tag} ليست مفتوحة.", f"Ticket {into.tag} is not open.")
    if into.requester.address.lower() != own.requester.address.lower():
        raise errand.refuse(
            "لا تُدمج تذكرتان لمستفيدين مختلفين.",
            "Tickets of two requesters are not merged: each would read the other's mail.",
        )

    def do() -> str:
        survivor = errand.work.case(into)
        survivor.take_over(errand.case)
        for message in errand.case.thread():
            survivor.add(replace(message, joined_by=f"merge of {own.tag}"))
        survivor.happen(
            EventKind.CHANGED, errand.work.received_at, errand.by.key, merged_from=own.number
        )
        survivor.save()
        errand.happen(EventKind.MERGED, into=into.number)
        return errand.say(
            f"دُمجت التذكرة {own.tag} في {into.tag}.", f"Ticket {own.tag} is now part of {into.tag}."
        )

    return do


def split(errand: Errand, _order: Order) -> Step:
    """The requester's last message becomes a ticket of its own, with a clock from its receipt."""
    last = next((m for m in reversed(errand.case.thread()) if m.role == "requester"), None)
    first = errand.case.thread()[0] if errand.case.thread() else None
    if last is None or last is first:
        raise errand.refuse(
            "ليس في التذكرة إلا رسالة واحدة للمستفيد.",
            "The ticket holds only one message of its requester.",
        )

    def do() -> str:
        work, own = errand.work, errand.case.ticket
        number = work.tx.tickets.next_number(own.desk)
        fresh = replace(
            own,
            number=number,
            subject=last.subject or own.subject,
            opened_at=last.at,
            status=Status.NEW,
            closed_at=None,
            alarm_at=None,
        )
        work.tx.tickets.add(fresh)
        case: Case = work.case(fresh)
        case.add(replace(last, joined_by=f"split from {own.tag}"))
        event = case.happen(
            EventKind.RECEIVED, last.at, own.requester.address, split_from=own.number
        )
        bring_ticket(work, case, last, f"e{event}", by=errand.by)
        case.save()
        errand.happen(EventKind.CHANGED, split_into=number)
        return errand.say(
            f"صارت الرسالة الأخيرة تذكرة مستقلة: {fresh.tag}",
            f"The last message is now ticket {fresh.tag}.",
        )

    return do
