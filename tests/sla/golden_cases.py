"""Worked timelines as an admin would write them: each case becomes desk files and a scenario."""

import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DIRECTORY = Path(os.environ.get("MAILD_GOLDEN") or Path(__file__).parent / "golden")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
REQUESTER = "noura@trainee.example"
VENDOR = "vendor@vendor.example"  # outside the desk's domains: a third party
TEAM_ROLES = frozenset({"lead", "manager", "team"})

Raw = Mapping[str, Any]
Written = dict[str, Any]  # what is dumped as YAML


@dataclass(frozen=True)
class Case:
    """One worked timeline."""

    key: str
    raw: Raw

    @property
    def cycles(self) -> list[Raw]:
        return list(self.raw["expected"]["cycles"])

    @property
    def fired(self) -> list[Raw]:
        return list(self.raw["expected"]["fired"])

    def write(self, directory: Path) -> Path:
        """Write the desk files and the scenario of the case; return the scenario."""
        return _Writer(self.raw, directory).write()


def cases(directory: Path = DIRECTORY) -> Iterator[Case]:
    """Yield every case of every JSON file of a directory."""
    for path in sorted(directory.glob("*.json")):
        for case in json.loads(path.read_text("utf-8")).get("cases", ()):
            yield Case(case["id"], case)


