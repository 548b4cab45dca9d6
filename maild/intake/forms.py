"""Web forms that mail in: the requester stands in Reply-To or in a labelled line of the text.

Only a mail from the form's own address is believed to be the form's: anybody can write a Reply-To.
"""

import re

from maild.desk import Desk, Form
from maild.mail.mail import Address, Mail
from maild.mail.normal import bare

_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w.-]{1,255}\.\w{2,63}", re.ASCII)


def form_of(mail: Mail, desk: Desk) -> Form | None:
    """Return the desk's form that sent a mail, or None."""
    sender = mail.from_.address.lower() if mail.from_ else ""
    return next((f for f in desk.forms if f.address.lower() == sender), None)


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
