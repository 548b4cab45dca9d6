"""A peer that polls a mailbox from cron: polled until nothing is left, or nothing moves any more.

A poll that dies is followed by the next, as its schedule would. When a poll has moved nothing, all
later ones would end as it did: what is stored then is remembered, and the mail at the head of the
queue is taken away by hand, as an operator would, so that the rest can be measured.
"""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.peers.peer import Ended, Stored
from benchmarks.place import DOMAIN, Place


def poll(
    place: Place,
    box: str,
    version: str,
    command: Sequence[str],
    variables: Mapping[str, str],
    stored: Callable[[], Stored],
    limit: float,
) -> Ended:
    """Run the command until the mailbox is empty, for `limit` seconds at most.

    variables: its environment. Polls that move nothing are not counted in the seconds.
    """
    seconds, removed = 0.0, 0
    unhelped: Stored | None = None
    deadline = time.monotonic() + limit
    journal = place.folder / f"{box}.journal"
    while left := _waiting(place, box):
        before = time.monotonic()
        inside = _once(command, variables, journal, deadline - before)
        took = time.monotonic() - before
        if not inside or _waiting(place, box) < left:
            seconds += took
        else:
            unhelped = stored() if unhelped is None else unhelped
            removed += 1
            _remove_first(place, box)
        if not inside:
            break
    left = _waiting(place, box)
    return Ended(version, stored(), seconds, frozenset(), left > 0, removed, unhelped)


def _once(
    command: Sequence[str], variables: Mapping[str, str], journal: Path, seconds: float
) -> bool:
    """Run one poll; return whether it ended by itself in that time."""
    with journal.open("ab") as out:
        try:
            subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=dict(variables),
                timeout=max(seconds, 0.1),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
    return True


def _waiting(place: Place, box: str) -> int:
    with place.dovecot.session(f"{box}@{DOMAIN}") as client:
        client.select_folder("INBOX", readonly=True)
        return len(client.search(["NOT", "DELETED"]))


def _remove_first(place: Place, box: str) -> None:
    with place.dovecot.session(f"{box}@{DOMAIN}") as client:
        client.select_folder("INBOX")
        client.add_flags(min(client.search(["NOT", "DELETED"])), [rb"\Deleted"])
        client.expunge()
