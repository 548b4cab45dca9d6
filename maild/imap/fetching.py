"""Which mails are new, and their bytes: UID windows, sizes first, large mails in parts."""

import contextlib
import imaplib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from imapclient.datetime_util import parse_to_datetime
from imapclient.exceptions import ProtocolError

from maild.imap.trouble import ImapTroubleError
from maild.imap.wire import Client, Limits

KEYWORD = b"$Maild"  # marks a processed mail where the server keeps keywords (RFC 3501 2.3.2)
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
    marked: bool = False  # it carries our keyword: some maild has taken it in


def highest(client: Client) -> int:
    """Return the highest UID in the folder, 0 when it is empty."""
    return max(client.search(["UID", "*"]), default=0)


def find(client: Client, after_uid: int, limit: int, exists: int) -> list[int]:
    """Return up to `limit` UIDs above `after_uid`, ascending.

    exists: how many mails the folder is known to hold; in a small one the gap after a window
    without mails is crossed in one step.
    """
    top = highest(client)  # "n:*" always means at least the last mail, so a true bound is needed
    if top <= after_uid:
        client.noop()  # Dovecot shows mail that came since the last command only after this one
        top = highest(client)
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
    facts = client.ask(uids, "INTERNALDATE", "RFC822.SIZE", "FLAGS")
    _insist(client, [uid for uid in uids if uid not in facts])
    sizes = {uid: int(facts[uid].get(b"RFC822.SIZE") or 0) for uid in uids if uid in facts}
    mails: list[Fetched] = []
    for group in _groups(sizes, limits):
        taken: dict[int, Content | None]
        if not bodies:
            taken = {uid: _headers(client, uid, limits, "its body cannot be had") for uid in group}
        elif len(group) > 1 or 0 < sizes[group[0]] <= limits.small:
            taken = _whole(client, group, limits)
        else:
            taken = {group[0]: _one(client, group[0], sizes[group[0]], limits)}
        for uid, content in taken.items():
            if content is not None:
                when = _utc(facts[uid].get(b"INTERNALDATE"))
                marked = KEYWORD.lower() in [
                    flag.lower() for flag in facts[uid].get(b"FLAGS") or () if flag is not None
                ]
                mails.append(Fetched(uid, when, sizes[uid], *content, marked=marked))
    return mails


Content = tuple[bytes | None, bytes, str]  # raw, headers, reason; None instead: expunged


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


def _whole(client: Client, uids: list[int], limits: Limits) -> dict[int, Content | None]:
    # The budget is the largest mail we take, not the sizes announced: those may be estimates.
    client.wire.allow(limits.largest + limits.group)
    answer = _ask(client, uids, "BODY.PEEK[]")
    if answer is None:
        return {uid: _one(client, uid, 0, limits) for uid in uids}
    bodies = {uid: _bytes(answer.get(uid), b"BODY[]") for uid in uids}
    _insist(client, [uid for uid, raw in bodies.items() if raw is None])
    return {uid: (raw, b"", "") for uid, raw in bodies.items() if raw is not None}


def _one(client: Client, uid: int, size: int, limits: Limits) -> Content | None:
    if size > limits.largest:
        return _headers(client, uid, limits, f"it has {size} bytes")
    raw = bytearray()
    while True:
        client.wire.allow(2 * limits.small)
        answer = _ask(client, [uid], f"BODY.PEEK[]<{len(raw)}.{limits.small}>")
        if answer is None:
            return _headers(client, uid, limits, "the server refuses to give it out")
        part = _bytes(answer.get(uid), b"BODY[]<%d>" % len(raw))
        if part is None and (whole := _bytes(answer.get(uid), b"BODY[]")) is not None:
            return whole, b"", ""  # a server that knows no parts
        if part is None:
            _insist(client, [uid])
            return None
        raw += part
        if len(raw) > limits.largest:
            return _headers(client, uid, limits, f"it has more than {limits.largest} bytes")
        if not part or (len(part) < limits.small and len(raw) >= size):
            return bytes(raw), b"", ""


def _headers(client: Client, uid: int, limits: Limits, reason: str) -> Content | None:
    client.wire.allow(2 * limits.headers)
    answer = _ask(client, [uid], f"BODY.PEEK[HEADER]<0.{limits.headers}>")
    if not _present(client, [uid]):
        return None
    # Where not even the headers are given out, the reason is all there is.
    headers = _bytes((answer or {}).get(uid), b"BODY[HEADER]<0>") or b""
    return None, headers, f"The mail could not be taken whole: {reason}."


def _ask(client: Client, uids: list[int], item: str) -> Any:
    """Fetch one item; None when the server refuses to answer, though the line still works.

    Exchange says NO to a mail it cannot render, Dovecot to one that was expunged (RFC 5530).
    """
    try:
        return client.ask(uids, item)
    except (imaplib.IMAP4.abort, ProtocolError):
        raise
    except imaplib.IMAP4.error:
        return None


def _insist(client: Client, missing: list[int]) -> None:
    """Tell a mail that is gone from one the server merely did not answer about.

    Taking silence for expunged would lose a mail: the cursor would pass it.
    """
    if missing and _present(client, missing):
        raise ImapTroubleError("The server answered about other mails than asked.", "protocol")


def _present(client: Client, uids: list[int]) -> bool:
    """Tell whether any of them is still in the folder."""
    return bool(set(client.search(["UID", ",".join(map(str, uids))])) & set(uids))


def _bytes(answer: Any, key: bytes) -> bytes | None:
    value = (answer or {}).get(key)
    return value if isinstance(value, bytes) else None


def _utc(said: Any) -> datetime | None:
    """Return what an INTERNALDATE says, None when it says nothing."""
    with contextlib.suppress(OverflowError, ValueError):
        if isinstance(said, bytes):
            moment = parse_to_datetime(said, normalise=False)  # with its own zone, not ours
            return moment.astimezone(UTC) if moment.tzinfo is not None else None
    return None
