"""A terminal that a test can read and type into: tmux, with a mail program in it."""

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers import executable


class Terminal:
    """One program in a window of its own, on a private tmux server. UTF-8, 120 by 50."""

    def __init__(self, folder: Path, *command: str) -> None:
        self._tmux = executable("tmux", "tmux")
        self._socket = str(folder / "tmux")
        self._command = command
        self._environment = {
            "HOME": str(folder),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "screen-256color",
        }

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [self._tmux, "-S", self._socket, "-f", "/dev/null", *arguments],
            capture_output=True, text=True, timeout=20, env=self._environment,
        )  # fmt: skip
        return done.stdout

    def __enter__(self) -> Self:
        self._run("new-session", "-d", "-x", "120", "-y", "50", *self._command)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._run("kill-server")

    def screen(self) -> str:
        """What stands on the screen now."""
        return self._run("capture-pane", "-p")

    def type(self, *keys: str) -> None:
        """Press keys, named as tmux names them."""
        self._run("send-keys", *keys)

    def await_text(self, text: str, seconds: float = 15) -> str:
        """Wait for a text on the screen. Raises AssertionError showing the screen."""
        deadline = time.monotonic() + seconds
        while text not in (screen := self.screen()):
            assert time.monotonic() < deadline, f"“{text}” did not appear:\n{screen}"
            time.sleep(0.05)
        return screen
