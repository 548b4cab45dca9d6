"""HTML to text a person can read, with the history told apart by the markers of mail clients.

selectolax (lexbor) builds the tree as browsers do; the walk over it is iterative, so that no
nesting is too deep for it, and every node is visited once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from maild.mail import charsets
from maild.mail.htmlmarks import Mark, hidden, mark, needs_opening

LONGEST = 1024 * 1024  # characters of HTML that are read
_DEEPEST_QUOTE = 8
_MOST_NODES = 150_000
_DEEPEST_TREE = 5000
_LONGEST_LINK = 2000

_SKIPPED = frozenset(
    [
        "head", "script", "style", "title", "template", "noscript", "object", "embed", "applet",
        "iframe", "frame", "frameset", "svg", "math", "select", "option", "textarea", "canvas",
        "audio", "video", "map", "meta", "link", "base", "xml",
    ]
)  # fmt: skip
_BLOCKS = frozenset(
    [
        "address", "article", "aside", "body", "center", "dd", "details", "dialog", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5",
        "h6", "header", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary",
        "table", "tbody", "tfoot", "thead", "tr", "ul", "blockquote", "caption",
    ]
)  # fmt: skip
_SPACED = frozenset([
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table", "blockquote", "dl",
])  # fmt: skip
_OPENED = re.compile(r"<(?!br|hr|img|p|li|td|tr|meta|link|input|col|o:p)[a-z]", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(" {2,}")
_SPACE = re.compile(r"[ \t\n\r\f]+")
_ODD_SPACES = ("\n", "  ", "\t", "\r", "\f")
_MARGINLESS = re.compile(r"margin(?:-top|-bottom)?:\s*0")
_SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|tel:)", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    text: str
    depth: int = 0  # of quotation
    history: bool = False
    signature: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """An HTML body as text, twice."""

    text: str  # the whole readable text; quotations carry "> "
    marked: str  # without marked signatures, and with all marked history carrying "> "
    quotes: bool  # whether a client's marker of history was seen


@dataclass(slots=True)
class _State:
    """What a node inherits, restored when the walk leaves it."""

    depth: int = 0
    history: bool = False
    signature: bool = False
    pre: bool = False
    thread: bool = False  # in Gmail's wrapper, before its first quotation


def render(source: str) -> Rendered:
    """Return both texts of an HTML body; at most 1 M characters of it are read."""
    walk = _Walk()
    root = LexborHTMLParser(_shallow(source[:LONGEST])).root
    if root is not None:
        walk.run(root)
    own = [line for line in walk.lines if not line.signature]
    if not any(line.text.strip() and not line.depth and not line.history for line in own):
        own = walk.lines  # who writes inside the signature has still written
    return Rendered(
        _lay([(line.depth, line.text) for line in walk.lines]),
        _lay([(line.depth or int(line.history), line.text) for line in own]),
        any(line.depth or line.history for line in walk.lines),
    )


def _shallow(source: str) -> str:
    """Return HTML as it is, or bare of tags when they open and hardly ever close.

    Building a tree is quadratic in its depth; browsers flatten what is deeper than 512.
    """
    if source.count("<") - 2 * source.count("</") < _DEEPEST_TREE:
        return source
    opened = len(_OPENED.findall(source)) - source.count("</")
    return _TAG.sub(" ", source) if opened > _DEEPEST_TREE else source


def _lay(lines: list[tuple[int, str]]) -> str:
    """Lines with their quote prefix; never more than one blank line, none at the ends."""
    out: list[str] = []
    blanks: list[int] = []
    for depth, text in lines:
        if not text.strip():
            blanks.append(depth)
            continue
        if blanks and out:
            shared = min(*blanks, depth) if len(blanks) else depth
            out.append(">" * shared)
        blanks = []
        out.append(f"{'>' * depth} {text}" if depth else text)
    return charsets.clean("\n".join(out))


@dataclass(slots=True)
class _Walk:
    lines: list[_Line] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    state: _State = field(default_factory=_State)
    rest: bool = False
    lists: list[int] = field(default_factory=list)  # next number of <ol>; -1 for <ul>
    rows: list[tuple[int, list[int]]] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    prefix: str = ""

    def run(self, root: Any) -> None:
        """Visit every node once, entering and leaving elements, without recursion."""
        node: Any = root
        open_elements: list[tuple[Any, str, Mapping[str, str | None], _State]] = []
        for _ in range(_MOST_NODES):
            tag = node.tag
            child = None
            if tag == "-text":
                self._say(node.text_content or "")
            elif tag and tag[0] not in "-!" and tag not in _SKIPPED:
                attributes = node.attributes
                if not hidden(attributes):
                    before = self.state
                    self._enter(node, tag, attributes)
                    child = node.child
                    if child is None:
                        self._leave(tag, attributes, before)
                    else:
                        open_elements.append((node, tag, attributes, before))
            if child is not None:
                node = child
                continue
            following = node.next
            while following is None and open_elements:
                node, tag, attributes, before = open_elements.pop()
                self._leave(tag, attributes, before)
                following = node.next
            if following is None:
                break
            node = following
        self._end_line()

    def _enter(self, node: Any, tag: str, attributes: Mapping[str, str | None]) -> None:
        found = None
        if attributes or tag == "blockquote":
            style = attributes.get("style") or ""
            opening = node.text()[:400] if needs_opening(style) else ""
            found = mark(tag, attributes, opening)
        if tag in _BLOCKS:
            self._end_line()
            if tag in _SPACED and not _tight(tag, attributes):
                self._blank()
        if found is not None:
            self._apply(found, node)
        self._open(tag, attributes)

    def _apply(self, found: Mark, node: Any) -> None:
        if found is Mark.REST:
            self._end_line()
            self.rest = True
            return
        old = self.state
        new = _State(old.depth, old.history, old.signature, old.pre, old.thread)
        if found is Mark.CITE:
            new.depth = min(old.depth + 1, _DEEPEST_QUOTE)
            new.history = new.thread = False
            if old.thread:  # what follows in Gmail's wrapper is the writer's answer
                old.thread = old.history = False
        elif found is Mark.THREAD:
            # A forwarded mail stands in the same wrapper; its dashes are read as text.
            if not node.text()[:200].lstrip().startswith("-----"):
                new.thread = new.history = True
        elif found is Mark.HISTORY:
            new.history = True
        else:
            new.signature = True
        self._end_line()
        self.state = new

    def _open(self, tag: str, attributes: Mapping[str, str | None]) -> None:  # noqa: C901
        if tag == "br":
            self._end_line(always=True)
        elif tag == "hr":
            self._end_line()
            self._blank()
        elif tag == "img":
            self._image(attributes)
        elif tag == "a":
            self.links.append(len(self.buffer))
        elif tag in {"ul", "ol"}:
            self.lists.append(1 if tag == "ol" else -1)
        elif tag == "li":
            number = self.lists[-1] if self.lists else -1
            indent = "  " * max(0, len(self.lists) - 1)
            self.prefix = indent + (f"{number}. " if number > 0 else "- ")
            if number > 0:
                self.lists[-1] += 1
        elif tag == "tr":
            self.rows.append((len(self.lines), []))
        elif tag in {"td", "th"}:
            self._end_line()
            if self.rows:
                self.rows[-1][1].append(len(self.lines))
        elif tag == "pre":
            state = self.state
            self.state = _State(state.depth, state.history, state.signature, True, state.thread)

    def _leave(self, tag: str, attributes: Mapping[str, str | None], before: _State) -> None:
        if tag == "a" and self.links:
            self._link(self.links.pop(), attributes)
        if tag in _BLOCKS or tag in {"td", "th"} or self.state is not before:
            self._end_line()
        if tag in _SPACED and not _tight(tag, attributes):
            self._blank()
        if tag in {"ul", "ol"} and self.lists:
            self.lists.pop()
        elif tag == "li":
            self.prefix = ""
        elif tag == "tr" and self.rows:
            self._row(*self.rows.pop())
        self.state = before

    def _say(self, text: str) -> None:
        if self.state.pre:
            first, *others = text.split("\n")
            self.buffer.append(first)
            for each in others:
                self._end_line(always=True)
                self.buffer.append(each)
            return
        if any(map(text.__contains__, _ODD_SPACES)):
            text = _SPACE.sub(" ", text)
        if "\xa0" in text and not text.strip() and not self.buffer:
            text = "  "
        if text and not (text == " " and not self.buffer):
            self.buffer.append(text)

    def _end_line(self, *, always: bool = False) -> None:
        if not self.buffer and not always:
            return
        text = "".join(self.buffer).replace("\xa0", " ")
        self.buffer.clear()
        if not text.strip() and not always and not text[1:]:
            return  # nothing, or one blank between tags; Outlook writes "&nbsp;" for a blank line
        if not self.state.pre:
            text = _BLANKS.sub(" ", text).strip(" ")
        if text and self.prefix:
            text, self.prefix = self.prefix + text, ""
        state = self.state
        history = state.history or self.rest
        self.lines.append(_Line(text.rstrip(), state.depth, history, state.signature))

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text:
            state = self.state
            history = state.history or self.rest
            self.lines.append(_Line("", state.depth, history, state.signature))

    def _image(self, attributes: Mapping[str, str | None]) -> None:
        """An image is its alternative text; one pixel is a tracker and says nothing."""
        sizes = {attributes.get("width"), attributes.get("height")}
        alt = _SPACE.sub(" ", attributes.get("alt") or "").strip()
        if alt and sizes.isdisjoint({"0", "1", "0px", "1px"}):
            self.buffer.append(alt if not any(c.isalnum() for c in alt) else f"[{alt[:200]}]")

    def _link(self, start: int, attributes: Mapping[str, str | None]) -> None:
        """Write where a link leads when its text does not say so (RFC 3986 appendix C)."""
        target = (attributes.get("href") or "").strip()
        said = "".join(self.buffer[start:]).strip()
        scheme = _SCHEME.match(target)
        if scheme is None or not said or len(target) > _LONGEST_LINK:
            return
        if _bare(said) in _bare(target).split("?", 1)[0] and "." in said:
            return
        if scheme.group().lower() == "tel:" or _bare(target) in _bare(said):
            return
        self.buffer.append(f" <{''.join(target.split())}>")

    def _row(self, start: int, cells: list[int]) -> None:
        """Put the cells of a row side by side when each is a single line."""
        if len(cells) < 2:
            return
        found = [
            [line for line in self.lines[a:b] if line.text]
            for a, b in zip(cells, [*cells[1:], len(self.lines)], strict=True)
        ]
        filled = [lines for lines in found if lines]
        if len(filled) < 2 or any(len(lines) > 1 for lines in filled):
            return
        first = filled[0][0]
        text = "\t".join(lines[0].text if lines else "" for lines in found).rstrip("\t")
        self.lines[start:] = [_Line(text, first.depth, first.history, first.signature)]


def _tight(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Whether a paragraph is laid out as a mere line, as Outlook and Apple Mail do."""
    if tag == "table":
        return False
    if "MsoNormal" in (attributes.get("class") or ""):
        return True
    style = attributes.get("style")
    return style is not None and _MARGINLESS.search(style) is not None


def _bare(link: str) -> str:
    return _SCHEME.sub("", link.strip(), count=1).rstrip("/").lower()
