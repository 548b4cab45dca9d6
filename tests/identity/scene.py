"""A ticket somebody wants to break into: Noura asked, Sara got her letter, strangers write."""

from dataclasses import dataclass, field
from itertools import count

from maild.intake.words import Decision
from maild.notices.office import Office
from maild.store.outbox import Entry
from maild.tickets.ticket import Ticket
from maild.tickets.tokens import Keyring
from tests.flows.house import NOURA, SARA, House, mail_of

CANARY = "رقمي السري 4471 ولا أستطيع الدخول"
STAFF = frozenset({"sara@staff.example", "omar@staff.example", "huda@staff.example"})
EVIL = "mallory@evil.example"

_NUMBERS = count(1)


def raw(
    from_: str,
    body: str,
    *headers: str,
    to: str = "student@desk.example",
    subject: str = "Re: سؤال",
) -> bytes:
    """A mail written by hand; `from_` is the raw From value, `headers` stand above it."""
    lines = [
        *headers,
        f"From: {from_}",
        f"To: {to}",
        f"Subject: {subject}",
        "Date: Sun, 5 Apr 2026 09:00:00 +0300",
        f"Message-ID: <raw{next(_NUMBERS)}@somewhere.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        body,
    ]
    return "\r\n".join(lines).replace("\r\n", "\n").replace("\n", "\r\n").encode()


@dataclass
class Scene(House):
    """The house after Noura's question."""

    keys: tuple[bytes, ...] = field(default=(b"k" * 32,))

    def __post_init__(self) -> None:
        super().__post_init__()
        self.write(CANARY, "سؤال")
        self.later(minutes=5)

    @property
    def office(self) -> Office:
        office = super().office
        return Office(office.desk, office.letters, Keyring(self.keys))

    @property
    def notification(self) -> Entry:
        """The letter that brought the ticket to Sara."""
        return self.letters("notification", SARA.address)[0]

    @property
    def token(self) -> str:
        """Sara's reply address."""
        return mail_of(self.notification).reply_to[0].address

    @property
    def ids(self) -> str:
        """The References line a reply to Sara's letter bears."""
        return f"References: {mail_of(self.notification).message_id}"

    def attack(self, mail: bytes) -> Decision:
        """Let a mail arrive; nothing of the ticket changes, nobody outside learns of it."""
        before, letters = self.state(), len(self.letters())
        decision = self.receive(mail)
        assert self.state() == before, "an unproved mail changed the ticket"
        self.nobody_outside_learned(self.letters()[letters:])
        return decision

    def state(self) -> tuple[object, ...]:
        ticket: Ticket = self.ticket()
        relayed = len(self.letters("relay"))
        return ticket.status, ticket.priority, ticket.assignee, ticket.team, (
            ticket.collaborators
        ), relayed, ticket.alarm_at  # fmt: skip

    def nobody_outside_learned(self, letters: list[Entry]) -> None:
        for letter in letters:
            if letter.recipient not in STAFF | {NOURA.address}:
                assert letter.purpose == "acknowledgement", letter.purpose
                text = mail_of(letter).text
                assert not any(word in text for word in CANARY.split() if len(word) > 3)

    def told_staff(self) -> str:
        """The text of the newest letter to Sara."""
        return mail_of(self.letters(to=SARA.address)[-1]).text
