"""What became of the mails, against the truth; what each word means is in the README."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.mails import Sent
from benchmarks.peers.peer import Stored


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts of mails, and what each is counted of."""

    reached: int  # deliveries up to the last one that was taken in; all, unless it was stopped
    lost: int
    held: int
    twice: int
    redelivered: int
    astray: int
    replies: int
    mixed: int


def judge(
    sent: Sequence[Sent], stored: Stored, held: Iterable[str] = (), stopped: bool = False
) -> Verdict:
    """Compare what a peer stored, oldest first, with what was sent, in the order of delivery."""
    truth = {mail.message_id: mail for mail in sent}
    pairs = [(ticket, bare) for ticket, said in stored if (bare := said.strip()) in truth]
    kept = {message_id for _, message_id in pairs}
    aside = {each.strip() for each in held} - kept
    reached = _reached(sent, kept | aside) if stopped else list(sent)
    wanted = {mail.message_id for mail in reached if mail.by_a_person}
    return Verdict(
        reached=len(reached),
        lost=len(wanted - kept - aside),
        held=len(wanted & aside),
        twice=len(pairs) - len(kept),
        redelivered=len(reached) - len({mail.message_id for mail in reached}),
        **_threading(pairs, truth),
    )


def _reached(sent: Sequence[Sent], found: set[str]) -> list[Sent]:
    """Return the deliveries up to the first one of the last mail that left a trace."""
    first = {mail.message_id: n for n, mail in reversed(list(enumerate(sent)))}
    last = max((first[each] for each in found if each in first), default=-1)
    return list(sent[: last + 1])


def _threading(pairs: Sequence[tuple[str, str]], truth: dict[str, Sent]) -> dict[str, int]:
    tickets: dict[str, set[str]] = defaultdict(set)  # thread -> tickets with earlier mails of it
    begun: dict[str, str] = {}  # ticket -> thread of its first mail
    seen: set[str] = set()
    astray = replies = mixed = 0
    for ticket, message_id in pairs:
        thread = truth[message_id].thread
        if message_id not in seen:
            seen.add(message_id)
            if tickets[thread]:
                replies += 1
                astray += ticket not in tickets[thread]
            mixed += begun.setdefault(ticket, thread) != thread
        tickets[thread].add(ticket)
    return {"astray": astray, "replies": replies, "mixed": mixed}
