"""Which mails are new, and their bytes: UID windows, sizes first, large mails in parts."""

import contextlib
import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from maild.imap.trouble import ImapTroubleError
from maild.imap.wire import Client, Limits

WINDOW = 1000  # UIDs looked at with one SEARCH
WIDEST = 50_000  # a full answer for them is 550 KB; some clients and servers stop at 1 MB a line


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail as it lies on the server."""

    uid: int
    received_at: datetime | None  # INTERNALDATE, UTC; None when the server gave none
    size: int  # as the server says it; Exchange is known to estimate
    raw: bytes | None  # the whole mail, or None: see `reason`
    headers: bytes = b""  # the header block, only where raw is None
    reason: str = ""  # why there is no raw: a plain sentence


def highest(client: Client) -> int:
    """Return the highest UID in the folder, 0 when it is empty."""
    return max(client.search(["UID", "*"]), default=0)


def find(client: Client, after_uid: int, limit: int, exists: int) -> list[int]:
    """Return up to `limit` UIDs above `after_uid`, ascending.

    exists: how many mails the folder is known to hold; in a small one the gap after a window
    without mails is crossed in one step.
    """
    top = highest(client)  # "n:*" always means at least the last mail, so a true bound is needed
    start, width = after_uid + 1, WINDOW
    while start <= top:
        end = min(top, start + width - 1)
        found = client.search(["UID", f"{start}:{end}"])
        if uids := sorted({uid for uid in found if start <= uid <= end}):
            return uids[:limit]
        start, width = end + 1, min(width * 4, WIDEST)
        if exists <= WIDEST:
            width = top
    return []


def fetch(
    client: Client, uids: Sequence[int], limits: Limits, *, bodies: bool = True
) -> list[Fetched]:
    """Return these mails in the order given, without those that were expunged meanwhile.

    Stops early when the mails together would pass `limits.batch`.
    """
    client.wire.allow(len(uids) * 1000)
    facts = client.fetch(list(uids), ["INTERNALDATE", "RFC822.SIZE"])
    _insist(client, [uid for uid in uids if uid not in facts])
    sizes = {uid: int(facts[uid].get(b"RFC822.SIZE") or 0) for uid in uids if uid in facts}
    mails: list[Fetched] = []
    for group in _groups(sizes, limits):
        if not bodies:
            taken = {uid: _headers(client, uid, limits, "its body cannot be had") for uid in group}
        elif len(group) > 1 or 0 < sizes[group[0]] <= limits.small:
            taken = _whole(client, group, limits)
        else:
            taken = {group[0]: _one(client, group[0], sizes[group[0]], limits)}
        for uid, (raw, headers, reason) in taken.items():
            when = _utc(facts[uid].get(b"INTERNALDATE"))
            mails.append(Fetched(uid, when, sizes[uid], raw, headers, reason))
    return mails


Content = tuple[bytes | None, bytes, str]  # raw, headers, reason


def _groups(sizes: dict[int, int], limits: Limits) -> Iterator[list[int]]:
    """Yield UIDs to fetch with one command; a large mail, or one of unknown size, by itself."""
    group: list[int] = []
    held = total = 0
    for uid, size in sizes.items():
        total += min(size, limits.largest)
        if total > limits.batch and (group or total > size):
            break
        alone = not 0 < size <= limits.small
        if group and (alone or held + size > limits.group):
            yield group
            group, held = [], 0
        group.append(uid)
        held += size
        if alone:
            yield group
            group, held = [], 0
    if group:
        yield group


def _whole(client: Client, uids: list[int], limits: Limits) -> dict[int, Content]:
    # The budget is the largest mail we take, not the sizes announced: those may be estimates.
    client.wire.allow(limits.largest + limits.group)
    try:
        answer = client.fetch(uids, ["BODY.PEEK[]"])
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        # Exchange says NO to a mail it cannot render: that one alone shall suffer.
        return {uid: _one(client, uid, 0, limits) for uid in uids}
    bodies = {uid: _bytes(answer[uid], b"BODY[]") for uid in uids if uid in answer}
    _insist(client, [uid for uid in uids if bodies.get(uid) is None])
    return {uid: (raw, b"", "") for uid, raw in bodies.items() if raw is not None}


def _one(client: Client, uid: int, size: int, limits: Limits) -> Content:
    if size > limits.largest:
        return _headers(client, uid, limits, f"it has {size} bytes")
    raw = bytearray()
    while True:
        client.wire.allow(2 * limits.small)
        wanted = f"BODY.PEEK[]<{len(raw)}.{limits.small}>"
        try:
            answer = client.fetch([uid], [wanted]).get(uid, {})
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return _headers(client, uid, limits, "the server refuses to give it out")
        part = _bytes(answer, b"BODY[]<%d>" % len(raw))
        if part is None and (part := _bytes(answer, b"BODY[]")) is not None:
            return part, b"", ""  # a server that knows no parts
        if part is None:
            _insist(client, [uid])
            return None, b"", "it was expunged while it was read"
        raw += part
        if len(raw) > limits.largest:
            return _headers(client, uid, limits, f"it has more than {limits.largest} bytes")
        if not part or (len(part) < limits.small and len(raw) >= size):
            return bytes(raw), b"", ""


def _headers(client: Client, uid: int, limits: Limits, reason: str) -> Content:
    client.wire.allow(2 * limits.headers)
    answer: Any = {}
    try:
        answer = client.fetch([uid], [f"BODY.PEEK[HEADER]<0.{limits.headers}>"])
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        pass  # not even its headers: the reason is all there is
    headers = _bytes(answer.get(uid, {}), b"BODY[HEADER]<0>") or b""
    return None, headers, f"The mail could not be taken whole: {reason}."


def _insist(client: Client, missing: list[int]) -> None:
    """Tell a mail that is gone from one the server merely did not answer about.

    Taking silence for expunged would lose a mail: the cursor would pass it.
    """
    if missing:
        still = set(client.search(["UID", ",".join(map(str, missing))])) & set(missing)
        if still:
            raise ImapTroubleError("The server answered about other mails than asked.", "protocol")


def _bytes(answer: Any, key: bytes) -> bytes | None:
    value = answer.get(key)
    return value if isinstance(value, bytes) else None


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is None:
        return None
    with contextlib.suppress(OverflowError, ValueError):
        return moment.astimezone(UTC)
    return None
