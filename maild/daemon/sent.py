"""The Sent folder of a mailbox, read beside its inbox with a cursor of its own."""

from dataclasses import replace
from datetime import datetime

from maild.daemon.receiver import DeskReceiver
from maild.desk import MailboxSettings
from maild.imap.fetching import Fetched
from maild.intake.sent import FOLDER
from maild.intake.words import Arrival
from maild.mail.reading import Reading


def sent_box(box: MailboxSettings) -> MailboxSettings | None:
    """Return the Sent folder as a mailbox of its own, in which nothing is marked, or None."""
    if box.sent_folder is None:
        return None
    key = f"{box.key}{FOLDER}"
    return replace(
        box, key=key, folder=box.sent_folder, after="leave", history="ignore", sent_folder=None
    )


class SentReceiver(DeskReceiver):
    """Takes in what was sent. A folder that cannot be read delays no promise: it is logged."""

    def trouble(self, sentence: str, kind: str) -> None:
        """Say once that the folder cannot be read."""
        self._log.warning("sent folder in trouble", why=sentence, kind=kind)

    def well(self) -> None:
        """Nobody was told of any trouble."""

    def _arrival(
        self,
        uidvalidity: int,
        mail: Fetched,
        reading: Reading,
        now: datetime,
        *,
        history: bool,
    ) -> Arrival:
        arrival = super()._arrival(uidvalidity, mail, reading, now, history=history)
        return replace(arrival, sent=True)
