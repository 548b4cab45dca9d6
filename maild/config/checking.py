"""A document against the schema: every mistake in plain words, at its line.

What is wrong is reported and taken out, and the rest is looked at again, so that a typing mistake
in line 3 does not hide the unknown team in line 90.
"""

from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from maild.config.problems import Findings, Path, suggestion
from maild.config.reading import Document

M = TypeVar("M", bound=BaseModel)

_LACKING = frozenset({"missing", "too_short"})
_ROUNDS = 12  # each takes out what the one before could not read


def checked(model: type[M], document: Document, findings: Findings) -> M | None:
    """Return the document as `model`, without the parts that are wrong; None if nothing is left.

    Every mistake goes to `findings`.
    """
    if not isinstance(document.data, dict):
        findings.wrong((), "this is not a mapping", 'begin with lines like "desk: name"')
        return None
    for _ in range(_ROUNDS):
        try:
            return model.model_validate(document.data)
        except ValidationError as error:
            found = [(_place(d, document.data), d) for d in error.errors(include_url=False)]
            wrong = set()
            for at, detail in found:
                # A list whose only item is wrong is "too short" as well: say it once.
                if detail["type"] == "too_short" and any(_under(o, at) for o, _ in found):
                    continue
                if not (detail["type"] in _LACKING and findings.incomplete(at)):
                    _report(model, detail, at, findings)
                wrong.add(at[:-1] if detail["type"] == "missing" else at)
        if () in wrong:
            return None
        gone = {_whole_ladder(at) for at in wrong}
        findings.removed |= gone
        for at in sorted(gone, key=_last_first, reverse=True):
            _take_out(document, at)
    return None


def _under(path: Path, at: Path) -> bool:
    return len(path) > len(at) and path[: len(at)] == at


def _place(detail: ErrorDetails, data: Any) -> Path:
    """Return the path of an error: pydantic's, without the steps it adds of its own."""
    place: list[str | int] = []
    for part in detail["loc"]:
        if _has(data, part):
            data = data[part]
        elif detail["type"] != "missing" or part != detail["loc"][-1]:
            continue
        place.append(part)
    return tuple(place)


def _whole_ladder(at: Path) -> Path:
    """Return the path to take out: a ladder that lost a rung would number the others anew."""
    return at[: at.index("stages") + 1] if "stages" in at[:-1] else at


def _last_first(at: Path) -> tuple[str, ...]:
    return tuple(f"{part:06}" if isinstance(part, int) else part for part in at)


def _take_out(document: Document, at: Path) -> None:
    holder: Any = document.data
    for part in at[:-1]:
        holder = holder[part] if _has(holder, part) else None
    last = at[-1]
    if isinstance(holder, dict):
        holder.pop(last, None)
    elif isinstance(holder, list) and isinstance(last, int) and last < len(holder):
        del holder[last]
        _move_up(document.lines, at[:-1], last)


def _has(holder: Any, part: str | int) -> bool:
    if isinstance(holder, list):
        return isinstance(part, int) and part < len(holder)
    return isinstance(holder, dict) and part in holder


def _move_up(lines: dict[Path, int], at: Path, gone: int) -> None:
    """Give the items of the list at `at` behind the one that went the lines of their new index."""
    depth = len(at)
    moved = {}
    for path in [p for p in lines if p[:depth] == at and len(p) > depth]:
        index = path[depth]
        if isinstance(index, int) and index >= gone:
            line = lines.pop(path)
            if index > gone:
                moved[(*at, index - 1, *path[depth + 1 :])] = line
    lines.update(moved)


def _report(model: type[BaseModel], detail: ErrorDetails, at: Path, findings: Findings) -> None:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        choices = sorted(_keys(model, at[:-1]))
        findings.wrong(at, f"unknown key {at[-1]!r}", suggestion(str(at[-1]), choices, most=8))
    elif kind == "missing":
        name = detail["loc"][-1]
        findings.wrong(at[:-1], f"{name!r} is missing", f"write a line {name}: …")
    elif kind == "unreadable":
        findings.wrong(at, context["what"], context["hint"])
    elif kind in {"literal_error", "enum"}:
        names = [c.strip("'") for c in context["expected"].replace(" or ", ", ").split(", ")]
        findings.wrong(at, f"unknown value {detail['input']!r}", suggestion(_text(detail), names))
    else:
        findings.wrong(at, *_plain(kind, detail, context))


def _plain(kind: str, detail: ErrorDetails, context: dict[str, Any]) -> tuple[str, str]:
    """Return what is wrong and a hint for the kinds of mistake pydantic knows by itself."""
    if detail["input"] is None:
        return "nothing stands here", "write a value or remove the key"
    value = _text(detail)
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"{value} is not a mapping", 'write lines like "key: value" under it'
    if kind in {"string_type", "tuple_type", "list_type"}:
        return "a single text is wanted here", "put a text that contains ': ' in quotes"
    if kind.startswith("int"):
        return f"{value!r} is not a whole number", ""
    if kind.startswith("bool"):
        return f"{value!r} is neither true nor false", "write true or false"
    if kind in {"too_short", "string_too_short"}:
        return "nothing stands here", "write at least one"
    if kind == "string_pattern_mismatch":
        return f"{value!r} does not look right", _PATTERN_HINTS.get(context["pattern"][:8], "")
    bounds = {"greater_than_equal": "ge", "less_than_equal": "le"}
    if kind in bounds:
        word = "least" if kind.startswith("greater") else "most"
        return f"{value} is out of range", f"write at {word} {context[bounds[kind]]}"
    return str(detail["msg"]), ""


_PATTERN_HINTS = {
    "^https?:": "write an address that begins with https://",
    "^postgre": "write postgresql://user@host/database, or leave it out for SQLite",
    r"^[^\s@]+": "write a domain such as desk.example",
}


def _text(detail: ErrorDetails) -> str:
    value = detail["input"]
    return value if isinstance(value, str) else "a list" if isinstance(value, list) else "a mapping"


def _keys(model: type[BaseModel], at: Path) -> set[str]:
    """Return the keys the schema knows at a path."""
    here: list[Any] = [model]
    for part in at:
        here = [inner for kind in here for inner in _step(kind, part)]
    return {
        field.alias or name
        for kind in here
        for one in _models(kind)
        for name, field in one.model_fields.items()
    }


def _models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    if get_origin(kind) in (Union, UnionType, Annotated):
        return [found for inner in get_args(kind) for found in _models(inner)]
    return []


def _step(kind: Any, part: str | int) -> list[Any]:
    """Return the types that stand under one key or index of a type."""
    origin = get_origin(kind)
    if origin in (Union, UnionType, Annotated):
        return [found for inner in get_args(kind) for found in _step(inner, part)]
    if origin is dict:
        return [get_args(kind)[1]]
    if origin in (list, tuple):
        return [get_args(kind)[0]]
    found = []
    for model in _models(kind):
        for name, field in model.model_fields.items():
            if part == (field.alias or name):
                found.append(field.annotation)
    return found
