"""Who wrote, and to whom: the address headers (RFC 5322 3.4), read twice where it matters.

mail-parser reads the lists. The one sender is read a second time by a short parser of our own
that works from the other end; where the two differ nobody is believed (CVE-2023-27043: parsers
that disagree about `a@desk.example <b@else.example>` are how an agent is impersonated).
"""

import re
from collections.abc import Sequence
from email.message import Message

from mailparser.core import MailParser

from maild.mail import charsets, defects, headers
from maild.mail.mail import Address

_LOCAL = r"(?:[^\s\"(),:;<>@\[\\\]]+|\"(?:[^\"\\]|\\.)*\")"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:[^\s\"(),:;<>@\[\\\]]+|\[[^\[\]\\\s]*\])")
_IN_NAME = re.compile(r"[^\s\"<>(),;:@]+@[^\s\"<>(),;:@]+\.[^\s\"<>(),;:@.]{2,}")
_ANGLE = re.compile(r"<([^<>]*)>\s*\Z")
_ACCOUNT = re.compile(r"(?:[^<>@]*<)?([A-Za-z0-9._+-]{1,64})>?")  # "root", "moderator": a local account's mail
_HIDDEN = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_EDGES = " \t\"'"
_MAILTO = re.compile(r"<\s*mailto:", re.I)

NAMES = ("from", "to", "cc", "reply-to")


def read(
    raw: Sequence[tuple[str, str]], default: str | None = None
) -> tuple[dict[str, tuple[Address, ...]], Address | None, set[str]]:
    """Return the lists of NAMES, the one sender or None, and the defects found on the way.

    `raw` are headers as the standard library keeps them (8-bit bytes as surrogates). Repeated To
    and Cc lines are joined; a repeated From is a defect.
    """
    lines: dict[str, list[str]] = {name: [] for name in NAMES}
    for name, value in raw:
        key = name.lower()
        if key in lines:
            lines[key].append(_legible(value, default))
    found: set[str] = set()
    lists: dict[str, tuple[Address, ...]] = {}
    for name, values in lines.items():
        lists[name], broken = _list(values, default)
        if broken and name != "from":
            found.add(defects.ADDRESSES_INVALID)
    sender, doubts = _sender(lines["from"], lists["from"])
    return lists, sender, found | doubts


def parse(value: str, default: str | None = None) -> tuple[Address, ...]:
    """Return the addresses of one raw header value, those that are addresses."""
    return _list([_legible(value, default)], default)[0]


def _legible(value: str, default: str | None) -> str:
    """Unfolded, 8-bit bytes decoded, encoded words still encoded: structure comes first."""
    value = re.sub(r"[\r\n]+", "", value[: headers.LONGEST])
    return charsets.clean(headers.undeclared(value, default))


def _list(values: list[str], default: str | None) -> tuple[tuple[Address, ...], bool]:
    if not values:
        return (), False
    found: list[Address] = []
    broken = False
    for value in values:
        bare = Message()
        bare["To"] = _MAILTO.sub("<", value)
        parsed = MailParser(bare)
        addresses = [
            Address(_name(name, address, default), address)
            for name, address in parsed.to
            if address
        ]
        broken = broken or bool(parsed.address_header_defects)
        if not addresses and "@" in value:
            repaired = _second(value)
            addresses = [repaired] if repaired is not None else []
            broken = True
        found += addresses
    return tuple(dict.fromkeys(found)), broken


def _name(name: str, address: str, default: str | None) -> str:
    """A display name as a person reads it: words decoded, one line, no quotes around it."""
    text = " ".join(headers.words(name, default).split()).strip(_EDGES)
    return "" if text.lower() == address.lower() else text


def _second(value: str) -> Address | None:
    """The second reading of a single mailbox, from the right: the last angle, or all of it."""
    angle = _ANGLE.search(value) or re.search(r"<([^<>\s]*@[^<>\s]*)\s*\Z", value)
    if angle is not None:
        inner = angle.group(1).strip()
        if _ADDRESS.fullmatch(inner) is None:
            return None
        return Address(" ".join(value[: angle.start()].split()).strip(_EDGES), inner)
    bare = re.sub(r"\([^()]*\)", " ", value).strip()
    return Address("", bare) if _ADDRESS.fullmatch(bare) else None


def _sender(lines: list[str], first: tuple[Address, ...]) -> tuple[Address | None, set[str]]:
    """Return one sender or none, with every doubt there is about it."""
    if not lines:
        return None, {defects.FROM_MISSING}
    doubts: set[str] = set()
    if len(lines) > 1:
        doubts.add(defects.FROM_REPEATED)
    if not first:
        local = _ACCOUNT.fullmatch(lines[0].strip())
        sender = Address("", local[1]) if local and len(lines) == 1 else None
        return sender, doubts | {defects.FROM_INVALID}
    if len({each.address.lower() for each in first}) > 1:
        return None, doubts | ({defects.FROM_SEVERAL} if len(lines) == 1 else set())
    sender = first[0]
    second = _second(lines[0])
    if second is None:
        doubts.add(defects.FROM_INVALID)
    elif second.address.lower() != sender.address.lower():
        return None, doubts | {defects.FROM_AMBIGUOUS}
    if _HIDDEN.search(sender.address):
        doubts.add(defects.FROM_CONTROL)
    if _foreign_address(lines[0], sender):
        doubts.add(defects.FROM_ADDRESS_IN_NAME)
    return sender, doubts


def _foreign_address(line: str, sender: Address) -> bool:
    """Whether another address than the sender's stands in the name or a comment."""
    said = f"{sender.name} {headers.words(line)}"
    own = sender.address.lower()
    return any(match.lower() != own for match in _IN_NAME.findall(said))
