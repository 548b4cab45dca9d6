"""`policies:` -> clocks and ladders, each checked for what could never happen."""

from collections.abc import Mapping

from maild.config.build.names import Names
from maild.config.problems import Findings, Path, suggestion
from maild.config.schema import DeskFile
from maild.config.schema import policies as words
from maild.sla.hours import HORIZON, OpenHours
from maild.sla.policy import (
    Clock,
    ClockKind,
    Count,
    Match,
    On,
    Policy,
    RespondBy,
    Span,
    Stage,
)

_FIELDS = (
    "channel",
    "category",
    "service",
    "type",
    "priority",
    "requester_class",
    "team",
    "mailbox",
)


def policies(
    file: DeskFile, names: Names, calendars: Mapping[str, OpenHours], findings: Findings
) -> tuple[Policy, ...]:
    """Return the policies of a desk, in their order."""
    found = []
    for index, policy in enumerate(file.policies):
        at: Path = ("policies", index)
        when = _match(policy.when, (*at, "when"), names, findings)
        builder = _Ladders(file, policy, names, calendars, findings)
        clocks = tuple(
            clock
            for key, clock_words in policy.clocks.items()
            if (clock := builder.clock(key, clock_words, (*at, "clocks", key))) is not None
        )
        found.append(Policy(policy.policy, when, clocks))
        _reached(found, at, findings)
    return tuple(found)


def _match(when: words.Match, at: Path, names: Names, findings: Findings) -> Match:
    for key, kind, choices in (
        ("mailbox", "mailbox", names.mailboxes),
        ("team", "team", names.teams),
        ("requester_class", "requester class", names.classes),
    ):
        for name in getattr(when, key):
            findings.known((*at, key), kind, name, choices)
    return Match(**{key: tuple(sorted(getattr(when, key))) for key in _FIELDS})


def _reached(found: list[Policy], at: Path, findings: Findings) -> None:
    """Record when the last policy says the same as, or less than, one above it."""
    last = found[-1]
    for other in found[:-1]:
        if other.name == last.name:
            findings.wrong(at, f"there is already a policy {last.name!r}", "give each its own name")
        if other.when == last.when:
            findings.wrong(
                at,
                f"{other.name!r} and {last.name!r} match the same tickets",
                "give one of them a narrower when:",
            )
        elif all(_within(getattr(last.when, f), getattr(other.when, f)) for f in _FIELDS):
            findings.wrong(
                at,
                f"{last.name!r} is never reached: {other.name!r} takes every such ticket",
                "move it up",
            )


