"""Mail that no person wrote: kept, threaded where it belongs, and never answered (RFC 3834 2)."""

from maild.casework.undelivered import undelivered
from maild.intake.opening import open_ticket
from maild.intake.words import Decision, Work
from maild.mail.mail import Nature
from maild.store.mails import Outcome
from maild.tickets.threading import Joined
from maild.tickets.ticket import EventKind, Ticket


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
    failed = next((r for r in bounce.recipients if not r.delayed), None)
    if failed is None:
        return Decision(Outcome.IGNORED, "a delivery report: the letter is still on its way")
    work.tx.outbox.came_back(entry.desk, entry.id, work.now, failed.status or "failed")
    undelivered(work.tx, work.office, entry, "", failed.status, work.now)
    return Decision(Outcome.STORED, "a delivery report about a letter of ours", entry.ticket)


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
