"""An agent logs a call by mail: `#from ADDRESS #channel whatsapp #at 2026-03-04 10:20`.

The ticket is the requester's, and its clock starts when they called or wrote, not when it was
logged. Nobody gains by forging such a mail what writing as the requester would not give them.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from maild.intake.claims import server_says
from maild.intake.opening import open_ticket
from maild.intake.words import Decision, Work
from maild.mail.defects import DOUBTFUL_SENDER
from maild.mail.mail import Address, Nature
from maild.mail.normal import western_digits
from maild.mail.postal import is_address
from maild.tickets.orders import read

CHANNELS = ("email", "form", "phone", "whatsapp", "chat")
_YEAR = timedelta(days=366)


def on_behalf(work: Work) -> Decision | None:
    """Open the ticket an agent logs for somebody, or return None when the mail logs none."""
    if work.mail.nature is not Nature.PERSON or work.desk.staff.by_address(work.sender) is None:
        return None
    if not _vouched_for(work):
        return None
    orders = read(work.mail.new_text)
    given = {o.name: o.argument for o in orders.given}
    address = given.get("from", "").strip("<>").lower()
    if orders.problems or not is_address(address):
        return None
    work.behalf = Address("", address)
    work.channel = _channel(given.get("channel", ""))
    work.received_at = _when(given.get("at", ""), work)
    work.mail = replace(work.mail, text=orders.text, new_text=orders.text)
    return open_ticket(work)


def _vouched_for(work: Work) -> bool:
    """Tell whether nothing speaks against the sender: no token can prove a mail of one's own."""
    if DOUBTFUL_SENDER & set(work.mail.defects):
        return False
    said = server_says(work)
    return said is None or said.passed


def _channel(written: str) -> str:
    name = written.strip().casefold()
    return name if name in CHANNELS else "phone"


def _when(written: str, work: Work) -> datetime:
    """Return when the requester called, in the desk's zone as written.

    Never in the future, and never more than a year ago: that year is mistyped.
    """
    try:
        at = datetime.fromisoformat(western_digits(written).strip())
        if at.tzinfo is None:
            at = at.replace(tzinfo=ZoneInfo(work.desk.timezone))
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        return work.received_at
    return at if timedelta(0) <= work.received_at - at <= _YEAR else work.received_at
