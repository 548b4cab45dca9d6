"""What facts are made of. Foreign text is raw here: it is made harmless where it is shown."""

from dataclasses import dataclass
from typing import NotRequired, TypedDict


@dataclass(frozen=True, slots=True)
class Link:
    """An article or page: its title and its http(s) address."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Another way to reach the desk: "واتساب", "+966…"."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody with an address; the address is always shown beside the name, which may lie."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a thread: who wrote it, when (ready words), and what."""

    author: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class File:
    """An attachment: its safe name and its length in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One ticket of a digest: what happened to it in ready words ("تجاوزت موعدها بساعتي عمل")."""

    tag: str
    subject: str
    requester: str
    what: str
    responsible: str | None = None
    reply: str | None = None  # the address under which the reader acts on this ticket
    text: str | None = None  # the beginning of what somebody wrote
    due: str | None = None  # when an answer is due


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report; `before` is the same number of the period before."""

    label: str
    value: str
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report; every row has one cell per column."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Common(TypedDict):
    """Known to every letter. `desk` is the desk's name in the letter's language."""

    desk: str
    digits: NotRequired[str]  # "latin" (default) | "arabic-indic"


class OfTicket(Common):
    """Known to every letter about a ticket: its tag, "[#1042]"."""

    tag: str
