"""The keys scripts may rely on: one dictionary for each kind of thing, instants in UTC."""

from collections.abc import Mapping
from typing import Any

from maild.mail.facts import Kind
from maild.mail.mail import Address
from maild.mail.outgoing import Letter
from maild.mail.unreadable import unreadable
from maild.sla.cycle import Cycle
from maild.sla.explain import Explanation
from maild.sla.wording import spoken_target
from maild.store.digests import Kept
from maild.store.outbox import Entry
from maild.store.quarantine import Quarantined
from maild.tickets.ticket import Event, Message, Ticket

Keys = dict[str, Any]


def address(one: Address) -> Keys:
    """Return the keys of a person's name and address."""
    return {"name": one.name, "address": one.address}


def ticket(one: Ticket) -> Keys:
    """Return the keys of a ticket."""
    return {
        "ticket": f"{one.desk}/{one.number}",
        "desk": one.desk,
        "number": one.number,
        "mailbox": one.mailbox,
        "subject": one.subject,
        "requester": address(one.requester),
        "status": one.status.value,
        "priority": one.priority,
        "team": one.team,
        "assignee": one.assignee,
        "tier": one.tier,
        "category": one.category,
        "service": one.service,
        "type": one.type,
        "channel": one.channel,
        "language": one.language,
        "requester_class": one.requester_class,
        "tags": list(one.tags),
        "collaborators": list(one.collaborators),
        "policy": one.policy,
        "merged_into": one.merged_into,
        "opened_at": one.opened_at,
        "closed_at": one.closed_at,
        "next_look_at": one.alarm_at,
    }


def message(one: Message) -> Keys:
    """Return the keys of a message of a thread; `text` is what its writer added."""
    return {
        "at": one.at,
        "role": one.role,
        "visibility": one.visibility.value,
        "author": address(one.author),
        "subject": one.subject,
        "text": one.new_text or one.text,
        "language": one.language,
        "joined_by": one.joined_by or None,
        "message_id": one.message_id,
    }


def event(one: Event) -> Keys:
    """Return the keys of an event."""
    return {"at": one.at, "kind": one.kind.value, "actor": one.actor, "data": dict(one.data)}


def letter(one: Entry) -> Keys:
    """Return the keys of a letter in the outbox; its text stays there."""
    return {
        "letter": f"{one.desk}/{one.id}",
        "ticket": None if one.ticket is None else f"{one.desk}/{one.ticket}",
        "mailbox": one.mailbox,
        "recipient": one.recipient,
        "purpose": one.purpose,
        "visibility": visibility(one.purpose),
        "subject": subject(one.raw),
        "state": one.state.value,
        "attempts": one.attempts,
        "created_at": one.created_at,
        "next_at": one.next_at,
        "finished_at": one.finished_at,
        "last_reply": one.last_reply,
        "message_id": one.message_id,
    }


def leaving(one: Letter) -> Keys:
    """Return the keys of a letter that would leave."""
    return {
        "recipient": one.recipient,
        "purpose": one.purpose,
        "visibility": visibility(one.purpose),
        "subject": subject(one.raw),
        "not_before": one.not_before,
    }


def kept(piece: Kept) -> Keys:
    """Return the keys of what a digest would tell."""
    return {"recipient": piece.address, "kind": piece.kind.value, "what": piece.what}


def visibility(purpose: str) -> str:
    """Tell letters that leave the house ("public") from those to staff ("internal")."""
    return "public" if purpose in {k.value for k in Kind if k.to_requester} else "internal"


def subject(raw: bytes) -> str:
    """Return the subject of a letter of ours."""
    return unreadable(raw, "").header("subject") or ""


def quarantined(one: Quarantined) -> Keys:
    """Return the keys of a mail in quarantine."""
    return {
        "id": f"{one.source.desk}/{one.id}",
        "desk": one.source.desk,
        "mailbox": one.source.mailbox,
        "uidvalidity": one.source.uidvalidity,
        "uid": one.source.uid,
        "reason": one.reason,
        "received_at": one.source.received_at,
        "quarantined_at": one.at,
        "headers": dict(one.headers),
    }


def cycle(one: Cycle, standing: str) -> Keys:
    """Return the keys of one run of a clock."""
    return {
        "clock": one.clock,
        "n": one.n,
        "standing": standing,
        "started_at": one.started_at,
        "due_at": one.due_at,
        "first_promised_at": one.initial_due_at,
        "stopped_at": one.stopped_at,
        "stop_reason": one.stop_reason,
    }


def explanation(one: Explanation) -> Keys:
    """Return the keys of a run of a clock with all that was counted; lengths are in seconds."""
    zone = one.started_at.tzinfo
    return {
        "clock": one.clock,
        "n": one.n,
        "target": spoken_target(one.target, "en"),
        "target_seconds": one.target.seconds,
        "counts": one.target.count.value,
        "calendar": one.calendar,
        "timezone": str(zone),
        "standing": one.standing,
        "started_at": one.started_at,
        "due_at": one.due_at,
        "due_hijri": one.due_hijri,
        "first_promised_at": one.initial_due_at,
        "not_before": one.not_before,
        "used_seconds": one.used,
        "left_seconds": one.left,
        "intervals": [
            {"from": i.opens, "to": i.closes, "seconds": i.seconds, "total_seconds": i.total}
            for i in one.intervals
        ],
        "pauses": [{"from": p.begins, "to": p.ends, "seconds": p.seconds} for p in one.pauses],
        "special_dates": [
            {
                "kind": s.source,
                "name": s.name,
                "first": s.first.isoformat(),
                "last": s.last.isoformat(),
            }
            for s in one.special
        ],
    }


def changes(found: Mapping[str, object]) -> Keys:
    """Return what rules change, as JSON has it."""
    return {k: list(v) if isinstance(v, tuple) else v for k, v in found.items()}
