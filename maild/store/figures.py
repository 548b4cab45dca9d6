"""What a periodic report counts: one desk, one period, a handful of grouped queries."""

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select

from maild.store.pending import Pending
from maild.store.tables import cycles, events, tickets
from maild.tickets.figures import Figures
from maild.tickets.ticket import EventKind, Status

_ACTIVE = [s.value for s in Status if s.active]


_DESK: BindParameter[Any] = bindparam("desk")
_FROM: BindParameter[Any] = bindparam("since")
_TO: BindParameter[Any] = bindparam("until")
_RECEIVED = (
    select(tickets.c.category, func.count())
    .where(tickets.c.desk == _DESK, tickets.c.opened_at >= _FROM, tickets.c.opened_at < _TO)
    .group_by(tickets.c.category)
)
_ENDED = (
    select(tickets.c.team, tickets.c.assignee, tickets.c.service, cycles.c.outcome, func.count())
    .join(tickets, and_(tickets.c.desk == cycles.c.desk, tickets.c.number == cycles.c.ticket))
    .where(cycles.c.desk == _DESK, cycles.c.stopped_at >= _FROM, cycles.c.stopped_at < _TO)
    .group_by(tickets.c.team, tickets.c.assignee, tickets.c.service, cycles.c.outcome)
)
_OVERDUE = select(func.count(func.distinct(cycles.c.ticket))).where(
    cycles.c.desk == _DESK, cycles.c.stopped_at.is_(None), cycles.c.due_at < _TO
)
_OPEN = (
    select(tickets.c.policy.is_(None), func.count())
    .where(tickets.c.desk == _DESK, tickets.c.status.in_(_ACTIVE))
    .group_by(tickets.c.policy.is_(None))
)
_TOLD = select(events.c.kind, events.c.data).where(
    events.c.desk == _DESK,
    events.c.at >= _FROM,
    events.c.at < _TO,
    events.c.kind.in_([EventKind.RATED.value, EventKind.CHANGED.value]),
)


class _Kept(dict[str, tuple[int, int]]):
    """Kept and broken promises by name."""

    def count(self, name: str | None, outcome: str, n: int) -> None:
        """Add `n` promises that ended with `outcome`; what has no name is counted nowhere."""
        if name is not None:
            met, breached = self.get(name, (0, 0))
            self[name] = (met + n * (outcome == "met"), breached + n * (outcome == "breached"))


def count(pending: Pending, desk: str, since: datetime, until: datetime) -> Figures:
    """Count a desk's period [since, until), UTC."""
    period = {"desk": desk, "since": since, "until": until}
    categories = {c or "": int(n) for c, n in pending.execute(_RECEIVED, period)}
    outcomes: Counter[str] = Counter()
    teams, people, services = _Kept(), _Kept(), _Kept()
    for team, assignee, service, outcome, n in pending.execute(_ENDED, period):
        outcomes[outcome] += n
        teams.count(team or "", outcome, n)
        people.count(assignee, outcome, n)
        services.count(service, outcome, n)
    open_now = {bool(without): int(n) for without, n in pending.execute(_OPEN, {"desk": desk})}
    ratings: Counter[int] = Counter()
    causes: Counter[str] = Counter()
    for _, data in pending.execute(_TOLD, period):
        if "rating" in data:
            ratings[int(data["rating"])] += 1
        elif "cause" in data:
            causes[str(data["cause"])] += 1
    return Figures(
        received=sum(categories.values()),
        met=outcomes["met"],
        breached=outcomes["breached"],
        closed_without_reply=outcomes["closed_without_reply"],
        open_now=sum(open_now.values()),
        overdue_now=int(pending.execute(_OVERDUE, {"desk": desk, "until": until}).scalar_one()),
        no_target=open_now.get(True, 0),
        ratings=ratings,
        causes=causes,
        categories=categories,
        teams=teams,
        people=people,
        services=services,
    )
