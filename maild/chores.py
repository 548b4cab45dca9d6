"""FLOW. What is due by the calendar and by no ticket's alarm: reports, closing what is solved.

Both are asked for often and done once: a report by its name and period in `told`, a closing by the
ticket's status.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from maild.casework import Case
from maild.desk import Report
from maild.notices.office import Office
from maild.notices.report import report as report_letter
from maild.store.store import Store
from maild.tickets.ticket import EventKind, Status

_AT_ONCE = 200  # tickets closed in one go
_TOLD_FOR = timedelta(days=400)  # what comes once a year is known
_LIMITS_LOOK_BACK = timedelta(days=2)  # the longest limit counts a day; clocks may go back


def run(store: Store, offices: Mapping[str, Office], now: datetime) -> int:
    """Do what is due at `now` (UTC) for every desk; return how many letters were posted.

    What fails for one desk costs no other anything: its error is raised when all have had theirs.
    """
    posted, errors = 0, []
    forget(store, now)
    for office in offices.values():
        try:
            close_solved(store, office, now)
            erase_old(store, office, now)
            for number, report in enumerate(office.desk.reports):
                posted += send_report(store, office, number, report, now)
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup(f"the chores of {len(errors)} desks failed", errors)
    return posted


def forget(store: Store, now: datetime) -> None:
    """Drop the acknowledgements no limit looks at any more, and who was told what long ago."""
    with store.transaction() as tx:
        tx.requesters.forget_acks(now - _LIMITS_LOOK_BACK)
        tx.told.forget(now - _TOLD_FOR)


def close_solved(store: Store, office: Office, now: datetime) -> int:
    """Close tickets that were solved long enough ago without another word; return how many."""
    desk = office.desk
    limit = now - timedelta(days=desk.close_after_days)
    with store.reading() as tx:
        solved = tx.tickets.solved_before(desk.key, limit, _AT_ONCE)
    for number in solved:
        with store.transaction() as tx:
            ticket = tx.tickets.get(desk.key, number)
            if ticket is None or ticket.status is not Status.SOLVED:
                continue
            case = Case(tx, desk, ticket, now)
            case.happen(EventKind.CLOSED, why="solved")
            case.save()
    return len(solved)


def erase_old(store: Store, office: Office, now: datetime) -> int:
    """Erase tickets that ended longer ago than the desk keeps them; return how many."""
    days = office.desk.keep_closed_days
    if days is None:
        return 0
    with store.transaction() as tx:
        return tx.erase(office.desk.key, now - timedelta(days=days), _AT_ONCE)


def send_report(store: Store, office: Office, number: int, report: Report, now: datetime) -> int:
    """Send a desk's report when its time has come, once; nothing about a period without tickets."""
    desk = office.desk
    end = latest(report, now, ZoneInfo(desk.timezone))
    begin = latest(report, end - timedelta(seconds=1), ZoneInfo(desk.timezone))
    earlier = latest(report, begin - timedelta(seconds=1), ZoneInfo(desk.timezone))
    key = f"report {number} {end.isoformat()}"
    with store.transaction() as tx:
        if not tx.told.first(desk.key, key, now):
            return 0
        figures = tx.figures(desk.key, begin, end)
        if not (figures.received or figures.open_now or figures.met or figures.breached):
            return 0
        before = tx.figures(desk.key, earlier, begin)
        people = {
            p.email.lower(): p for to in report.to for p in desk.staff.resolve(to, None, desk.roles)
        }
        for person in people.values():
            letter = report_letter(office, person, figures, before, (begin, end), key)
            tx.outbox.post(letter, now)
        return len(people)


def latest(report: Report, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant at or before `now` at which the report was due, in UTC."""
    day = now.astimezone(zone).date()
    for _ in range(62):
        at = datetime.combine(day, report.at, zone)
        if at <= now and _falls_on(report, day):
            return at.astimezone(UTC)
        day -= timedelta(days=1)
    raise ValueError("a report is due at least once in two months")


def _falls_on(report: Report, day: date) -> bool:
    if report.every == "week":
        return day.weekday() == report.on
    if report.every == "month":
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return day.day == min(report.on or 1, last.day)
    return True
