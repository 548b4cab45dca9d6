"""To whom somebody of the staff wrote: to the desk, past it, or beside it.

A mail client offers more than Reply. What is forwarded, or sent to a colleague with the desk in
copy, was not meant for the requester; what went to the requester with the desk in copy is there
already and must not arrive twice.
"""

from collections.abc import Collection
from enum import StrEnum

from maild.mail.mail import Mail
from maild.mail.subject import is_forward


class Manner(StrEnum):
    """What a mail of the staff is, by its address lines."""

    REPLY = "reply"  # to the desk, which carries it on
    DIRECT = "direct"  # the requester has it already; the desk is in copy
    ASIDE = "aside"  # to somebody else, the desk is in copy
    FORWARD = "forward"  # our letter passed on


def manner(mail: Mail, desk: Collection[str], requester: str, separator: str | None) -> Manner:
    """Judge by To, Cc and subject. `desk` are its mailboxes' addresses, lower-case.

    A mail that names no mailbox of the desk came by an alias or Bcc: it is a reply, unless the
    requester stands in it.
    """
    if is_forward(mail.subject):
        return Manner.FORWARD
    to = {bare(a.address, separator) for a in mail.to}
    everybody = to | {bare(a.address, separator) for a in mail.cc}
    if requester.lower() in {a.address.lower() for a in (*mail.to, *mail.cc)}:
        return Manner.DIRECT
    if to.isdisjoint(desk) and not everybody.isdisjoint(desk) and to:
        return Manner.ASIDE
    return Manner.REPLY


def bare(address: str, separator: str | None) -> str:
    """Return an address, lower-case, without its detail part (RFC 5233)."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition(separator)[0] if separator else local}@{domain}"


def outsiders(mail: Mail, inside: Collection[str], separator: str | None) -> tuple[str, ...]:
    """Return who stands in To or Cc without belonging there; `inside` is lower-case."""
    named = (a.address.lower() for a in (*mail.to, *mail.cc))
    return tuple(dict.fromkeys(a for a in named if bare(a, separator) not in inside))
