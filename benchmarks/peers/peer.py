"""What every peer gives back, and the environment a peer from the package index runs in."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".peers"  # git-ignored; each peer's environment is kept there

Stored = Sequence[tuple[str, str]]  # (ticket, Message-ID) of each mail in a ticket, oldest first


class MissingError(Exception):
    """A peer cannot run here; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a peer made of the mailbox."""

    version: str
    stored: Stored
    seconds: float
    held: frozenset[str] = frozenset()  # Message-IDs kept for the operator, with a reason
    stopped: bool = False  # the time limit came first
    removed: int = 0  # mails taken out of its way by hand, since every poll died on them
    unhelped: Stored | None = None  # what it had stored when the first of them stopped it


def environment(name: str, requirement: str) -> Path:
    """Return the folder of a virtual environment with that requirement, made when it is not there.

    Raises MissingError when it cannot be installed.
    """
    folder = FOLDER / name
    mark = folder / "installed"
    if not mark.exists() or mark.read_text() != requirement:
        print(f"installing {requirement}…", file=sys.stderr, flush=True)
        _run(requirement, [sys.executable, "-m", "venv", "--clear", str(folder)])
        _run(requirement, [str(folder / "bin/pip"), "install", "--quiet", requirement])
        mark.write_text(requirement)
    return folder


def version(environment: Path, package: str) -> str:
    """Return name and version of a package in an environment."""
    said = f"from importlib.metadata import version; print(version('{package}'))"
    command = [str(environment / "bin/python"), "-c", said]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return f"{package} {found.strip()}"


def _run(what: str, command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().rpartition("\n")[2]
        raise MissingError(f"{what} could not be installed: {last}")
