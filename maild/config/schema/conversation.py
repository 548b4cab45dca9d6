"""How a desk talks with requesters: acknowledgement, answers, follow-ups, closing, conduct."""

from typing import Annotated, Literal

from pydantic import Field

from maild.config.schema.words import (
    ByLanguage,
    Days,
    Key,
    Repetition,
    Some,
    Suspension,
    Text,
    Whole,
    Words,
)


class Link(Words):
    """An article or page offered in the acknowledgement."""

    title: ByLanguage
    url: Annotated[Text, Field(pattern=r"^https?://\S+$")]


class Urgent(Words):
    """A faster way for what cannot wait: a telephone, a WhatsApp number."""

    label: ByLanguage
    number: Text


class Fact(Words):
    """Something an agent will need; the acknowledgement asks for it when the mail lacks it."""

    ask: ByLanguage
    found_by: Text | None = None  # a pattern that finds it in the text; or "attachment"


class Acknowledgement(Words):
    """The letter that says: received, here is your number, and this is when you hear from us."""

    note: ByLanguage = Field(default_factory=dict)
    links: tuple[Link, ...] = ()
    urgent: tuple[Urgent, ...] = ()
    ask_for: dict[Key, Fact] = Field(default_factory=dict)
    limit: Annotated[Whole, Field(ge=0, le=1000)] = 3  # to one address in 24 hours
    domain_limit: Annotated[Whole, Field(ge=0)] = 300  # to a foreign domain in one hour
    desk_limit: Annotated[Whole, Field(ge=0)] = 1000  # to everybody in one hour


class Answers(Words):
    """What a relayed answer looks like."""

    signature: ByLanguage = Field(default_factory=dict)
    show_agent_name: bool = True


class FollowUps(Words):
    """What becomes of mail about something that is closed or unanswered."""

    to_closed: Literal["reopen", "new", "refuse"] = "reopen"
    reopen_within: Days = 30
    resend_within: Days = 14


class Closing(Words):
    """How a solved ticket comes to its end."""

    after: Days = 7  # without another word from the requester
    confirm: bool = False  # the requester is asked whether it is solved


class Conduct(Words):
    """What misuse leads to."""

    words: Some[Text] = ()  # mail that says one of these is flagged for the agent
    strikes: Annotated[Whole, Field(ge=1)] = 3
    suspend: Suspension = 7


class Survey(Words):
    """The question after a solved ticket; a `survey` clock says when it leaves."""

    scale: Annotated[Whole, Field(ge=2, le=10)] = 5


class Report(Words):
    """A report by mail."""

    every: Repetition
    to: Some[Text]


class Announcements(Words):
    """Word to requesters: extended hours, an outage."""

    reach: Days = 30  # everybody who wrote in the last days
    hook: Text | None = None  # a program that gets the text, for an SMS gateway
