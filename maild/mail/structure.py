"""The structure of a mail (RFC 2045, 2046): its head, and the tree of its parts.

Our own splitter and not the library's, for three reasons. A delimiter belongs to the innermost
container that knows it, as RFC 2046 5.1.2 means it and nested boundaries that begin alike need
it; no nesting is too deep for a loop; and it costs a quarter. What clients and servers do with
broken structure is named where it is done.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.errors import (
    CloseBoundaryNotFoundDefect,
    InvalidHeaderDefect,
    MessageDefect,
    MissingHeaderBodySeparatorDefect,
    NoBoundaryInMultipartDefect,
    StartBoundaryNotFoundDefect,
)
from email.feedparser import FeedParser
from email.message import Message
from email.policy import Policy, compat32

from maild.mail import charsets
from maild.mail.limits import MAX_DEPTH
from maild.mail.parameters import parameters

# RFC 5322 2.2; 4.5.8 allows blanks before the colon. Continuations are part of the value.
_FIELD = re.compile(
    r"([!-9;-~]++)[ \t]*+:[ \t]*+([^\r\n]*+(?:(?:\r\n|\n|\r)[ \t][^\r\n]*+)*+)(?:\r\n|\n|\r|\Z)"
)
# What stands above a field and is none: an mbox "From " line, a value without its name.
_NO_FIELD = re.compile(r"(?:From |[ \t:])[^\r\n]*+(?:\r\n|\n|\r)(?=[!-9;-~]++[ \t]*+:)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DASHES = re.compile(r"--[^\r\n]*+")
_DEEPEST = MAX_DEPTH * 2  # containers; what is deeper is a leaf


class RepeatedTypeDefect(MessageDefect):
    """A part has two Content-Type lines."""


class Part(Message):
    """The standard library's compat32 message with two holes closed.

    `get_param` is linear (10 000 semicolons cost the library's own 4 s), and an attached mail is
    a leaf whose payload is its bytes, so that no depth of forwarded mails is ever entered.
    """

    # Ended by nothing but the end of the mail, behind a container that nothing closed.
    adrift = False

    def __init__(self, policy: "Policy[Message]" = compat32) -> None:
        """Make a part without a head; `policy` is what the library's parser gives it."""
        super().__init__(policy)
        self._fields: list[tuple[str, str]] | None = None
        self._first: dict[str, str] | None = None
        self._kind: str | None = None
        self._said: dict[str, dict[str, str]] = {}

    def forget(self) -> None:
        """Ask the head anew after it was changed."""
        self._fields, self._first, self._kind = None, None, None
        self._said.clear()

    def fields(self) -> Sequence[tuple[str, str]]:
        """Return the headers in order, names in lower case, 8-bit bytes as surrogates."""
        if self._fields is None:
            self._fields = [(name.lower(), value) for name, value in self.raw_items()]
        return self._fields

    def first(self, name: str) -> str | None:
        """Return the first header of that name (in lower case), 8-bit bytes as surrogates."""
        if self._first is None:
            self._first = dict(reversed(self.fields()))
        return self._first.get(name)

    def get_content_type(self) -> str:
        """Return the type as the library reads it, found once."""
        if self._kind is None:
            said = (self.first("content-type") or "").partition(";")[0].strip().lower()
            sure = said.isascii() and said.count("/") == 1  # of all else the library is the judge
            self._kind = said if sure else super().get_content_type()
        return self._kind

    def parameters(self, header: str) -> Mapping[str, str]:
        """Return the parameters of a header (in lower case), decoded (RFC 2045 5.1, RFC 2231)."""
        if header not in self._said:
            self._said[header] = parameters(self.first(header) or "")
        return self._said[header]

    def get_content_maintype(self) -> str:
        """Return the main type, but for attached mails, which the parser must not enter."""
        kind = self.get_content_type()
        if kind.startswith("message/") and kind != "message/delivery-status":
            return "application"
        return kind.partition("/")[0]

    def octets(self) -> bytes:
        """Return the bytes of a leaf as they came, before any transfer encoding is undone.

        `get_payload` would already have decoded 8-bit text by the label, for better or worse.
        """
        # The only way to it undecoded; typeshed hides what is private to the library.
        payload: object = self._payload  # type: ignore[attr-defined]  # as above
        return charsets.octets(payload) if isinstance(payload, str) else b""

    # The library declares overloads for what callers pass; one signature serves them all here.
    def get_param(  # type: ignore[override]  # as above
        self,
        param: str,
        failobj: object = None,
        header: str = "content-type",
        unquote: bool = True,  # noqa: ARG002 (the library's signature)
    ) -> object:
        """Return one parameter of a header, decoded."""
        return self.parameters(header.lower()).get(param.lower(), failobj)


def parse(raw: bytes) -> Part:
    """Return the tree of parts of `raw`, which `limits.measure` let through; never raises."""
    return _Splitter(charsets.undecoded(raw)).run()


@dataclass(slots=True)
class _Container:
    part: Part
    boundary: str
    start: int  # of its content
    broken: bool = False  # a container in it was never closed


class _Splitter:
    def __init__(self, text: str) -> None:
        self.text = text
        self.open: list[_Container] = []
        self.delimiters: dict[str, tuple[int, bool]] = {}  # line -> level, whether it closes
        self.leaf: Part | None = None
        self.leaf_head = self.leaf_start = 0

    def run(self) -> Part:
        root = Part()
        at = self._begin(root, 0)
        while self.open:
            first = self.text.find(
                "-", at
            )  # in base64 there is none; one is found far sooner than two
            start = self.text.find("--", first) if first >= 0 else -1
            dashes = _DASHES.match(self.text, start) if start >= 0 else None
            if dashes is None:
                self._end_of_mail()
                break
            at = dashes.end()
            if start and self.text[start - 1] not in "\r\n":
                continue
            found = self.delimiters.get(dashes[0].rstrip())
            if found is None:
                continue
            level, closes = found
            self._end_leaf(start)
            self._close(level + 1, start)
            if closes:
                self._close(level, start, closed=True)
                continue
            line_end = _LINE_END.match(self.text, at)
            at = self._begin(self._child(), line_end.end() if line_end else at)
        if self.leaf is root:
            root.set_payload(self.text[self.leaf_start :])
            _read_blocks(root)
        return root

    def _child(self) -> Part:
        parent = self.open[-1].part
        child = Part()
        if parent.get_content_type() == "multipart/digest":
            child.set_default_type("message/rfc822")  # RFC 2046 5.1.5
        parent.attach(child)
        return child

    def _begin(self, part: Part, head: int) -> int:
        """Read the head of a part; return where its content begins."""
        start = self._read_head(part, head)
        types = [value for name, value in part.fields() if name == "content-type"]
        if len(types) > 1:
            self._choose_type(part, types, start)
        boundary = None
        if any("multipart/" in each.lower() for each in types) and len(self.open) < _DEEPEST:
            boundary = self._boundary(part)
        if boundary is None:
            self.leaf, self.leaf_head, self.leaf_start = part, head, start
        else:
            self.open.append(_Container(part, boundary, start))
            self._note_delimiters()
        return start

    def _read_head(self, part: Part, at: int) -> int:
        text = self.text
        first = at
        while True:
            field = _FIELD.match(text, at)
            if field is not None and not (self.delimiters and self._delimits(at)):
                part.set_raw(*field.groups())
            else:
                field = _NO_FIELD.match(text, at)
                if field is None:
                    break
                if at > first or not text.startswith("From ", at):
                    part.defects.append(InvalidHeaderDefect())
            at = field.end()
        blank = _LINE_END.match(text, at)
        if blank is not None:
            return blank.end()
        if at < len(text) and not self._delimits(at):
            part.defects.append(MissingHeaderBodySeparatorDefect())
        return at

    def _delimits(self, at: int) -> bool:
        if not self.text.startswith("--", at):  # far sooner known than by the pattern
            return False
        dashes = _DASHES.match(self.text, at)
        return dashes is not None and dashes[0].rstrip() in self.delimiters

    def _choose_type(self, part: Part, types: list[str], start: int) -> None:
        """Put the Content-Type line that counts before the others.

        It is the last one, as for every field in RFC 8621 4.1.3 (Cyrus, Stalwart), but for a
        multipart whose last delimiter does stand in the content: programs add a text/html line
        to the whole mail that a library has already described.
        """
        part.defects.append(RepeatedTypeDefect())
        counts = len(types) - 1
        for at, each in enumerate(types):
            boundary = parameters(each).get("boundary", "").rstrip()
            if boundary and self.text.find(f"\n--{boundary}--", start - 1) >= 0:
                counts = at
                break
        del part["content-type"]
        for value in (types[counts], *types[:counts], *types[counts + 1 :]):
            part.set_raw("Content-Type", value)
        part.forget()

    def _boundary(self, part: Part) -> str | None:
        if part.get_content_maintype() != "multipart":
            return None
        said = part.get_param("boundary")
        if isinstance(said, str) and said.rstrip():
            return said.rstrip()
        part.defects.append(NoBoundaryInMultipartDefect())
        return None

    def _note_delimiters(self) -> None:
        """The innermost container's word is the last: its delimiter may be an outer's end."""
        self.delimiters = {}
        for level, container in enumerate(self.open):
            self.delimiters[f"--{container.boundary}"] = (level, False)
            self.delimiters[f"--{container.boundary}--"] = (level, True)

    def _end_leaf(self, end: int) -> None:
        """Give the leaf its content; the line end before a delimiter belongs to the delimiter."""
        leaf, self.leaf = self.leaf, None
        if leaf is None:
            return
        if self.leaf_head == end:  # two delimiters with nothing between them
            siblings = self.open[-1].part.get_payload()
            if isinstance(siblings, list):
                siblings.pop()
            return
        leaf.set_payload(self._content(self.leaf_start, end))
        _read_blocks(leaf)

    def _content(self, start: int, end: int) -> str:
        content = self.text[start:end]
        if content.endswith("\r\n"):
            return content[:-2]
        return content[:-1] if content.endswith(("\n", "\r")) else content

    def _close(self, level: int, end: int, *, closed: bool = False) -> None:
        """Leave the containers from `level` on; those without a part keep their text."""
        if len(self.open) == level:
            return
        for container in reversed(self.open[level:]):
            if not container.part.get_payload():
                container.part.defects.append(StartBoundaryNotFoundDefect())
                container.part.set_payload(self._content(container.start, end))
            elif not closed:
                container.part.defects.append(CloseBoundaryNotFoundDefect())
        del self.open[level:]
        if self.open and not closed:
            self.open[-1].broken = True
        self._note_delimiters()

    def _end_of_mail(self) -> None:
        """End the mail without its last delimiter: cut off, forgotten, or behind a lost line end.

        Programs that write the delimiter themselves forget the line end before it. A part that
        comes behind an inner container nobody closed, and is itself ended by nothing, is where
        parsers disagree most: it is marked, to be kept beside the text and not in it (Stalwart).
        """
        container = self.open[-1]
        end = len(self.text)
        glued = f"--{container.boundary}--"
        if self.leaf is not None and self.text.rstrip().endswith(glued):
            end = max(self.leaf_start, self.text.rindex(glued))
        elif self.leaf is not None:
            self.leaf.adrift = container.broken
        self._end_leaf(end)
        self._close(0, end)


def _read_blocks(report: Part) -> None:
    """Give a delivery status its blocks (RFC 3464 2.1), one message of fields for each."""
    if report.get_content_type() != "message/delivery-status":
        return
    parser = FeedParser(Part)
    parser.feed("Content-Type: message/delivery-status\n\n" + str(report.get_payload()))
    blocks = parser.close().get_payload()
    if isinstance(blocks, list):
        report.set_payload(blocks)
