"""Mail of the past, played under a configuration: what would have been late, who would have heard.

A mail arrived when the topmost Received field says (RFC 5321 4.4: each server puts its own on top),
else when Date claims. It lies in the mailbox its Delivered-To, X-Original-To, To or Cc names. A
mail from one of the desk's people, or from a mailbox of the desk, is an answer to the ticket whose
mail it replies to, else to the open ticket of whom it is addressed to: the helpdesk of the past
gave it no token of ours, so it is played as if the agent had answered our letter.
"""

import mailbox
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

from maild.desk import Desk, MailboxSettings
from maild.mail.mail import Mail, Nature
from maild.mail.reading import Reading
from maild.simulate.happenings import Answered, Mailed, PlayError
from maild.simulate.play import play
from maild.simulate.timeline import Timeline

NO_DATE = "it says not when it arrived"
NO_MAILBOX = "it is addressed to no mailbox of the configuration"
_BATCH = 200  # mails read at a time

Read = Callable[[Sequence[bytes]], Sequence[Reading]]
Sorted = dict[str, list[Mailed | Answered]]


@dataclass(frozen=True, slots=True)
class Replayed:
    """Every desk's timeline, and how many mails could not be played, by the reason."""

    timelines: Mapping[str, Timeline]
    left_out: Mapping[str, int]


def mails(path: Path) -> Iterator[bytes]:
    """Yield the mails of an mbox file or a Maildir. Raises PlayError when it is neither."""
    if (path / "cur").is_dir():
        box: mailbox.Mailbox[mailbox.Message] = mailbox.Maildir(path, create=False)
    elif path.is_file():
        with path.open("rb") as file:
            if file.read(5) != b"From ":
                raise PlayError(f"{path} is no mbox: it does not begin with “From ”.")
        box = mailbox.mbox(path, create=False)
    else:
        raise PlayError(f"{path} is neither an mbox file nor a Maildir.")
    try:
        for key in box.iterkeys():
            yield box.get_bytes(key)
    finally:
        box.close()


def read_all(raws: Iterable[bytes], read: Read) -> Iterator[Reading]:
    """Yield the reading of each mail, read in batches."""
    batch: list[bytes] = []
    for raw in raws:
        batch.append(raw)
        if len(batch) == _BATCH:
            yield from read(batch)
            batch = []
    yield from read(batch)


def replay(
    found: Sequence[Reading],
    desks: Mapping[str, Desk],
    watch: Callable[[str, datetime], None] = lambda _desk, _now: None,
) -> Replayed:
    """Play mails under the desks of a configuration, until the last one arrived."""
    happenings: Sorted = {key: [] for key in desks}
    left_out: Counter[str] = Counter()
    for reading in found:
        at = received_at(reading)
        place = place_of(reading, desks)
        if at is None:
            left_out[NO_DATE] += 1
        elif place is None:
            left_out[NO_MAILBOX] += 1
        else:
            desk, box = place
            happenings[desk.key].append(_happening(at, desk, box, reading))
    until = max((h.at for each in happenings.values() for h in each), default=None)
    timelines = {
        key: play(desks[key], each, until, partial(watch, key))
        for key, each in happenings.items()
        if each and until is not None
    }
    return Replayed(timelines, dict(left_out))


def received_at(reading: Reading) -> datetime | None:
    """Return when a mail arrived, UTC: by the topmost Received field, else by Date."""
    for name, value in reading.mail.headers:
        if name == "received":
            return _date(value.rpartition(";")[2]) or _claimed(reading)
    return _claimed(reading)


def place_of(reading: Reading, desks: Mapping[str, Desk]) -> tuple[Desk, MailboxSettings] | None:
    """Return the mailbox a mail lies in or, for an answer, was written from."""
    boxes = {
        address.lower(): (desk, box)
        for desk in desks.values()
        for box in desk.mailboxes.values()
        for address in (box.address, *box.aliases)
    }
    for address in _addresses(reading):
        local, at, domain = address.lower().rpartition("@")
        if found := boxes.get(address.lower()):
            return found
        for known, place in boxes.items():
            separator = place[1].subaddress
            if separator and f"{local.partition(separator)[0]}{at}{domain}" == known:
                return place
    sender = _sender(reading)
    if sender in boxes:
        return boxes[sender]
    for desk in desks.values():
        if desk.staff.by_address(sender) is not None:
            return desk, next(iter(desk.mailboxes.values()))
    if len({id(place[1]) for place in boxes.values()}) == 1:
        return next(iter(boxes.values()))
    return None


def _happening(
    at: datetime, desk: Desk, box: MailboxSettings, reading: Reading
) -> Mailed | Answered:
    mail = reading.mail
    if isinstance(mail, Mail) and mail.nature is Nature.PERSON:
        sender = _sender(reading)
        person = desk.staff.by_address(sender)
        own = {a.lower() for b in desk.mailboxes.values() for a in (b.address, *b.aliases)}
        if person is not None or sender in own:
            return Answered(at, person.key if person else None, mail)
    return Mailed(at, box.key, reading)


def _sender(reading: Reading) -> str:
    mail = reading.mail
    return mail.from_.address.lower() if isinstance(mail, Mail) and mail.from_ else ""


def _addresses(reading: Reading) -> Iterator[str]:
    mail = reading.mail
    for name, value in mail.headers:
        if name in {"delivered-to", "x-original-to"}:
            yield value.strip(" <>")
    if isinstance(mail, Mail):
        yield from (person.address for person in (*mail.to, *mail.cc))


def _claimed(reading: Reading) -> datetime | None:
    return reading.mail.date if isinstance(reading.mail, Mail) else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
