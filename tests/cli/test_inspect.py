"""maild inspect: one JSON object per line and file, or a picture for a person."""

import json
import subprocess
import sys
from pathlib import Path

from tests.bad.mails import MAILS, html, text

KEYS = {
    "file", "message_id", "from", "to", "cc", "reply_to", "subject", "date", "language", "nature",
    "reason", "bounce", "in_reply_to", "references", "text", "new_text", "attachments", "defects",
}  # fmt: skip


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "maild", "inspect", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_every_file_has_its_line_in_order_whatever_is_in_it(tmp_path: Path) -> None:
    raws = [text("مرحبا\r\n".encode()), b"", MAILS["E13 parts"](), b"\x00\xff" * 100, html(b"<p>x")]
    files = [tmp_path / f"{n}.eml" for n in range(len(raws))]
    for file, raw in zip(files, raws, strict=True):
        file.write_bytes(raw)
    done = run("--json", *map(str, files))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert done.stderr == ""
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert all(set(line) == KEYS for line in lines)
    assert lines[0]["text"] == "مرحبا\n"
    assert lines[0]["from"] == {"name": "Sara", "address": "sara@students.example"}
    assert lines[2]["defects"] == ["unreadable"]
    assert lines[2]["from"] == {"name": "Sara", "address": "sara@students.example"}
    assert "parts" in lines[2]["reason"]


def test_a_missing_file_is_answered_and_told_by_the_exit_status(tmp_path: Path) -> None:
    done = run("--json", str(tmp_path / "none.eml"))
    assert done.returncode == 1
    assert "cannot be read" in json.loads(done.stdout)["reason"]
    assert done.stderr == ""


def test_the_picture_escapes_what_could_move_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(text(b"\x1b]0;owned\x07 [bold]plain[/bold]").replace(b"help", b"\x1b[31mred"))
    done = run(str(file))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\x07" not in done.stdout
    assert "[bold]plain[/bold]" in done.stdout
    assert "sara@students.example" in done.stdout
