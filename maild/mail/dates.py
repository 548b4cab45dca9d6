"""The date of a mail (RFC 5322 3.3): as nearly all write it at once, else by mail-parser."""

import re
from datetime import UTC, datetime, timedelta

from mailparser.dates import parse_mail_date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PLAIN = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)})"
    r" ((?:19|20)[0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-5][0-9])"
    r" ([+-])([0-9]{2})([0-5][0-9])(?: \([A-Za-z]+\))?"
)


def read(line: str | None) -> datetime | None:
    """Return what a Date header says, in UTC, or None when it says no moment."""
    plain = _PLAIN.fullmatch(line or "")
    if plain is None:
        value = parse_mail_date(line).value
        return value if isinstance(value, datetime) else None
    day, month, year, hour, minute, second, sign, hours, minutes = plain.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        moment = datetime(
            *(int(year), _MONTHS.index(month) + 1, int(day)),
            *(int(hour), int(minute), int(second)),
            tzinfo=UTC,
        )
    except ValueError:  # the 31st of April, 25 o'clock
        return None
    return moment - ahead if sign == "+" else moment + ahead
