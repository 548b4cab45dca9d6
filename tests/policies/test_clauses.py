"""docs/policies.md tells the truth: each of its tests fails when the line it names is altered."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from maild.desk import Desk
from tests.policies.house import SHELF, desk_of, shipped

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
DESKS = ("institute", "diplomas", "university", "training", "academy")
# How many clauses each document has; "title" is what a document's own title names.
CLAUSES = {"institute": 21, "diplomas": 23, "university": 11, "training": 16, "academy": 22}
_CELL = re.compile(r"(?<!\\)\|")
_LINE = re.compile(r"`([^`]+)` <!-- becomes: (.*?) -->")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: a clause, the line that carries it out, and the test that shows it."""

    desk: str
    clauses: tuple[str, ...]
    mark: str
    line: str
    becomes: str
    test: str

    @property
    def function(self) -> Callable[[Desk], None]:
        found = getattr(import_module(f"tests.policies.test_{self.desk}"), self.test, None)
        assert found is not None, f"there is no test {self.test}"
        return found  # type: ignore[no-any-return]  # found by its name

    @property
    def altered(self) -> str:
        """The desk file with the line altered."""
        text = (SHELF / f"{self.desk}.yaml").read_text(encoding="utf-8")
        assert self.line in text, f"{self.line} does not stand in {self.desk}.yaml"
        return text.replace(self.line, self.becomes)


def rows() -> Iterator[Row]:
    sections = re.split(r"(?m)^## ", PAGE)[1:]
    for desk, section in zip(DESKS, sections, strict=True):
        assert section.lower().startswith(desk)
        for row in section.splitlines():
            cells = [cell.strip() for cell in _CELL.split(row)[1:-1]]
            if len(cells) == 5 and cells[1] in {"F", "P", "O"}:
                clauses = tuple(cells[0].split(", "))
                match = _LINE.fullmatch(cells[3].replace(r"\|", "|"))
                line, becomes = match.groups() if match else ("", "")
                becomes = becomes.replace("⏎", "\n")
                yield Row(desk, clauses, cells[1], line, becomes, cells[4].strip("`"))


ROWS = tuple(rows())
CARRIED_OUT = [row for row in ROWS if row.mark != "O"]


@pytest.mark.parametrize("row", CARRIED_OUT, ids=lambda row: f"{row.desk}-{row.test[5:]}")
def test_the_test_of_a_clause_fails_when_its_line_is_altered(row: Row) -> None:
    desk = desk_of(row.desk, row.altered)
    with pytest.raises(AssertionError):
        row.function(desk)


@pytest.mark.parametrize("desk", DESKS)
def test_every_clause_of_a_document_has_a_row(desk: str) -> None:
    there = {clause for row in ROWS if row.desk == desk for clause in row.clauses}
    assert there - {"title"} == {str(n) for n in range(1, CLAUSES[desk] + 1)}


@pytest.mark.parametrize("desk", DESKS)
def test_every_clause_stands_in_the_comments_of_the_desk_file(desk: str) -> None:
    text = (SHELF / f"{desk}.yaml").read_text(encoding="utf-8")
    named: set[int] = set()
    for bracket in re.findall(r"#.*?\[(\d[\d, -]*)\]|\[(\d[\d, -]*)\]", text):
        for part in "".join(bracket).split(","):
            first, _, last = part.strip().partition("-")
            named |= set(range(int(first), int(last or first) + 1))
    assert set(range(1, CLAUSES[desk] + 1)) - named == set()


@pytest.mark.parametrize("desk", DESKS)
def test_every_test_of_a_desk_stands_on_the_page_once(desk: str) -> None:
    module = import_module(f"tests.policies.test_{desk}")
    tests = {name for name in vars(module) if name.startswith("test_")}
    named = Counter(row.test for row in CARRIED_OUT if row.desk == desk)
    assert named == Counter(tests)
    assert shipped(desk).key == desk
