"""`routing:` -> rules, each checked for what could never match, match everything or never end."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import regex

from maild.config import wording
from maild.config.build.names import Names
from maild.config.problems import Findings, Path, suggestion
from maild.config.schema import DeskFile
from maild.config.schema import routing as words
from maild.routing.match import PATTERN_TIMEOUT, compiled, tokens_of
from maild.routing.route import failed_examples
from maild.routing.rules import (
    Action,
    Attached,
    Condition,
    Example,
    Hours,
    RoutingFacts,
    Rule,
    Words,
)
from maild.sla.hours import OpenHours

_PROBE = 4000  # characters a pattern must come to terms with
_ASSIGN = ("none", "round_robin", "least_loaded")


def rules(
    file: DeskFile,
    names: Names,
    calendars: Mapping[str, OpenHours],
    templates: frozenset[str],
    findings: Findings,
) -> tuple[Rule, ...]:
    """Return the rules of a desk. `templates` are the letters it may close a ticket with."""
    builder = _Builder(file, names, calendars, templates, findings)
    found = tuple(builder.rule(rule, ("routing", i)) for i, rule in enumerate(file.routing))
    _reached(found, findings)
    if not findings.problems:
        positions = {rule.name: i for i, rule in enumerate(found)}
        for name, index, came in failed_examples(found):
            at = ("routing", positions[name], "examples", index)
            findings.wrong(at, f"the example of {name!r} does not hold: {came}")
    return found


def _reached(rules: tuple[Rule, ...], findings: Findings) -> None:
    """Record rules that cannot be told apart, and those no mail can reach."""
    nothing = Condition()
    for index, rule in enumerate(rules):
        at = ("routing", index)
        above = rules[:index]
        if any(other.name == rule.name for other in above):
            findings.wrong(at, f"there is already a rule {rule.name!r}", "give each its own name")
        for other in above:
            everything = other.when == nothing and other.unless is None
            alike = other.when == rule.when and other.unless in (None, rule.unless)
            if other.stop and (everything or alike):
                findings.wrong(
                    at,
                    f"{rule.name!r} is never reached: {other.name!r} takes every such mail",
                    "move it up, or let the other say continue: true",
                )
                break


class _Builder:
    """What every rule of one desk is checked against."""

    def __init__(
        self,
        file: DeskFile,
        names: Names,
        calendars: Mapping[str, OpenHours],
        templates: frozenset[str],
        findings: Findings,
    ) -> None:
        self._file = file
        self._names = names
        self._calendars = calendars
        self._templates = templates
        self._findings = findings

    def rule(self, rule: words.Rule, at: Path) -> Rule:
        """Return one rule; what is wrong with it goes to the findings."""
        then = self._action(rule.then, (*at, "then"))
        if not then.changes():
            self._findings.wrong(
                (*at, "then"), f"{rule.rule!r} changes nothing", "say what happens"
            )
        return Rule(
            name=rule.rule,
            when=self._condition(rule.when, (*at, "when")),
            unless=self._condition(rule.unless, (*at, "unless")) if rule.unless else None,
            then=then,
            stop=not rule.continue_,
            examples=tuple(
                self._example(example, rule, (*at, "examples", i))
                for i, example in enumerate(rule.examples)
            ),
        )

    def _condition(self, when: words.Condition, at: Path) -> Condition:
        for name in when.mailbox:
            self._findings.known((*at, "mailbox"), "mailbox", name, self._names.mailboxes)
        for name in when.requester_class:
            self._findings.known(
                (*at, "requester_class"), "requester class", name, self._names.classes
            )
        for key in (when.received.open, when.received.closed):
            if key is not None:
                self._findings.known((*at, "received"), "calendar", key, self._names.calendars)
        for name, pattern in when.headers.items():
            self._pattern(pattern, (*at, "headers", name))
        return Condition(
            mailbox=when.mailbox,
            to=when.to,
            sender=when.sender,
            domain=tuple(d.lstrip("@.") for d in when.domain),
            requester_class=when.requester_class,
            channel=when.channel,
            language=when.language,
            nature=when.nature,
            text=self._said(when, at),
            subject=self._said(when.subject, (*at, "subject")),
            body=self._said(when.body, (*at, "body")),
            headers=dict(when.headers),
            attachments=_attached(when.attachments),
            received=Hours(
                open=when.received.open,
                closed=when.received.closed,
                between=when.received.between,
                weekdays=tuple(sorted({d for days in when.received.on for d in days})),
            ),
        )

    def _said(self, said: words.Said, at: Path) -> Words:
        for key in ("any_words", "all_words"):
            for index, word in enumerate(getattr(said, key)):
                if not tokens_of(word):
                    self._findings.wrong(
                        (*at, key, index), f"{word!r} holds no letter or digit", "use pattern:"
                    )
        if said.pattern is not None:
            self._pattern(said.pattern, (*at, "pattern"))
        return Words(said.any_words, said.all_words, said.pattern)

    def _pattern(self, pattern: str, at: Path) -> None:
        what, hint = pattern_mistake(pattern) or (None, "")
        if what:
            self._findings.wrong(at, what, hint)

    def _action(self, then: words.Action, at: Path) -> Action:
        if then.team is not None:
            self._findings.known((*at, "team"), "team", then.team, self._names.teams)
        if then.assign is not None:
            choices = [*self._names.people, *_ASSIGN]
            self._findings.known((*at, "assign"), "person", then.assign, choices)
        if then.close_with is not None:
            self._letter(then.close_with, (*at, "close_with"))
        if then.quarantine and then.refuse:
            self._findings.wrong(at, "a mail is either kept aside or refused", "keep one")
        return Action(
            team=then.team,
            category=then.category,
            service=then.service,
            type=then.type,
            priority=then.priority,
            channel=then.channel,
            assign=then.assign,
            tags=then.tags,
            copy_to=self._names.recipients((*at, "copy"), then.copy_to, self._findings),
            close_with=then.close_with,
            quarantine=then.quarantine,
            refuse=then.refuse,
        )

    def _letter(self, name: str, at: Path) -> None:
        missing = [f"{lang}/{name}.txt" for lang in self._file.languages]
        missing = [letter for letter in missing if letter not in self._templates]
        if missing:
            known = {t.partition("/")[2].removesuffix(".txt") for t in self._templates}
            hint = (
                suggestion(name, known, most=0) or f"write templates/{self._file.desk}/{missing[0]}"
            )
            self._findings.wrong(at, f"there is no letter {name!r}", hint)

    def _example(self, example: words.Example, rule: words.Rule, at: Path) -> Example:
        mailbox = example.mailbox or next(iter((*rule.when.mailbox, *self._file.mailboxes)))
        self._findings.known((*at, "mailbox"), "mailbox", mailbox, self._names.mailboxes)
        received = self._instant(example.at, (*at, "at"))
        then = None
        if example.then is not None:
            then = self._action(example.then, (*at, "then")).changes()
        facts = RoutingFacts(
            mailbox=mailbox,
            sender=example.sender,
            subject=example.subject,
            text=example.body,
            to=example.to,
            requester_class=example.requester_class,
            channel=example.channel,
            language=example.language,
            nature=example.nature,
            headers=tuple((k.lower(), v) for k, v in example.headers.items()),
            attachments=example.attachments,
            received=received,
            open_calendars=frozenset(
                key
                for key, calendar in self._calendars.items()
                if received is not None and calendar.next_open(received) == received
            ),
        )
        return Example(facts, then)

    def _instant(self, text: str | None, at: Path) -> datetime | None:
        if text is None:
            return None
        try:
            return wording.instant(text).replace(tzinfo=ZoneInfo(self._file.timezone))
        except wording.UnreadableError as error:
            self._findings.wrong(at, error.what, error.hint)
        except (KeyError, ValueError, OSError):
            pass  # the time zone itself is wrong and reported where it stands
        return None


def _attached(text: str | list[str] | None) -> Attached:
    if isinstance(text, list):
        return Attached(any_of=tuple(text))
    return Attached(some=None if text is None else text == "some")


def pattern_mistake(pattern: str) -> tuple[str, str] | None:
    """Return what is wrong with a regular expression and a hint, or None.

    One that finds the empty text finds every mail; one that needs long for a text made of its own
    letters would hold up the desk (catastrophic backtracking).
    """
    try:
        expression = compiled(pattern)
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        reason = getattr(error, "msg", "") or "it cannot be read"
        return f"the pattern {pattern!r} is not a regular expression: {reason}", "or use any_words"
    try:
        if expression.search("", timeout=PATTERN_TIMEOUT):
            return f"the pattern {pattern!r} matches every text", "ask for at least one character"
        letters = sorted({c for c in pattern if c.isalnum()} | {"a", "0", " "})[:12]
        for probe in (*(c * _PROBE for c in letters), "".join(letters) * (_PROBE // len(letters))):
            expression.search(f"{probe}\x00", timeout=PATTERN_TIMEOUT)
    except TimeoutError:
        return (
            f"the pattern {pattern!r} takes too long",
            "do not repeat what already repeats: (a+)+",
        )
    return None
