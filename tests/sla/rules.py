"""What happens to one ticket, for the pure functions of `maild.sla`."""

from dataclasses import dataclass
from datetime import datetime

from maild.sla.calendar import Calendar
from maild.sla.policy import Policy
from maild.tickets.ticket import Event

CALENDAR = "main"  # the one calendar of a test


@dataclass(frozen=True)
class Down:
    """The daemon stands still from here (up=False), or works again (up=True)."""

    at: datetime
    up: bool


@dataclass(frozen=True)
class NewRules:
    """From here another policy or calendar counts."""

    at: datetime
    policy: Policy | None = None
    calendar: Calendar | None = None


Step = Event | Down | NewRules
