"""maild show: everything about one ticket."""

from datetime import datetime, tzinfo
from pathlib import Path

import click
from rich.text import Text

from maild.cli import drawing, keys
from maild.cli.clocks import in_prose
from maild.cli.command import Command, config_option, json_option
from maild.cli.installation import opened
from maild.cli.keys import Keys
from maild.daemon.clock import utc_now
from maild.sla.cycle import Cycle
from maild.store.outbox import Entry
from maild.store.store import Transaction
from maild.tickets.ticket import Event, Message, Ticket, Visibility

_ALL = 100_000  # letters of one ticket


@click.command(cls=Command)
@config_option()
@json_option()
@click.argument("ticket")
def show(directory: Path, ticket: str, *, as_json: bool) -> None:
    """Show all about one TICKET: its thread, its history, its clocks and its letters.

    TICKET is DESK/NUMBER, or the number alone where only one desk has it. What the requester may
    read is marked public, what stays in the house internal.
    """
    now = utc_now()
    with opened(directory) as house, house.store.reading() as tx:
        found = house.ticket(tx, ticket)
        known = _Known(found, tx)
        zone = house.zone(found.desk)
    if as_json:
        drawing.emit(known.keys(now))
    else:
        known.draw(now, zone)


class _Known:
    """What the store knows of a ticket."""

    def __init__(self, ticket: Ticket, tx: Transaction) -> None:
        here = ticket.desk, ticket.number
        self.ticket = ticket
        self.thread: tuple[Message, ...] = tx.tickets.messages(*here)
        self.events: tuple[Event, ...] = tx.tickets.events(*here)
        self.cycles: tuple[Cycle, ...] = tx.tickets.cycles(*here)
        letters = tx.outbox.list(desk=ticket.desk, ticket=ticket.number, limit=_ALL)
        self.letters: tuple[Entry, ...] = tuple(reversed(letters))

    def keys(self, now: datetime) -> Keys:
        return keys.ticket(self.ticket) | {
            "messages": [keys.message(m) for m in self.thread],
            "events": [keys.event(e) for e in self.events],
            "clocks": [keys.cycle(c, c.standing(now)) for c in self.cycles],
            "letters": [keys.letter(e) for e in self.letters],
        }

    def draw(self, now: datetime, zone: tzinfo) -> None:
        one = self.ticket

        def when(instant: datetime | None) -> str:
            return drawing.local(instant, zone)

        drawing.show(
            drawing.title(drawing.safe(f"{one.desk}/{one.number} {one.subject}")),
            drawing.pairs(
                {
                    "Status": one.status.value,
                    "Requester": f"{one.requester.name} <{one.requester.address}>".strip(),
                    "Team": one.team,
                    "Assignee": one.assignee,
                    "Priority": one.priority,
                    "Type": one.type,
                    "Category": one.category,
                    "Service": one.service,
                    "Channel": one.channel,
                    "Mailbox": one.mailbox,
                    "Tags": ", ".join(one.tags),
                    "Takes part": one.collaborators,
                    "Policy": one.policy,
                    "Merged into": one.merged_into,
                    "Opened": when(one.opened_at),
                    "Closed": when(one.closed_at),
                    "Zone": str(zone),
                }
            ),
        )
        for message in self.thread:
            drawing.show("", _head(message, when(message.at)))
            drawing.show(drawing.body(message.new_text or message.text, "  "))
        drawing.show("")
        if self.cycles:
            rows = (
                (f"{c.clock} {c.n}", in_prose(c.standing(now)), when(c.started_at), when(c.due_at))
                for c in self.cycles
            )
            drawing.show(
                drawing.table(
                    ("clock", "standing", "started", "due"), rows, "Clocks", ("started", "due")
                )
            )
        events = ((when(e.at), e.kind.value, e.actor, _details(e)) for e in self.events)
        drawing.show(
            drawing.table(("at", "what happened", "who", "details"), events, "History", ("at",))
        )
        letters = (keys.letter(e) for e in self.letters)
        drawing.show(
            drawing.table(
                ("written", "for", "to", "purpose", "state"),
                (
                    (
                        when(e["created_at"]),
                        e["visibility"],
                        e["recipient"],
                        e["purpose"],
                        e["state"],
                    )
                    for e in letters
                ),
                "Letters",
                whole=("written",),
            )
        )


def _head(message: Message, at: str) -> Text:
    public = message.visibility is Visibility.PUBLIC
    author = drawing.safe(f"{message.author.name} <{message.author.address}>".strip())
    line = f"{message.visibility.value.upper()}  {at}  {message.role}  {author}"
    return Text(line, style="bold" if public else "bold yellow")


def _details(event: Event) -> str:
    return ", ".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in event.data.items()
        if value not in (None, "", [])
    )
