"""Checking a desk's own templates before use: each is read and tried with sample facts."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maild.mail import rendering, shown
from maild.mail.facts import Kind, declared
from maild.mail.letters import Letters, where
from maild.mail.samples import sample

_SHARED = ("layout.html", "parts.html", "plain.html")
_GIVEN = frozenset({"lang", "dir", "start", "end"})
_GIVEN_TO_HTML = _GIVEN | {"letter_subject", "letter_text"}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a template, where, and what to write instead."""

    template: str  # "ar/acknowledgement.txt"
    line: int  # 0: the file as a whole
    what: str
    hint: str = ""


def check(own: Mapping[str, str], desk: Mapping[str, str]) -> tuple[Mistake, ...]:
    """Return every mistake in the templates of a desk; total for any text in them."""
    environment = rendering.environment({**own, **desk}, "en")  # any: nothing is written here
    found = {name: tuple(_read(environment, name, desk[name])) for name in sorted(desk)}
    mistakes = [mistake for several in found.values() for mistake in several]
    if not mistakes:
        mistakes = list(dict.fromkeys(_tried(own, desk)))
    return tuple(mistakes)


def _read(environment: ImmutableSandboxedEnvironment, name: str, source: str) -> Iterator[Mistake]:
    """What is seen without rendering: also in branches that no sample reaches."""
    kind = _kind(name)
    if kind is None and name not in _SHARED:
        yield _unknown_file(name)
        return
    try:
        tree = environment.parse(source, name, name)
        environment.compile(source, name, name)
    except TemplateSyntaxError as error:
        yield Mistake(name, error.lineno, shown.short(error.message or "it cannot be read", 200))
        return
    except (RecursionError, SyntaxError, ValueError, MemoryError) as error:
        yield Mistake(name, 0, f"it cannot be read ({type(error).__name__})")
        return
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            yield Mistake(name, attribute.lineno, f"a template may not use {attribute.attr}")
    for modifier in tree.find_all(nodes.ScopedEvalContextModifier):
        yield Mistake(name, modifier.lineno, "a template may not switch escaping off or on")
    if kind is not None:
        yield from _unknown_facts(environment, name, kind, tree)


def _unknown_facts(
    environment: ImmutableSandboxedEnvironment, name: str, kind: str, tree: nodes.Template
) -> Iterator[Mistake]:
    required, optional = declared(kind)
    known = required | optional | (_GIVEN_TO_HTML if name.endswith(".html") else _GIVEN)
    unknown = meta.find_undeclared_variables(tree) - known - environment.globals.keys()
    lines = {n.name: n.lineno for n in reversed(list(tree.find_all(nodes.Name)))}
    for fact in sorted(unknown, key=lambda fact: lines.get(fact, 0)):
        hint = _did_you_mean(fact, known) or f"known here: {', '.join(sorted(known))}"
        yield Mistake(name, lines.get(fact, 0), f'the letter is not told "{fact}"', hint)


def _tried(own: Mapping[str, str], desk: Mapping[str, str]) -> Iterator[Mistake]:
    """Render every letter a desk's template has a part in."""
    letters = Letters(own, desk)
    everywhere = any(name in _SHARED for name in desk)
    names = {**own, **desk} if everywhere else desk
    for name in sorted(names):
        kind, language = _kind(name), name.partition("/")[0]
        if kind is None or (name.endswith(".html") and f"{language}/{kind}.txt" in names):
            continue  # written together with its text
        for full in (True, False):
            try:
                letters.attempt(kind, language, sample(kind, language, full=full))
            except Exception as error:  # whatever it raises is what is to be reported
                template, line = where(error)
                what = shown.short(str(error) or type(error).__name__, 200)
                yield Mistake(template or name, line, what)


def _kind(name: str) -> str | None:
    language, _, file = name.partition("/")
    stem, _, suffix = file.rpartition(".")
    known = language.isalpha() and suffix in {"txt", "html"} and stem in set(Kind)
    return stem if known else None


def _unknown_file(name: str) -> Mistake:
    _, slash, file = name.partition("/")
    stem = file.rpartition(".")[0]
    close = _did_you_mean(stem, frozenset(Kind)) if slash else ""
    hint = close or "write LANGUAGE/KIND.txt or .html, as in ar/acknowledgement.txt"
    what = f'there is no letter "{stem}"' if slash else "it belongs to no letter"
    return Mistake(name, 0, what, hint)


def _did_you_mean(word: str, known: frozenset[str]) -> str:
    close = difflib.get_close_matches(word, known, 1)
    return f'did you mean "{close[0]}"?' if close else ""
