"""One desk file, read and checked -> the desk."""

from collections.abc import Mapping
from pathlib import Path

from maild.config import templates
from maild.config.build.calendars import known_zone, open_hours
from maild.config.build.conversation import conduct, facts, links, reports, urgent
from maild.config.build.mailboxes import forms, mailboxes
from maild.config.build.names import Names
from maild.config.build.people import requester_classes, roles, staff
from maild.config.build.policies import policies
from maild.config.build.routing import rules
from maild.config.credentials import Vault
from maild.config.problems import Findings
from maild.config.schema import DeskFile
from maild.desk import Desk
from maild.mail.overrides import check
from maild.sla.hours import OpenHours

OWN = "out_of_scope"


def desk(file: DeskFile, names: Names, vault: Vault, findings: Findings) -> Desk:
    """Return the desk of a file. It may be used only when `findings` has no problems."""
    if len(set(file.languages)) != len(file.languages):
        findings.wrong(("languages",), "a language stands here twice", "keep one")
    people = staff(file, names, findings)
    calendars = _calendars(file, findings)
    letters = _letters(vault.directory / "templates" / file.desk, file, findings)
    boxes = mailboxes(file, names, vault, findings)
    # The desk's own answers, and the one of maild's letters that says no without them.
    known = frozenset(letters) | {f"{language}/{OWN}.txt" for language in file.languages}
    return Desk(
        key=file.desk,
        name=dict(file.name),
        languages=file.languages,
        timezone=file.timezone,
        staff=people,
        mailboxes=boxes,
        calendars=calendars,
        policies=policies(file, names, calendars, findings),
        rules=rules(file, names, calendars, known, findings),
        domains=tuple(d.lower() for d in file.domains),
        roles=roles(file, names, findings),
        requester_classes=requester_classes(file),
        links=links(file),
        urgent=urgent(file),
        notes=file.acknowledgement.note,
        signature=file.answers.signature,
        show_agent_name=file.answers.show_agent_name,
        closed_reply=file.follow_ups.to_closed,
        reopen_days=file.follow_ups.reopen_within,
        resend_days=file.follow_ups.resend_within,
        ack_limit=file.acknowledgement.limit,
        ack_domain_limit=file.acknowledgement.domain_limit,
        ack_desk_limit=file.acknowledgement.desk_limit,
        survey_scale=file.survey.scale if file.survey else None,
        templates=letters,
        forms=forms(file),
        ask_for=facts(file, findings),
        close_after_days=file.closing.after,
        confirm_solved=file.closing.confirm,
        conduct=conduct(file),
        reports=reports(file, names, findings),
        announce_days=file.announcements.reach,
        announce_hook=file.announcements.hook,
        keep_closed_days=file.retention,
    )


def _calendars(file: DeskFile, findings: Findings) -> dict[str, OpenHours]:
    if not known_zone(file.timezone, ("timezone",), findings):
        return {}
    found = {
        key: open_hours(key, words, file.timezone, ("calendars", key), findings)
        for key, words in file.calendars.items()
    }
    return {key: hours for key, hours in found.items() if hours is not None}


def _letters(directory: Path, file: DeskFile, findings: Findings) -> Mapping[str, str]:
    """Return the desk's own letters; one that is not a template is recorded."""
    if not directory.is_dir():
        return {}
    try:
        found = templates.load(directory)
    except (OSError, ValueError) as error:
        findings.wrong((), f"the letters in templates/{directory.name} cannot be read: {error}")
        return {}
    letters = {name: source for name, source in found.items() if not _is_answer(name, file)}
    for mistake in check(templates.load(), letters):
        place = f"templates/{directory.name}/{mistake.template} line {mistake.line}"
        findings.wrong((), f"{place}: {mistake.what}", mistake.hint)
    return found


def _is_answer(name: str, file: DeskFile) -> bool:
    """Whether a file holds the words of a `close_with`, and no letter of maild's rewritten."""
    answers = {rule.then.close_with for rule in file.routing}
    return Path(name).stem in answers - {OWN}
