"""A disk that is full, broken, sealed, or loses its power, below the real program.

The faults are made beneath Python and SQLite, by a small library that is compiled for the case and
preloaded (disk.c): whatever a program writes, it meets them as it would meet a real disk's.
"""

import shutil
import subprocess
from pathlib import Path

from tests.servers import executable

_SOURCE = Path(__file__).with_suffix(".c")


class Disk:
    """The faults of one folder's files; none until one is commanded."""

    def __init__(self, folder: Path, below: Path) -> None:
        """Compile the library into `folder`; the faults hold for files `below`.

        Raises ServerMissingError when there is no compiler.
        """
        self._below = below.resolve()
        self._commands = folder / "disk"
        self._commands.mkdir()
        self.synced = folder / "synced"
        self.synced.mkdir()
        library = folder / "disk.so"
        subprocess.run(
            [executable("gcc", "gcc libc6-dev"), "-shared", "-fPIC", "-O1", "-o", library, _SOURCE,
             "-ldl"],
            check=True, capture_output=True,
        )  # fmt: skip
        self.environment = {"LD_PRELOAD": str(library), "DISK_FAULTS": str(self._commands)}

    def begin(self, fault: str, below: Path | None = None) -> None:
        """Let a fault begin: full, broken, sealed or synced (see disk.c)."""
        draft = self._commands / f"{fault}.draft"
        draft.write_text(f"{(below or self._below).resolve()}\n{self.synced}")
        draft.replace(self._commands / fault)

    def end(self, fault: str) -> None:
        """Let a fault end."""
        (self._commands / fault).unlink()

    def lose_power(self) -> None:
        """Leave of every file what had reached the disk, as a machine without power does."""
        for path in list(self._below.iterdir()):
            kept = self.synced / path.name
            if kept.exists():
                shutil.copy(kept, draft := path.with_suffix(".draft"))
                draft.replace(path)  # a new file: who has the old one open keeps that
            elif path.suffix != ".key":
                path.unlink()
