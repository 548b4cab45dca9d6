"""Rules that are wrong: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "when: { any_words: certificate }",
        "when: { mailbox: studnt }",
        ["35: unknown mailbox 'studnt'; did you mean student?"],
        id="an unknown mailbox in a rule",
    ),
    pytest.param(
        "when: { any_words: [invoice, فاتورة] }",
        "when: {}",
        [
            "34: 'certificates' is never reached: 'money' takes every such mail; move it up, or let the other say continue: true"
        ],
        id="a rule that matches everything",
    ),
    pytest.param(
        "any_words: certificate",
        "any_words: [invoice, فاتورة]",
        [
            "34: 'certificates' is never reached: 'money' takes every such mail; move it up, or let the other say continue: true"
        ],
        id="a rule that is never reached",
    ),
    pytest.param(
        "then: { category: certificates }",
        "then: {}",
        ["36: 'certificates' changes nothing; say what happens"],
        id="a rule that changes nothing",
    ),
    pytest.param(
        "rule: certificates",
        "rule: money",
        ["34: there is already a rule 'money'; give each its own name"],
        id="two rules of one name",
    ),
    pytest.param(
        "any_words: certificate",
        "any_words: '؟!'",
        ["35: '؟!' holds no letter or digit; use pattern:"],
        id="a word without letters",
    ),
    pytest.param(
        "any_words: certificate",
        "pattern: '(abc'",
        ["35: the pattern '(abc' is not a regular expression: missing ); or use any_words"],
        id="a pattern that is none",
    ),
    pytest.param(
        "any_words: certificate",
        "pattern: '(a+)+$'",
        ["35: the pattern '(a+)+$' takes too long; do not repeat what already repeats: (a+)+"],
        id="a pattern that never ends",
    ),
    pytest.param(
        "any_words: certificate",
        "pattern: 'x*'",
        ["35: the pattern 'x*' matches every text; ask for at least one character"],
        id="a pattern that matches everything",
    ),
    pytest.param(
        "subject: My invoice",
        "subject: My bill",
        [
            '33: the example of \'money\' does not hold: the rule does not match: text says none of "invoice", "فاتورة"'
        ],
        id="an example that does not hold",
    ),
    pytest.param(
        "{ subject: My invoice }",
        "{ subject: My invoice, then: { category: money } }",
        ["33: the example of 'money' does not hold: category becomes billing, not money"],
        id="an example with another result",
    ),
    pytest.param(
        "then: { category: certificates }",
        "then: { close_with: out_of_hand }",
        ["36: there is no letter 'out_of_hand'; did you mean out_of_scope?"],
        id="a letter that does not exist",
    ),
    pytest.param(
        "then: { category: certificates }",
        "then: { quarantine: true, refuse: true }",
        ["36: a mail is either kept aside or refused; keep one"],
        id="kept aside and refused",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_rules_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