def instant(text: str) -> datetime:
    """Return the instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


class _Writer:
    """Writes one case. It knows what has become of the ticket, as whoever plays it would."""

    def __init__(self, raw: Raw, directory: Path) -> None:
        self._raw = raw
        self._directory = directory
        self._rules = raw["policy"]
        self._calendar = raw["calendar"]
        self._versions = count(1)
        self._ended = False  # solved or closed
        self._answered = False  # since the requester last wrote
        self._steps = {
            "received": self._received,
            "requester_message": self._message,
            "resend": self._resend,
            "resent": self._resend,
            "reopen": self._reopen,
            "reopened": self._reopen,
            "requester_auto": lambda at, _: [mail(at, "auto-reply")],
            "auto_reply": lambda _at, _: [],  # the acknowledgement leaves by itself
            "agent_reply": self._reply,
            "agent_note": lambda at, _: [mail(at, "note")],
            "thirdparty_message": self._third_party,
            "routed": lambda at, _: [order(at, "team second")],
            "reassigned": lambda at, _: [order(at, "assign the_second")],
            "pending": lambda at, _: [order(at, "wait")],
            "on_hold": lambda at, _: [order(at, "hold")],
            "open": self._open,
            "opened": self._open,
            "solved": self._solve,
            "closed": self._close,
            "merged": self._merge,
            "cancelled": lambda at, _: [order(at, "violation")],
            "spam": lambda at, _: [event(at, "cancelled", why="spam")],
            "daemon_down": lambda at, _: [{"at": at, "what": "daemon down"}],
            "daemon_up": lambda at, _: [{"at": at, "what": "daemon up"}],
            "policy_changed": self._change,
            "calendar_changed": self._change,
        }

    def write(self) -> Path:
        self._dump("help.yaml", desk(self._calendar, self._rules))
        # In the order in which they happen, for what is a reopening depends on what was before.
        ordered = sorted(self._raw["events"], key=lambda e: instant(e["at"]))
        happenings = [step for e in ordered for step in self._steps[e["type"]](e["at"], e)]
        scenario = {
            "scenario": self._raw["title"],
            "config": "help.yaml",
            "until": self._raw["observe_until"],
            "happenings": happenings,
        }
        return self._dump("scenario.yaml", scenario)

    def _received(self, at: str, raw: Raw) -> list[Written]:
        subject = "emergency: no access" if raw.get("priority") == "emergency" else "no access"
        return [mail(at, "new", by=REQUESTER, subject=subject)]

    def _message(self, at: str, _: Raw) -> list[Written]:
        self._answered = False
        if self._ended:  # a message that opens nothing again: no mail of a person is that
            return [event(at, "requester_message")]
        return [mail(at, "follow-up")]

    def _resend(self, at: str, _: Raw) -> list[Written]:
        if self._ended or self._answered:  # the same question after an answer is a new ticket
            self._answered = False
            return [event(at, "resent")]
        return [mail(at, "resend")]

    def _reopen(self, at: str, _: Raw) -> list[Written]:
        ended, self._ended, self._answered = self._ended, False, False
        return [mail(at, "follow-up") if ended else event(at, "reopened")]

    def _reply(self, at: str, _: Raw) -> list[Written]:
        self._answered = True
        return [mail(at, "answer")]

    def _third_party(self, at: str, _: Raw) -> list[Written]:
        return [order(at, f"cc {VENDOR}"), mail(at, "third-party", by=VENDOR)]

    def _open(self, at: str, _: Raw) -> list[Written]:
        self._ended = False
        return [order(at, "reopen")]

    def _solve(self, at: str, _: Raw) -> list[Written]:
        self._ended = True
        return [order(at, "solve")]

    def _close(self, at: str, _: Raw) -> list[Written]:
        ended, self._ended = self._ended, True
        # An agent's #close says that it is solved, too; the event alone does not.
        return [order(at, "close") if ended else event(at, "closed")]

    def _merge(self, at: str, _: Raw) -> list[Written]:
        other = mail(at, "new", by=REQUESTER, subject="something else") | {"ticket": "other"}
        return [other, order(at, "merge other")]

    def _change(self, at: str, raw: Raw) -> list[Written]:
        self._rules = raw.get("policy", self._rules)
        self._calendar = raw.get("calendar", self._calendar)
        name = f"rules-{next(self._versions)}.yaml"
        self._dump(name, desk(self._calendar, self._rules))
        return [{"at": at, "what": "rules", "config": name}]

    def _dump(self, name: str, content: Raw) -> Path:
        text = io.StringIO()
        YAML(typ="safe").dump(content, text)
        path = self._directory / name
        path.write_text(text.getvalue(), "utf-8")
        return path


def mail(at: str, what: str, **more: str) -> Written:
    return {"at": at, "what": what, "ticket": "case", **more}


def order(at: str, words: str) -> Written:
    return {"at": at, "what": "answer", "ticket": "case", "orders": [words]}


def event(at: str, kind: str, **data: str) -> Written:
    return {"at": at, "what": "event", "ticket": "case", "kind": kind} | (
        {"data": data} if data else {}
    )


def desk(calendar: Raw, policy: Raw) -> Written:
    """Return a desk file."""
    roles = {
        name
        for clock in policy["clocks"]
        for stage in clock.get("stages", ())
        for name in stage["to"].split("+")
    }
    person = {
        key: {"name": key, "email": f"{key}@desk.example"}
        for key in ("the_agent", "the_second", "the_lead", "the_boss")
    }
    led = {"lead": "the_lead", "manager": "the_boss"}
    imap = {"host": "mail.desk.example", "user": "help", "password_env": "NONE"}
    clocks = {clock["name"]: clock_words(clock) for clock in policy["clocks"]}
    return {
        "desk": "help",
        "name": {"en": "Help"},
        "languages": ["en", "ar"],
        "timezone": calendar["timezone"],
        "domains": ["desk.example", "trainee.example"],
        "calendars": {"hours": calendar_words(calendar)},
        "people": person,
        "teams": {
            "first": {"name": "First", "members": ["the_agent"], **led},
            "second": {"name": "Second", "members": ["the_second"], **led},
        },
        "roles": dict.fromkeys(sorted(roles - TEAM_ROLES), "the_boss"),
        "mailboxes": {"help": {"address": "help@desk.example", "team": "first", "imap": imap}},
        "routing": [
            {
                "rule": "emergencies",
                "when": {"any_words": ["emergency"]},
                "then": {"priority": "emergency"},
            }
        ],
        "policies": [{"policy": "all", "clocks": clocks}],
        "follow_ups": {"reopen_within": "365 days", "resend_within": "365 days"},
        "survey": {"scale": 5},
    }


def calendar_words(raw: Raw) -> Written:
    """Return a calendar as a desk file says it."""
    return {
        "weekly": week(raw["weekly"]),
        "periods": [
            {
                "name": p.get("name") or "period",
                "from": p["from"],
                "to": p["to"],
                "weekly": week(p["weekly"]),
            }
            for p in raw.get("periods", ())
        ],
        "days": {day: hours(shifts) for day, shifts in raw.get("days", {}).items()},
        "holidays": [
            {"name": h.get("name") or "holiday", "from": h["from"], "to": h["to"]}
            for h in raw.get("holidays", ())
        ],
    }


def week(raw: Raw) -> dict[str, list[str] | str]:
    return {day: hours(raw.get(day, ())) for day in DAYS}


def hours(shifts: Any) -> list[str] | str:
    """Return the hours of a day; the language refuses overlaps, so they are written as one."""
    spans: list[list[int]] = []
    for opens, closes in sorted((minute(o), minute(c)) for o, c in shifts):
        ends = closes if closes > opens else closes + 1440
        if spans and opens < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], ends)
        else:
            spans.append([opens, ends])
    parts = [part for opens, ends in spans for part in in_halves(opens, ends)]
    return [f"{clock_time(a)}-{clock_time(b)}" for a, b in parts] or "closed"


def in_halves(opens: int, ends: int) -> list[tuple[int, int]]:
    """A shift of a whole day that does not begin at midnight takes two lines."""
    if ends - opens < 1440 or opens == 0:
        return [(opens, ends)]
    return [(opens, 1440), (0, ends - 1440)] if ends > 2880 else [(opens, 1380), (1380, ends)]


def minute(text: str) -> int:
    hour, _, rest = text.partition(":")
    return int(hour) * 60 + int(rest)


def clock_time(minutes: int) -> str:
    within = minutes if minutes <= 1440 else minutes - 1440
    return f"{within // 60:02}:{within % 60:02}"


def clock_words(raw: Raw) -> Written:
    """Return a clock as a desk file says it."""
    return {
        "kind": "survey" if raw["kind"] == "csat" else raw["kind"],
        "target": length(raw["target"]) if raw["target"]["minutes"] else "at once",
        "starts": raw.get("start_on", "received"),
        "pauses": raw.get("pausable", False),
        "reopen": raw.get("reopen", "resume"),
        "warn_at": [f"{share * 100:.10g}%" for share in raw.get("warn_at", ())],
        "stages": [stage_words(stage) for stage in raw.get("stages", ())],
    }


def stage_words(raw: Raw) -> Written:
    when = raw["when"] if isinstance(raw["when"], list) else [raw["when"]]
    words: Written = {"at": [moment(w) for w in when], "to": raw["to"]}
    if priority := raw.get("priority"):
        words["priority"] = priority
    if rule := raw.get("respond_by"):
        assert rule["rule"] == "same_business_day"
        words["respond_by"] = "same business day"
        if cutoff := rule.get("cutoff_minutes"):
            words["cutoff"] = f"{cutoff} open minutes"
    if deliver := raw.get("deliver"):
        words["deliver"] = {"open_hours": "at next opening", "at_once": "at once"}[deliver]
    return words


def moment(raw: Raw) -> str:
    names = {"requester_message_after_due": "resend", "stage": f"stage {raw.get('n')}"}
    name = names.get(raw["on"]) or str(raw["on"])
    return f"{name} + {length(raw)}" if raw.get("minutes") else name


def length(raw: Raw) -> str:
    minutes = raw["minutes"]
    match raw.get("count", "calendar"):
        case "open_hours":
            return f"{minutes} open minutes"
        case "calendar":
            return f"{minutes} minutes"
        case "working_days_24h":
            return f"{minutes / 1440:.10f} working days"
        case other:
            raise ValueError(f"unknown count {other}")
