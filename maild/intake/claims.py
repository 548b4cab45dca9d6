"""What proves a sender: a token that came back, and the word of the mailbox's own server."""

from datetime import timedelta

from maild.intake.words import Work
from maild.mail.authentication import Verdict, authenticate
from maild.tickets.people import Person
from maild.tickets.threading import keys
from maild.tickets.tokens import Claim, Purpose

_LOOKED_AT = 10  # tokens of one mail; a stranger may write thousands
_VOID_AFTER = timedelta(days=365)  # the life of a reply address; a signed id ends with its ticket


def proves(work: Work, claim: Claim) -> bool:
    """Tell whether `claim` was given to the sender, by each address staff may write from."""
    person = work.desk.staff.by_address(work.sender)
    names = (person.email, *person.addresses) if person else (work.sender,)
    return any(_given_to(work, claim, name) for name in names) and not _outlived(work, claim)


def server_says(work: Work) -> Verdict | None:
    """Return what the mailbox's own server found about the sender's domain (RFC 8601).

    None where the mailbox does not name whose word it believes.
    """
    server = work.mailbox.authserv_id
    sender = work.mail.from_
    if server is None or sender is None:
        return None
    return authenticate(work.mail.headers, server, sender.address.rpartition("@")[2])


def owner(work: Work) -> Person | None:
    """Return whose letter of ours a mail answers, where that is not its sender's own.

    An agent who writes from an address the desk does not know, or one who passed a letter on.
    """
    found = keys(work.mail, work.mailbox.subaddress)
    claims = [c for c in (*found.reply_tokens, *found.signed_ids) if c.purpose is Purpose.STAFF]
    for person in work.desk.staff.people.values():
        if any(_given_to(work, claim, person.email) for claim in claims[:_LOOKED_AT]):
            return person
    return None


def _given_to(work: Work, claim: Claim, address: str) -> bool:
    return work.office.keyring.proves(claim, work.desk.key, address, work.now)


def _outlived(work: Work, claim: Claim) -> bool:
    """A signed Message-ID bears no day: it is void a year after its ticket was closed."""
    if claim.void_after is not None:
        return False
    ticket = work.tx.tickets.get(work.desk.key, claim.number)
    closed = ticket.closed_at if ticket else None
    return closed is not None and work.now - closed > _VOID_AFTER
