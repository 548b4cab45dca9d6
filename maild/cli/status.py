"""maild status: is everything well?"""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from maild.cli import drawing
from maild.cli.command import Command, config_option, json_option
from maild.cli.installation import Installation, opened
from maild.cli.keys import Keys
from maild.daemon.clock import utc_now
from maild.store.outbox import State
from maild.store.status import Standing

BEHIND = timedelta(minutes=5)  # a daemon looks every few seconds; it is not late before


@click.command(cls=Command)
@config_option()
@json_option()
def status(directory: Path, *, as_json: bool) -> None:
    """Tell whether everything is well: mailboxes, letters, tickets, quarantine, alarms.

    The first thing to look at when something seems wrong, and what a monitor asks: the exit status
    is 1 when a mailbox cannot be read, letters do not leave, or reminders are not carried out (then
    the daemon is probably not running). Each trouble is named with the instant it began.
    """
    now = utc_now()
    with opened(directory) as house, house.store.reading() as tx:
        found = tx.status()
        next_letter_at = tx.outbox.next_at()
    answer = _answer(house, found, next_letter_at, now)
    if as_json:
        drawing.emit(answer)
    else:
        _draw(answer)
    sys.exit(1 if answer["troubles"] else 0)


def _answer(
    house: Installation, found: Standing, next_letter_at: datetime | None, now: datetime
) -> Keys:
    boxes = list(_mailboxes(house, found))
    behind = _behind(found.oldest_alarm_at, now)
    stuck = _behind(next_letter_at, now)
    troubles = [
        {"where": box["mailbox"], "since": box["trouble_since"], "why": box["trouble"]}
        for box in boxes
        if box["trouble"]
    ]
    troubles += [
        {
            "where": box["mailbox"],
            "since": box["letters_trouble_since"],
            "why": f"its letters are not taken: {box['letters_trouble']}",
        }
        for box in boxes
        if box["letters_trouble"]
    ]
    if stuck:
        why = "letters do not leave: is maild run running?"
        troubles.append({"where": "outbox", "since": stuck, "why": why})
    if behind:
        why = "reminders are not carried out: is maild run running?"
        troubles.append({"where": "alarms", "since": behind, "why": why})
    return {
        "at": now,
        "troubles": troubles,
        "mailboxes": boxes,
        "letters": {state.value: count for state, count in found.letters.items()},
        "oldest_letter_at": found.oldest_letter_at,
        "tickets": {status.value: count for status, count in found.tickets.items()},
        "without_target": found.untargeted,
        "quarantined": found.quarantined,
        "oldest_quarantined_at": found.oldest_quarantined_at,
        "alarms_behind_since": behind,
    }


def _mailboxes(house: Installation, found: Standing) -> Iterator[Keys]:
    """Yield every configured mailbox; one that is configured no more troubles nobody."""
    states = {(state.desk, state.mailbox): state for state in found.mailboxes}
    for desk in house.settings.desks.values():
        for box in desk.mailboxes.values():
            state = states.get((desk.key, box.key))
            yield {
                "mailbox": f"{desk.key}/{box.key}",
                "address": box.address,
                "trouble": state.trouble if state else None,
                "trouble_since": state.trouble_since if state else None,
                "last_well_at": state.last_seen_at if state else None,
                "letters_paused_until": state.letters_paused_until if state else None,
                "letters_trouble": state.letters_trouble if state else None,
                "letters_trouble_since": state.letters_trouble_since if state else None,
            }


def _behind(instant: datetime | None, now: datetime) -> datetime | None:
    return instant if instant is not None and now - instant > BEHIND else None


def _draw(answer: Keys) -> None:
    local = drawing.local
    drawing.show(
        drawing.table(
            ("mailbox", "address", "state", "since (UTC)"),
            (
                (
                    box["mailbox"],
                    box["address"],
                    _state(box),
                    local(
                        box["trouble_since"] or box["letters_trouble_since"] or box["last_well_at"]
                    ),
                )
                for box in answer["mailboxes"]
            ),
            whole=("mailbox", "since (UTC)"),
        )
    )
    letters = answer["letters"]
    waiting = sum(letters[s.value] for s in (State.QUEUED, State.DEFERRED, State.SENDING))
    oldest = f", the oldest of {local(answer['oldest_letter_at'])} UTC" if waiting else ""
    counted = _counted(answer["tickets"]) or "none"
    if answer["without_target"]:
        counted += f"; no policy speaks for {answer['without_target']} of them"
    quarantine = str(answer["quarantined"])
    if answer["quarantined"]:
        quarantine += f", the oldest of {local(answer['oldest_quarantined_at'])} UTC"
    drawing.show(
        drawing.pairs(
            {
                "Tickets": counted,
                "Letters": (_counted(letters) or "none") + oldest,
                "Quarantine": quarantine,
            }
        )
    )
    for trouble in answer["troubles"]:
        where, why, since = trouble["where"], trouble["why"], local(trouble["since"])
        drawing.show(drawing.safe(f"In trouble since {since} UTC: {where}: {why}"))
    if not answer["troubles"]:
        drawing.show("All is well.")


def _state(box: Keys) -> str:
    if box["trouble"] or box["letters_trouble"]:
        return "in trouble"
    return "well" if box["last_well_at"] else "not looked into yet"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)
