"""What is wrong with a configuration, where, and what to write instead: every problem at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]  # keys and indexes that lead to a value of a document


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. `line` counts from 1; 0 speaks of the file as a whole."""

    file: str  # relative to the configuration directory
    line: int
    what: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what}" + (f"; {self.hint}" if self.hint else "")


class ConfigError(Exception):
    """A configuration that cannot be used. `problems` are sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class Findings:
    """Collects the problems of one file while it is read and built.

    `notes` are no mistakes: things an admin should know. `secrets` are secrets that cannot be
    read here and now, which stops a daemon but not a check on another machine.
    """

    file: str
    lines: Mapping[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    secrets: list[Problem] = field(default_factory=list)
    removed: set[Path] = field(default_factory=set)  # what was wrong and is not looked at again

    def incomplete(self, at: Path) -> bool:
        """Return whether something was taken out of the value at `at`: it may lack by our doing."""
        return any(path[: len(at)] == at for path in self.removed)

    def line(self, at: Path) -> int:
        """Return the line of the value at `at`, or of the nearest thing around it."""
        while at and at not in self.lines:
            at = at[:-1]
        return self.lines.get(at, 1)

    def wrong(self, at: Path, what: str, hint: str = "") -> None:
        """Record a mistake."""
        self.problems.append(Problem(self.file, self.line(at), what, hint))

    def note(self, at: Path, what: str, hint: str = "") -> None:
        """Record something worth knowing."""
        self.notes.append(Problem(self.file, self.line(at), what, hint))

    def secret(self, at: Path, what: str, hint: str = "") -> None:
        """Record a secret that cannot be read."""
        self.secrets.append(Problem(self.file, self.line(at), what, hint))

    def known(self, at: Path, kind: str, name: str, choices: Iterable[str]) -> bool:
        """Return whether `name` is one of `choices`; record a problem with a hint when not."""
        choices = list(choices)
        if name in choices:
            return True
        self.wrong(at, f"unknown {kind} {name!r}", suggestion(name, choices))
        return False


def suggestion(name: str, choices: Iterable[str], most: int = 12) -> str:
    """Return "did you mean X?" for the nearest choice, else the list of choices if it is short."""
    choices = list(choices)
    near = get_close_matches(name.casefold(), [c.casefold() for c in choices], n=1, cutoff=0.6)
    if near:
        meant = next(c for c in choices if c.casefold() == near[0])
        return f"did you mean {meant}?"
    if choices and len(choices) <= most:
        return f"write {' or '.join(filter(None, (', '.join(choices[:-1]), choices[-1])))}"
    return ""
