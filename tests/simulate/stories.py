"""A small desk and the words for a story about it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from maild.config.load import load_desk
from maild.desk import Desk
from maild.simulate import Timeline, play
from maild.simulate.happenings import Happening, What, Written
from tests.config.desk import DESK, changed

NOURA = "noura@trainee.example"


def at(day: int, clock: str) -> datetime:
    """An instant of April 2026, by the clock of Riyadh; the 5th is a Sunday."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 4, day, hour - 3, minute, tzinfo=UTC)


def desk(directory: Path, *edits: tuple[str, str]) -> Desk:
    path = directory / "help.yaml"
    path.write_text(changed(*edits) if edits else DESK, "utf-8")
    return load_desk(path)


def told(on: Desk, *happenings: Happening, until: datetime) -> Timeline:
    return play(on, happenings, until)


def question(when: datetime, ticket: str = "a", subject: str = "no access") -> Written:
    return Written(when, What.NEW, ticket, by=NOURA, subject=subject)


def answer(when: datetime, *orders: str, ticket: str = "a", by: str | None = None) -> Written:
    return Written(when, What.ANSWER, ticket, by=by, orders=orders)


def standings(timeline: Timeline, ticket: int = 1) -> list[str]:
    return [c.standing(timeline.until) for c in timeline.cycles[ticket]]


def fired(timeline: Timeline) -> Iterable[tuple[datetime, str, int]]:
    return [(r.at, r.firing.kind.value, r.firing.n) for r in timeline.rung]
