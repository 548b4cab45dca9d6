"""An agent answers inside the account itself: what lies in its Sent folder counts as an answer.

The requester has got it already, so it is threaded, stops the clock, and is never sent again. Only
whoever may open the account can put a mail there, which is all the proof there is.
"""

from dataclasses import replace

from maild.intake.notify import bring_message
from maild.intake.words import Decision, Work
from maild.mail.mail import Address, Nature
from maild.mail.normal import normalise
from maild.store.mails import Outcome
from maild.tickets.people import Person
from maild.tickets.threading import Joined
from maild.tickets.ticket import EventKind, Ticket

FOLDER = ":sent"  # behind a mailbox's key: its Sent folder, read with a cursor of its own


def from_the_account(work: Work, joined: Joined | None, ticket: Ticket | None) -> Decision:
    """Take note of an answer; whatever else lies in the folder is nobody's business here."""
    mail = work.mail
    if mail.message_id and work.tx.outbox.by_message_id(work.desk.key, mail.message_id):
        return Decision(Outcome.IGNORED, "the server kept a copy of a letter of this desk")
    if mail.nature is not Nature.PERSON:
        return Decision(Outcome.IGNORED, f"sent from the account by a machine ({mail.reason})")
    if ticket is None or joined is None:
        return Decision(Outcome.IGNORED, "sent from the account about no ticket")
    reached = {a.address.lower() for a in (*mail.to, *mail.cc)}
    if ticket.requester.address.lower() not in reached:
        return Decision(Outcome.IGNORED, "sent from the account to somebody else", ticket.number)
    person = _writer(work)
    case = work.case(ticket)
    before = case.thread()
    author = Address(person.name, person.email) if person else work.writer
    message = replace(work.message("agent", "sent folder"), author=author)
    case.add(message)
    key = person.key if person else work.mailbox.key
    event = case.happen(EventKind.AGENT_REPLY, work.received_at, key, direct=True)
    bring_message(work, case, message, before, f"e{event}", leave_out=key, answered=True)
    case.save()
    return Decision(
        Outcome.STORED, "an answer written in the account itself", ticket.number, joined
    )


def _writer(work: Work) -> Person | None:
    """Return whose name stands in From: everybody writes from the one address."""
    name = normalise(work.writer.name)
    people = work.desk.staff.people.values()
    by_name = (p for p in people if name and normalise(p.name) == name)
    return work.desk.staff.by_address(work.sender) or next(by_name, None)
