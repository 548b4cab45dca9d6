"""The words of a scenario file, checked as a desk file is: every mistake with its line."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from maild.config.schema.words import Days, Key, Length, Share, Some, Text, Whole, Words, refuse
from maild.config.wording import UnreadableError, instant
from maild.mail.normal import western_digits
from maild.tickets.ticket import EventKind

MAILS = ("new", "follow-up", "resend", "auto-reply", "third-party", "answer", "note")
OTHERS = ("event", "daemon down", "daemon up", "rules")
_ALLOWED = {  # what a happening may say beside `at` and `what`
    "new": {"ticket", "by", "to", "subject", "text"},
    "follow-up": {"ticket", "to", "text"},
    "resend": {"ticket", "to"},
    "auto-reply": {"ticket", "to", "text"},
    "third-party": {"ticket", "by", "to", "text"},
    "answer": {"ticket", "by", "to", "text", "orders"},
    "note": {"ticket", "by", "to", "text", "orders"},
    "event": {"ticket", "kind", "data"},
    "rules": {"config"},
    "daemon down": set(),
    "daemon up": set(),
}
_NEEDED = {"new": {"by"}, "third-party": {"by"}, "event": {"kind"}, "rules": {"config"}}


def _instant(value: object) -> datetime:
    """Read "2026-03-04 15:30" (the desk's zone) or ISO 8601 with an offset."""
    try:
        return instant(str(value))
    except UnreadableError as error:
        try:
            return datetime.fromisoformat(western_digits(str(value)).strip())
        except ValueError:
            raise refuse(error.what, error.hint) from error


Instant = Annotated[
    datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Happening(Words):
    """One thing that happens."""

    at: Instant
    what: Text
    ticket: Text = "the ticket"  # the scenario's own name; may be left out when there is one only
    by: Text | None = None  # an address; for an answer or note also the key of a person
    to: Key | None = None  # mailbox; the desk's first
    subject: Text | None = None
    text: Text | None = None
    orders: Some[Text] = ()
    kind: EventKind | None = None
    data: dict[str, Any] = Field(default_factory=dict)
    config: Text | None = None  # a desk file or configuration directory, from here on

    @model_validator(mode="after")
    def _fits(self) -> "Happening":
        if self.what not in _ALLOWED:
            known = ", ".join((*MAILS, *OTHERS))
            raise refuse(f"nothing is called {self.what!r}", f"write one of {known}")
        given = self.model_fields_set - {"at", "what"}
        if surplus := sorted(given - _ALLOWED[self.what]):
            raise refuse(f"{self.what!r} has no {surplus[0]!r}", "remove it")
        if lacking := sorted(_NEEDED.get(self.what, set()) - given):
            raise refuse(f"{self.what!r} needs {lacking[0]!r}", f"add {lacking[0]}: …")
        return self


class Crowd(Words):
    """Many tickets at random, the same ones each time."""

    tickets: Annotated[Whole, Field(ge=1, le=1_000_000)]
    over: Days  # from `starts`
    starts: Instant
    answered_after: Length  # on average, by the desk's first calendar
    never_answered: Share | None = None
    seed: Whole = 1


class ScenarioFile(Words):
    """A desk, what happens to it, and how long it is watched."""

    scenario: Text  # its title
    config: Text  # a desk file or a configuration directory, relative to this file
    desk: Key | None = None  # which one, of a directory with several
    until: Instant
    happenings: tuple[Happening, ...] = ()
    crowd: Crowd | None = None
