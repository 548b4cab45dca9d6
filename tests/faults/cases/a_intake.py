"""A. The process dies while mail comes in: nothing is lost, nothing happens twice."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from maild.daemon.receiver import DeskReceiver
from maild.imap.fetching import find
from maild.imap.wire import Client
from maild.mail.packing import Packed
from maild.store.mailboxes import Cursor, Mailboxes
from maild.store.mails import Mails
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place

TAKING = "before-commit/sources"  # the transaction that takes a mail in


def cursor_first(self: DeskReceiver, uidvalidity: int, batch: Any) -> set[int]:
    """Remember how far the mailbox was read, and only then take the mail in."""
    with self._store.transaction() as tx:
        tx.mailboxes.save_cursor(replace(self._cursor(tx), last_uid=batch[-1][0].uid))
    return take(self, uidvalidity, batch)


take = DeskReceiver._take


@case(
    "A1",
    "kill -9 before the commit that takes a mail in: it is fetched again and is one ticket",
    defence=Defence(
        "how far a mailbox was read is committed with the mail itself",
        replaced("maild.daemon.receiver.DeskReceiver._take", cursor_first),
    ),
)
def before_the_commit(place: Place) -> None:
    place.leave(place.question())
    place.die(TAKING)
    assert place.attacked_subjects() == []
    with place.process():
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()


@contextlib.contextmanager
def nothing_is_remembered() -> Iterator[None]:
    """Take what was read for known by its flag on the server, and store no record of it."""
    save = Mailboxes.save_cursor

    def first_only(self: Mailboxes, cursor: Cursor) -> None:
        if cursor.last_uid == 0:
            save(self, cursor)

    with (
        patch.object(Mailboxes, "save_cursor", first_only),
        patch.object(Mails, "record", lambda *_, **__: None),
    ):
        yield


@case(
    "A2",
    "kill -9 after the commit and before the mail is marked as read: no second ticket",
    defence=Defence("what became of a mail is committed with its effect", nothing_is_remembered),
)
def before_the_flag(place: Place) -> None:
    place.leave(place.question())
    place.die("before-flag")
    assert not place.dovecot.flags(place.at("student"))[1] & {"\\Seen"}
    with place.process():
        place.probe()
        place.letter(place.requester())
        place.leave(place.question("When does it begin?", by=place.requester("james")))
        place.letter(place.requester("james"))
    questions = place.count("messages") - place.probed
    assert questions == 2, f"two mails became {questions} messages"


def unseen(client: Client, after_uid: int, limit: int, exists: int) -> list[int]:
    """Ask the server which mails nobody has read."""
    fresh = set(client.search(["UNSEEN"]))
    return [uid for uid in find(client, after_uid, limit, exists) if uid in fresh]


@case(
    "A3",
    "the mail carries \\Seen, and kill -9 came before it was taken in: it is taken in",
    defence=Defence(
        "flags on the server are never asked what is new",
        replaced("maild.imap.mailbox.find", unseen),
    ),
)
def seen_before(place: Place) -> None:
    place.leave(place.question())
    place.die(TAKING)
    with place.dovecot.session(place.at("student")) as client:
        client.select_folder("INBOX")
        client.add_flags([1], [b"\\Seen"])
    with place.process():
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()


def kept_at_once(self: Mails, desk: str, packed: Packed, at: Any) -> int:
    """Keep the bytes in a transaction of their own, as a blob store would."""
    kept = keep(self, desk, packed, at)
    self._pending.flush()
    connection = self._pending._connection
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    return kept


keep = Mails.keep


@case(
    "A12",
    "kill -9 between a mail's bytes and what becomes of it: neither is there without the other",
    defence=Defence(
        "the bytes of a mail lie in the database, in the transaction of its effect",
        replaced("maild.store.mails.Mails.keep", kept_at_once),
    ),
)
def between_bytes_and_effect(place: Place) -> None:
    place.leave(place.question("The lecture. " * 50_000))
    place.die("writing/sources")
    kept = place.count("mails")
    assert kept == 0, "the bytes of a mail are there, and nobody knows what became of it"
    with place.process():
        place.await_tickets(1)
        place.letter(place.requester())
        place.probe()
    assert place.count("mails") == place.count("sources") == 2


def no_twin(self: Mails, desk: str, identity: str) -> None:
    """Know a mail by its number on the server only."""


@case(
    "A15",
    "a whole mailbox comes again under new numbers: no ticket, event or letter is added",
    defence=Defence(
        "a mail is known by what it says, whatever its number",
        replaced("maild.store.mails.Mails.twin", no_twin),
    ),
    told=r"^the server numbered its mails anew|^quarantined student 13: it has no sender",
    quick=True,
)
def everything_again(place: Place) -> None:
    for n in range(12):
        place.leave(place.question(f"Question {n}?", subject=f"Q{n}", by=place.requester(f"w{n}")))
    place.leave(b"Subject: nobody wrote this\r\n\r\nhello\r\n")
    effects = ("tickets", "messages", "events", "cycles", "quarantine", "outbox")
    with place.running():
        place.await_tickets(12)
        place.until(place.at_rest)
    before = {table: place.count(table) for table in effects}
    sources = place.count("sources")
    place.dovecot.bump_uidvalidity(place.at("student"), 4242)
    with place.running(wait=False):
        place.until(lambda: place.count("sources") == sources + 13, what="the return of every mail")
        place.until(place.at_rest)
        after = {table: place.count(table) for table in effects}
    assert after == before, f"{before} became {after}"
