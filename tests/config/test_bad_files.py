"""Files that are wrong as YAML, and keys and values nobody knows: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "lead: huda",
        "leed: huda",
        ["19: unknown key 'leed'; did you mean lead?"],
        id="an unknown key",
    ),
    pytest.param(
        "timezone:",
        "timezon:",
        [
            "1: 'timezone' is missing; write a line timezone: …",
            "4: unknown key 'timezon'; did you mean timezone?",
        ],
        id="an unknown key at the top",
    ),
    pytest.param(
        "channel: email",
        "channel: e-mail",
        ["39: unknown value 'e-mail'; did you mean email?"],
        id="an unknown value",
    ),
    pytest.param(
        "languages: [en, ar]",
        "languages: [en, fr]",
        ["3: unknown value 'fr'; write ar or en"],
        id="an unknown language",
    ),
    pytest.param(
        "name: { ar: المساعدة, en: Help }",
        "name: { arabic: x }",
        ["2: unknown language 'arabic'; write ar or en"],
        id="an unknown language of a text",
    ),
    pytest.param(
        "policies:\n",
        "policy:\n",
        [
            "1: 'policies' is missing; write a line policies: …",
            "37: unknown key 'policy'; did you mean policies?",
        ],
        id="a missing section",
    ),
    pytest.param(
        "    team: students\n",
        "",
        ["25: 'team' is missing; write a line team: …"],
        id="a missing key",
    ),
    pytest.param(
        "timezone: Asia/Riyadh",
        "timezone:",
        ["4: nothing stands here; write a value or remove the key"],
        id="a value that is missing",
    ),
    pytest.param(
        "name: Sara,",
        "name: { en: Sara },",
        ["15: a single text is wanted here; put a text that contains ': ' in quotes"],
        id="a mapping where a text belongs",
    ),
    pytest.param(
        "  sara: { name: Sara, email: sara@desk.example }",
        "  sara: Sara",
        ['15: Sara is not a mapping; write lines like "key: value" under it'],
        id="a text where a mapping belongs",
    ),
    pytest.param(
        "desk: help",
        "desk: helpp",
        ["1: the desk 'helpp' stands in help.yaml; did you mean help?"],
        id="a desk of another name",
    ),
    pytest.param(
        "languages: [en, ar]\n",
        "languages: [en, ar]\nlanguages: [ar]\n",
        ["4: 'languages' stands here twice; the first is on line 3"],
        id="a key that stands twice",
    ),
    pytest.param(
        "timezone: Asia/Riyadh",
        "timezone: !!python/object/apply:os.system [id]",
        ["4: the tag !!python/object/apply:os.system is not part of the language; remove it"],
        id="a tag of another language",
    ),
    pytest.param(
        "  office:\n",
        "\toffice:\n",
        ["7: a tab in the indentation; indent with spaces"],
        id="a tab",
    ),
    pytest.param(
        "name: Sara,",
        "name: “Sara”,",
        ['15: “ and ” are not quotes in YAML; write " or nothing'],
        id="curly quotes",
    ),
    pytest.param(
        "languages: [en, ar]",
        "languages: [en, ar",
        [
            "4: this is not YAML: expected ',' or ']', but got ':'; look at this line and the one above"
        ],
        id="a bracket that is never closed",
    ),
    pytest.param(
        "timezone: Asia/Riyadh",
        "timezone: zone: Asia/Riyadh",
        ["4: a colon too many; put a text that contains ': ' in quotes"],
        id="a colon too many",
    ),
    pytest.param(
        "roles:\n",
        "roles:\n  <<: { a: sara }\n",
        ["21: << is not part of the language; write it out"],
        id="a merge key",
    ),
    pytest.param(
        "roles:\n  on_call: sara\n",
        "roles: &r { on_call: *r }\n",
        ["20: nested deeper than 24 levels; write the values out"],
        id="an anchor that contains itself",
    ),
    pytest.param(
        "roles:\n",
        "---\nroles:\n",
        ["20: a second document begins here; remove the line ---"],
        id="a second document",
    ),
    pytest.param(
        "then: { category: certificates }",
        "then: { category: c, quarantine: maybe }",
        ["36: 'maybe' is neither true nor false; write true or false"],
        id="true that is none",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_files_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
