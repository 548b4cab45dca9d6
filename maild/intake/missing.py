"""What a mail lacks of the facts a desk needs: the acknowledgement asks for nothing else."""

from collections.abc import Sequence

import regex

from maild.desk import Fact
from maild.mail.mail import Mail
from maild.mail.normal import western_digits

_PATIENCE = 0.2  # seconds an admin's pattern may take; one that takes longer asks for nothing


def missing(mail: Mail, wanted: Sequence[Fact], language: str) -> tuple[str, ...]:
    """Return what to ask for, in `language`, of the facts that are not in the mail."""
    text = western_digits(f"{mail.subject}\n{mail.new_text or mail.text}")
    lacking = (fact for fact in wanted if not _given(fact, mail, text))
    asked = (fact.ask.get(language) or next(iter(fact.ask.values()), "") for fact in lacking)
    return tuple(filter(None, asked))


def _given(fact: Fact, mail: Mail, text: str) -> bool:
    if fact.attachment:
        return bool(mail.attachments)
    if fact.pattern is None:
        return True
    try:
        return regex.search(fact.pattern, text, timeout=_PATIENCE) is not None
    except TimeoutError:
        return True
