"""One YAML file -> plain values and the line of each: nothing is executed, nothing is guessed.

The file is composed to nodes only (no constructor runs, so `!!python` tags are just text to
refuse), and every scalar stays the text that stands in the file: `no`, `1.10`, `08:00` and `007`
mean what they look like, the schema decides what a text must be. Size, depth and aliases are
limited, so that no file can fill the memory (CVE-2020-14343, "billion laughs").
"""

from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import ScannerError

from maild.config.problems import Findings, Path

LARGEST = 256 * 1024  # bytes of one file
DEEPEST = 24  # nested lists and mappings
MOST_VALUES = 50_000  # after aliases are followed

_SMART_QUOTES = "“”„‟«»‘’‚"
_YAML = "tag:yaml.org,2002:"  # the tags of plain YAML


@dataclass(slots=True)
class Document:
    """What a file says: `data` in dict, list, str and None; `lines` leads from a path to a line."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)


def read(raw: bytes, findings: Findings) -> Document | None:
    """Read one file. Problems go to `findings`; None when there is nothing to go on with."""
    text = _decoded(raw, findings)
    if text is None:
        return None
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except RecursionError:
        findings.wrong((), f"nested deeper than {DEEPEST} levels", "close the brackets")
        return None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        findings.lines = {(): line}
        findings.wrong((), f"the character U+{_code(error.character):04X} may not stand here")
        return None
    except (MarkedYAMLError, YAMLError) as error:
        _syntax(error, text, findings)
        return None
    document = Document()
    findings.lines = document.lines
    if node is None:
        findings.wrong((), "there is nothing but comments in this file", "was it saved half-way?")
        return None
    document.lines[()] = node.start_mark.line + 1
    reader = _Reader(document, findings)
    document.data = reader.value(node, (), 0)
    return None if reader.stopped else document


def _decoded(raw: bytes, findings: Findings) -> str | None:
    if not raw.strip():
        findings.wrong((), "the file is empty", "was it saved half-way?")
        return None
    if len(raw) > LARGEST:
        findings.wrong((), f"the file is larger than {LARGEST // 1024} kB", "split the desk")
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        findings.wrong((), "the file is UTF-16", "save it as UTF-8")
        return None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        findings.lines = {(): raw.count(b"\n", 0, error.start) + 1}
        findings.wrong((), "this is not UTF-8", "save the file as UTF-8")
        return None
    if not text.endswith("\n"):
        # A file cut off in its ladder would still be good YAML, with a stage less.
        findings.lines = {(): text.count("\n") + 1}
        findings.wrong(
            (), "the last line has no end", "was it saved half-way? If not, end it with Enter"
        )
        return None
    return text


def _code(character: object) -> int:
    return character if isinstance(character, int) else ord(str(character)[:1] or "\0")


def _syntax(error: YAMLError, text: str, findings: Findings) -> None:
    """Say a syntax error in the words of somebody who writes YAML twice a year."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = min(mark.line + 1, text.count("\n") + 1) if mark else 1
    findings.lines = {(): line}
    there = text.split("\n")[line - 1] if mark else ""
    problem = str(getattr(error, "problem", None) or "the file is not YAML")
    if "\t" in there[: len(there) - len(there.lstrip())] or "'\\t'" in problem:
        findings.wrong((), "a tab in the indentation", "indent with spaces")
    elif "more than one document" in str(error) or "but found another document" in str(error):
        findings.wrong((), "a second document begins here", "remove the line ---")
    elif "undefined alias" in problem:
        findings.wrong((), problem, "write a text that begins with * in quotes")
    elif "cannot start any token" in problem:
        findings.wrong((), problem, "put a text that begins with such a sign in quotes")
    elif "stream end" in problem or "end of stream" in problem:
        findings.wrong((), f"the file ends too early: {problem}", "was it saved half-way?")
    elif isinstance(error, ScannerError) and "mapping values are not allowed" in problem:
        findings.wrong((), "a colon too many", "put a text that contains ': ' in quotes")
    else:
        findings.wrong((), f"this is not YAML: {problem}", "look at this line and the one above")


class _Reader:
    """Turns nodes into plain values and notes where each stands."""

    def __init__(self, document: Document, findings: Findings) -> None:
        self._lines = document.lines
        self._findings = findings
        self._left = MOST_VALUES
        self.stopped = False

    def value(self, node: Node, at: Path, depth: int) -> object:
        if self.stopped:
            return None
        self._left -= 1
        if depth > DEEPEST or self._left < 0:
            self.stopped = True
            limit = "too many aliases" if self._left < 0 else f"nested deeper than {DEEPEST} levels"
            self._findings.wrong(at, limit, "write the values out")
            return None
        tag = str(node.tag or "")
        if not tag.startswith(_YAML) or tag.startswith(_YAML + "python"):
            shown = tag.replace(_YAML, "!!")
            self._findings.wrong(at, f"the tag {shown} is not part of the language", "remove it")
            self._findings.removed.add(at)
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, at, depth)
        if isinstance(node, SequenceNode):
            return self._sequence(node, at, depth)
        return self._scalar(node, at)

    def _mapping(self, node: MappingNode, at: Path, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self._lines[(*at, "")] = line
                self._findings.wrong((*at, ""), "a list or mapping cannot be a key")
                continue
            key = key_node.value
            if key == "<<":
                self._lines[(*at, key)] = line
                self._findings.wrong((*at, key), "<< is not part of the language", "write it out")
                continue
            here = (*at, key)
            if key in found:
                first = self._lines[here]
                self._lines[here] = line
                self._findings.wrong(
                    here, f"{key!r} stands here twice", f"the first is on line {first}"
                )
                self._lines[here] = first
                continue
            self._lines[here] = line
            value = self.value(value_node, here, depth + 1)
            if here not in self._findings.removed:
                found[key] = value
        return found

    def _sequence(self, node: SequenceNode, at: Path, depth: int) -> list[object]:
        values = []
        for index, item in enumerate(node.value):
            here = (*at, index)
            self._lines[here] = item.start_mark.line + 1
            values.append(self.value(item, here, depth + 1))
        return values

    def _scalar(self, node: Node, at: Path) -> str | None:
        text = str(node.value)
        if isinstance(node, ScalarNode) and node.style is None:  # plain: no quotes around it
            if text in {"", "~", "null", "Null", "NULL"}:
                return None
            if len(text) > 1 and text[0] in _SMART_QUOTES and text[-1] in _SMART_QUOTES:
                self._findings.wrong(
                    at, f"{text[0]} and {text[-1]} are not quotes in YAML", 'write " or nothing'
                )
        return text
