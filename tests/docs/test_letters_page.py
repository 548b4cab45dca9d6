import re
from pathlib import Path

from maild.config.templates import load
from maild.mail.counting import NOUNS
from maild.mail.facts import Kind
from maild.mail.overrides import check
from maild.mail.rendering import FILTERS

PAGE = (Path(__file__).parents[2] / "docs" / "letters.md").read_text(encoding="utf-8")


def test_the_page_names_every_kind_of_letter_and_no_other() -> None:
    tables = [row for row in PAGE.splitlines() if row.startswith("| `")]
    named = {word for row in tables for word in re.findall(r"`([a-z_]+)`", row.split(" | ")[0])}
    assert named == set(Kind)


def test_the_page_names_every_filter_of_ours() -> None:
    named = set(re.findall(r"\| `\w+\\\|(\w+)", PAGE))
    assert named == FILTERS.keys() - {"escape", "prose"}


def test_the_page_names_every_noun() -> None:
    assert all(f"`{noun}`" in PAGE for noun in NOUNS["ar"])


def test_the_example_of_the_page_is_accepted() -> None:
    example = PAGE.split("```")[3].lstrip("\n")
    assert check(load(), {"ar/acknowledgement.txt": example}) == ()
