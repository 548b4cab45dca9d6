"""How things are shown: tables for people, JSON for scripts, and foreign text made harmless.

A subject, a name or a server's answer is somebody else's text. It could hold control sequences that
move the cursor or rename the window, and direction marks that turn the words around it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maild.mail import shown

# What JSON may hold as it is, but a terminal should not see: C1 controls, direction and hiding.
_UNSEEN = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def bare(text: str) -> str:
    """Return text as one harmless line."""
    return shown.line(text)


def safe(text: str) -> str:
    """Return foreign text as one harmless line in its own direction."""
    line = bare(text)
    return line if line.isascii() else f"{shown.FSI}{line}{shown.PDI}"


def body(text: str, indent: str = "") -> Text:
    """Return a foreign body: its own lines, each harmless and in its own direction."""
    lines = shown.block(text).split("\n")
    return Text("\n".join(indent + safe(line.expandtabs()) for line in lines))


def show(*parts: Text | Table | str) -> None:
    """Print what people read. Markup in it is text like any other."""
    console = Console(highlight=False, emoji=False, markup=False)
    for part in parts:
        console.print(part)


def title(text: str) -> Text:
    """Return a line that heads what follows."""
    return Text(text, style="bold")


def table(
    columns: Iterable[str],
    rows: Iterable[Iterable[object]],
    heading: str = "",
    whole: tuple[str, ...] = (),
) -> Table:
    """Return a table; every cell is shown as foreign text, None as nothing.

    The columns named in `whole` are never folded: names to type, and instants.
    """
    drawn = Table(
        title=Text(heading, style="bold") if heading else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        drawn.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        drawn.add_row(*(Text(_cell(cell)) for cell in row))
    return drawn


def pairs(rows: Mapping[str, object]) -> Table:
    """Return labels with their values; what has none is left out."""
    drawn = Table(show_header=False, box=None)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for label, value in rows.items():
        if value not in (None, "", (), []):
            drawn.add_row(Text(label), Text(_cell(value)))
    return drawn


def emit(value: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, in UTF-8 whatever the terminal speaks."""
    line = json.dumps(value, ensure_ascii=False, default=_plain)
    escaped = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
    click.echo(escaped.encode())


def local(instant: datetime | None, zone: tzinfo = UTC) -> str:
    """Return an instant in a zone, to the minute; nothing for None."""
    return "" if instant is None else f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"


def hours(seconds: float) -> str:
    """Return a length of time as hours and minutes: "24:00", "-0:30"."""
    minutes = round(abs(seconds) / 60)
    return f"{'-' if seconds < 0 and minutes else ''}{minutes // 60}:{minutes % 60:02d}"


def _cell(value: object) -> str:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, tuple | list):
        return "\n".join(_cells(value))
    return "" if value is None else str(value)


def _cells(values: Iterable[object]) -> Iterator[str]:
    return (_cell(each) for each in values)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON value")
