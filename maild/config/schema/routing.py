"""`routing:` which mail goes where."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from maild.config.schema.words import (
    Channel,
    Email,
    Key,
    Language,
    Priority,
    Some,
    Text,
    TimeRange,
    Type,
    Weekdays,
    Word,
    Words,
    refuse,
)
from maild.mail.mail import Nature


class Said(Words):
    """What a text must say."""

    any_words: Some[Word] = ()
    all_words: Some[Word] = ()
    pattern: Text | None = None


class Received(Words):
    """When the mail came, in the desk's zone."""

    open: Key | None = None  # a calendar that is open
    closed: Key | None = None  # a calendar that is closed
    between: TimeRange | None = None
    on: Some[Weekdays] = ()


def _attached(value: object) -> str | list[str]:
    if value in ("some", "none"):
        return str(value)
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(n, str) and n for n in names):
        raise refuse("this says nothing about attachments", 'write some, none or ["*.pdf"]')
    return [str(n) for n in names]


class Condition(Said):
    """Which mails a rule speaks of. Words and pattern here: in the subject or the body."""

    mailbox: Some[Key] = ()
    to: Some[Text] = ()
    sender: Some[Text] = ()
    domain: Some[Text] = ()
    requester_class: Some[Key] = ()
    channel: Some[Channel] = ()
    language: Some[Literal["ar", "en", "other"]] = ()
    nature: Some[Nature] = ()
    subject: Said = Said()
    body: Said = Said()
    headers: dict[str, Text] = Field(default_factory=dict)
    attachments: (
        Annotated[
            str | list[str],
            PlainValidator(_attached),
            WithJsonSchema({"anyOf": [{"enum": ["some", "none"]}, {"type": "array"}]}),
        ]
        | None
    ) = None
    received: Received = Received()


class Action(Words):
    """What happens to the ticket."""

    team: Key | None = None
    category: Text | None = None
    service: Text | None = None
    type: Type | None = None
    priority: Priority | None = None
    channel: Channel | None = None
    assign: Text | None = None  # a person, or none | round_robin | least_loaded
    tags: Some[Text] = ()
    copy_to: Some[Text] = Field(default=(), alias="copy")
    close_with: Text | None = None
    quarantine: bool = False
    refuse: bool = False


def _nothing(value: object) -> object:
    return None if value == "none" else value


class Example(Words):
    """A mail that shows what a rule is for; `then: none` says that the rule leaves it alone."""

    mailbox: Key | None = None
    sender: Email = "somebody@sender.example"
    to: Some[Email] = ()
    subject: str = ""
    body: str = ""
    language: Language | None = None
    nature: Nature = Nature.PERSON
    requester_class: Key | None = None
    channel: Channel = "email"
    headers: dict[str, str] = Field(default_factory=dict)
    attachments: Some[Text] = ()
    at: Text | None = None  # date and time of receipt: 2026-03-04 15:30
    then: Annotated[Action | None, BeforeValidator(_nothing)] = Action()


class Rule(Words):
    """One rule; the first that matches counts."""

    rule: Text
    when: Condition = Condition()
    unless: Condition | None = None
    then: Action
    continue_: bool = Field(default=False, alias="continue")
    examples: tuple[Example, ...] = ()
