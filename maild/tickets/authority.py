"""Who may do what: a From line alone gives nobody authority (RFC 5322 3.6.2 proves nothing).

Staff act on a ticket when all of this holds: exactly one sender, read alike by two parsers; a
person writes it, not a machine; the sender is one of the desk's people; a token made for this
person and this ticket came back; and, where the mailbox names whose Authentication-Results it
believes (RFC 8601), an aligned pass. Whatever is not proved becomes a note that says why.
"""

from dataclasses import dataclass

from maild.mail.authentication import Verdict
from maild.mail.defects import DOUBTFUL_SENDER
from maild.mail.mail import Mail, Nature
from maild.tickets.people import Person, Staff


@dataclass(frozen=True, slots=True)
class Authority:
    """Whether the writer may act as `person`, and the reason in one plain sentence."""

    person: Person | None
    proved: bool
    reason: str
    doubt: str = ""  # the same as a code, for letters: "machine", "sender", "token"…


def judge(
    mail: Mail, staff: Staff, *, token_proved: bool, authentication: Verdict | None
) -> Authority:
    """Judge a mail that says it comes from staff.

    `token_proved` tells whether a token bound to this sender and this ticket came back;
    `authentication` is None where the mailbox names no authserv-id.
    """
    person = staff.by_address(mail.from_.address) if mail.from_ else None
    if person is None:
        return Authority(None, False, "the sender is not one of the desk's people")
    if mail.nature is not Nature.PERSON:
        return Authority(person, False, f"a machine wrote it ({mail.reason})", "machine")
    if ambiguous := [d for d in mail.defects if d in DOUBTFUL_SENDER]:
        return Authority(person, False, f"the sender is not certain ({ambiguous[0]})", "sender")
    if not token_proved:
        return Authority(
            person, False, "no token made for this person and ticket came back", "token"
        )
    if authentication is not None and not authentication.passed:
        why = f"the sender's domain is not proved ({authentication.why})"
        return Authority(person, False, why, "authentication")
    return Authority(person, True, "token and sender agree")
