"""`make bench-peers`: one mailbox, taken in by each helpdesk in turn, and one table.

`python -m benchmarks.peers NAME…` runs some of: maild django-helpdesk roundup request-tracker.
"""

import logging
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from types import ModuleType

import structlog

from benchmarks.mails import Sent, with_truth
from benchmarks.peers import django_helpdesk, maild, request_tracker, roundup
from benchmarks.peers.judge import Verdict, judge
from benchmarks.peers.peer import Ended, MissingError
from benchmarks.place import DOMAIN, Place, servers
from benchmarks.table import columns

PEERS: dict[str, ModuleType] = {
    "maild": maild,
    "django-helpdesk": django_helpdesk,
    "roundup": roundup,
    "request-tracker": request_tracker,
}
HEADS = ("who", "mails/s", "lost", "held", "twice", "astray", "mixed", "remarks")
COUNT = 1000
AGAIN = 100  # every hundredth delivery is followed by one of the mails before it, byte for byte
LIMIT = 600.0  # seconds for each peer


def main(wanted: Sequence[str], count: int = COUNT, limit: float = LIMIT) -> None:
    """Let each of these helpdesks, or all, take the same mails in, and print what became of them.

    limit: seconds for each; one that needs more is stopped, and judged by what it reached.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    mails = deliveries(count)
    sent = [mail for mail, _ in mails]
    rows: list[tuple[str, ...]] = []
    rates: dict[str, float] = {}
    with servers() as place:
        for name in wanted or PEERS:
            print(f"{name}…", file=sys.stderr, flush=True)
            try:
                ended = take_in(place, PEERS[name], mails, limit)
            except MissingError as missing:
                rows.append((name, *[""] * (len(HEADS) - 2), f"not run: {missing}"))
                continue
            verdict = judge(sent, ended.stored, ended.held, ended.stopped)
            rates[name] = verdict.reached / ended.seconds if ended.stored else 0.0
            rows.append(_row(ended, verdict, rates[name], sent))
    print(columns([HEADS, *rows]))
    print(times(rates))


def deliveries(count: int) -> list[tuple[Sent, datetime]]:
    """Return the mails in the order of their delivery, some of them once more."""
    mails = list(with_truth(count, 11, f"support@{DOMAIN}"))
    found = []
    for number, mail in enumerate(mails):
        found.append(mail)
        if number % AGAIN == AGAIN - 1:
            found.append((mails[number - AGAIN // 2][0], mail[1]))
    return found


def take_in(
    place: Place, peer: ModuleType, mails: Sequence[tuple[Sent, datetime]], limit: float
) -> Ended:
    """Fill the peer's mailbox and let it take the mails in. Raises MissingError."""
    place.fill(peer.BOX, [(mail.raw, at) for mail, at in mails])
    ended: Ended = peer.take_in(place, limit)
    return ended


def times(rates: dict[str, float]) -> str:
    """Return how many times as fast as the fastest of the others maild is."""
    others = {name: rate for name, rate in rates.items() if name != "maild"}
    if "maild" not in rates or not others:
        return ""
    fastest = max(others, key=others.__getitem__)
    return f"maild is {rates['maild'] / others[fastest]:.0f} times as fast as {fastest}"


def _row(ended: Ended, verdict: Verdict, rate: float, sent: Sequence[Sent]) -> tuple[str, ...]:
    return (
        ended.version, f"{rate:,.1f}", f"{verdict.lost}", f"{verdict.held}",
        f"{verdict.twice} of {verdict.redelivered}", f"{verdict.astray} of {verdict.replies}",
        f"{verdict.mixed}", "; ".join(_remarks(ended, verdict, sent)),
    )  # fmt: skip


def _remarks(ended: Ended, verdict: Verdict, sent: Sequence[Sent]) -> Iterable[str]:
    if ended.stopped:
        yield f"stopped at {verdict.reached} of {len(sent)}"
    if ended.unhelped is not None:
        alone = judge(sent, ended.unhelped)
        yield (
            f"every poll died on the same mail: {ended.removed} taken away by hand; "
            f"without that {alone.lost} lost"
        )


if __name__ == "__main__":  # the children of the reader import this file and shall do nothing
    main(sys.argv[1:])
