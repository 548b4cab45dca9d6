"""The periodic report: what came in, which promises were kept, why answers were late."""

from collections.abc import Mapping
from datetime import datetime

from maild.mail.facts import Figure, Kind, Table
from maild.mail.outgoing import Letter
from maild.notices.office import Office
from maild.tickets.figures import Figures
from maild.tickets.people import Person

_LABELS = {
    "received": ("تذاكر وردت", "Tickets received"),
    "met": ("وعود وُفي بها في موعدها", "Promises kept"),
    "breached": ("وعود فات موعدها", "Promises broken"),
    "closed_without_reply": ("أُغلقت دون رد", "Closed without an answer"),
    "open_now": ("مفتوحة الآن", "Open now"),
    "overdue_now": ("متأخرة الآن", "Overdue now"),
    "no_target": ("مفتوحة بلا موعد في السياسة", "Open without a target in the policy"),
}
_TITLES = {
    "teams": (("الفِرق", ("الفريق", "في موعدها", "متأخرة")), ("Teams", ("Team", "Kept", "Broken"))),
    "people": (
        ("الموظفون", ("الموظف", "في موعدها", "متأخرة")),
        ("People", ("Person", "Kept", "Broken")),
    ),
    "services": (
        ("الخدمات", ("الخدمة", "في موعدها", "متأخرة")),
        ("Services", ("Service", "Kept", "Broken")),
    ),
    "categories": (
        ("أكثر ما ورد", ("التصنيف", "العدد")),
        ("What was asked most", ("Category", "Tickets")),
    ),
    "causes": (
        ("أسباب التأخر", ("السبب", "العدد")),
        ("Why answers were late", ("Cause", "Times")),
    ),
    "ratings": (("التقييم", ("الدرجة", "العدد")), ("Ratings", ("Rating", "Times"))),
}
_MOST = 10  # rows of a table; a report is read in a minute


def report(
    office: Office,
    person: Person,
    now: Figures,
    before: Figures,
    period: tuple[datetime, datetime],
    key: str,
) -> Letter:
    """Write a report about `period` (UTC) with the figures of the period before beside it."""
    language = office.language_of(person)
    place = 0 if language == "ar" else 1
    figures = tuple(
        Figure(labels[place], str(getattr(now, name)), str(getattr(before, name)))
        for name, labels in _LABELS.items()
    )
    begin, end = (office.when(instant, language) for instant in period)
    facts: dict[str, object] = {
        "period": f"{begin} – {end}",
        "figures": figures,
        "tables": tuple(_tables(office, now, place)),
    }
    return office.to_admin(Kind.REPORT, person.email, facts, key, period[1], language)


def _tables(office: Office, counted: Figures, place: int) -> list[Table]:
    staff = office.desk.staff
    rows: dict[str, list[tuple[str, ...]]] = {
        "teams": _kept(counted.teams, {key: team.name for key, team in staff.teams.items()}),
        "people": _kept(counted.people, {key: who.name for key, who in staff.people.items()}),
        "services": _kept(counted.services, {}),
        "categories": _ranked(counted.categories),
        "causes": _ranked(counted.causes),
        "ratings": [(str(r), str(n)) for r, n in sorted(counted.ratings.items(), reverse=True)],
    }
    return [
        Table(*_TITLES[name][place], rows=tuple(lines)) for name, lines in rows.items() if lines
    ]


def _kept(counts: Mapping[str, tuple[int, int]], names: Mapping[str, str]) -> list[tuple[str, ...]]:
    ordered = sorted(counts.items())
    return [(names.get(key, key) or "—", str(met), str(broken)) for key, (met, broken) in ordered]


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, ...]]:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return [(name or "—", str(n)) for name, n in most]
