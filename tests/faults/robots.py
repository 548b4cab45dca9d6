"""Correspondents that answer by themselves, and floods of mail at once."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self
from unittest.mock import patch

from maild.daemon.receiver import DeskReceiver
from maild.mail.mail import Address, Mail, Nature
from tests.e2e.house import Letter
from tests.faults.place import Place


class Robot:
    """Answers every letter somebody gets, up to a limit no sound helpdesk comes near."""

    LIMIT = 7

    def __init__(self, place: Place, who: Address, answer: Callable[[Letter], None]) -> None:
        self._place = place
        self._answer = answer
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.who = who
        self.seen = len(place.letters(who))  # letters it has looked at
        self.answered = 0
        self._before = len(place.dovecot.inbox(place.at("student")))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ended.wait(0.1):
            for letter in self._place.letters(self.who)[self.seen :]:
                if self.answered < self.LIMIT:
                    self._answer(letter)
                    self.answered += 1
                self.seen += 1

    def silence(self) -> None:
        """Wait until everything written was taken in, sent, and answered by the robot."""
        self._place.until(self._silent, what="silence", in_the_dark=40)

    def _silent(self) -> bool:
        place, address = self._place, self.who.address.lower()
        with place.store.reading() as tx:
            cursor = tx.mailboxes.cursor(place.key, "student")
            sent = tx.outbox.list(limit=100_000)
        arrived = len(place.dovecot.inbox(place.at("student")))
        return (
            cursor is not None
            and cursor.last_uid == arrived
            and place.at_rest()
            and self.seen == len(place.letters(self.who))
            and self.seen == sum(e.recipient.lower() == address for e in sent)
            and arrived == self._before + 1 + self.answered  # one began it
        )


def flood(place: Place, mails: Sequence[bytes]) -> None:
    """Put many mails into the mailbox under attack with one command (RFC 3502)."""
    with place.dovecot.session(place.at("student")) as client:
        client.multiappend("INBOX", mails)


def nobody_is_a_machine() -> Any:
    """Return a switch: whatever its headers say, a person wrote every mail."""
    whole = DeskReceiver._receive

    def receive(self: DeskReceiver, uidvalidity: int, mails: Any, readings: Any) -> Any:
        persons = [
            replace(reading, mail=replace(reading.mail, nature=Nature.PERSON, reason=""))
            if isinstance(reading.mail, Mail)
            else reading
            for reading in readings
        ]
        return whole(self, uidvalidity, mails, persons)

    return patch.object(DeskReceiver, "_receive", receive)


def written_to(place: Place) -> set[str]:
    """Return whom the mailbox under attack has written to."""
    with place.store.reading() as tx:
        found = tx.outbox.list(limit=100_000)
    return {e.recipient for e in found if e.mailbox == "student"}


def taken_in(place: Place, count: int) -> None:
    """Wait until so many mails of the mailbox under attack are decided, and no letter waits."""

    def decided() -> bool:
        with place.store.reading() as tx:
            cursor = tx.mailboxes.cursor(place.key, "student")
        return cursor is not None and cursor.last_uid >= count and place.at_rest()

    place.until(decided, 90, f"the end of mail {count}", in_the_dark=90)
