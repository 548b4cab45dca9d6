"""Who and what may be named in a desk file, and what is wrong with a name that means nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from maild.config.problems import Findings, Path, suggestion
from maild.config.schema import DeskFile

ROLES = ("lead", "manager", "team")  # what every team has; see `Staff.resolve`
RESERVED = frozenset({*ROLES, "none", "round_robin", "least_loaded", "all"})


@dataclass(frozen=True, slots=True)
class Names:
    """The keys that stand in a file, also those of entries that are wrong in themselves."""

    people: tuple[str, ...]
    teams: tuple[str, ...]
    roles: tuple[str, ...]
    calendars: tuple[str, ...]
    mailboxes: tuple[str, ...]
    classes: tuple[str, ...]
    watched: Mapping[str, str]  # address that arrives in a mailbox of any desk -> its team

    def recipients(self, at: Path, to: Iterable[str], findings: Findings) -> tuple[str, ...]:
        """Check whom a letter goes to: roles, teams, people or addresses, joined by +."""
        for name in to:
            for part in name.split("+"):
                self._recipient(at, part.strip(), findings)
        return tuple(to)

    def _recipient(self, at: Path, name: str, findings: Findings) -> None:
        if "@" not in name:
            choices = [*self.people, *self.teams, *self.roles, *ROLES]
            if name not in choices:
                hint = suggestion(name, choices, most=8) or "write a person, team, role or address"
                findings.wrong(at, f"unknown role, team or person {name!r}", hint)
        elif (team := self.watched.get(name.lower())) is not None:
            findings.wrong(
                at,
                f"{name} is a watched mailbox, so the letter would come back to maild",
                f"write its team, {team}",
            )


def names(raw: Any, watched: Mapping[str, str]) -> Names:
    """Return the names a document uses, before anything wrong is taken out of it."""

    def keys(section: str) -> tuple[str, ...]:
        found = raw.get(section) if isinstance(raw, dict) else None
        return tuple(found) if isinstance(found, dict) else ()

    return Names(
        people=keys("people"),
        teams=keys("teams"),
        roles=keys("roles"),
        calendars=keys("calendars"),
        mailboxes=keys("mailboxes"),
        classes=keys("requester_classes"),
        watched=watched,
    )


def watched_addresses(file: DeskFile) -> dict[str, str]:
    """Return every address that arrives in a mailbox of a desk, lower-case, and its team."""
    return {
        address.lower(): box.team
        for box in file.mailboxes.values()
        for address in (box.address, *box.aliases)
    }
