"""One line of the table `make bench` prints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADS = ("what", "floor", "maild", "ratio", "wanted", "ok")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure beside its floor; `ok` is None where nothing was promised."""

    what: str
    maild: str
    floor: str = ""
    ratio: str = ""
    wanted: str = ""
    ok: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        verdict = {None: "", True: "yes", False: "NO"}[self.ok]
        return (self.what, self.floor, self.maild, self.ratio, self.wanted, verdict)


def rate(what: str, floor: float, maild: float, unit: str, wanted: float | None = None) -> Line:
    """Return the line of two speeds; `wanted` is the share of the floor's that maild's must be."""
    ratio = maild / floor
    return Line(
        what,
        f"{maild:,.0f} {unit}",
        f"{floor:,.0f} {unit}",
        f"{ratio:.2f}",
        "" if wanted is None else f">= {wanted:g}",
        None if wanted is None else ratio >= wanted,
    )


def show(lines: Iterable[Line]) -> str:
    """Return the whole table as text."""
    return columns([HEADS, *(line.cells for line in lines)])


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as text, each column as wide as its widest cell."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
