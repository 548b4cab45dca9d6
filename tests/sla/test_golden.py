"""Plays every worked timeline as a desk file and a scenario, through the real flows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from maild.simulate import Timeline, play
from maild.simulate.scenario import load_scenario
from maild.sla.cycle import Cycle
from maild.sla.ladder import Firing, FiringKind
from tests.sla.golden_cases import Case, cases, instant

Row = dict[str, Any]


def cycle_row(played: Timeline, ticket: int, cycle: Cycle) -> Row:
    """What the files say about a cycle."""
    stages = [
        stage_row(rung.at, rung.firing)
        for rung in played.rung
        if rung.ticket == ticket
        and rung.firing.kind is FiringKind.STAGE
        and (rung.firing.clock, rung.firing.cycle) == (cycle.clock, cycle.n)
    ]
    return {
        "clock": cycle.clock,
        "started_at": cycle.started_at,
        "due_at_initial": cycle.initial_due_at,
        "warn_at_initial": list(played.warnings[ticket, cycle.clock, cycle.n]),
        "outcome": cycle.standing(played.until),
        "due_at": cycle.due_at,
        "stopped_at": cycle.stopped_at,
        "stop_reason": cycle.stop_reason,
        "elapsed_seconds": cycle.elapsed_seconds,
        "stages": stages,
    }


def stage_row(at: datetime, firing: Firing) -> Row:
    assert firing.stage is not None
    row: Row = {"n": firing.n, "at": at, "to": "+".join(firing.stage.to)}
    row |= {"respond_by": firing.respond_by} if firing.respond_by else {}
    return row | ({"notify_at": firing.notify_at} if firing.notify_at else {})


def expected_row(raw: Mapping[str, Any]) -> Row:
    row = {key: timed(value) for key, value in raw.items() if key != "stages"}
    row.setdefault("elapsed_seconds", None)
    row["stages"] = [{k: timed(v) for k, v in stage.items()} for stage in raw["stages"]]
    return row


def timed(value: Any) -> Any:
    if isinstance(value, list):
        return [timed(v) for v in value]
    if isinstance(value, str) and value[:4].isdecimal():
        return instant(value)
    return value


def fired_row(at: datetime, firing: Firing) -> Row:
    row: Row = {"at": at, "clock": firing.clock, "what": firing.kind.value}
    match firing.kind:
        case FiringKind.WARN:
            row["ratio"] = firing.n / 1000
        case FiringKind.SURVEY:
            row["what"] = "csat"
        case FiringKind.STAGE:
            row |= stage_row(at, firing)
    return row


def plain(rows: Iterable[Row]) -> list[str]:
    return sorted(repr(sorted(row.items())) for row in rows)


def settled(found: Row, wanted: Row, cycle: Cycle) -> Row:
    """Settle what the contract leaves open, and nothing else."""
    found = dict(found)
    words = {"open", "running", "paused", "pending"}  # for an open cycle that is not late
    if found["outcome"] in words and wanted["outcome"] in words:
        found["outcome"] = wanted["outcome"]
    if (found["stop_reason"], wanted["stop_reason"]) == ("cancelled", "spam"):
        found["stop_reason"] = "spam"  # one event of ours, two names in the files
    if not cycle.open and cycle.paused and found["due_at"] is None:
        found["due_at"] = wanted["due_at"]  # it ended in a pause: no due instant was reached
    said = {key for stage in wanted["stages"] for key in stage}
    found["stages"] = [without_silent(stage, said) for stage in found["stages"]]
    return found


def without_silent(row: Row, said: set[str]) -> Row:
    """Leave out the opening a letter waits for, where a list does not speak of it."""
    return {key: value for key, value in row.items() if key != "notify_at" or key in said}


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.key)
def test_a_worked_timeline_is_met_to_the_second(case: Case, tmp_path: Path) -> None:
    scenario = load_scenario(case.write(tmp_path))
    played = play(scenario.desk, scenario.happenings, scenario.until)
    ticket = played.names["case"]
    promised = [c for c in played.cycles[ticket] if not c.waiting]
    ours = sorted(promised, key=lambda c: (c.clock, c.started_at))
    theirs = sorted(map(expected_row, case.cycles), key=lambda r: (r["clock"], r["started_at"]))
    for cycle, wanted in zip(ours, theirs, strict=True):
        assert settled(cycle_row(played, ticket, cycle), wanted, cycle) == wanted
    expected = [{k: timed(v) for k, v in row.items()} for row in case.fired]
    said = {key for row in expected for key in row}
    fired = [
        without_silent(fired_row(rung.at, rung.firing), said)
        for rung in played.rung
        if rung.ticket == ticket and rung.firing.kind is not FiringKind.RESPOND_BY
    ]
    assert plain(fired) == plain(expected)


def test_there_are_worked_timelines() -> None:
    assert len(list(cases())) > 0
