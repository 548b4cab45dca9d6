"""Who gets a mail, and why: the desk's rules tried from top to bottom.

The first rule that matches counts. A rule that goes on (`continue: true`) adds its changes and
lets the next ones be tried; where two rules set the same thing the earlier one stands, tags and
copies add up. A rule whose regular expression takes too long is skipped and named in the trace,
so that no mail can hold the desk up.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from maild.routing.match import PatternTooSlowError, holds
from maild.routing.rules import Action, RoutingFacts, Rule, Tried, Verdict

_ADDING = frozenset({"tags", "copy_to"})


def route(facts: RoutingFacts, rules: Iterable[Rule]) -> Verdict:
    """Return what `rules` make of a mail: the changes, the rules behind them, the whole trace."""
    changes, matched, trace = Action(), [], []
    for rule in rules:
        held, why = _try(rule, facts)
        if held:
            changes, kept = _add(changes, rule.then)
            matched.append(rule.name)
            if kept:
                why += f"; {', '.join(kept)} already set by an earlier rule"
        trace.append(Tried(rule.name, held, why))
        if held and rule.stop:
            break
    return Verdict(changes, tuple(matched), tuple(trace))


def failed_examples(rules: tuple[Rule, ...]) -> tuple[tuple[str, int, str], ...]:
    """Return (rule, index of the example, what came instead) for every example that fails."""
    failures = []
    for rule in rules:
        for index, example in enumerate(rule.examples):
            verdict = route(example.facts, rules)
            came = _disagreement(rule, example.then, verdict)
            if came:
                failures.append((rule.name, index, came))
    return tuple(failures)


def _try(rule: Rule, facts: RoutingFacts) -> tuple[bool, str]:
    try:
        held, why = holds(rule.when, facts)
        if held and rule.unless is not None:
            excepted, reason = holds(rule.unless, facts)
            if excepted:
                return False, f"unless: {reason}"
    except PatternTooSlowError as slow:
        return False, f"skipped: the pattern {slow} took too long"
    return held, why


def _add(changes: Action, then: Action) -> tuple[Action, list[str]]:
    """Return `changes` with `then` added, and the names of what was set before and stays."""
    new: dict[str, Any] = {}  # by field of Action, each of its own type
    kept = []
    standing = changes.changes()
    for name, value in then.changes().items():
        if name in _ADDING and isinstance(value, tuple):
            before = getattr(changes, name)
            new[name] = before + tuple(v for v in value if v not in before)
        elif name not in standing:
            new[name] = value
        elif standing[name] != value:
            kept.append(name)
    return replace(changes, **new), kept


def _disagreement(rule: Rule, wanted: object, verdict: Verdict) -> str | None:
    """Return what is wrong with a verdict in the light of an example, or None."""
    if wanted is None:
        return "the rule matches it" if rule.name in verdict.matched else None
    if rule.name not in verdict.matched:
        tried = next((t.why for t in verdict.trace if t.rule == rule.name), None)
        if tried is None:
            return f"rule {verdict.matched[-1]} takes it first"
        return f"the rule does not match: {tried}"
    changes = verdict.changes.changes()
    for name, value in dict(wanted).items() if isinstance(wanted, dict) else ():
        if changes.get(name) != value:
            return f"{name} becomes {changes.get(name) or 'nothing'}, not {value}"
    return None
