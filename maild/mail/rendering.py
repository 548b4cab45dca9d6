"""The environment in which templates of letters are rendered: sandboxed, strict, bidi-aware.

Every printed value is foreign until a filter says otherwise: it is made one harmless line and,
where its direction is not the letter's, isolated (`<bdi>` in HTML, FSI and PDI in text; UAX #9
2.4). Values are never compiled, so `{{7*7}}` in a subject stays what it is.
"""

import re
from collections.abc import Callable, Mapping, MutableMapping
from html import escape
from itertools import groupby
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, FunctionLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from maild.mail import counting, shown

PARAGRAPH = "margin:0 0 14px 0"
LAST_PARAGRAPH = "margin:0"
QUOTE = "margin:0 0 14px 0;padding:2px 12px;border-{side}:3px solid #9aa5b1"


class Ready(str):
    """Text of ours or cleaned already: printed as it stands (HTML still escapes it)."""

    __slots__ = ()


class _Compiled(BytecodeCache):
    """Compiled templates: each is compiled once, however many desks and languages use it."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}  # by name and source

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template the code it was compiled to before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember the code of a template."""
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_compiled = _Compiled()


class _Environment(ImmutableSandboxedEnvironment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return what a template may use without being told: one dictionary, looked up at once."""
        return {**self.globals, **(d or {})}


def environment(sources: Mapping[str, str], language: str) -> ImmutableSandboxedEnvironment:
    """Build the environment for templates by name ("ar/relay.txt"); compiles each on first use.

    It writes one language. Whatever follows from that is the same in every letter, so the parts
    that letters share are made ready once and not once a letter.
    """

    rtl = language in shown.RTL_LANGUAGES
    given = {
        "lang": Ready(language),
        "dir": Ready("rtl" if rtl else "ltr"),
        "start": Ready("right" if rtl else "left"),
        "end": Ready("left" if rtl else "right"),
    }

    def load(name: str) -> tuple[str, str, None] | None:
        source = sources.get(name)
        if source is None:
            return None
        for what, value in given.items():
            source = source.replace(f"{{{{ {what} }}}}", value)  # half of what an HTML prints
        return source, name, None

    made = _Environment(
        loader=FunctionLoader(load),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled,
    )
    made.filters |= FILTERS
    del made.filters["safe"]  # would let foreign text into HTML as it stands
    made.globals = {"range": made.globals["range"]}  # the others help to escape, not to write
    made.globals |= given
    return made


@pass_context
def _finalize(context: Context, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, Markup | Ready):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return counting.figure(value, _digits(context))
    return _isolated(shown.line(str(value)), context)


def _digits(context: Context) -> str:
    return str(context.get("digits") or "latin")


def _isolated(text: str, context: Context) -> str:
    if not shown.mixed(text, context["dir"]) or shown.is_url(text):
        return text
    if context.eval_ctx.autoescape:
        way = shown.direction(text)
        return Markup(f'<bdi dir="{way}">') + text + Markup("</bdi>")  # noqa: S704 "+" escapes
    return f"{shown.FSI}{text}{shown.PDI}"


@pass_context
def _plain(context: Context, value: object) -> str:
    """One harmless line without isolation, for an attribute or a title."""
    text = shown.line(str(value))
    return Markup.escape(text) if context.eval_ctx.autoescape else Ready(text)


@pass_context
def _short(context: Context, value: object, length: int = 120) -> str:
    cut = _isolated(shown.short(str(value), length), context)
    return cut if isinstance(cut, Markup) else Ready(cut)


@pass_context
def _counted(context: Context, number: float, noun: str, *, oblique: bool = False) -> str:
    digits = _digits(context)
    return Ready(counting.counted(number, noun, context["lang"], digits=digits, oblique=oblique))


@pass_context
def _size(context: Context, length: int) -> str:
    """Bytes as people read them, in powers of 1000 as mail clients show them."""
    units = ("بايت", "ك.ب", "م.ب") if context["lang"] == "ar" else ("bytes", "kB", "MB")
    power = 0 if length < 1000 else 1 if length < 1_000_000 else 2
    value = length if power == 0 else round(length / 1000**power, 1 if power == 2 else 0)
    return Ready(f"{counting.figure(value, _digits(context))} {units[power]}")


@pass_context
def _words(context: Context, value: object, *, boxed: bool = False) -> str:
    """Somebody's own words, all their lines, each paragraph in its own direction.

    `boxed` leaves no room after the last paragraph.
    """
    text = shown.block(str(value or ""))
    if not context.eval_ctx.autoescape:
        return Ready(text)
    return Markup(_html_paragraphs(text, context, boxed=boxed))  # noqa: S704


@pass_context
def _quoted(context: Context, value: object) -> str:
    """Somebody's own words, marked as such ("> " in text, RFC 3676 4.5; a rule in HTML)."""
    text = shown.block(str(value or ""))
    if not context.eval_ctx.autoescape:
        return Ready("\n".join(f"> {part}".rstrip() for part in text.split("\n")))
    return Markup(_quotation(text, context))  # noqa: S704


def _quotation(text: str, context: Context) -> str:
    inside = _html_paragraphs(text, context, boxed=True)
    style = QUOTE.format(side=context["start"])
    return f'<blockquote type="cite" style="{style}">{inside}</blockquote>'


@pass_context
def _prose(context: Context, value: object) -> str:
    """A finished text letter as HTML: paragraphs, lists ("- ") and quotations ("> ")."""
    parts: list[str] = []
    for sort, run in groupby(str(value).strip("\n").split("\n"), key=_sort):
        rows = list(run)
        if sort == "quote":
            parts.append(_quotation("\n".join(row[1:].removeprefix(" ") for row in rows), context))
        elif sort == "list":
            items = "".join(f'<li style="margin:0 0 4px 0">{escape(row[2:])}</li>' for row in rows)
            parts.append(
                f'<ul style="margin:0 0 14px 0;padding-{context["start"]}:22px">{items}</ul>'
            )
        elif sort == "words":
            parts.append(f'<p style="{PARAGRAPH}">{_html_lines(rows)}</p>')
    return Markup("".join(parts))  # noqa: S704


def _sort(row: str) -> str:
    if not row.strip():
        return "gap"
    return "quote" if row.startswith(">") else "list" if row.startswith("- ") else "words"


@pass_context
def _link(context: Context, url: object, title: object = None) -> str:
    """A web address as a link; anything but http and https stays text."""
    address = shown.line(str(url))
    label = shown.line(str(title)) if title else address
    if not context.eval_ctx.autoescape:
        named = f"{_isolated(label, context)}\n{address}" if title else address
        return Ready(named)
    if not shown.is_url(address):
        return Markup.escape(label)
    way = shown.direction(label)
    return Markup('<a href="{}" dir="{}" style="color:#2f7fc1">{}</a>').format(address, way, label)


def _paragraphs(text: str) -> list[str]:
    return [part for part in re.split(r"\n{2,}", text.strip("\n")) if part.strip()]


def _html_lines(rows: list[str]) -> str:
    return "<br>".join(escape(row).replace("  ", " \u00a0") for row in rows)


def _html_paragraphs(text: str, context: Context, *, boxed: bool) -> str:
    parts = _paragraphs(text)
    return "".join(
        _html_paragraph(part, context, last=boxed and number == len(parts))
        for number, part in enumerate(parts, 1)
    )


def _html_paragraph(part: str, context: Context, *, last: bool) -> str:
    way = shown.direction(part, context["dir"])
    side = "right" if way == "rtl" else "left"
    style = f"{LAST_PARAGRAPH if last else PARAGRAPH};text-align:{side}"
    return f'<p dir="{way}" style="{style}">{_html_lines(part.split(chr(10)))}</p>'


FILTERS: Mapping[str, Callable[..., str]] = {
    "counted": _counted,
    "e": _plain,
    "escape": _plain,
    "link": _link,
    "prose": _prose,
    "quoted": _quoted,
    "short": _short,
    "size": _size,
    "words": _words,
}
"""What a template may do to a fact besides Jinja's own filters."""
