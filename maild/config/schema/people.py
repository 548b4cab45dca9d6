"""`people:`, `teams:`, `roles:`: who answers, who leads, who is told."""

from typing import Annotated

from pydantic import Field

from maild.config.schema.words import Assign, Day, Email, Key, Language, Some, Text, Whole, Words


class Away(Words):
    """Days, both included, on which no work is given to somebody."""

    from_: Day = Field(alias="from")
    to: Day


class Person(Words):
    """Somebody the desk knows by name."""

    name: Text
    email: Email
    aliases: Some[Email] = ()  # further addresses the person writes from
    language: Language | None = None
    away: tuple[Away, ...] = ()


class Team(Words):
    """A group that answers."""

    name: Text
    members: tuple[Key, ...] = ()
    lead: Key | None = None
    manager: Key | None = None
    tier: Annotated[Whole, Field(ge=1, le=2)] = 1
    email: Email | None = None  # a distribution list; letters to the team go there
    assign: Assign = "none"
