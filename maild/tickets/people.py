"""The people of a desk: agents, leads, managers, and the teams they work in."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a desk knows by name. `email` is where letters go; aliases also prove the sender."""

    key: str  # as written in the desk file: "sara"
    name: str
    email: str
    aliases: tuple[str, ...] = ()
    language: str | None = None  # None: the desk's first language

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


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody and every team of one desk, with the look-ups the flows need."""

    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def by_address(self, address: str) -> Person | None:
        """Return the person who writes from `address` (case-insensitive), or None."""
        wanted = address.lower()
        return next((p for p in self.people.values() if wanted in p.addresses), None)
