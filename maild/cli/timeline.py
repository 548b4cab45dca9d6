"""A played desk as people read it, line by line, and as scripts do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, tzinfo
from typing import cast

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from maild.cli import drawing
from maild.cli.keys import Keys
from maild.simulate import Timeline
from maild.simulate.timeline import Entry, Seen
from maild.sla.cycle import Cycle

_WHATS = {"warn": "warning", "due": "due", "respond_by": "no answer to stage", "survey": "survey"}


def keys(played: Timeline) -> Keys:
    """Return the keys of a timeline; instants are UTC."""
    return {
        "until": played.until,
        "counts": dict(played.counts()),
        "names": dict(played.names),
        "timeline": [
            {"at": e.at, "seen": e.seen.value, "ticket": e.ticket, **e.facts}
            for e in played.entries
        ],
        "clocks": [
            _cycle(number, cycle, played.until)
            for number, cycles in played.cycles.items()
            for cycle in cycles
        ],
    }


def _cycle(number: int, cycle: Cycle, until: datetime) -> Keys:
    return {
        "ticket": number,
        "clock": cycle.clock,
        "cycle": cycle.n,
        "started_at": cycle.started_at,
        "due_at": cycle.due_at,
        "stopped_at": cycle.stopped_at,
        "outcome": cycle.standing(until),
        "stop_reason": cycle.stop_reason,
        "elapsed_seconds": cycle.elapsed_seconds,
    }


def lines(played: Timeline, zone: tzinfo) -> Iterator[str]:
    """Yield a line for each thing seen, in the desk's zone."""
    for entry in played.entries:
        ticket = f"#{entry.ticket}" if entry.ticket is not None else ""
        at = f"{entry.at.astimezone(zone):%a %Y-%m-%d %H:%M}"
        yield f"{at}  {ticket:<5} {_said(entry, zone)}"


def _said(entry: Entry, zone: tzinfo) -> str:
    facts = entry.facts
    return drawing.bare(_SAID[entry.seen](facts, zone))


def _at(facts: Mapping[str, object], key: str, zone: tzinfo) -> str:
    value = facts.get(key)
    return f"{value.astimezone(zone):%a %Y-%m-%d %H:%M}" if isinstance(value, datetime) else "-"


def _mail(facts: Mapping[str, object], _: tzinfo) -> str:
    return f"mail of {facts['by']} to {facts['mailbox']}: {facts['reason']}"


def _promise(facts: Mapping[str, object], zone: tzinfo) -> str:
    return f"promise: {facts['clock']} by {_at(facts, 'due_at', zone)}"


def _moved(facts: Mapping[str, object], zone: tzinfo) -> str:
    old, new = _at(facts, "old_due_at", zone), _at(facts, "new_due_at", zone)
    return f"moved: {facts['clock']} from {old} to {new}"


def _fired(facts: Mapping[str, object], zone: tzinfo) -> str:
    if facts["what"] != "stage":
        number = f" {facts['n']}" if facts["what"] == "respond_by" else ""
        return f"{facts['clock']}: {_WHATS[str(facts['what'])]}{number}"
    to = ", ".join(cast("Sequence[str]", facts["to"]))  # keys of people, as the ledger was written
    said = f"{facts['clock']}: stage {facts['n']} to {to}"
    if facts.get("respond_by"):
        said += f", answer by {_at(facts, 'respond_by', zone)}"
    return said


def _letter(facts: Mapping[str, object], zone: tzinfo) -> str:
    waits = f", leaves {_at(facts, 'not_before', zone)}" if facts["not_before"] else ""
    return f"letter to {facts['to']}: {str(facts['purpose']).replace('_', ' ')}{waits}"


_SAID: Mapping[Seen, Callable[[Mapping[str, object], tzinfo], str]] = {
    Seen.MAIL: _mail,
    Seen.EVENT: lambda facts, _: f"event: {facts['event']}",
    Seen.PROMISE: _promise,
    Seen.MOVED: _moved,
    Seen.FIRED: _fired,
    Seen.LETTER: _letter,
    Seen.DAEMON: lambda facts, _: f"the daemon is {'up again' if facts['up'] else 'down'}",
    Seen.RULES: lambda facts, _: f"other rules; deadlines moved: {facts['moved']}",
    Seen.IGNORED: lambda facts, _: f"an answer of {facts['by']} left out: {facts['reason']}",
}


def totals(played: Timeline) -> str:
    """Return the counts as one line."""
    return ", ".join(f"{name.replace('_', ' ')} {n}" for name, n in played.counts().items())


@contextmanager
def progress(what: str, first: datetime, last: datetime) -> Iterator[Callable[[datetime], None]]:
    """Show on standard error, where that is a terminal, how far a play has come."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=max(1.0, (last - first).total_seconds()))
        yield lambda now: bar.update(task, completed=max(0.0, (now - first).total_seconds()))
