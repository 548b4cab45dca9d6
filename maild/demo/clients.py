"""What people do with their mail programs: write, wait for an answer, reply."""

import smtplib
import time
from dataclasses import dataclass
from datetime import datetime

from imapclient import IMAPClient

from maild.demo.server import HOST, PASSWORD
from maild.mail.compose import compose
from maild.mail.mail import Address, Mail
from maild.mail.outgoing import Outgoing
from maild.mail.read import read

PATIENCE = 20  # seconds a letter may take before the demonstration gives up


class NothingCameError(Exception):
    """A letter that should have come did not; the message says whose."""


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it was read back over IMAP."""

    raw: bytes
    mail: Mail


class MailProgram:
    """The mail program of one person, who sees what lies in their mailbox and nothing else."""

    def __init__(self, person: Address, imap_port: int, smtp_port: int) -> None:
        """Use the servers of the demonstration."""
        self.person = person
        self._imap_port = imap_port
        self._smtp_port = smtp_port
        self._seen = 0  # how many letters were looked at

    def write(self, to: str, subject: str, text: str, now: datetime) -> None:
        """Send a new mail by SMTP."""
        self._send(to, subject, text, now, f"<{now:%Y%m%d%H%M%S}.{self._seen}@{self._domain}>")

    def reply(self, to: Received, text: str, now: datetime) -> None:
        """Press Reply and send: the answer above, the letter quoted below, as mail programs do."""
        mail = to.mail
        if mail.from_ is None or mail.message_id is None:
            raise NothingCameError("a letter without sender or Message-ID cannot be replied to")
        address = (mail.reply_to or (mail.from_,))[0].address
        quoted = "\n".join(f"> {line}" for line in mail.text.splitlines())
        wrote = f"On {mail.date:%d/%m/%Y %H:%M}, {mail.from_.name} wrote:" if mail.date else ""
        self._send(
            address,
            mail.subject if mail.subject.startswith("Re:") else f"Re: {mail.subject}",
            f"{text}\n\n{wrote}\n{quoted}\n",
            now,
            f"<{now:%Y%m%d%H%M%S}.{self._seen}.r@{self._domain}>",
            (*mail.references, mail.message_id),
        )

    def next_letter(self) -> Received:
        """Wait for the next letter in the mailbox and read it over IMAP.

        Raises NothingCameError when none comes within twenty seconds.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if letter := self.new_letter():
                return letter
            time.sleep(0.1)
        raise NothingCameError(f"no letter came for {self.person.address}")

    def new_letter(self) -> Received | None:
        """Read the next letter over IMAP, or return None when there is none yet."""
        letters = self.letters()
        if len(letters) <= self._seen:
            return None
        self._seen += 1
        return letters[self._seen - 1]

    def letters(self) -> list[Received]:
        """Read every letter of the mailbox over IMAP, oldest first."""
        with IMAPClient(HOST, self._imap_port, ssl=False, timeout=10) as client:
            client.login(self.person.address, PASSWORD)
            client.select_folder("INBOX", readonly=True)
            uids = client.search("ALL")
            answers = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            raws = [answers[uid][b"BODY[]"] for uid in sorted(answers)]
        mails = ((raw, read(raw)) for raw in raws)
        return [Received(raw, mail) for raw, mail in mails if isinstance(mail, Mail)]

    @property
    def _domain(self) -> str:
        return self.person.address.rpartition("@")[2]

    def _send(
        self,
        to: str,
        subject: str,
        text: str,
        now: datetime,
        message_id: str,
        references: tuple[str, ...] = (),
    ) -> None:
        raw = compose(
            Outgoing(
                from_=self.person,
                to=Address("", to),
                subject=subject,
                text=text,
                message_id=message_id,
                date=now,
                in_reply_to=references[-1] if references else None,
                references=references,
            )
        )
        with smtplib.SMTP(HOST, self._smtp_port, timeout=10) as submission:
            submission.sendmail(self.person.address, [to], raw)
