"""What the demonstration shows: letters as they were read back, in a terminal of 100 columns."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from maild.demo.clients import Received

WIDTH = 100
_BODY_LINES = 7


class Screen:
    """A terminal, with the hour in the desk's zone before every line."""

    def __init__(self, zone: str) -> None:
        """Draw on standard output."""
        self._zone = ZoneInfo(zone)
        self._console = Console(width=WIDTH, highlight=False)

    def title(self, text: str) -> None:
        """Begin a chapter."""
        self._console.print()
        self._console.rule(f"[bold]{escape(text)}[/bold]", align="left")

    def say(self, text: str) -> None:
        """Show a line of explanation."""
        self._console.print(f"[dim]{escape(text)}[/dim]")

    def plain(self, text: str) -> None:
        """Show a line as it is."""
        self._console.print(escape(text), soft_wrap=True)

    def letter(self, who: str, received: Received, now: datetime) -> None:
        """Show a letter read back from the server: who has it, from whom, and how it begins."""
        mail = received.mail
        sender = mail.from_
        at = f"{now.astimezone(self._zone):%a %d %b %H:%M}"
        name = f"{_shown(sender.name)} <{sender.address}>" if sender else "?"
        self._console.print(
            f"[cyan]{at}[/cyan]  in the mailbox of [bold]{escape(who)}[/bold], from {escape(name)}"
        )
        self._console.print(f"   [yellow]{escape(_shown(mail.subject))}[/yellow]")
        lines = [line for line in mail.text.splitlines() if line.strip()]
        for line in lines[:_BODY_LINES]:
            self._console.print(f"   │ {escape(_shown(_cut(line)))}")
        if len(lines) > _BODY_LINES:
            self._console.print(f"   │ [dim]… {len(lines) - _BODY_LINES} more lines[/dim]")


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH - 8 else line[: WIDTH - 9] + "…"


def _shown(text: str) -> str:
    """Keep a terminal safe and a line whole: controls are dropped, direction marks too."""
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cf"})
