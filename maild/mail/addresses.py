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
_ACCOUNT = re.compile(
    r"(?:[^<>@]*<)?([A-Za-z0-9._+-]{1,64})>?"
)  # "root", "moderator": a local account's mail
_HIDDEN = re.compile(
    "[\x00-\x20\x7f-\xa0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EDGES = " \t\"'"
_MAILTO = re.compile(r"<\s*mailto:", re.IGNORECASE)

NAMES = ("from", "to", "cc", "reply-to")


def view(raw: Sequence[tuple[str, str]], default: str | None = None) -> MailParser:
    """Return mail-parser's reading of the address and date headers alone.

    It never sees the body: it would decode every part, and merge attached mails into the text.
    Of a repeated To, Cc or Reply-To all lines are read, of From and Date the first.
    """
    lines: dict[str, list[str]] = {}
    for name, value in raw:
        key = name.lower()
        if key in NAMES or key == "date":
            lines.setdefault(key, []).append(_legible(value, default))
    bare = Message()
    for name, values in lines.items():
        bare[name] = values[0] if name in {"from", "date"} else ", ".join(values)
    return MailParser(bare)


def read(
    parsed: MailParser, raw: Sequence[tuple[str, str]], default: str | None = None
) -> tuple[dict[str, tuple[Address, ...]], Address | None, set[str]]:
    """Return the lists of NAMES, the one sender or None, and the defects found on the way.

    `parsed` is the `view` of `raw`: headers as the standard library keeps them (8-bit bytes as
    surrogates). A repeated From is a defect.
    """
    lists = {name: _list(parsed, name, default) for name in NAMES}
    found: set[str] = set()
    if any(defect["header"] != "from" for defect in parsed.address_header_defects):
        found.add(defects.ADDRESSES_INVALID)
    lines = [value for name, value in raw if name.lower() == "from"]
    if len(lines) > 1:
        found.add(defects.FROM_REPEATED)
        others = {each for line in lines[1:] for each in parse(line, default)}
        if {each.address.lower() for each in others | set(lists["from"])} != {
            each.address.lower() for each in lists["from"]
        }:
            return lists, None, found
    sender, doubts = _sender(lines, lists["from"], default)
    return lists, sender, found | doubts


def parse(value: str, default: str | None = None) -> tuple[Address, ...]:
    """Return the addresses of one raw header value, those that are addresses."""
    return _list(view([("To", value)], default), "to", default)


def _legible(value: str, default: str | None) -> str:
    """Unfolded, 8-bit bytes decoded, encoded words still encoded: structure comes first."""
    value = value[: headers.LONGEST].replace("\r", "").replace("\n", "")
    return _MAILTO.sub("<", charsets.clean(headers.structured(value, default)))


def _list(parsed: MailParser, name: str, default: str | None) -> tuple[Address, ...]:
    found = [
        Address(_name(said, address, default), address)
        for said, address in getattr(parsed, "from_" if name == "from" else name.replace("-", "_"))
        or []
        if address
    ]
    value = str(parsed.message.get(name, ""))
    if not found and "@" in value:
        repaired = _second(value)
        found = [repaired] if repaired is not None else []
    return tuple(dict.fromkeys(found))


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


def _sender(
    lines: list[str], first: tuple[Address, ...], default: str | None
) -> tuple[Address | None, set[str]]:
    """Return one sender or none, with every doubt there is about it."""
    if not lines:
        return None, {defects.FROM_MISSING}
    line = _legible(lines[0], default)
    if not first:
        account = _ACCOUNT.fullmatch(line.strip())
        return (Address("", account[1]) if account else None), {defects.FROM_INVALID}
    if len({each.address.lower() for each in first}) > 1:
        return None, {defects.FROM_SEVERAL}
    sender = first[0]
    second = _second(line)
    doubts: set[str] = set()
    if second is None or line.count("<") != line.count(">"):
        doubts.add(defects.FROM_INVALID)
    elif second.address.lower() != sender.address.lower():
        return None, {defects.FROM_AMBIGUOUS}
    if _HIDDEN.search(sender.address) or _CONTROLS.search(lines[0]):
        doubts.add(defects.FROM_CONTROL)
    if _foreign_address(line, sender):
        doubts.add(defects.FROM_ADDRESS_IN_NAME)
    return sender, doubts


def _foreign_address(line: str, sender: Address) -> bool:
    """Whether another address than the sender's stands in the name or a comment."""
    said = f"{sender.name} {headers.words(line)}"
    own = sender.address.lower()
    return any(match.lower() != own for match in _IN_NAME.findall(said))
