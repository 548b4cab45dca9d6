"""`people:`, `teams:`, `roles:`, `requester_classes:` -> the staff of a desk."""

from collections.abc import Mapping

from maild.config.build.names import RESERVED, Names
from maild.config.problems import Findings, suggestion
from maild.config.schema import DeskFile
from maild.tickets.people import Person, Staff, Team


def staff(file: DeskFile, names: Names, findings: Findings) -> Staff:
    """Return people and teams; unknown names and addresses that would loop are recorded."""
    people = {
        key: Person(
            key=key,
            name=words.name,
            email=words.email,
            aliases=words.aliases,
            language=words.language,
            away=tuple((a.from_, a.to) for a in words.away),
        )
        for key, words in file.people.items()
    }
    _addresses(people, file, names, findings)
    for key, words in file.people.items():
        for index, away in enumerate(words.away):
            if away.to < away.from_:
                findings.wrong(
                    ("people", key, "away", index), f"this absence ends on {away.to}, too early"
                )
    teams = {
        key: Team(
            key=key,
            name=words.name,
            members=words.members,
            lead=words.lead,
            manager=words.manager,
            tier=words.tier,
            email=words.email,
            assign=words.assign,
        )
        for key, words in file.teams.items()
    }
    for team in teams.values():
        _team(team, names, findings)
    _distinct(names, findings)
    return Staff(people, teams)


def roles(file: DeskFile, names: Names, findings: Findings) -> dict[str, str]:
    """Return whom each role means, joined by +."""
    found = {}
    for key, to in file.roles.items():
        names.recipients(("roles", key), to, findings)
        found[key] = " + ".join(to)
    for key in found:
        if _leads_back(key, found):
            findings.wrong(
                ("roles", key), f"the role {key!r} leads back to itself", "name a person"
            )
    return found


def requester_classes(file: DeskFile) -> dict[str, tuple[str, ...]]:
    """Return the address patterns of each class, lower-case, first match counting."""
    return {key: tuple(p.lower() for p in to) for key, to in file.requester_classes.items()}


def _addresses(
    people: Mapping[str, Person], file: DeskFile, names: Names, findings: Findings
) -> None:
    owners: dict[str, str] = {}
    for person in people.values():
        at = ("people", person.key, "email")
        for address in person.addresses:
            if address in names.watched:
                findings.wrong(
                    at,
                    f"{address} is a watched mailbox, so letters would come back to maild",
                    "give the person an address of their own",
                )
            owner = owners.setdefault(address, person.key)
            if owner != person.key:
                findings.wrong(at, f"{address} is already the address of {owner!r}", "keep one")
            domain = address.rpartition("@")[2]
            near = suggestion(domain, file.domains, most=0)
            if file.domains and domain not in file.domains and near:
                findings.note(at, f"{address} is outside the desk's domains", near)


def _team(team: Team, names: Names, findings: Findings) -> None:
    at = ("teams", team.key)
    for index, member in enumerate(team.members):
        findings.known((*at, "members", index), "person", member, names.people)
    for role, key in (("lead", team.lead), ("manager", team.manager)):
        if key is not None:
            findings.known((*at, role), "person", key, names.people)
    if team.email and team.email.lower() in names.watched:
        findings.wrong(
            (*at, "email"),
            f"{team.email} is a watched mailbox, so letters would come back to maild",
            "leave it out: the members are written to",
        )
    if not (team.members or team.lead or team.email or findings.incomplete(at)):
        findings.wrong(
            at, f"the team {team.key!r} is nobody", "give it members, a lead or an email"
        )


def _distinct(names: Names, findings: Findings) -> None:
    sections = (("people", names.people), ("teams", names.teams), ("roles", names.roles))
    seen: dict[str, str] = {}
    for section, keys in sections:
        for key in keys:
            if key in RESERVED:
                findings.wrong(
                    (section, key), f"{key!r} means something else", "choose another name"
                )
            elif key in seen:
                what = f"{key!r} already stands under {seen[key]}"
                findings.wrong((section, key), what, "choose another name")
            seen.setdefault(key, section)


def _leads_back(key: str, to: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    ahead = [key]
    while ahead:
        for name in (n.strip() for n in to.get(ahead.pop(), "").split("+")):
            if name == key:
                return True
            if name not in seen:
                seen.add(name)
                ahead.append(name)
    return False
