"""The documents tell the truth about the code, and the tree holds nothing but the product."""

import re
import tomllib
from pathlib import Path

from maild.cli import main

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"]]
    wanted += project["project"]["optional-dependencies"]["demo"]
    wanted += project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=]", line)[0] for line in wanted}
    reasons = text("docs/why.md").partition("## Dependencies")[2]
    assert {n for n in names if not re.search(rf"\b{re.escape(n)}\b", reasons)} == set()


def test_every_dependency_has_a_range_and_is_locked_with_a_hash() -> None:
    project = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    assert [line for line in project if ">=" not in line] == []
    lock = text("requirements.lock")
    names = {re.split(r"[\[<>=]", line)[0] for line in project}
    assert {n for n in names if not re.search(rf"(?m)^{re.escape(n)}(\[.*\])?==", lock)} == set()
    assert "--hash=sha256:" in lock
    assert "://" not in lock


def test_every_link_between_the_documents_leads_somewhere() -> None:
    broken = []
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []


def test_the_commands_the_readme_names_exist() -> None:
    known = set(main.list_commands(main.make_context("maild", [], resilient_parsing=True)))
    named = set(re.findall(r"\bmaild ([a-z]+)\b", text("README.md"))) - {"never", "first", "itself"}
    assert named - known == set()


def test_the_glossary_is_in_order_and_has_no_word_twice() -> None:
    words = re.findall(r"(?m)^\| ([a-z-]+) \| ", text("docs/glossary.md"))[1:]
    assert words == sorted(set(words))
