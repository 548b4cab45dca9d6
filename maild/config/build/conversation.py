"""`acknowledgement:` to `announcements:` -> how a desk talks with requesters."""

from collections.abc import Iterable, Mapping

from maild.config.build.names import Names
from maild.config.build.routing import pattern_mistake
from maild.config.problems import Findings
from maild.config.schema import DeskFile
from maild.config.schema.conversation import Link, Urgent
from maild.desk import Conduct, Fact, Report


def links(file: DeskFile) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return (title, address) of the articles per language."""
    offered: Iterable[Link] = file.acknowledgement.links
    return _per_language(file, ((link.title, link.url) for link in offered))


def urgent(file: DeskFile) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return (label, number) of the faster ways per language."""
    offered: Iterable[Urgent] = file.acknowledgement.urgent
    return _per_language(file, ((way.label, way.number) for way in offered))


def facts(file: DeskFile, findings: Findings) -> tuple[Fact, ...]:
    """Return what the acknowledgement asks for when a mail lacks it."""
    found = []
    for key, fact in file.acknowledgement.ask_for.items():
        attachment = fact.found_by == "attachment"
        pattern = None if attachment else fact.found_by
        mistake = pattern_mistake(pattern) if pattern else None
        if mistake:
            findings.wrong(("acknowledgement", "ask_for", key, "found_by"), *mistake)
        found.append(Fact(key, dict(fact.ask), pattern, attachment))
    return tuple(found)


def conduct(file: DeskFile) -> Conduct:
    """Return what misuse leads to."""
    return Conduct(file.conduct.words, file.conduct.strikes, file.conduct.suspend)


def reports(file: DeskFile, names: Names, findings: Findings) -> tuple[Report, ...]:
    """Return the reports that leave by themselves."""
    return tuple(
        Report(*report.every, names.recipients(("reports", i, "to"), report.to, findings))
        for i, report in enumerate(file.reports)
    )


def _per_language(
    file: DeskFile, pairs: Iterable[tuple[Mapping[str, str], str]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    kept = list(pairs)
    return {
        language: tuple((texts[language], value) for texts, value in kept if language in texts)
        for language in file.languages
    }
