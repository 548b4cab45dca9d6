"""Death at every place of one story, and again while it recovers: it ends as if undisturbed.

The method is SQLite's, with the places of tests/model/places.py; tests/model/failpoints.py says
how. Played here are, drawn by a seed: on SQLite all deaths and three second ones in a hundred; on
PostgreSQL a quarter of the deaths and one second one in a hundred. `make deaths` plays them all.
"""

from pathlib import Path

import pytest

from tests.model.failpoints import busy, failpoints
from tests.model.places import Place
from tests.servers.postgres import Postgres

EVERYWHERE = frozenset(Place) - {Place.MIGRATE_BEGIN, Place.MIGRATE_MID, Place.MIGRATE_END}


@pytest.mark.timeout(1800)
def test_death_at_any_place_and_again_in_the_recovery_changes_nothing_in_the_end(
    tmp_path: Path,
) -> None:
    with failpoints(f"sqlite:///{tmp_path / 'maild.db'}", tmp_path) as story:
        second = list(story.explore(twice=0.03))
    assert set(story.visits) == EVERYWHERE
    assert story.visits.total() > 500
    assert len(second) > 100
    assert sum(second) > 20
    assert story.undisturbed
    purposes = {purpose for _, _, purpose in story.undisturbed.letters}
    assert purposes >= {"acknowledgement", "relay", "follow_up", "escalation", "undeliverable"}


@pytest.mark.timeout(1800)
def test_a_deadlock_at_any_statement_changes_nothing_in_the_end(tmp_path: Path) -> None:
    """PostgreSQL ends one of two transactions that wait for each other; it is done again."""
    with failpoints(f"sqlite:///{tmp_path / 'undisturbed.db'}", tmp_path) as story:
        story.first()
    assert story.undisturbed
    fired = [
        busy(f"sqlite:///{tmp_path / str(n)}.db", tmp_path, n, story.undisturbed)
        for n in range(5, story.visits[Place.STATEMENT], 37)
    ]
    assert all(fired)
    assert len(fired) > 5


@pytest.mark.timeout(1800)
def test_death_on_postgresql_changes_nothing_in_the_end(tmp_path: Path, postgres: Postgres) -> None:
    url = postgres.url(postgres.create())
    with failpoints(url, tmp_path) as story:
        second = list(story.explore(once=0.25, twice=0.01))
    assert set(story.visits) == EVERYWHERE
    assert len(second) > 20
    assert sum(second) > 1
