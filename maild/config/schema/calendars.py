"""`calendars:` when a desk works."""

from pydantic import Field

from maild.config.schema.words import Day, Hours, Text, Weekdays, Words

Weekly = dict[Weekdays, Hours]


class Period(Words):
    """Other hours between two dates: Ramadan, an exam week."""

    name: Text
    from_: Day = Field(alias="from")
    to: Day
    weekly: Weekly


class Holiday(Words):
    """Days on which nothing opens; `to` is left out when it is a single day."""

    name: Text
    from_: Day = Field(alias="from")
    to: Day | None = None


class Calendar(Words):
    """Open hours: single days beat holidays, which beat periods, which beat the week."""

    timezone: Text | None = None  # only where it differs from the desk's
    weekly: Weekly
    periods: tuple[Period, ...] = ()
    days: dict[Day, Hours] = Field(default_factory=dict)
    holidays: tuple[Holiday, ...] = ()
