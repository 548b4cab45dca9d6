"""One case of the scorecard, and the register of them all."""

import pkgutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

if TYPE_CHECKING:
    from tests.faults.place import Place

GROUPS = {"A": 16, "B": 30, "C": 20, "D": 17, "E": 34, "F": 12}  # cases the scorecard has
LIMIT = 120.0  # seconds a case may take

Play = Callable[["Place"], None]
Switch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Defence:
    """What keeps the promise, in one sentence, and a context in which it is switched off."""

    sentence: str
    off: Switch


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, what must come of it, and the defence that sees to it.

    `told` is a regular expression for what the operator gets to know: each incident once, none
    when it is None. `alive`: the daemon must take in a probe mail of another mailbox afterwards;
    False only where refusing to start is the right answer.
    """

    name: str  # "B1"
    sentence: str
    defence: Defence
    play: Play
    told: str | None = None
    alive: bool = True
    quick: bool = False  # also in `make test`
    limit: float = LIMIT


CASES: dict[str, Case] = {}


def case(
    name: str,
    sentence: str,
    *,
    defence: Defence,
    told: str | None = None,
    alive: bool = True,
    quick: bool = False,
    limit: float = LIMIT,
) -> Callable[[Play], Play]:
    """Register a case. The function plays it on a Place; the laws are checked after it."""

    def register(play: Play) -> Play:
        assert name not in CASES, f"{name} is there twice"
        CASES[name] = Case(name, sentence, defence, play, told, alive, quick, limit)
        return play

    return register


def replaced(target: str, by: Any) -> Switch:
    """Return a switch that puts something toothless in the place of `target`, a dotted name."""
    return lambda: patch(target, by)


def every_case() -> dict[str, Case]:
    """Import every module of cases; return the cases in the order of the scorecard."""
    cases = import_module("tests.faults.cases")
    for module in pkgutil.iter_modules(cases.__path__):
        import_module(f"{cases.__name__}.{module.name}")
    ordered = sorted(CASES, key=lambda name: (name[0], int(name[1:])))
    return {name: CASES[name] for name in ordered}
