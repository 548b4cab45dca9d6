"""What something costs: memory and processor time of this process and of all it started."""

import contextlib
import os
import re
import threading
from pathlib import Path
from typing import Self

_TICK = os.sysconf("SC_CLK_TCK")
_INTERVAL = 0.1  # seconds
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)
MB = 1024 * 1024


class Meter:
    """Looks at /proc until the end of the context."""

    def __init__(self) -> None:
        self.child = 0  # bytes of the largest child, at its most
        self._own = os.getpid()
        self._spent: dict[int, tuple[float, float]] = {}  # process -> seconds at first, at last
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def growth(self) -> int:
        """Bytes by which this process grew, at its most."""
        return _memory(self._own, _PEAK) - self._before

    @property
    def seconds(self) -> float:
        """Processor time spent meanwhile, by this process and those it started."""
        return sum(last - first for first, last in self._spent.values())

    def __enter__(self) -> Self:
        Path("/proc/self/clear_refs").write_text("5")  # its peak begins now (proc(5))
        self._before = _memory(self._own, _RESIDENT)
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(_INTERVAL):
            self._look()

    def _look(self) -> None:
        for process in _family(self._own):
            with contextlib.suppress(OSError, AttributeError):  # it has ended
                now = sum(map(int, _stat(process)[11:13])) / _TICK
                self._spent[process] = (self._spent.get(process, (now,))[0], now)
                if process != self._own:
                    self.child = max(self.child, _memory(process, _PEAK))


def _memory(process: int, line: re.Pattern[str]) -> int:
    found = line.search(Path(f"/proc/{process}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def _stat(process: int) -> list[str]:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _family(first: int) -> list[int]:
    """Return a process and all its descendants."""
    parents: dict[int, list[int]] = {}
    for each in os.scandir("/proc"):
        if each.name.isdigit():
            with contextlib.suppress(OSError):
                parents.setdefault(int(_stat(int(each.name))[1]), []).append(int(each.name))
    family = [first]
    for process in family:
        family += parents.get(process, [])
    return family
