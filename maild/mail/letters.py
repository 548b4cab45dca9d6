"""Writing letters: a kind, a language and facts make a subject, a text and an HTML body.

A template's first line is the subject. A desk's own template wins over maild's of the same name;
where it fails, the letter is written with maild's own and the result says why. A kind without an
HTML template (or whose text a desk has rewritten) gets its HTML from its text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import TracebackType

from jinja2 import TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from maild.mail import facts as told
from maild.mail import rendering, shown

_GAPS = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")
_SUBJECT_LENGTH = 250  # characters; templates shorten foreign subjects further


@dataclass(frozen=True, slots=True)
class Text:
    """A letter's words. `reason` says why a desk's own template was not used; else it is empty."""

    subject: str
    text: str
    html: str
    language: str  # the one it was written in; its direction is the letter's
    reason: str = ""


class Letters:
    """The letters of maild and, over them, those of one desk. Safe to share between threads."""

    def __init__(self, own: Mapping[str, str], desk: Mapping[str, str] | None = None) -> None:
        """Take template sources by name ("ar/relay.txt"); each is compiled when first used."""
        self._own_sources = own
        self._desk_sources: Mapping[str, str] = desk or {}
        self._own = _Environments(own)
        self._desk = _Environments({**own, **self._desk_sources}) if desk else self._own

    def overridden(self, desk: Mapping[str, str]) -> "Letters":
        """Return the letters of a desk with templates of its own; shares what is compiled."""
        letters = Letters(self._own_sources, desk)
        letters._own = self._own
        letters._desk = letters._desk if desk else self._own
        return letters

    def write(self, kind: str, language: str, facts: Mapping[str, object]) -> Text:
        """Write a letter. Facts that `maild.mail.facts` does not declare for the kind are ignored.

        A language without templates is written in English. KeyError: no such kind; ValueError: a
        fact the kind must have is missing.
        """
        try:
            return self.attempt(kind, language, facts)
        except Exception as error:
            if not self._desk_sources:
                raise
            # Whatever a desk's template does, the letter is written.
            letter = self._write(self._own, {}, kind, language, self._known(kind, facts))
            return replace(letter, reason=f"maild's own template was used: {describe(error)}")

    def attempt(self, kind: str, language: str, facts: Mapping[str, object]) -> Text:
        """Write a letter as `write` does, but raise what a desk's own template raises."""
        sources = self._desk_sources or self._own_sources
        return self._write(self._desk, sources, kind, language, self._known(kind, facts))

    def _known(self, kind: str, facts: Mapping[str, object]) -> dict[str, object]:
        required, optional = told.declared(kind)
        if lacking := sorted(required - facts.keys()):
            raise ValueError(f"a letter of kind {kind} lacks {', '.join(lacking)}")
        known: dict[str, object] = dict.fromkeys(optional)
        known |= {name: facts[name] for name in required | optional if name in facts}
        return known

    def _write(
        self,
        environments: "_Environments",
        sources: Mapping[str, str],
        kind: str,
        language: str,
        known: Mapping[str, object],
    ) -> Text:
        name = f"{language}/{kind}.txt"
        if name not in sources and name not in self._own_sources:
            language = "en"
        environment = environments.of(language)
        rendered = environment.get_template(f"{language}/{kind}.txt").render(known)
        first, _, rest = rendered.lstrip("\n").partition("\n")
        subject = shown.line(first)[:_SUBJECT_LENGTH]
        if not subject:
            raise ValueError(f"{language}/{kind}.txt:1: the first line, the subject, is empty")
        text = _GAPS.sub("\n\n", rest).strip() + "\n"
        html = environment.get_template(self._html_name(kind, language, sources)).render(
            known, letter_subject=subject, letter_text=text
        )
        return Text(subject, text, html, language)

    def _html_name(self, kind: str, language: str, sources: Mapping[str, str]) -> str:
        name = f"{language}/{kind}.html"
        if name in sources:
            return name
        rewritten = f"{language}/{kind}.txt" in sources and sources is self._desk_sources
        return "plain.html" if rewritten or name not in self._own_sources else name


class _Environments:
    """The environment of each language, over the same templates; built when first used."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._built: dict[str, ImmutableSandboxedEnvironment] = {}

    def of(self, language: str) -> ImmutableSandboxedEnvironment:
        """Return the environment that writes a language."""
        if (built := self._built.get(language)) is None:
            built = self._built[language] = rendering.environment(self._sources, language)
        return built


def describe(error: Exception) -> str:
    """Say in one line what went wrong in a template and where ("ar/relay.txt:3: …")."""
    name, number = where(error)
    what = shown.short(str(error) or type(error).__name__, 200)
    return f"{name}:{number}: {what}" if name else what


def where(error: Exception) -> tuple[str, int]:
    """Return the template and line an error comes from; ("", 0) where it names none."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or "", error.lineno
    place = ("", 0)
    frame: TracebackType | None = error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if file.endswith((".txt", ".html")):
            place = (file, frame.tb_lineno)
        frame = frame.tb_next
    return place
