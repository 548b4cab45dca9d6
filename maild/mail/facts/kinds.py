"""The kinds of letters maild writes."""

from enum import StrEnum


class Kind(StrEnum):
    """Every letter maild writes; the value is its template's name and its purpose."""

    # to requesters
    ACKNOWLEDGEMENT = "acknowledgement"
    RELAY = "relay"
    ROUTED = "routed"
    REOPENED = "reopened"
    SOLVED = "solved"
    CLOSED = "closed"
    CLOSED_REPLY = "closed_reply"
    SURVEY = "survey"
    OUT_OF_SCOPE = "out_of_scope"
    VIOLATION = "violation"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    ANNOUNCEMENT = "announcement"
    # to staff
    NOTIFICATION = "notification"
    FOLLOW_UP = "follow_up"
    WARNING = "warning"
    EMERGENCY = "emergency"
    ESCALATION = "escalation"
    DIGEST = "digest"
    CONFIRMATION = "confirmation"
    REFUSAL = "refusal"
    EXPLANATION = "explanation"
    HELD = "held"
    UNDELIVERABLE = "undeliverable"
    CAUSE = "cause"
    VIOLATION_REPORT = "violation_report"
    REPORT = "report"
    # to admins
    CONFIG_REFUSED = "config_refused"
    MAILBOX_TROUBLE = "mailbox_trouble"
    QUARANTINED = "quarantined"

    @property
    def to_requester(self) -> bool:
        """Whether people outside the desk read it."""
        return self in _TO_REQUESTERS


_TO_REQUESTERS = frozenset(
    {
        Kind.ACKNOWLEDGEMENT,
        Kind.RELAY,
        Kind.ROUTED,
        Kind.REOPENED,
        Kind.SOLVED,
        Kind.CLOSED,
        Kind.CLOSED_REPLY,
        Kind.SURVEY,
        Kind.OUT_OF_SCOPE,
        Kind.VIOLATION,
        Kind.SUSPENDED,
        Kind.DECLINED,
        Kind.ANNOUNCEMENT,
    }
)
