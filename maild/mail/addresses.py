"""Who wrote, and to whom: the address headers (RFC 5322 3.4), read twice where it matters.

mail-parser reads the lists, but for plain ones. The one sender is read a second time by a short
parser of our own that works from the other end; where the two differ nobody is believed
(CVE-2023-27043: parsers that disagree about `a@desk.example <b@else.example>` are how an agent is
impersonated).
"""

import re
from collections.abc import Mapping, Sequence
from email.errors import HeaderParseError

from mailparser.utils import get_addresses

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

# A mailbox as nearly all are written, on which all parsers agree: words, one string in quotes or
# one encoded word, then the address. mail-parser reads every letter of it several times.
_SPEC = r"[A-Za-z0-9_+-]++(?:\.[A-Za-z0-9_+-]++)*+@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)*+"
_BASE64 = "(?:[A-Za-z0-9+/]{4}){0,14}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)"
_PHRASE = (
    rf"[\w'-]++(?: [\w'-]++)*+|\"[\w ',.&/-]++\"|"
    rf"=\?(?:utf|UTF)-8\?(?:[bB]\?{_BASE64}|[qQ]\?(?:[A-Za-z0-9_]|=[0-9A-F]{{2}}){{1,20}}+)\?="
)
_PLAIN = re.compile(rf"[ \t]*+(?:({_PHRASE})[ \t]++<({_SPEC})>|({_SPEC}))[ \t]*+(?:,|\Z)")

NAMES = ("from", "to", "cc", "reply-to")
_READ = frozenset({*NAMES, "date"})
_FIRST_ONLY = frozenset({"from", "date"})


def view(raw: Sequence[tuple[str, str]], default: str | None = None) -> dict[str, str]:
    """Return the lines of NAMES and the date, legible, by their names.

    `raw` are headers as the standard library keeps them (8-bit bytes as surrogates), their names in
    lower case. Of a repeated To, Cc or Reply-To all lines are read, of From and Date the first.
    """
    lines: dict[str, str] = {}
    for name, value in raw:
        if name not in _READ:
            continue
        if name not in lines:
            lines[name] = _legible(value, default)
        elif name not in _FIRST_ONLY:
            lines[name] += f", {_legible(value, default)}"
    return lines


def read(
    lines: Mapping[str, str], raw: Sequence[tuple[str, str]], default: str | None = None
) -> tuple[dict[str, tuple[Address, ...]], Address | None, set[str]]:
    """Return the lists of NAMES, the one sender or None, and the defects found on the way.

    `lines` is the `view` of `raw`. A repeated From is a defect.
    """
    lists: dict[str, tuple[Address, ...]] = {}
    found: set[str] = set()
    for name in NAMES:
        lists[name], sound = _list(lines.get(name, ""), default)
        if not sound and name != "from":
            found.add(defects.ADDRESSES_INVALID)
    said = [value for name, value in raw if name == "from"]
    if len(said) > 1:
        found.add(defects.FROM_REPEATED)
        others = {each for line in said[1:] for each in parse(line, default)}
        if {each.address.lower() for each in others | set(lists["from"])} != {
            each.address.lower() for each in lists["from"]
        }:
            return lists, None, found
    sender, doubts = _sender(said, lists["from"], default)
    return lists, sender, found | doubts


def parse(value: str, default: str | None = None) -> tuple[Address, ...]:
    """Return the addresses of one raw header value, those that are addresses."""
    return _list(_legible(value, default), default)[0]


def _legible(value: str, default: str | None) -> str:
    """Unfolded, 8-bit bytes decoded, encoded words still encoded: structure comes first."""
    value = value[: headers.LONGEST].replace("\r", "").replace("\n", "")
    return _MAILTO.sub("<", charsets.clean(headers.structured(value, default)))


def _list(line: str, default: str | None) -> tuple[tuple[Address, ...], bool]:
    """Return the addresses of a legible line, and whether all of it is mailboxes."""
    if not line:
        return (), True
    said, sound = _plain(line), True
    if said is None:
        said, sound = _by_mail_parser(line)
    found = [Address(_name(name, address, default), address) for name, address in said if address]
    if not found and "@" in line:
        repaired = _second(line)
        found = [repaired] if repaired is not None else []
    return tuple(dict.fromkeys(found)), sound


def _plain(line: str) -> list[tuple[str, str]] | None:
    """Return name and address of each mailbox, or None unless all of them are plain."""
    said: list[tuple[str, str]] = []
    at = 0
    while at < len(line):
        mailbox = _PLAIN.match(line, at)
        if mailbox is None:
            return None
        name = mailbox[1] or ""
        said.append((name.strip('"'), mailbox[2] or mailbox[3]))
        at = mailbox.end()
    return said


def _by_mail_parser(line: str) -> tuple[list[tuple[str, str]], bool]:
    problems: list[object] = []
    try:
        return get_addresses(line, defects=problems, decode_names=True), not problems
    except HeaderParseError:  # it raises at an encoded word whose base64 ends in the middle
        return get_addresses(line, defects=problems), False


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
