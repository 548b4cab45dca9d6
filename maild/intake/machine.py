"""Mail that no person wrote: kept, threaded where it belongs, and never answered (RFC 3834 2)."""

from datetime import timedelta

from maild.casework.undelivered import undelivered
from maild.intake.opening import open_ticket
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.store.mails import Outcome
from maild.store.outbox import Entry, State
from maild.tickets.threading import Joined
from maild.tickets.ticket import EventKind, Ticket

_DELIVERED = frozenset({"delivered-to", "x-original-to", "envelope-to"})
_LIFE_OF_A_LETTER = timedelta(days=14)  # servers give up after five (RFC 5321 4.5.4.1); some later


def is_our_own(work: Work) -> bool:
    """Tell whether a letter of this very desk came back into one of its mailboxes.

    It is known by its sender (nobody but the desk writes from a mailbox of the desk) or, where a
    forwarder put another sender in, by its id. A header proves nothing: anybody can write one, so
    the loop header of ours only says that a machine wrote it.
    """
    own = {a.lower() for m in work.desk.mailboxes.values() for a in (m.address, *m.aliases)}
    writer = work.mail.from_
    ours = writer is not None and writer.address.lower() in own
    if ours or work.mail.message_id is None:
        return ours
    return work.tx.outbox.by_message_id(work.desk.key, work.mail.message_id) is not None


def bounced(work: Work) -> Decision:
    """A delivery report: find the letter that came back and tell the person who wrote it."""
    bounce = work.mail.bounce
    original = bounce.original_message_id if bounce else None
    entry = work.tx.outbox.by_message_id(work.desk.key, original) if original else None
    if bounce is None or entry is None:
        return Decision(Outcome.IGNORED, "a delivery report about no letter of ours")
    if entry.state is State.BOUNCED:
        return Decision(Outcome.IGNORED, "that letter is known not to have arrived", entry.ticket)
    failed = next((r for r in bounce.recipients if not r.delayed), None)
    if failed is None:
        return Decision(Outcome.IGNORED, "a delivery report: the letter is still on its way")
    believed = _came_to_its_sender(work, entry)
    if believed:
        work.tx.outbox.came_back(entry.desk, entry.id, work.now, failed.status or "failed")
    elif not work.tx.told.first(entry.desk, f"report {entry.id}", work.now):
        return Decision(Outcome.IGNORED, "such a report about that letter was told", entry.ticket)
    undelivered(work.tx, work.office, entry, "", failed.status, work.now, believed=believed)
    if not believed:
        why = "a delivery report that did not come to the sender of its letter: no clock moves"
        return Decision(Outcome.STORED, why, entry.ticket)
    return Decision(Outcome.STORED, "a delivery report about a letter of ours", entry.ticket)


def _came_to_its_sender(work: Work, entry: Entry) -> bool:
    """Tell whether a report came where reports about a letter go, and while they may come.

    That is its envelope sender (RFC 5321 4.5.5), in its own mailbox. Whoever holds one of our
    letters can write a report about it: one that came another way, or long after, moves no clock.
    """
    reached = {a.address for a in (*work.mail.to, *work.mail.cc)}  # a null sender gets none
    reached |= {v.strip("<> ") for n, v in work.mail.headers if n in _DELIVERED}
    return (
        entry.mailbox == work.mailbox.key
        and (entry.sender or work.mailbox.address).lower() in {a.lower() for a in reached}
        and work.received_at - entry.created_at <= _LIFE_OF_A_LETTER
    )


def machine(
    work: Work, ticket: Ticket | None, joined: Joined | None, related: int | None
) -> Decision:
    """Take in mail of a machine or list: no answer, no order, no clock."""
    nature, why = work.mail.nature, work.mail.reason
    if ticket is not None and joined is not None:
        case = work.case(ticket)
        case.add(work.message("machine", joined.by, internal=True))
        case.happen(EventKind.REQUESTER_AUTO, work.received_at, work.sender, why=why)
        case.save()
        return Decision(Outcome.STORED, f"a machine wrote it ({why})", ticket.number, joined)
    if nature is Nature.COMPLAINT or is_automatic_reply(work):
        return Decision(Outcome.IGNORED, f"an automatic reply that belongs to no ticket ({why})")
    return open_ticket(work, related)


def is_automatic_reply(work: Work) -> bool:
    """Tell an automatic answer (out of office, receipt) from mail a machine sends of itself."""
    submitted = (work.mail.header("auto-submitted") or "").lower()
    is_answer = bool(work.mail.in_reply_to or work.mail.references)
    return submitted.startswith("auto-replied") or (
        work.mail.nature is Nature.AUTO and is_answer and not submitted.startswith("auto-generated")
    )
