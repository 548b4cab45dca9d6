"""The people of a desk: agents, leads, managers, and the teams they work in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a desk knows by name. `email` is where letters go; aliases also prove the sender."""

    key: str  # as written in the desk file: "sara"
    name: str
    email: str
    aliases: tuple[str, ...] = ()
    language: str | None = None  # None: the desk's first language
    away: tuple[tuple[date, date], ...] = ()  # days, both included, without new work

    def present(self, day: date | None) -> bool:
        """Whether this person takes work on a day; with no day given, always."""
        return day is None or not any(first <= day <= last for first, last in self.away)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address this person writes from, lower-case."""
        return tuple(a.lower() for a in (self.email, *self.aliases))


@dataclass(frozen=True, slots=True)
class Team:
    """A group that answers. Members, lead and manager are keys of people."""

    key: str
    name: str
    members: tuple[str, ...]
    lead: str | None = None
    manager: str | None = None
    tier: int = 1
    email: str | None = None  # a list address; when set the team is written to there
    assign: str = "none"  # "none" | "round_robin" | "least_loaded"


@dataclass(frozen=True)
class Staff:
    """Everybody and every team of one desk, with the look-ups the flows need."""

    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def by_address(self, address: str) -> Person | None:
        """Return the person who writes from `address` (case-insensitive), or None."""
        wanted = address.lower()
        if wanted.isascii() and not address.isascii():  # U+212A, the Kelvin sign, is a small k then
            return None
        return self._by_address.get(wanted)

    @cached_property
    def _by_address(self) -> Mapping[str, Person]:
        found: dict[str, Person] = {}
        for person in self.people.values():
            for address in person.addresses:
                found.setdefault(address, person)
        return found

    def answering(
        self, team: str | None, assignee: str | None, day: date | None = None
    ) -> tuple[Person, ...]:
        """Return who gets a ticket's mail: its assignee, else the team's members, else its lead.

        On `day` nobody who is away then is asked, as long as somebody else is there: nothing waits
        for an absent assignee or for one who has left.
        """
        if assignee in self.people and self.people[assignee].present(day):
            return (self.people[assignee],)
        there = self.teams.get(team or "")
        if there is None:
            return ()
        if there.email:
            return (Person(there.key, there.name, there.email),)
        keys = there.members or tuple(filter(None, [there.lead]))
        there_now = self.present(keys, day) or self.present(filter(None, [there.lead]), day)
        return tuple(self.people[k] for k in there_now or keys if k in self.people)

    def present(self, keys: Iterable[str], day: date | None) -> tuple[str, ...]:
        """Return those of `keys` who are people of the desk and not away on `day`."""
        return tuple(k for k in keys if k in self.people and self.people[k].present(day))

    def resolve(self, to: str, team: str | None, roles: Mapping[str, str]) -> tuple[Person, ...]:
        """Return the people a stage or copy means by `to`, as seen from `team`.

        `to` is "lead" or "manager" of the team, a role of the desk, a team, a person's key or an
        address; several may be joined by "+". Nobody twice.
        """
        found: dict[str, Person] = {}
        for name in to.split("+"):
            for person in self._one(name.strip(), team, roles):
                found.setdefault(person.email.lower(), person)
        return tuple(found.values())

    def _one(self, name: str, team: str | None, roles: Mapping[str, str]) -> tuple[Person, ...]:
        if name in {"lead", "manager", "team"}:
            own = self.teams.get(team or "")
            if own is None:
                return ()
            if name == "team":
                return self.answering(own.key, None)
            key = own.lead if name == "lead" else own.manager
            return self._one(key, team, roles) if key else ()
        if name in self.people:
            return (self.people[name],)
        if name in self.teams:
            return self.answering(name, None)
        if name in roles:
            return self.resolve(roles[name], team, {k: v for k, v in roles.items() if k != name})
        return (Person(name, "", name),) if "@" in name else ()
