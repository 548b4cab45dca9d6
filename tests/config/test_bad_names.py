"""People, teams and roles that are wrong: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "team: students",
        "team: studnets",
        ["27: unknown team 'studnets'; did you mean students?"],
        id="an unknown team",
    ),
    pytest.param(
        "members: [sara]",
        "members: [sarah]",
        ["19: unknown person 'sarah'; did you mean sara?"],
        id="an unknown person in a team",
    ),
    pytest.param(
        "lead: huda",
        "lead: hoda",
        ["19: unknown person 'hoda'; did you mean huda?"],
        id="an unknown lead",
    ),
    pytest.param(
        "when: { any_words: certificate }",
        "when: { requester_class: trainers }",
        ["35: unknown requester class 'trainers'; did you mean trainer?"],
        id="an unknown requester class",
    ),
    pytest.param(
        "on_call: sara",
        "on_call: second\n  second: on_call",
        [
            "21: the role 'on_call' leads back to itself; name a person",
            "22: the role 'second' leads back to itself; name a person",
        ],
        id="a role that leads back to itself",
    ),
    pytest.param(
        "on_call: sara",
        "on_call: sarra",
        ["21: unknown role, team or person 'sarra'; did you mean sara?"],
        id="a role that is nobody",
    ),
    pytest.param(
        "sara@desk.example",
        "student@desk.example",
        [
            "15: student@desk.example is a watched mailbox, so letters would come back to maild; give the person an address of their own"
        ],
        id="a person who is a mailbox",
    ),
    pytest.param(
        "members: [sara]",
        "members: [sara], email: student@desk.example",
        [
            "19: student@desk.example is a watched mailbox, so letters would come back to maild; leave it out: the members are written to"
        ],
        id="a team that is a mailbox",
    ),
    pytest.param(
        "huda@desk.example",
        "sara@desk.example",
        ["16: sara@desk.example is already the address of 'sara'; keep one"],
        id="two people with one address",
    ),
    pytest.param(
        "huda@desk.example",
        "huda@desk,example",
        [
            "16: 'huda@desk' is not an e-mail address; write one like sara@desk.example",
            "16: unknown key 'example'; write aliases, away, email, language or name",
        ],
        id="an address that is none",
    ),
    pytest.param(
        "members: [sara], lead: huda, manager: boss",
        "members: []",
        [
            "19: the team 'students' is nobody; give it members, a lead or an email",
            "45: stage 1 goes to the lead, but the team 'students' has none; add lead: to teams.students",
            "46: stage 2 goes to the manager, but the team 'students' has none; add manager: to teams.students",
        ],
        id="a team of nobody",
    ),
    pytest.param(
        "  boss: {",
        "  lead: {",
        [
            "17: 'lead' means something else; choose another name",
            "19: unknown person 'boss'; write sara, huda or lead",
        ],
        id="a person called lead",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_people_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
