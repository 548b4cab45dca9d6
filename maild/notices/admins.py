"""Letters to the admins: what is wrong with the installation, told once."""

from datetime import datetime

from maild.desk import MailboxSettings
from maild.mail.facts import Kind
from maild.mail.outgoing import Letter
from maild.notices.office import Office


def config_refused(
    office: Office, address: str, problems: tuple[str, ...], now: datetime
) -> Letter:
    """Tell an admin that a saved configuration has mistakes and the last good one stays."""
    facts: dict[str, object] = {"problems": problems, "in_force_since": None}
    key = f"{now.isoformat()} {problems}"
    return office.to_admin(Kind.CONFIG_REFUSED, address, facts, key, now)


def mailbox_trouble(
    office: Office,
    address: str,
    mailbox: str,
    what: str,
    since: datetime,
    now: datetime,
    through: MailboxSettings,
    *,
    sending: bool = False,
) -> Letter:
    """Tell an admin that a mailbox cannot be read or, `sending`, that its letters are refused.

    `what` says why; `through` is a mailbox that works.
    """
    language = office.desk.languages[0]
    facts: dict[str, object] = {
        "mailbox": mailbox,
        "since": office.when(since, language),
        "what": what,
        "recovered": False,
        "sending": sending,
    }
    key = f"{mailbox}{' letters' if sending else ''} {since.isoformat()}"
    return office.to_admin(Kind.MAILBOX_TROUBLE, address, facts, key, now, through=through)


def mailbox_recovered(
    office: Office,
    address: str,
    mailbox: MailboxSettings,
    now: datetime,
    *,
    sending: bool = False,
) -> Letter:
    """Tell an admin that a mailbox of whose trouble they were told works again."""
    facts: dict[str, object] = {
        "mailbox": mailbox.address,
        "since": office.when(now, office.desk.languages[0]),
        "what": None,
        "recovered": True,
        "sending": sending,
    }
    key = f"{mailbox.address}{' letters' if sending else ''} recovered {now.isoformat()}"
    return office.to_admin(Kind.MAILBOX_TROUBLE, address, facts, key, now, through=mailbox)


def quarantined(
    office: Office,
    address: str,
    mailbox: str,
    received: datetime,
    reason: str,
    number: int,
    now: datetime,
) -> Letter:
    """Tell an admin that a mail was kept aside, and why; its number finds it again."""
    language = office.desk.languages[0]
    facts: dict[str, object] = {
        "mailbox": mailbox,
        "received": office.when(received, language),
        "reason": reason,
        "id": number,
    }
    return office.to_admin(Kind.QUARANTINED, address, facts, str(number), now)
