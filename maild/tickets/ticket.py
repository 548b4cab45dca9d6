"""The words of a ticket: its state, its messages, and the append-only events that made it so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from maild.mail.mail import Address


class Status(StrEnum):
    """Where a ticket stands. PENDING waits for the requester, ON_HOLD for a third party."""

    NEW = "new"
    OPEN = "open"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"
    CANCELLED = "cancelled"

    @property
    def active(self) -> bool:
        """Whether somebody still has work to do on it."""
        return self in {Status.NEW, Status.OPEN, Status.PENDING, Status.ON_HOLD}


class EventKind(StrEnum):
    """What can happen to a ticket. The clocks of `maild.sla` read nothing else."""

    RECEIVED = "received"  # the requester's first message
    REQUESTER_MESSAGE = "requester_message"  # a follow-up by the requester
    RESENT = "resent"  # a new mail about an old, unanswered question
    REOPENED = "reopened"  # a requester's message that opened a solved or closed ticket again
    REQUESTER_AUTO = "requester_auto"  # out-of-office and other machine mail; moves no clock
    ACKNOWLEDGED = "acknowledged"  # our automatic acknowledgement; moves no clock
    AGENT_REPLY = "agent_reply"  # a human, public answer, committed for relay
    AGENT_NOTE = "agent_note"  # internal
    THIRD_PARTY_MESSAGE = "third_party_message"
    ANSWER_BOUNCED = "answer_bounced"  # data: {"answer": id of the AGENT_REPLY event}
    ROUTED = "routed"  # a team or person became responsible for the first time
    REASSIGNED = "reassigned"
    PENDING = "pending"
    ON_HOLD = "on_hold"
    OPENED = "opened"  # work goes on after PENDING or ON_HOLD
    SOLVED = "solved"
    CLOSED = "closed"
    MERGED = "merged"  # data: {"into": ticket number}
    CANCELLED = "cancelled"  # misconduct or spam
    SURVEYED = "surveyed"  # the survey letter left
    RATED = "rated"
    WARNED = "warned"
    DUE = "due"
    ESCALATED = "escalated"
    CHANGED = "changed"  # priority, category, service, type, tags, people; data says which
    POLICY_CHANGED = "policy_changed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a ticket; never altered afterwards."""

    kind: EventKind
    at: datetime  # UTC
    actor: str = ""  # an address, a person's key, or "maild"
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """The present state of one ticket. `desk` and `number` together are its identity."""

    desk: str
    number: int
    mailbox: str  # key of the mailbox whose address the requester knows
    subject: str
    requester: Address
    opened_at: datetime  # UTC, server receipt of the first message
    status: Status = Status.NEW
    language: str = "ar"
    team: str | None = None
    assignee: str | None = None  # key of a person
    tier: int = 1
    category: str | None = None
    service: str | None = None
    type: str = "request"  # request | incident | complaint | suggestion | appointment
    priority: str = "normal"  # low | normal | high | top | emergency
    channel: str = "email"  # email | form | phone | whatsapp | chat
    requester_class: str | None = None
    tags: tuple[str, ...] = ()
    collaborators: tuple[str, ...] = ()
    closed_at: datetime | None = None
    merged_into: int | None = None
    alarm_at: datetime | None = None  # the next instant the ticket must be looked at
    policy: str | None = None  # fingerprint of the policy its open cycles were computed with

    @property
    def tag(self) -> str:
        """The label a subject carries: "[#1042]". A label, never a key (see `threading`)."""
        return f"[#{self.number}]"


class Visibility(StrEnum):
    """Internal and public are different kinds of message, not a flag that can be forgotten."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Message:
    """One mail in a ticket's thread, in or out, as staff and requester may read it."""

    at: datetime  # UTC; server receipt for inbound mail
    author: Address
    role: str  # requester | agent | collaborator | machine | unproved | refused
    visibility: Visibility
    message_id: str | None
    subject: str
    text: str  # the whole readable body
    new_text: str
    language: str | None = None
    joined_by: str = ""  # why it is in this ticket: "reply token", "references", "subject tag"...
    mail: int | None = None  # id of the raw mail in the store
