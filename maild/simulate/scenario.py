"""A scenario file -> a desk and what happens to it, or every problem at once."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from maild.config.checking import checked
from maild.config.load import load, load_desk
from maild.config.problems import ConfigError, Findings, Problem, suggestion
from maild.config.reading import read
from maild.desk import Desk
from maild.simulate import crowd
from maild.simulate.happenings import Daemon, Happened, Happening, Rules, What, Written
from maild.simulate.schema import MAILS, ScenarioFile
from maild.simulate.schema import Happening as HappeningWords


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is played."""

    title: str
    desk: Desk
    happenings: tuple[Happening, ...]
    until: datetime  # UTC


def load_scenario(file: Path) -> Scenario:
    """Read a scenario and the desks it names. Raises ConfigError with every problem."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ConfigError([Problem(str(file), 0, f"cannot be read: {error.strerror}")]) from error
    findings = Findings(file.name)
    document = read(raw, findings)
    words = checked(ScenarioFile, document, findings) if document else None
    if words is None or findings.problems:
        raise ConfigError(findings.problems)
    desk = desk_at(file.parent / words.config, words.desk)
    found = tuple(_happenings(words, desk, file.parent, findings))
    if findings.problems:
        raise ConfigError(findings.problems)
    return Scenario(words.scenario, desk, found, _utc(words.until, desk))


def desk_at(path: Path, name: str | None = None) -> Desk:
    """Return the desk of a desk file, or one of a configuration directory.

    Raises ConfigError, also where a directory has several desks and `name` is None.
    """
    if not path.is_dir():
        return load_desk(path)
    desks = load(path, os.environ, secrets=False).desks
    if name is None and len(desks) == 1:
        return next(iter(desks.values()))
    if name is None or name not in desks:
        hint = suggestion(name or "", desks) or f"write desk: {next(iter(desks))}"
        what = f"there is no desk {name!r}" if name else "there are several desks"
        raise ConfigError([Problem(str(path), 0, what, hint)])
    return desks[name]


def _happenings(
    words: ScenarioFile, desk: Desk, directory: Path, findings: Findings
) -> Iterator[Happening]:
    known: set[str] = set()
    for index, each in enumerate(words.happenings):
        place: tuple[str | int, ...] = ("happenings", index)
        if each.to is not None:
            findings.known((*place, "to"), "mailbox", each.to, desk.mailboxes)
        if each.what == What.NEW:
            known.add(each.ticket)
        elif "ticket" in each.model_fields_set or each.what in MAILS:
            findings.known((*place, "ticket"), "ticket", each.ticket, known)
        yield _happening(each, desk, directory)
    if words.crowd is not None:
        many = crowd.Crowd(
            words.crowd.tickets,
            _utc(words.crowd.starts, desk),
            timedelta(days=words.crowd.over),
            words.crowd.answered_after[0],
            words.crowd.never_answered or 0.0,
            words.crowd.seed,
        )
        yield from crowd.happenings(many, desk)


def _happening(words: HappeningWords, desk: Desk, directory: Path) -> Happening:
    at = _utc(words.at, desk)
    match words.what:
        case "daemon down" | "daemon up":
            return Daemon(at, up=words.what == "daemon up")
        case "rules":
            return Rules(at, desk_at(directory / (words.config or ""), desk.key))
        case "event" if words.kind is not None:
            return Happened(at, words.ticket, words.kind, words.data)
        case what:
            return Written(
                at,
                What(what),
                words.ticket,
                words.by,
                words.to,
                words.subject or "",
                words.text or "",
                words.orders,
            )


def _utc(written: datetime, desk: Desk) -> datetime:
    """Return an instant in UTC; without an offset it is the desk's wall clock."""
    local = written if written.tzinfo else written.replace(tzinfo=ZoneInfo(desk.timezone))
    return local.astimezone(UTC)
