"""Policies that are wrong: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "to: manager",
        "to: deputy",
        [
            "46: unknown role, team or person 'deputy'; write sara, huda, boss, students, on_call, lead, manager or team"
        ],
        id="an unknown role in a stage",
    ),
    pytest.param(
        "hours of office\n",
        "hours of ofice\n",
        ["42: unknown calendar 'ofice'; did you mean office?"],
        id="an unknown calendar",
    ),
    pytest.param(
        "stage 1 + 24",
        "stage 2 + 24",
        ["46: stage 2 waits for stage 2, which does not come before it; write stage 1"],
        id="a ladder that runs in a circle",
    ),
    pytest.param(
        "at: due, to: lead",
        "at: stage 1, to: lead",
        ["45: stage 1 waits for stage 1, which does not come before it; write due"],
        id="a first stage that waits for another",
    ),
    pytest.param(
        ", lead: huda",
        "",
        [
            "45: stage 1 goes to the lead, but the team 'students' has none; add lead: to teams.students"
        ],
        id="a lead that is missing",
    ),
    pytest.param(
        "24 open hours of office\n",
        "900000 open hours of office\n",
        [
            "41: the reply clock has no target; write a line target: 24 open hours",
            "42: '900000 open hours of office' is longer than anybody waits; shorten it",
        ],
        id="a target longer than the horizon",
    ),
    pytest.param(
        "24 open hours of office\n",
        "24\n",
        [
            "41: the reply clock has no target; write a line target: 24 open hours",
            '42: \'24\' is not a duration; write "24 open hours", "2 working days", "24 hours" or "30 minutes"',
        ],
        id="a target without a unit",
    ),
    pytest.param(
        "        target: 24 open hours of office\n",
        "",
        ["41: the reply clock has no target; write a line target: 24 open hours"],
        id="no target",
    ),
    pytest.param(
        "75%",
        "175%",
        ["43: '175%' is not a share of the target; write 75%"],
        id="a share that is none",
    ),
    pytest.param(
        "reply:",
        "answer:",
        [
            "41: the clock 'answer' has no kind; add kind: reply, route, triage, resolution, survey or appointment"
        ],
        id="a clock without a kind",
    ),
    pytest.param(
        "        warn_at",
        "        pauses: true\n        warn_at",
        ["43: a reply clock never pauses; only a resolution clock does"],
        id="a reply clock that pauses",
    ),
    pytest.param(
        "to: manager }",
        "to: manager, cutoff: 2 open hours }",
        ["46: a cutoff needs something to respond by; add respond_by: same business day"],
        id="a cutoff without anything to respond by",
    ),
    pytest.param(
        "policies:\n",
        "policies:\n  - { policy: other, when: { channel: [email] }, clocks: {} }\n",
        ["39: 'other' and 'mail' match the same tickets; give one of them a narrower when:"],
        id="two policies that match the same",
    ),
    pytest.param(
        "policies:\n",
        "policies:\n  - { policy: everything, clocks: {} }\n",
        ["39: 'mail' is never reached: 'everything' takes every such ticket; move it up"],
        id="a policy that is never reached",
    ),
    pytest.param(
        "to: manager",
        "to: student@desk.example",
        [
            "46: student@desk.example is a watched mailbox, so the letter would come back to maild; write its team, students"
        ],
        id="a stage that is a mailbox",
    ),
    pytest.param(
        "policies:\n",
        "reports: [ { every: weekly, to: huda } ]\npolicies:\n",
        [
            '37: \'weekly\' says not when; write "day 08:00", "week on sun 08:00" or "month on 1 08:00"'
        ],
        id="a report without a time",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_policies_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
