"""What each kind of letter is told: one typed mapping per kind, handed to `Letters.write`.

A template sees these facts and nothing else: what is not declared for a kind never reaches it, so
an acknowledgement cannot repeat a stranger's words and a letter to a requester cannot carry an
internal note. Optional facts are None when they are not given. Instants and spans come as words,
ready for the letter's language and the desk's zone; Arabic spans in the form that follows a
preposition ("ساعتي عمل"), as `maild.sla.wording` gives them. Foreign text comes raw: it is made
harmless where it is shown.
"""

from collections.abc import Mapping
from types import MappingProxyType

from maild.mail.facts.kinds import Kind
from maild.mail.facts.requesters import (
    Acknowledgement,
    Announcement,
    Closed,
    ClosedReply,
    Declined,
    OutOfScope,
    Relay,
    Reopened,
    Routed,
    Solved,
    Survey,
    Suspended,
    Violation,
)
from maild.mail.facts.staff import (
    Cause,
    ConfigRefused,
    Confirmation,
    Digest,
    EarlyWarning,
    Emergency,
    Escalation,
    Explanation,
    FollowUp,
    Held,
    MailboxTrouble,
    Notification,
    Quarantined,
    Refusal,
    Report,
    Undeliverable,
    ViolationReport,
)
from maild.mail.facts.values import (
    Contact,
    DigestItem,
    Entry,
    Figure,
    File,
    Link,
    Party,
    Table,
)

FACTS: Mapping[str, type] = MappingProxyType(
    {
        Kind.ACKNOWLEDGEMENT: Acknowledgement,
        Kind.RELAY: Relay,
        Kind.ROUTED: Routed,
        Kind.REOPENED: Reopened,
        Kind.SOLVED: Solved,
        Kind.CLOSED: Closed,
        Kind.CLOSED_REPLY: ClosedReply,
        Kind.SURVEY: Survey,
        Kind.OUT_OF_SCOPE: OutOfScope,
        Kind.VIOLATION: Violation,
        Kind.SUSPENDED: Suspended,
        Kind.DECLINED: Declined,
        Kind.ANNOUNCEMENT: Announcement,
        Kind.NOTIFICATION: Notification,
        Kind.FOLLOW_UP: FollowUp,
        Kind.WARNING: EarlyWarning,
        Kind.EMERGENCY: Emergency,
        Kind.ESCALATION: Escalation,
        Kind.DIGEST: Digest,
        Kind.CONFIRMATION: Confirmation,
        Kind.REFUSAL: Refusal,
        Kind.EXPLANATION: Explanation,
        Kind.HELD: Held,
        Kind.UNDELIVERABLE: Undeliverable,
        Kind.CAUSE: Cause,
        Kind.VIOLATION_REPORT: ViolationReport,
        Kind.REPORT: Report,
        Kind.CONFIG_REFUSED: ConfigRefused,
        Kind.MAILBOX_TROUBLE: MailboxTrouble,
        Kind.QUARANTINED: Quarantined,
    }
)
"""The facts each kind of letter may be told."""


def declared(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names of the facts a kind must have and those it may have. KeyError: unknown."""
    shape = FACTS[kind]
    # Every TypedDict has both (PEP 655); a class handed on as a value has lost them for mypy.
    return shape.__required_keys__, shape.__optional_keys__  # type: ignore[attr-defined]  # as above


__all__ = [
    "FACTS",
    "Acknowledgement",
    "Announcement",
    "Cause",
    "Closed",
    "ClosedReply",
    "ConfigRefused",
    "Confirmation",
    "Contact",
    "Declined",
    "Digest",
    "DigestItem",
    "EarlyWarning",
    "Emergency",
    "Entry",
    "Escalation",
    "Explanation",
    "Figure",
    "File",
    "FollowUp",
    "Held",
    "Kind",
    "Link",
    "MailboxTrouble",
    "Notification",
    "OutOfScope",
    "Party",
    "Quarantined",
    "Refusal",
    "Relay",
    "Reopened",
    "Report",
    "Routed",
    "Solved",
    "Survey",
    "Suspended",
    "Table",
    "Undeliverable",
    "Violation",
    "ViolationReport",
    "declared",
]
