"""Ten thousand random steps, and every law holds after each death and at the end.

A failing run names its seed and its last steps; the same seed replays exactly.
"""

from pathlib import Path

import pytest

from tests.model.run import run
from tests.servers.postgres import Postgres


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_every_law_holds(seed: int, tmp_path: Path) -> None:
    world = run(seed, 1000, f"sqlite:///{tmp_path / 'maild.db'}", tmp_path)
    assert len(world.delivered) > 200
    assert len(world.sink.letters) > 200
    assert world.deaths > 5


@pytest.mark.parametrize("seed", range(100, 102))
def test_whatever_happens_every_law_holds_on_postgresql(
    seed: int, tmp_path: Path, postgres: Postgres
) -> None:
    world = run(seed, 300, postgres.url(postgres.create()), tmp_path)
    assert len(world.sink.letters) > 40


def test_a_seed_replays_exactly(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        world = run(42, 200, f"sqlite:///{tmp_path / name / 'maild.db'}", tmp_path / name)
        seen.append((list(world.last), [(k.message_id, k.recipient) for k in world.sink.letters]))
    assert seen[0] == seen[1]
