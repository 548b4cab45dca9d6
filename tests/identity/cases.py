"""The cases G1 to G27 as mails: each is tried on a ticket of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from maild.mail.mail import Address
from maild.tickets.tokens import Keyring, Purpose
from tests.e2e.house import House, Letter
from tests.identity import test_replies as clients
from tests.identity.scene import raw

ORDER = "#close\n#violation\nDone"
CODE = "XK-4471-92"


@dataclass
class Stage:
    """One ticket: its number, who asked, and the letters that brought it to Sara and Huda."""

    house: House
    keyring: Keyring
    number: int
    requester: Address
    secret: str
    question_id: str
    ack: Letter
    letter: Letter
    colleagues: Letter

    @property
    def sara(self) -> str:
        return self.house.staff("sara").address

    @property
    def evil(self) -> str:
        return f"g{self.number}@evil.{self.house.domain}"

    @property
    def token(self) -> str:
        return self.letter.mail.reply_to[0].address

    @property
    def ids(self) -> str:
        return f"References: {self.letter.mail.message_id}"

    def says(self, verdict: str, about: str | None = None, server: str | None = None) -> str:
        """What the mailbox's own server writes on top of a mail."""
        domain = about or f"staff.{self.house.domain}"
        name = server or f"mx.{self.house.domain}"
        return f"Authentication-Results: {name}; dmarc={verdict} header.from={domain}"

    def from_sara(self, body: str, *headers: str, verdict: str = "pass", **to: str) -> bytes:
        """Sara's own reply in every respect but what the headers say."""
        values = {"to": self.token, "subject": f"Re: [#{self.number}]"} | to
        return raw(f"Sara <{self.sara}>", body, self.says(verdict), *headers, self.ids, **values)

    def from_stranger(self, body: str, *headers: str, **to: str) -> bytes:
        values = {"to": self.house.at("student"), "subject": f"Re: [#{self.number}]"} | to
        return raw(f"Mallory <{self.evil}>", body, self.says("pass", "evil"), *headers, **values)

    def posing(self, from_: str) -> bytes:
        """A From line that parsers may read as Sara's, with her token and her server's pass."""
        return raw(from_, ORDER, self.says("pass"), self.ids, to=self.token)

    def quoted(self, client: str) -> str:
        text = self.letter.mail.text
        return client.format(plain=text, quoted="\n".join(f"> {x}" for x in text.splitlines()))

    def made_up(self, keyring: Keyring, days: int, person: str | None = None) -> str:
        """A reply address by that keyring, as good as it was so many days ago."""
        token = keyring.reply_token(
            self.house.key, self.number, Purpose.STAFF, person or self.sara,
            self.house.clock(), 365 - days,
        )  # fmt: skip
        return self.house.at(f"student+{token}")


Mails = Callable[[Stage], list[bytes]]

