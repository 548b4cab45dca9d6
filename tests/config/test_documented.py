"""The guide speaks of every key of the policy language, and of no other."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from maild.config.load import schema

GUIDE = Path(__file__).parents[2] / "docs" / "admin-guide.md"
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def keys(whole: dict[str, Any]) -> set[str]:
    """Return every path of a JSON Schema; a mapping is described where it first stands."""
    return set(_under(whole, "", whole.get("$defs", {}), set()))


def _under(node: dict[str, Any], at: str, known: dict[str, Any], seen: set[str]) -> Iterator[str]:
    for name, inner in node.get("properties", {}).items():
        here = f"{at}.{name}" if at else name
        yield here
        yield from _inside(inner, here, known, seen)


def _inside(node: dict[str, Any], at: str, known: dict[str, Any], seen: set[str]) -> Iterator[str]:
    reference = node.get("$ref", "").rpartition("/")[2]
    if reference and reference not in seen:
        seen.add(reference)
        yield from _under(known[reference], at, known, seen)
    for inner in (node.get("items"), *node.get("anyOf", ()), *node.get("allOf", ())):
        if inner:
            yield from _inside(inner, at, known, seen)
    more = node.get("additionalProperties")
    if isinstance(more, dict):
        yield from _inside(more, f"{at}.NAME", known, seen)


@pytest.mark.parametrize(
    ("file", "chapter"), [("maild.yaml", "maild.yaml"), ("desk.yaml", "desks")]
)
def test_every_key_is_documented_and_every_documented_key_exists(file: str, chapter: str) -> None:
    whole = schema()[file]
    assert isinstance(whole, dict)
    text = GUIDE.read_text("utf-8")
    _, _, rest = text.partition(f"<!-- keys of {chapter} -->")
    documented = ROW.findall(rest.partition("<!-- end -->")[0])
    assert sorted(documented) == sorted(keys(whole))
