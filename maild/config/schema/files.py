"""The two kinds of files: `maild.yaml` and `desks/NAME.yaml`."""

from typing import Annotated

from pydantic import Field

from maild.config.schema.calendars import Calendar
from maild.config.schema.conversation import (
    Acknowledgement,
    Announcements,
    Answers,
    Closing,
    Conduct,
    FollowUps,
    Report,
    Survey,
)
from maild.config.schema.mailboxes import Form, Mailbox
from maild.config.schema.people import Person, Team
from maild.config.schema.policies import Policy
from maild.config.schema.routing import Rule
from maild.config.schema.words import ByLanguage, Days, Email, Key, Language, Some, Text, Words

Domain = Annotated[str, Field(pattern=r"^[^\s@]+\.[^\s@.]+$")]


class DeskFile(Words):
    """One organisation's helpdesk: `desks/NAME.yaml`."""

    desk: Key
    name: ByLanguage
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]  # the first is the default
    timezone: Text
    domains: Some[Domain] = ()
    calendars: Annotated[dict[Key, Calendar], Field(min_length=1)]  # the first is the main one
    people: Annotated[dict[Key, Person], Field(min_length=1)]
    teams: Annotated[dict[Key, Team], Field(min_length=1)]
    roles: dict[Key, Some[Text]] = Field(default_factory=dict)
    requester_classes: dict[Key, Some[Text]] = Field(default_factory=dict)
    mailboxes: Annotated[dict[Key, Mailbox], Field(min_length=1)]
    forms: tuple[Form, ...] = ()
    routing: tuple[Rule, ...] = ()
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]
    acknowledgement: Acknowledgement = Acknowledgement()
    answers: Answers = Answers()
    follow_ups: FollowUps = FollowUps()
    closing: Closing = Closing()
    conduct: Conduct = Conduct()
    survey: Survey | None = None
    reports: tuple[Report, ...] = ()
    announcements: Announcements = Announcements()
    retention: Days | None = None  # closed tickets are erased after this; left out: kept


class InstanceFile(Words):
    """What all desks of one daemon share: `maild.yaml`."""

    data: Text = "../data"  # directory of the database and the key of this instance
    database: Annotated[Text, Field(pattern=r"^postgresql://\S+$")] | None = None
    database_password_file: Text | None = None
    database_password_env: Text | None = None
    database_password_credential: Text | None = None
    admins: Some[Email] = ()
    insecure_passwords_in_yaml: bool = False