# Whatever of these comes, the ticket stays as it is.
ATTACKS: Mapping[str, Mails] = {
    "G1 spoofed, dmarc=fail": lambda s: [s.from_sara(ORDER, verdict="fail")],
    "G2 spoofed, dmarc=none": lambda s: [s.from_sara(ORDER, verdict="none")],
    "G3 a result the sender wrote": lambda s: [
        s.from_sara(ORDER, s.says("pass"), verdict="fail"),
        raw(f"Sara <{s.sara}>", ORDER, "X-" + s.says("pass"), s.ids, to=s.token),
    ],
    "G4 a result of another server": lambda s: [
        raw(f"Sara <{s.sara}>", ORDER, s.says("pass", server=f"mx.evil.{s.house.domain}"), s.ids,
            to=s.token),
    ],
    "G5 an agent's address as a name": lambda s: [
        s.posing(f"{s.sara} <{s.evil}>"),
        s.posing(f'"{s.sara}" <{s.evil}>'),
        s.posing(f"<{s.sara}> <{s.evil}>"),
        s.posing(f"{s.evil} ({s.sara})"),
    ],
    "G6 a group, a list": lambda s: [
        s.posing(f"Agents: {s.sara};"),
        s.posing(f"Sara <{s.sara}>, Mallory <{s.evil}>"),
    ],
    "G7 Reply-To and Sender": lambda s: [
        s.from_stranger(ORDER, f"Reply-To: {s.sara}", f"Sender: {s.sara}", s.ids, to=s.token)
    ],
    "G8 a colleague's token": lambda s: [
        raw(f"Huda <{s.house.staff('huda').address}>", ORDER, s.says("pass"), s.ids, to=s.token)
    ],
    "G9 a token expired or of a lost key": lambda s: [
        raw(f"Sara <{s.sara}>", ORDER, s.says("pass"), to=s.made_up(s.keyring, 400)),
        raw(f"Sara <{s.sara}>", ORDER, s.says("pass"), to=s.made_up(Keyring((b"x" * 32,)), 0)),
    ],
    "G10 a token in a stranger's hands": lambda s: [s.from_stranger(ORDER, s.ids, to=s.token)],
    "G11 a guessed number": lambda s: [s.from_stranger("What is it?")],
    "G12 copied references": lambda s: [
        s.from_stranger("The rest?", f"References: {i}", f"In-Reply-To: {i}", subject="Re: x")
        for i in (s.question_id, s.ack.mail.message_id, s.letter.mail.message_id)
    ],
    "G16 an unknown order": lambda s: [s.from_sara("#clsoe\nDone")],
    "G17 orders against each other": lambda s: [s.from_sara("#close\n#wait\nDone")],
    "G18 somebody who left": lambda s: [
        raw(f"Omar <omar@staff.{s.house.domain}>", ORDER, s.says("pass"),
            to=s.made_up(s.keyring, 0, f"omar@staff.{s.house.domain}"))
    ],
    "G19 an address nobody knows": lambda s: [
        raw(f"Sara <sara.phone@mobile.{s.house.domain}>", "Done.", s.ids, to=s.token)
    ],
    "G22 a forward": lambda s: [
        s.from_sara("Huda, look at this\n\n" + s.quoted(clients.OUTLOOK), subject="FW: [#1] x")
    ],
    "G23 a name that looks like an agent's": lambda s: [
        s.posing(f"سا\u200bرة العتيبي <{s.evil}>"),
        s.posing(f"s\u0430ra@staff.{s.house.domain}"),
    ],
    "G24 headers like ours": lambda s: [
        s.from_stranger(ORDER, f"X-maild-Ticket: {s.number}", "X-maild-Agent: sara",
                        "X-maild-Proved: yes", f"X-maild-Loop: {s.house.at('student')}")
    ],
    "G25 a code to a ticket's address": lambda s: [
        raw(f"Slack <no-reply@slack.{s.house.domain}>", f"Your code is {CODE}",
            "Auto-Submitted: auto-generated", to=s.ack.mail.reply_to[0].address)
    ],
    "G27 a ticket that is no more": lambda s: [
        raw(f"Sara <{s.sara}>", ORDER, s.says("pass"), subject="Re: [#99999]",
            to=s.made_up(s.keyring, 0).replace(f"+a{s.number}-", "+a99999-"))
    ],
}  # fmt: skip


def _replayed(stage: Stage) -> list[bytes]:
    first = stage.from_sara("#priority high")
    return [first, stage.from_sara("#priority low"), b"Received: from replay.example\r\n" + first]


# Of these something comes, and what it is stands in the test.
GENUINE: Mapping[str, Mails] = {
    "G10 a token in the requester's hands": lambda s: [
        raw(f"R <{s.requester.address}>", ORDER, s.ids, to=s.token)
    ],
    "G13 an order played again": _replayed,
    "G14 orders in what is quoted": lambda s: [
        s.from_sara(s.quoted(c))
        for c in (clients.GMAIL, clients.GMAIL_ARABIC, clients.APPLE, clients.OUTLOOK,
                  clients.OUTLOOK_ARABIC, clients.BOTTOM)
    ],
    "G15 orders as people type them": lambda s: [s.from_sara("\u200f＃PRIORITY HIGH \n")],
    "G20 a requester copies a stranger": lambda s: [
        raw(f"R <{s.requester.address}>", "My friend reads along.", f"Cc: {s.evil}",
            f"References: {s.ack.mail.message_id}", to=s.ack.mail.reply_to[0].address),
        s.from_sara("#send\nThe answer."),
    ],
    "G21 an agent copies a stranger": lambda s: [s.from_sara("The answer.", f"Cc: {s.evil}")],
    "G26 two answers in one second": lambda s: [
        s.from_sara("Sara's answer."),
        raw(f"Huda <{s.house.staff('huda').address}>", "Huda's answer.", s.says("pass"),
            f"References: {s.colleagues.mail.message_id}",
            to=s.colleagues.mail.reply_to[0].address),
    ],
    "G27 an answer to a closed ticket": lambda s: [
        s.from_sara("#close\nDone."), s.from_sara("And a link.")
    ],
}  # fmt: skip
