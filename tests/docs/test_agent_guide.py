"""The agents' page names every order, in both languages, and no other."""

import re
from pathlib import Path

from maild.tickets.orders import ARABIC, read

PAGE = (Path(__file__).parents[2] / "docs" / "agent-guide.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| `#([a-z0-9]+)[^`]*` \| `#([^`]+)` \|", PAGE)


def test_every_order_is_documented_in_both_languages() -> None:
    assert {english for english, _ in ROWS} == set(ARABIC)


def test_what_is_documented_is_read_as_that_order() -> None:
    for english, arabic in ROWS:
        for word in (english, arabic):
            assert [o.name for o in read(f"#{word} x").given] == [english], word
