"""An agent's answer on its way to the requester, or held because it may miss something.

It is held when a colleague answered, or the requester wrote, after the letter the agent replied to:
the agent gets both texts, and one word, `#send`, sends theirs anyway. A held answer stops no clock.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from maild.casework import Case
from maild.intake.notify import bring_message, files_of
from maild.intake.words import Work
from maild.mail.mail import Address, Attachment, Mail
from maild.mail.normal import normalise
from maild.mail.read import read as read_mail
from maild.notices import requester as outside
from maild.notices import writer
from maild.notices.staff import portable
from maild.store.outbox import Entry
from maild.tickets.people import Person
from maild.tickets.ticket import EventKind, Message, Visibility

_BY_CHANCE = 100  # so many letters of ours, spaces left out, nobody types by chance
HELD = "held"  # how a held answer joined its thread
DIRECT = "direct"  # how an answer did that went past the desk to the requester


def answer(work: Work, case: Case, person: Person, text: str, *, anyway: bool) -> None:
    """Relay an answer, or hold it; `anyway` is the agent's word that it shall leave."""
    before = case.thread()
    meanwhile = () if anyway else _meanwhile(work, person, before)
    if meanwhile:
        _hold(work, case, person, text, meanwhile)
        return
    own = Address(person.name, person.email)
    message = replace(work.message("agent", "reply"), new_text=text, author=own)
    _relay(work, case, person, message, before, work.mail.attachments)


def answered_directly(work: Work, case: Case, person: Person, text: str) -> None:
    """Take note of an answer the requester has already got: it counts, and is not sent again."""
    before = case.thread()
    own = Address(person.name, person.email)
    message = replace(work.message("agent", DIRECT), new_text=text, author=own)
    case.add(message)
    event = case.happen(EventKind.AGENT_REPLY, work.received_at, person.key, direct=True)
    bring_message(work, case, message, before, f"e{event}", leave_out=person.key, answered=True)


def send_held(work: Work, case: Case, person: Person) -> bool:
    """Send the answer of this agent that was held last; tell whether there was one.

    Once: a second order does not bring the requester the same words again, nor older ones that
    the agent may have thought better of since.
    """
    before = case.thread()
    mine = (m for m in reversed(before) if m.joined_by == HELD)
    held = next((m for m in mine if m.author.address.lower() in person.addresses), None)
    if held is None or any(m.joined_by == "reply" and m.mail == held.mail for m in before):
        return False
    message = replace(held, at=work.received_at, visibility=Visibility.PUBLIC, joined_by="reply")
    _relay(work, case, person, message, before, files_of(work, held))
    return True


def _relay(
    work: Work,
    case: Case,
    person: Person,
    message: Message,
    before: Sequence[Message],
    attachments: tuple[Attachment, ...],
) -> None:
    """Relay: it stops the clock at the server's receipt, once committed for sending."""
    case.add(message)
    event = case.happen(EventKind.AGENT_REPLY, work.received_at, person.key)
    case.post(
        *outside.relay(
            work.office,
            case.ticket,
            message,
            person,
            before,
            portable(attachments),
            event,
            work.now,
        )
    )
    bring_message(work, case, message, before, f"e{event}", leave_out=person.key, answered=True)


def _meanwhile(work: Work, person: Person, thread: Sequence[Message]) -> tuple[Message, ...]:
    """Return what was said in public since the letter the agent replied to was written."""
    seen = _seen_at(work)
    if seen is None:
        return ()
    return tuple(
        m
        for m in thread
        if m.visibility is Visibility.PUBLIC
        and m.at > seen
        and m.author.address.lower() not in person.addresses
    )


def holds_our_letter(work: Work) -> bool:
    """Tell whether what an agent newly wrote holds the letter it answers, unquoted.

    A rule of theirs passed it on, or their mail program marks what it quotes in no way we know.
    That letter is for staff: relayed, it would show the requester notes, names and addresses.
    """
    written = "".join(normalise(work.mail.new_text).split())
    if len(written) < _BY_CHANCE:  # our letter is not read for nothing: that costs milliseconds
        return False
    entry = _answered(work)
    letter = read_mail(entry.raw) if entry else None
    if not isinstance(letter, Mail):
        return False
    ours = "".join(normalise(letter.text).split())
    return len(ours) >= _BY_CHANCE and (
        ours[:_BY_CHANCE] in written or ours[-_BY_CHANCE:] in written
    )


def _seen_at(work: Work) -> datetime | None:
    """Return when the newest of our letters that the agent's mail refers to was written."""
    entry = _answered(work)
    return entry.created_at if entry else None


def _answered(work: Work) -> Entry | None:
    ids = filter(None, (work.mail.in_reply_to, *reversed(work.mail.references)))
    entries = (work.tx.outbox.by_message_id(work.desk.key, i) for i in ids)
    return next(filter(None, entries), None)


def _hold(
    work: Work, case: Case, person: Person, text: str, meanwhile: tuple[Message, ...]
) -> None:
    own = Address(person.name, person.email)
    message = replace(work.message("agent", HELD, internal=True), new_text=text, author=own)
    case.add(message)
    event = case.happen(EventKind.CHANGED, work.received_at, person.key, held=len(meanwhile))
    case.post(writer.held(work.office, case.ticket, person, text, meanwhile, f"e{event}", work.now))
