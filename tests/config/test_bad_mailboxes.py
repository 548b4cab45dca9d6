"""Mailboxes and passwords that are wrong: every mistake with its line and what to write instead."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from pathlib import Path

import pytest

from tests.config.desk import changed, problems

CASES = [
    pytest.param(
        "routing:\n",
        "  second: { address: Student@desk.example, team: students, imap: { host: b.example, user: b, password_env: STUDENT } }\nrouting:\n",
        ["29: Student@desk.example is already the mailbox 'student'; keep one"],
        id="a mailbox address used twice",
    ),
    pytest.param(
        "routing:\n",
        "  second: { address: b@desk.example, team: students, imap: { host: mail.desk.example, user: student, password_env: STUDENT } }\nrouting:\n",
        ["29: this account is already watched as 'student'; keep one"],
        id="an account watched twice",
    ),
    pytest.param(
        "user: student,",
        "user: student, security: plain,",
        [
            "28: a password would cross the network to mail.desk.example in the clear; write tls or starttls"
        ],
        id="plain text over the network",
    ),
    pytest.param(
        "user: student,",
        "user: student, port: 99999,",
        ["28: 99999 is out of range; write at most 65535"],
        id="a port that is none",
    ),
    pytest.param(
        ", password_env: STUDENT",
        "",
        ["28: there is no password; write a line password_file: …"],
        id="no password",
    ),
    pytest.param(
        "password_env: STUDENT",
        "password_env: STUDENT, password_file: x",
        ["28: the password is given twice (password_file and password_env); keep one"],
        id="two passwords",
    ),
    pytest.param(
        "password_env: STUDENT",
        "password: hunter2",
        [
            "28: a password stands in the file; use password_file, or set insecure_passwords_in_yaml: true in maild.yaml"
        ],
        id="a password in the file",
    ),
    pytest.param(
        "password_env: STUDENT",
        "password_env: STUDNET",
        ["28: the environment variable STUDNET is not set"],
        id="an environment without the password",
    ),
    pytest.param(
        "password_env: STUDENT",
        "password_file: secrets/none",
        ["28: the secret file secrets/none does not exist here"],
        id="a secret file that is not there",
    ),
    pytest.param(
        "    team: students\n",
        "    team: students\n    after: delete\n",
        ["28: 'delete' is nothing to do with a mail; write flag, leave or move to Done"],
        id="something to do with mail that is nothing",
    ),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES)
def test_mailboxes_are_named_with_line_and_hint(
    old: str, new: str, lines: list[str], tmp_path: Path
) -> None:
    assert problems(tmp_path, changed((old, new))) == [f"desks/help.yaml:{line}" for line in lines]