def _within(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


class _Ladders:
    """Builds the clocks of one policy."""

    def __init__(
        self,
        file: DeskFile,
        policy: words.Policy,
        names: Names,
        calendars: Mapping[str, OpenHours],
        findings: Findings,
    ) -> None:
        self._file = file
        self._policy = policy
        self._names = names
        self._calendars = calendars
        self._findings = findings

    def clock(self, key: str, clock: words.Clock, at: Path) -> Clock | None:
        """Return one clock, or None when it has no kind or target."""
        kind = self._kind(key, clock, at)
        if kind is None:
            return None
        target, calendar = self._target(kind, clock, at)
        if target is None:
            return None
        self._fits(kind, clock, at)
        self._within_horizon(target, calendar, (*at, "target"))
        stages = tuple(
            self._stage(n, stage, (*at, "stages", n - 1))
            for n, stage in enumerate(clock.stages, start=1)
        )
        return Clock(
            name=key,
            kind=kind,
            target=target,
            calendar=calendar,
            warn_at=tuple(sorted(set(clock.warn_at))),
            stages=stages,
            pausable=clock.pauses,
            reopen=clock.reopen,
            start_on=clock.starts,
        )

    def _kind(self, key: str, clock: words.Clock, at: Path) -> ClockKind | None:
        if clock.kind is not None:
            return clock.kind
        kinds = [kind.value for kind in ClockKind]
        if key in kinds:
            return ClockKind(key)
        hint = suggestion(key, kinds, most=0) or f"add kind: {', '.join(kinds[:-1])} or {kinds[-1]}"
        self._findings.wrong(at, f"the clock {key!r} has no kind", hint)
        return None

    def _target(self, kind: ClockKind, clock: words.Clock, at: Path) -> tuple[Span | None, str]:
        main = next(iter(self._file.calendars))
        named = None
        target: Span | None = Span(0, Count.CALENDAR)  # an appointment is due when it is booked
        if clock.target is not None:
            target, named = clock.target
        elif kind is not ClockKind.APPOINTMENT:
            what = f"the {kind.value} clock has no target"
            self._findings.wrong(at, what, "write a line target: 24 open hours")
            target = None
        if named and clock.calendar:
            self._findings.wrong(
                (*at, "calendar"), "the target already names a calendar", "keep one"
            )
        calendar = named or clock.calendar or main
        if not self._findings.known((*at, "target"), "calendar", calendar, self._names.calendars):
            return None, main
        return target, calendar

    def _fits(self, kind: ClockKind, clock: words.Clock, at: Path) -> None:
        resolution = kind is ClockKind.RESOLUTION
        if clock.pauses and not resolution:
            what = f"a {kind.value} clock never pauses"
            self._findings.wrong((*at, "pauses"), what, "only a resolution clock does")
        if clock.reopen == "restart" and not resolution:
            what = f"a {kind.value} clock starts anew by itself"
            self._findings.wrong((*at, "reopen"), what, "leave it out")
        if clock.starts == "routed" and kind not in {ClockKind.REPLY, ClockKind.RESOLUTION}:
            what = f"a {kind.value} clock cannot start when the ticket is routed"
            self._findings.wrong((*at, "starts"), what, "leave it out")

    def _within_horizon(self, target: Span, key: str, at: Path) -> None:
        hours = self._calendars.get(key)
        if hours is None:
            return
        week = hours.calendar.weekly
        weekly = {
            Count.CALENDAR: 7 * 86400,
            Count.WORKING_DAYS: sum(86400 for day in week if day),
            Count.OPEN_HOURS: sum((s.ends - s.opens) * 60 for day in week for s in day),
        }[target.count]
        if weekly and target.seconds > weekly * 52 * HORIZON:
            self._findings.wrong(
                at, f"the target is not reached within {HORIZON} years of {key!r}", "shorten it"
            )

    def _stage(self, n: int, stage: words.Stage, at: Path) -> Stage:
        for when in stage.at:
            if when.on is On.STAGE and (when.stage is None or when.stage >= n or when.stage < 1):
                self._findings.wrong(
                    (*at, "at"),
                    f"stage {n} waits for stage {when.stage}, which does not come before it",
                    f"write stage {n - 1}" if n > 1 else "write due",
                )
        if stage.cutoff is not None and stage.respond_by is None:
            what = "a cutoff needs something to respond by"
            self._findings.wrong((*at, "cutoff"), what, "add respond_by: same business day")
        self._somebody(n, stage, at)
        respond_by = RespondBy(stage.cutoff or 0) if stage.respond_by else None
        return Stage(
            n=n,
            to=self._names.recipients((*at, "to"), stage.to, self._findings),
            when=stage.at,
            priority=stage.priority,
            respond_by=respond_by,
            deliver_in_open_hours=stage.deliver == "at next opening",
            forward=stage.forward,
        )

    def _somebody(self, n: int, stage: words.Stage, at: Path) -> None:
        """Record a team whose ladder would end in nobody's mailbox."""
        when = self._policy.when
        boxes = self._file.mailboxes
        teams = when.team or tuple(boxes[b].team for b in when.mailbox if b in boxes)
        for key in dict.fromkeys(teams or tuple(self._file.teams)):
            team = self._file.teams.get(key)
            if self._findings.incomplete(("teams", key)):
                continue
            for role in ("lead", "manager"):
                if team is not None and role in stage.to and getattr(team, role) is None:
                    self._findings.wrong(
                        (*at, "to"),
                        f"stage {n} goes to the {role}, but the team {key!r} has none",
                        f"add {role}: to teams.{key}",
                    )
