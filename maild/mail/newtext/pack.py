"""What one language of a mail client looks like: the words it writes around somebody's text.

A pack is data. Its words are written as the client writes them and compared in the form of
`maild.mail.normal`, so case, tashkeel, hamza seats, digits and bidi marks need no second entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Label(StrEnum):
    """What a line of a quoted header block says (Outlook's From:, Sent:, To:, Cc:, Subject:)."""

    FROM = "from"
    SENT = "sent"
    TO = "to"
    CC = "cc"
    SUBJECT = "subject"
    OTHER = "other"  # Reply-To, Attachments, Importance: only ever beside the others


@dataclass(frozen=True, slots=True)
class Pack:
    """One language: attribution words, header labels, separators, device lines, farewells."""

    code: str  # ISO 639-1
    openings: tuple[str, ...] = ()  # what an attribution begins with, before its date
    wrote: tuple[str, ...] = ()  # the verb of an attribution, a word or a phrase
    said: tuple[str, ...] = ()  # such verbs that stories have too: only beside an address or quote
    labels: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    originals: tuple[str, ...] = ()  # between dashes, above the whole quoted mail
    forwards: tuple[str, ...] = ()  # the same above a forwarded mail
    devices: tuple[str, ...] = ()  # how a device line begins
    device_ends: tuple[str, ...] = ()  # how it ends, in languages with the verb at the end
    reply_above: tuple[str, ...] = ()  # "type your reply above this line"
    disclaimers: tuple[str, ...] = ()  # how an organisation's appended notice begins
    closings: tuple[str, ...] = ()  # the farewell a contact block is written under
    farewells: tuple[str, ...] = ()  # closings that with a bare name already are the signature
