"""What would happen to a mail: the very intake, in a transaction that is then undone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from maild.casework import Case
from maild.cli.clocks import explained
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.outgoing import Letter
from maild.notices.office import Office
from maild.sla.explain import Explanation
from maild.store.digests import Kept
from maild.store.store import Store, Transaction
from maild.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What intake decided and what came of it, before it was undone."""

    decision: Decision
    ticket: Ticket | None  # as it would be
    is_new: bool  # whether the mail would open it
    clocks: tuple[Explanation, ...]
    letters: tuple[Letter, ...]  # in the order in which they would be written
    kept: tuple[Kept, ...] = ()  # what a digest would tell, where somebody hears too much


class _Undone(Exception):  # noqa: N818 - no error: the way out of a transaction
    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__()
        self.rehearsal = rehearsal


def rehearse(store: Store, office: Office, arrival: Arrival, now: datetime) -> Rehearsal:
    """Let a mail arrive at `now` (UTC) and undo it. Raises only what the store raises.

    It holds the right to write for as long as one mail takes, as the daemon does.
    """
    try:
        with store.transaction() as tx:
            _rehearse(tx, office, arrival, now)
    except _Undone as undone:
        rehearsed = undone.rehearsal
    if rehearsed.ticket is None:
        return rehearsed
    with store.reading() as tx:
        there = tx.tickets.get(office.desk.key, rehearsed.ticket.number)
    return replace(rehearsed, is_new=there is None)


def _rehearse(tx: Transaction, office: Office, arrival: Arrival, now: datetime) -> NoReturn:
    desk = office.desk
    decision = receive(arrival, office, tx, now)
    ticket = tx.tickets.get(desk.key, decision.ticket) if decision.ticket is not None else None
    clocks = explained(Case(tx, desk, ticket, now)) if ticket is not None else ()
    letters, kept = tuple(tx.outbox.posted), tuple(tx.digests.kept)
    raise _Undone(Rehearsal(decision, ticket, False, clocks, letters, kept))
