"""`desk` is the shipped desk a file of clauses is named after."""

import pytest

from maild.desk import Desk
from tests.policies.house import shipped


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Desk:
    name = request.module.__name__
    return shipped(name.rpartition("test_")[2])
