"""maild explain: what would happen to a mail, and why."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from maild.cli import clocks, drawing, keys
from maild.cli.command import Command, ProblemError, WrongUsageError, config_option, json_option
from maild.cli.installation import Installation, store_of
from maild.cli.keys import Keys
from maild.cli.rehearsal import Rehearsal, rehearse
from maild.config.load import load
from maild.config.settings import Settings
from maild.daemon import keys as signing
from maild.daemon.clock import utc_now
from maild.daemon.offices import open_offices
from maild.desk import MailboxSettings
from maild.intake.words import Arrival
from maild.mail.mail import Mail
from maild.mail.unreadable import Unreadable
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.errors import StoreError
from maild.store.mails import Source
from maild.store.store import Store
from maild.tickets.tokens import Keyring

_LIMIT = 64 * 1024 * 1024  # bytes read of a file; more is over the limit of a mail anyway


@click.command(cls=Command)
@config_option()
@click.option(
    "--mailbox", required=True, metavar="DESK/BOX", help="The mailbox in which the mail arrives."
)
@click.option(
    "--at",
    "instant",
    metavar="INSTANT",
    help="When it arrives, such as 2026-03-04T10:20, in the desk's zone unless it says another;"
    " now by default.",
)
@json_option()
@click.argument("file", type=click.Path(path_type=Path))
def explain(
    directory: Path, mailbox: str, instant: str | None, file: Path, *, as_json: bool
) -> None:
    """Say what would happen to the mail in FILE, and why, without doing any of it.

    It shows who seems to write, the ticket the mail would join or open and by what sign, each rule
    that was tried with its reason, whether the sender may act, the clocks with their due instants,
    and the letters that would leave. The decision is the daemon's own, made with the real database
    where there is one, and then undone: nothing is stored, nothing is sent.
    """
    settings = load(directory, os.environ, secrets=False)
    with _database(settings) as store:
        house = Installation(settings, store)
        desk, box = _mailbox(house, mailbox)
        now = _instant(instant, ZoneInfo(house.desk(desk).timezone))
        office = open_offices(settings, _keyring(settings))[desk]
        with Reader(children=1) as reader:
            reading = reader.read(_bytes(file), box.default_charset)
        # A server gives no UID 0 (RFC 3501 2.3.1.1), so this is nobody's place.
        arrival = Arrival(Source(desk, box.key, 0, 0, now), reading)
        found = _rehearsed(store, office, arrival, now)
    answer = describe(found, reading.mail) | {"mailbox": f"{desk}/{box.key}", "at": now}
    if as_json:
        drawing.emit(answer)
    else:
        _draw(answer, found)


def describe(found: Rehearsal, mail: Mail | Unreadable) -> Keys:
    """Return the keys of a rehearsal."""
    decision, ticket = found.decision, found.ticket
    verdict, authority = decision.verdict, decision.authority
    return {
        "nature": mail.nature.value if isinstance(mail, Mail) else None,
        "nature_reason": mail.reason or None,
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "ticket": keys.ticket(ticket) if ticket else None,
        "is_new": found.is_new,
        "joined_by": decision.joined.by if decision.joined else None,
        "related": decision.related,
        "rules": [
            {"rule": t.rule, "matched": t.matched, "why": t.why}
            for t in (verdict.trace if verdict else ())
        ],
        "changes": keys.changes(verdict.changes.changes()) if verdict else {},
        "authority": {
            "person": authority.person.key if authority.person else None,
            "proved": authority.proved,
            "reason": authority.reason,
        }
        if authority
        else None,
        "done": list(decision.notes),
        "clocks": [keys.explanation(clock) for clock in found.clocks],
        "letters": [keys.leaving(letter) for letter in found.letters],
        "digests": [keys.kept(piece) for piece in found.kept],
    }


def _rehearsed(store: Store, office: Office, arrival: Arrival, now: datetime) -> Rehearsal:
    try:
        return rehearse(store, office, arrival, now)
    except StoreError:
        raise
    except Exception as error:
        raise ProblemError(
            f"Processing this mail fails ({type(error).__name__}): the daemon would try three times"
            " and put it into quarantine."
        ) from None


@contextmanager
def _database(settings: Settings) -> Iterator[Store]:
    """Open the configured database, or an empty one in memory before maild ever ran."""
    store = store_of(settings)
    if not store.exists():
        store = Store("sqlite://")
        store.migrate()
    try:
        store.expect_schema()
        yield store
    finally:
        store.close()


def _keyring(settings: Settings) -> Keyring:
    """Return the instance's keys; before the first start, one for this time only."""
    if (settings.data / signing.NAME).exists():
        return signing.load(settings.data)
    return Keyring((secrets.token_bytes(32),))


def _mailbox(house: Installation, name: str) -> tuple[str, MailboxSettings]:
    desk, _, key = name.partition("/")
    known = [f"{d.key}/{box}" for d in house.settings.desks.values() for box in d.mailboxes]
    if name not in known:
        raise WrongUsageError(f"There is no mailbox {name}; write {' or '.join(known)}.")
    return desk, house.desk(desk).mailboxes[key]


def _instant(text: str | None, zone: ZoneInfo) -> datetime:
    if text is None:
        return utc_now()
    try:
        given = datetime.fromisoformat(text)
        return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongUsageError(
            f"{text} is no instant: write it like 2026-03-04T10:20 or 2026-03-04T10:20+03:00."
        ) from None


def _bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_LIMIT)
    except OSError as error:
        raise WrongUsageError(f"{file} cannot be read: {error.strerror}.") from None


def _draw(answer: Keys, found: Rehearsal) -> None:
    ticket, authority = answer["ticket"], answer["authority"]
    may = ""
    if authority:
        who = authority["person"] or "nobody"
        may = f"{'proved' if authority['proved'] else 'not proved'} as {who}: {authority['reason']}"
    nature = ": ".join(filter(None, (answer["nature"], answer["nature_reason"])))
    drawing.show(
        drawing.pairs(
            {
                "Arrives in": answer["mailbox"],
                "Written by": nature,
                "Outcome": f"{answer['outcome']}: {answer['reason']}",
                "Ticket": _ticket(answer) if ticket else "",
                "Joined by": answer["joined_by"],
                "May act": may,
                "Done": answer["done"],
                "Team": ticket["team"] if ticket else "",
                "Assignee": ticket["assignee"] if ticket else "",
                "Category": ticket["category"] if ticket else "",
                "Priority": ticket["priority"] if ticket else "",
                "Policy": ticket["policy"] if ticket else "",
            }
        )
    )
    if answer["rules"]:
        rows = ((r["rule"], "yes" if r["matched"] else "no", r["why"]) for r in answer["rules"])
        drawing.show("", drawing.table(("rule", "matched", "why"), rows, "Rules, as tried"))
    if found.clocks:
        drawing.show("")
        clocks.draw(found.clocks)
    if answer["letters"]:
        rows = ((one["recipient"], one["purpose"], one["subject"]) for one in answer["letters"])
        drawing.show(drawing.table(("to", "purpose", "subject"), rows, "Letters that would leave"))
    else:
        drawing.show("No letter would leave.")
    if answer["digests"]:
        pieces = ((one["recipient"], one["what"]) for one in answer["digests"])
        drawing.show(drawing.table(("to", "what"), pieces, "Kept for a digest, much is coming in"))
    drawing.show("Nothing of this was stored or sent.")


def _ticket(answer: Keys) -> str:
    kind = "a new one" if answer["is_new"] else "one that is there"
    related = f", linked to #{answer['related']}" if answer["related"] else ""
    return f"{answer['ticket']['ticket']}, {kind}{related}"
