"""A clock as a person would check it, drawn."""

from collections.abc import Sequence
from datetime import datetime

from maild.casework import Case
from maild.cli import drawing
from maild.notices.office import in_words
from maild.sla.explain import Explanation, explain
from maild.sla.policy import Count
from maild.sla.wording import spoken_target

_COUNTED = {
    Count.OPEN_HOURS: "open hours",
    Count.CALENDAR: "every hour of every day",
    Count.WORKING_DAYS: "all hours of working days",
}


def explained(case: Case) -> tuple[Explanation, ...]:
    """Return every run of every clock of a ticket, but those the policy no longer knows."""
    found = (
        explain(cycle, case.policy, case.desk.calendars, case.now)
        for cycle in sorted(case.cycles, key=lambda c: (c.started_at, c.clock, c.n))
    )
    return tuple(each for each in found if each is not None)


def in_prose(standing: str) -> str:
    """Return how a run of a clock stands, as people say it."""
    return "late" if standing == "breached_open" else standing.replace("_", " ")


def draw(found: Sequence[Explanation]) -> None:
    """Print them; all instants are in the zone of the clock's calendar."""
    for one in found:
        zone = one.started_at.tzinfo
        drawing.show(drawing.title(drawing.safe(f"{one.clock} {one.n}: {_fate(one)}")))
        drawing.show(drawing.pairs(_facts(one) | {"Zone": str(zone)}))
        if one.intervals:
            rows = (
                (
                    f"{i.opens:%a %Y-%m-%d}",
                    f"{i.opens:%H:%M:%S}",
                    _closes(i.opens, i.closes),
                    drawing.hours(i.seconds),
                    drawing.hours(i.total),
                )
                for i in one.intervals
            )
            columns = ("day", "from", "to", "counted", "in all")
            drawing.show(drawing.table(columns, rows, "What was counted (hours:minutes)", columns))
        for pause in one.pauses:
            over = f"to {drawing.local(pause.ends, zone)}" if pause.ends and zone else "and goes on"
            began = drawing.local(pause.begins, zone) if zone else ""
            spared = drawing.hours(pause.seconds)
            drawing.show(f"Paused from {began} {over}: {spared} not counted.")
        for run in one.special:
            days = f"{run.first}" if run.first == run.last else f"{run.first} to {run.last}"
            drawing.show(drawing.safe(f"{days}: {run.source} {run.name}".strip()))
        drawing.show("")


def _fate(one: Explanation) -> str:
    standing = in_prose(one.standing)
    if one.due_at is None:
        return f"no due instant yet ({standing})"
    hijri = f", {one.due_hijri}" if one.due_hijri else ""
    return f"due {one.due_at:%A %Y-%m-%d %H:%M}{hijri} ({standing})"


def _facts(one: Explanation) -> dict[str, object]:
    count = one.target.count
    local = drawing.local
    zone = one.started_at.tzinfo
    if zone is None:
        raise ValueError("an explanation is in the desk's zone")
    first = local(one.initial_due_at, zone)
    left = "" if one.due_at is None and one.standing != "paused" else _left(one)
    return {
        "Target": f"{spoken_target(one.target, 'en')}, counting {_COUNTED[count]}",
        "Calendar": one.calendar,
        "Started": local(one.started_at, zone),
        "First promised": first if first != local(one.due_at, zone) else "",
        "Not before": local(one.not_before, zone),
        "Used": drawing.hours(one.used),
        "Left": left,
    }


def _left(one: Explanation) -> str:
    if one.left < 0:
        return f"nothing; late by {in_words(-one.left, one.target.count, 'en')}"
    return drawing.hours(one.left)


def _closes(opens: datetime, closes: datetime) -> str:
    same = opens.date() == closes.date()
    return f"{closes:%H:%M:%S}" if same else f"{closes:%Y-%m-%d %H:%M:%S}"
