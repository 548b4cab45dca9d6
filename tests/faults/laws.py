"""What must hold after every case: nothing lost, nothing twice, nobody else told, one reason."""

import hashlib
import re
from collections import Counter, defaultdict

from sqlalchemy import select

from maild.mail.mail import Mail
from maild.mail.postal import to_ascii
from maild.mail.read import read
from maild.store import tables
from maild.store.outbox import State
from tests.faults.case import Case
from tests.faults.place import Place

_HEAD = 256 * 1024  # bytes in which the From of every mail stands that maild reads
NOT_WHOLE = "The mail could not be taken whole"  # too large, or not given out: headers are kept
_LEVELS = ("warning", "error", "critical")


class LawBrokenError(AssertionError):
    """A promise was broken."""


def law(holds: object, sentence: str) -> None:
    """Raise LawBrokenError unless it holds."""
    if not holds:
        raise LawBrokenError(sentence)


def judge(case: Case, place: Place) -> None:
    """Check every law. Raises LawBrokenError at the first that is broken."""
    law(place.probed or not case.alive, "no probe mail was taken in after the fault")
    if case.alive:
        nothing_is_lost(place)
        nothing_is_sent_twice(place)
        nobody_else_is_told(place)
    the_operator_knows(case, place)


def nothing_is_lost(place: Place) -> None:
    """Delivered = stored, quarantined or ignored with a reason; each mail has its effect once."""
    with place.store.reading() as tx:
        connection = tx._connection
        mails = {row.sha256: row.id for row in connection.execute(select(tables.mails))}
        sources = connection.execute(select(tables.sources)).all()
    records = defaultdict(list)
    for row in sources:
        law(row.reason, f"UID {row.uid} of {row.mailbox} was decided without a reason")
        records[row.mail].append(row.outcome)
    by_headers = {row.mail for row in sources if row.reason.startswith(NOT_WHOLE)}
    lost = 0
    for box, raw in place.delivered():
        mail = mails.get(hashlib.sha256(raw).digest())
        if mail is None:
            head = mails.get(hashlib.sha256(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n").digest())
            lost += head is None or head not in by_headers
            continue
        outcomes = Counter(records[mail])
        law(outcomes, f"a mail of {box} is kept and nobody knows why")
        law(outcomes["stored"] + outcomes["ignored"] <= 1, f"a mail of {box}: {dict(outcomes)}")
    law(not lost, f"{lost} delivered mails are lost")


def nothing_is_sent_twice(place: Place) -> None:
    """At the sink once, by recipient and Message-ID; twice only where the outbox is uncertain."""
    with place.store.reading() as tx:
        doubted = {e.message_id for e in tx.outbox.list(limit=100_000) if e.doubts}
    copies: Counter[tuple[str, str | None]] = Counter()
    for letter in place.sent():
        mail = read(letter.raw)
        law(isinstance(mail, Mail), f"a letter to {letter.recipient} cannot be read")
        assert isinstance(mail, Mail)
        copies[letter.recipient.lower(), mail.message_id] += 1
    for (recipient, message_id), count in copies.items():
        most = 2 if message_id in doubted else 1
        law(count <= most, f"{recipient} got a letter {count} times")


def nobody_else_is_told(place: Place) -> None:
    """Letters go to staff, admins, and whoever wrote; to nobody else."""
    settings = place.settings
    known = {p.email for desk in settings.desks.values() for p in desk.staff.people.values()}
    known |= {*settings.admins, *place.expected}
    for _, raw in place.delivered():
        mail = read(raw[:_HEAD])
        if isinstance(mail, Mail) and mail.from_ is not None:
            known |= {mail.from_.address, to_ascii(mail.from_.address) or ""}
    lower = {address.lower() for address in known}
    for letter in place.sent():
        law(letter.recipient.lower() in lower, f"{letter.recipient} was written to")


def the_operator_knows(case: Case, place: Place) -> None:
    """Whatever went wrong has one reason an operator can see, and no incident is told twice."""
    found = incidents(place)
    if case.told is None:
        law(not found, f"nothing was to be told, and there is: {sorted(found)}")
        return
    law(found, "the operator was told nothing")
    for sentence, times in found.items():
        law(re.search(case.told, sentence), f"not a reason for this: {sentence}")
        law(times == 1, f"told {times} times: {sentence}")


def incidents(place: Place) -> Counter[str]:
    """Return what an operator can see: the journal's warnings, quarantine, letters given up."""
    found: Counter[str] = Counter()
    for line in [*place.journal, *place.journal_files()]:
        if line.get("level") in _LEVELS:
            about = ("mailbox", "uid", "why", "error", "problems")
            found[" ".join(str(line[k]) for k in ("event", *about) if k in line)] += 1
    store = place.store
    if not store.exists():
        return found
    with store.reading() as tx:
        for kept in tx.quarantine.waiting():
            found[f"quarantined {kept.source.mailbox} {kept.source.uid}: {kept.reason}"] += 1
        for entry in tx.outbox.list(limit=100_000):
            if entry.state in (State.BOUNCED, State.UNCERTAIN):
                found[f"letter {entry.id} {entry.state}: {entry.last_reply}"] += 1
    return found
