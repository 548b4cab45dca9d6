"""What a process and all its descendants cost, as the kernel counts it (proc(5))."""

import contextlib
from pathlib import Path


def processor(process: int) -> float:
    """Return the processor seconds a process and its living descendants have used."""
    return sum(_seconds(number) for number in family(process))


def memory(process: int) -> int:
    """Return the kB a process and its living descendants hold; shared pages count once in all."""
    return sum(_proportional(number) for number in family(process))


def family(process: int) -> set[int]:
    """Return a process and all its descendants that live."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(path.parent.name)] = int(_fields(path)[1])
    found = {process}
    while more := {n for n, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _seconds(process: int) -> float:
    with contextlib.suppress(OSError):
        fields = _fields(Path(f"/proc/{process}/stat"))
        return (int(fields[11]) + int(fields[12])) / 100
    return 0


def _proportional(process: int) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return 0


def _fields(path: Path) -> list[str]:
    """Return the fields of a stat file after the name, which may hold spaces."""
    return path.read_text().rpartition(")")[2].split()
