"""What is no mistake, yet an admin should know before switching a policy on."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from maild.config.problems import Findings, Path, suggestion
from maild.desk import Desk
from maild.routing.route import route
from maild.routing.rules import RoutingFacts
from maild.sla.calendar import Shift, Week
from maild.sla.policy import Clock, Count, Policy

_MANY_TIMES = 1.25  # how much longer a promise may become in days before it is worth a note


def notes(desk: Desk, findings: Findings) -> None:
    """Record the notes of one desk."""
    for index, policy in enumerate(desk.policies):
        at: Path = ("policies", index)
        _shorter_days(desk, policy, at, findings)
        _produced(desk, policy, at, findings)
    _without_policy(desk, findings)


def _shorter_days(desk: Desk, policy: Policy, at: Path, findings: Findings) -> None:
    """Note where reduced hours make a promise in open hours last more days (Ramadan)."""
    for clock in policy.clocks:
        if clock.target.count is not Count.OPEN_HOURS:
            continue
        calendar = desk.calendars[clock.calendar].calendar
        usual = _hours_a_day(calendar.weekly)
        if clock.target.seconds <= usual:
            continue
        longer: dict[str, list[str]] = {}
        for period in calendar.periods:
            there = _hours_a_day(period.weekly)
            if there and usual / there >= _MANY_TIMES:
                longer.setdefault(_days(clock, there), []).append(period.name)
        for days, periods in longer.items():
            findings.note(
                (*at, "clocks", clock.name, "target"),
                f"{clock.target.seconds / 3600:g} open hours of {clock.calendar} are"
                f" {_days(clock, usual)}, but {days} in {', '.join(periods)}",
                "count in working days if that is not meant",
            )


def _hours_a_day(week: Week) -> float:
    """Return the mean open seconds of the days that open at all."""
    days = [sum(_seconds(shift) for shift in day) for day in week if day]
    return sum(days) / len(days) if days else 0.0


def _seconds(shift: Shift) -> int:
    return (shift.ends - shift.opens) * 60


def _days(clock: Clock, a_day: float) -> str:
    return f"{round(clock.target.seconds / a_day, 1):g} working days"


def _produced(desk: Desk, policy: Policy, at: Path, findings: Findings) -> None:
    """Note categories and services no mailbox and no rule ever gives."""
    for field in ("category", "service"):
        given = set(_given(desk, field))
        for value in getattr(policy.when, field):
            if value not in given:
                findings.note(
                    (*at, "when", field),
                    f"no mailbox or rule gives the {field} {value!r}: only an order can",
                    suggestion(value, given, most=0),
                )


def _given(desk: Desk, field: str) -> Iterator[str]:
    if field == "category":
        yield from (box.category for box in desk.mailboxes.values() if box.category)
    yield from (value for rule in desk.rules if (value := getattr(rule.then, field)))


def _without_policy(desk: Desk, findings: Findings) -> None:
    """Note mailboxes whose plain tickets no policy speaks for: they get no target."""
    for key, box in desk.mailboxes.items():
        silent = RoutingFacts(mailbox=key, sender="", channel=box.channel)
        given = {"channel": box.channel, "category": box.category, "team": box.team}
        given |= {"type": "request", "priority": "normal", "mailbox": key}
        given |= {k: str(v) for k, v in route(silent, desk.rules).changes.changes().items()}
        if not any(_matches(policy, given) for policy in desk.policies):
            findings.note(
                ("mailboxes", key), f"a mail to {box.address} that no rule matches has no target"
            )


def _matches(policy: Policy, given: Mapping[str, str | None]) -> bool:
    wanted = {field.name: getattr(policy.when, field.name) for field in fields(policy.when)}
    return all(not values or given.get(name) in values for name, values in wanted.items())
