"""One run of one clock of one ticket, as a value the store keeps in a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, ClockKind
from maild.sla.timing import Pauses, reach, used


class Outcome(StrEnum):
    """How a cycle ended."""

    MET = "met"
    BREACHED = "breached"
    CLOSED_WITHOUT_REPLY = "closed_without_reply"  # solved or closed, nobody answered, in time
    CANCELLED = "cancelled"
    SENT = "sent"  # the survey letter left


@dataclass(frozen=True, slots=True)
class Cycle:
    """One run of a clock: from a requester's message to its answer, from receipt to solution."""

    clock: str
    kind: ClockKind
    n: int  # counts the cycles of this clock of this ticket from 1
    started_at: datetime
    due_at: datetime | None = None  # true due instant; None: paused, waiting, or beyond the horizon
    initial_due_at: datetime | None = None  # as first promised
    stopped_at: datetime | None = None
    outcome: Outcome | None = None  # None: still open
    stop_reason: str | None = None
    elapsed_seconds: int | None = None  # counted seconds between start and stop
    pauses: Pauses = ()
    waiting: bool = False  # received, but this clock starts at routing; not a promise yet
    reopened_at: datetime | None = None  # first reopening that this cycle saw
    resent_at: datetime | None = None  # first message of the requester after due
    not_before: datetime | None = None  # a change of rules never made it late before this
    appointment_at: datetime | None = None  # the booked instant, the deadline itself

    @property
    def open(self) -> bool:
        """Whether the cycle has not ended."""
        return self.outcome is None

    @property
    def paused(self) -> bool:
        """Whether a pause is under way."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    def late(self, at: datetime) -> bool:
        """Whether `at` is past due; the due instant itself is still in time."""
        return self.due_at is not None and at > self.due_at

    def standing(self, now: datetime) -> str:
        """Return the outcome, or how an open cycle stands: open, paused, waiting, breached_open."""
        if self.outcome is not None:
            return self.outcome.value
        if self.due_at is not None and self.due_at <= now:
            return "breached_open"
        if self.waiting:
            return "waiting"
        return "paused" if self.paused else "open"

    def to_row(self) -> dict[str, Any]:
        """Return plain columns: str, int, bool, datetime, None; pauses as pairs of ISO strings."""
        row = {name: getattr(self, name) for name in self.__slots__}
        row["kind"] = self.kind.value
        row["outcome"] = None if self.outcome is None else self.outcome.value
        row["pauses"] = [
            [a.isoformat(), None if b is None else b.isoformat()] for a, b in self.pauses
        ]
        return row

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Cycle":
        """Return the cycle that `to_row` wrote. Further columns are left aside."""
        values = {name: row[name] for name in cls.__slots__}
        values["kind"] = ClockKind(values["kind"])
        if values["outcome"] is not None:
            values["outcome"] = Outcome(values["outcome"])
        values["pauses"] = tuple(
            (datetime.fromisoformat(a), None if b is None else datetime.fromisoformat(b))
            for a, b in values["pauses"]
        )
        return cls(**values)


def due_instant(cycle: Cycle, clock: Clock, hours: OpenHours) -> datetime | None:
    """Return when `cycle` is due under `clock`, or None while that is not known."""
    if cycle.waiting:
        return None
    if cycle.appointment_at is not None:
        due = reach(cycle.appointment_at, clock.target, (), hours)
    else:
        due = reach(cycle.started_at, clock.target, cycle.pauses, hours)
    if due is None or cycle.not_before is None:
        return due
    return max(due, cycle.not_before)


def used_seconds(cycle: Cycle, clock: Clock, hours: OpenHours, at: datetime) -> float:
    """Return the seconds counted from the start of `cycle` to `at`."""
    return used(cycle.started_at, at, clock.target.count, cycle.pauses, hours)
