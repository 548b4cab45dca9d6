"""The quick part of the scorecard; `make faults` runs all of it."""

from pathlib import Path

import pytest

from tests.faults.case import GROUPS, Case, every_case
from tests.faults.runner import play
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

QUICK = [case for case in every_case().values() if case.quick]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_the_quick_cases_of_the_scorecard_are_survived(
    case: Case, tmp_path: Path, dovecot: Dovecot, postfix: Postfix
) -> None:
    play(case, tmp_path, dovecot, postfix, dark=False, quick=True)


def test_every_case_of_the_scorecard_is_there() -> None:
    names = {f"{group}{n}" for group, count in GROUPS.items() for n in range(1, count + 1)}
    assert set(every_case()) == names
