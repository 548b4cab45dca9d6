"""The map in `maild/__init__.py` is true, and so is the plan in docs/architecture.md."""

import re
from pathlib import Path

import maild

ROOMS = Path(maild.__file__).parent
ON_THE_MAP = re.findall(r"^[A-Z]{4}  (\w+)", maild.__doc__ or "", re.MULTILINE)


def test_every_room_of_the_house_is_on_the_map_once() -> None:
    there = {
        p.stem for p in ROOMS.iterdir() if not p.name.startswith("_") and p.suffix in {"", ".py"}
    }
    assert sorted(ON_THE_MAP) == sorted(there)


def test_the_architecture_page_names_every_room() -> None:
    page = (ROOMS.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in ON_THE_MAP if not re.search(rf"\b{room}\b", page)] == []
