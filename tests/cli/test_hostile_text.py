"""What strangers wrote cannot move a terminal's cursor or turn its words around."""

import unicodedata
from base64 import b64encode
from pathlib import Path

import pytest

from tests.cli.place import Place, mail

ATTACK = "A\x1b[2J\x1b]0;owned\x07\x9b31m\r\x08B\u202egnp.exe\u2066\u200eC[bold]D"
HIDING = {"\u202e", "\u202d", "\u2066", "\u2067", "\u200e", "\u200f", "\ufeff"}


def word(text: str) -> str:
    """Return text as an encoded word (RFC 2047), so that it arrives as it is."""
    return f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


@pytest.fixture
def attacked(place: Place, tmp_path: Path) -> Place:
    place.receive(mail(ATTACK, word(ATTACK), f"{word(ATTACK)} <eve@evil.example>"))
    sender = f"{word(ATTACK)} <mallory@evil.example>"
    place.receive(mail("You won the lottery", word(ATTACK), sender, "m2"))
    (tmp_path / "mail.eml").write_bytes(mail(ATTACK, word(ATTACK), name="m3"))
    with place.store.transaction() as tx:
        letter, *_ = tx.outbox.claim("me", place.now, 60, 1)
        tx.outbox.bounced(letter.desk, letter.id, "me", place.now, f"550 {ATTACK}")
        tx.mailboxes.troubled("academy", "student", ATTACK, place.now)
    return place


COMMANDS = [
    "status",
    "tickets",
    "show 1",
    "outbox",
    "quarantine",
    "quarantine show {id}",
    "due 1",
    "explain {file} --mailbox academy/student",
]


def words(place: Place, command: str, file: Path) -> list[str]:
    (one,) = place.json("quarantine")["quarantined"]
    return command.format(id=one["id"], file=file).split()


@pytest.mark.parametrize("command", COMMANDS)
def test_no_control_reaches_the_terminal_in_a_table(
    attacked: Place, command: str, tmp_path: Path
) -> None:
    typed = words(attacked, command, tmp_path / "mail.eml")
    shown = attacked.maild(*typed, status=command == "status").stdout
    assert "gnp.exe" in "".join(shown.split()) or command == "due 1"
    assert {c for c in shown if unicodedata.category(c) == "Cc"} == {"\n"}
    assert not HIDING & set(shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_control_reaches_the_terminal_in_json(
    attacked: Place, command: str, tmp_path: Path
) -> None:
    typed = words(attacked, command, tmp_path / "mail.eml")
    shown = attacked.maild(*typed, "--json", status=command == "status").stdout
    assert {c for c in shown if unicodedata.category(c) == "Cc"} == {"\n"}
    assert not HIDING & set(shown)


def test_json_still_says_exactly_what_was_written(attacked: Place) -> None:
    subject = attacked.json("show", "1")["subject"]
    assert "\u202egnp.exe" in subject


def test_markup_in_a_subject_is_text(attacked: Place) -> None:
    assert "C[bold]D" in "".join(attacked.maild("show", "1").stdout.split())


def test_an_argument_is_answered_harmlessly(place: Place) -> None:
    assert place.store.exists()
    said = place.maild("show", "\x1b[2J\u202e", status=2).stderr
    assert {c for c in said if unicodedata.category(c) == "Cc"} == {"\n"}
