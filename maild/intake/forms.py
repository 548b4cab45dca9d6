"""Web forms that mail in: the requester stands in Reply-To or in a labelled line of the text.

Only a mail from the form's own address is believed to be the form's: anybody can write a Reply-To.
As with mail of the staff that address must be certain, and proved where the mailbox names whose
Authentication-Results it believes; else it is ordinary mail from that address, and staff read why.
"""

import re

from maild.desk import Form
from maild.intake.claims import server_says
from maild.intake.words import Work
from maild.mail.defects import DOUBTFUL_SENDER
from maild.mail.mail import Address, Mail
from maild.mail.normal import bare

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,255}\.\w{2,63}", re.ASCII)


def form_of(work: Work) -> Form | None:
    """Return the desk's form that sent the mail, or None."""
    return None if disproved(work) else _named(work)


def disproved(work: Work) -> str | None:
    """Return why a mail that bears a form's address is not believed to be the form's, or None."""
    if _named(work) is None:
        return None
    if doubtful := sorted(DOUBTFUL_SENDER & set(work.mail.defects)):
        return doubtful[0]
    said = server_says(work)
    return said.why if said and not said.passed else None


def _named(work: Work) -> Form | None:
    sender = work.mail.from_.address.lower() if work.mail.from_ else ""
    return next((f for f in work.desk.forms if f.address.lower() == sender), None)


def behind(mail: Mail, form: Form) -> Address | None:
    """Return for whom a form speaks, or None when it does not say."""
    if form.line is None:
        return mail.reply_to[0] if mail.reply_to else None
    label = form.line.casefold()
    for line in mail.text.splitlines():
        name, _, value = bare(line).partition(":")
        if name.strip().casefold() == label and (found := _ADDRESS.search(value)):
            return Address("", found[0])
    return None
