"""E. Mail whose head is broken or lies: nothing in it, no sender, two senders, odd ids."""

import re
from collections.abc import Sequence
from email.headerregistry import HeaderRegistry
from email.utils import parseaddr
from typing import Any

from maild.imap import fetching
from maild.imap.wire import Client, Limits
from maild.mail import charsets
from maild.mail.mail import Address
from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import (
    careless,
    fates,
    good,
    hostile,
    kept_aside,
    notification,
    survive,
    take_in,
)
from tests.faults.place import Place

NO_SENDER = "it has no sender, or not exactly one"
CAUTION = "تنبيه: "  # before what the agent should know about a sender


def first_sender(
    _lines: Any, raw: Sequence[tuple[str, str]], _default: str | None = None
) -> tuple[dict[str, tuple[Address, ...]], Address | None, set[str]]:
    """The first From, by the standard library, and no doubt about it."""
    head = dict(reversed(raw))
    line = head.get("from", head.get("return-path", ""))
    name, address = parseaddr(charsets.octets(line).decode("utf-8", "replace"))
    lists: dict[str, tuple[Address, ...]] = dict.fromkeys(("from", "to", "cc", "reply-to"), ())
    return lists, Address(name, address) if "@" in address else None, set()


_fetch = fetching.fetch


def only_with_content(client: Client, uids: Sequence[int], limits: Limits, **how: Any) -> Any:
    return [mail for mail in _fetch(client, uids, limits, **how) if mail.raw]


@case(
    "E1",
    "a mail of no bytes at all: kept aside with a reason, its neighbours are tickets",
    defence=Defence(
        "whether a mail is there is told by the server's answer, not by its bytes",
        replaced("maild.imap.mailbox.fetch", only_with_content),
    ),
    told=rf"^quarantined student 2: {NO_SENDER}$",
    quick=True,
)
def empty(place: Place) -> None:
    (raw,) = hostile(place, "E1")
    place.attacked(place.imap(good(place, "before"), raw, good(place, "after")))
    with place.running(wait=False):
        place.await_tickets(2)
    outcomes = [fate.outcome for fate in fates(place)]
    assert outcomes == ["stored", "quarantined", "stored"], outcomes


@case(
    "E2",
    "a mail that is only headers, without even a blank line after them: a ticket",
    defence=Defence(
        "a head ends where its fields end, blank line or not",
        careless(
            replaced(
                "maild.mail.structure._Splitter._read_head",
                lambda self, _part, at: self.text.index("\r\n\r\n", at),
            )
        ),
    ),
)
def headers_only(place: Place) -> None:
    (fate,) = survive(place, hostile(place, "E2"))
    assert fate.text == ""
    notification(place, "E2 headers only")


@case(
    "E3",
    "a mail without From: kept aside, and nobody is written to, not its envelope's sender either",
    defence=Defence(
        "who writes is what From says, and nothing else",
        careless(replaced("maild.mail.addresses.read", first_sender)),
    ),
    told=rf"^quarantined student 2: {NO_SENDER}$",
)
def no_from(place: Place) -> None:
    bystander = place.at("bystander")
    (raw,) = hostile(place, "E3")
    place.leave(good(place, "before"))
    place.dovecot.deliver(place.at("student"), raw, bystander)
    place.leave(good(place, "after"))
    (fate,) = take_in(place, 1)
    assert fate.outcome == "quarantined", f"a ticket of {fate.sender}"
    assert f"Return-Path: <{bystander}>".encode() in (fate.raw or b"")
    assert not place.dovecot.inbox(bystander)


@case(
    "E4",
    "two From lines: with two senders it is kept aside; with one twice the agent is cautioned",
    defence=Defence(
        "every From line is read, and two that differ are no sender",
        careless(replaced("maild.mail.addresses.read", first_sender)),
    ),
    told=rf"^quarantined student 2: {NO_SENDER}$",
    quick=True,
)
def two_froms(place: Place) -> None:
    (raw,) = hostile(place, "E4")
    line = next(each for each in raw.split(b"\r\n") if each.startswith(b"From: "))
    twice = raw.replace(b"evil@else." + place.domain.encode(), line.removeprefix(b"From: "))
    twice = twice.replace(b"E4 two From", b"E4 From twice").replace(b"<hostile", b"<again")
    differing, same = survive(place, [raw, twice])
    kept_aside(differing, raw, NO_SENDER)
    assert not place.dovecot.inbox(place.at("evil").replace("@", "@else."))
    assert CAUTION in notification(place, "E4 From twice")
    assert same.ticket is not None


@case(
    "E5",
    "17 confusing From lines: each is kept aside, or the agent is cautioned and the sender named",
    defence=Defence(
        "two readings of From must agree, and each doubt is told",
        careless(replaced("maild.mail.addresses.read", first_sender)),
    ),
    told=r"^quarantined student \d+: (it has no sender, or not exactly one"
    r"|no letter can be addressed to its sender)$",
)
def confusing_froms(place: Place) -> None:
    mails = hostile(place, "E5 From")
    assert len(mails) == 17
    for number, fate in enumerate(survive(place, mails)):
        if fate.outcome == "quarantined":
            assert fate.raw is not None
            continue
        letter = notification(place, f"E5 From {number}")
        assert fate.sender in letter, f"E5 From {number}: {fate.sender} is not named"
        assert CAUTION in letter, f"E5 From {number}: no caution about {fate.sender}"


@case(
    "E6",
    "ids no grammar allows, as Microsoft 365 writes them: the answer finds its ticket",
    defence=Defence(
        "an id is whatever stands in angle brackets",
        careless(
            replaced(
                "maild.mail.headers.ids",
                lambda value: tuple(re.findall(r"<[\w.+-]+@[\w.-]+>", value)),
            )
        ),
    ),
    quick=True,
)
def microsoft_ids(place: Place) -> None:
    answer, angles = hostile(place, "E6")
    odd = b"<[0a1b2c@microsoft.com]>"
    author = next(each for each in answer.split(b"\r\n") if each.startswith(b"From: "))
    first = b"%b\r\nSubject: Opened\r\nMessage-ID: %b\r\n\r\nThe first.\r\n" % (author, odd)
    opened, answered, other = survive(place, [first, answer, angles])
    assert opened.ticket == answered.ticket, "the answer opened another ticket"
    assert other.ticket not in (opened.ticket, None)


@case(
    "E7",
    "an address that breaks parsers (a@[::1): kept aside in From, without effect elsewhere",
    defence=Defence(
        "addresses are read by parsers that raise at nothing",
        careless(
            replaced(
                "maild.mail.addresses.view",
                lambda raw, _=None: [
                    HeaderRegistry()(n, v) for n, v in raw if n in {"from", "reply-to"}
                ],
            )
        ),
    ),
    told=rf"^quarantined student 2: {NO_SENDER}$",
)
def open_literal(place: Place) -> None:
    from_, reply_to = [*hostile(place, "E5 From 16"), *hostile(place, "E7")]
    refused_, taken = survive(place, [from_, reply_to])
    kept_aside(refused_, from_, NO_SENDER)
    assert taken.text == "hello"
    notification(place, "E7 open literal")
