"""A shipped desk played through the real flows, on a clock that jumps."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from maild import chores, sweep
from maild.config.load import load
from maild.config.templates import load as load_letters
from maild.desk import Desk
from maild.intake.words import Decision
from maild.mail.letters import Letters
from maild.mail.mail import Address, Mail
from maild.mail.read import read
from maild.notices.office import Office
from maild.sla.cycle import Cycle
from maild.store.outbox import Entry
from maild.tickets.tokens import Keyring
from tests.flows import house as flows
from tests.flows.house import mail_of

SHELF = Path(__file__).parents[2] / "config" / "desks"
RIYADH = ZoneInfo("Asia/Riyadh")
NOURA = Address("نورة", "noura@trainee.example")


@cache
def shipped(key: str) -> Desk:
    """Load one shipped desk as it stands."""
    return desk_of(key, (SHELF / f"{key}.yaml").read_text(encoding="utf-8"))


def desk_of(key: str, text: str) -> Desk:
    """Load the text of a desk file. Raises ConfigError when it is not valid."""
    with TemporaryDirectory() as folder:
        config = Path(folder)
        (config / "desks").mkdir()
        (config / "maild.yaml").write_text("data: data\n", encoding="utf-8")
        (config / "desks" / f"{key}.yaml").write_text(text, encoding="utf-8")
        return load(config, {}, secrets=False).desks[key]


@cache
def _letters() -> Letters:
    return Letters(load_letters())


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    """An instant as people of the desk write it."""
    return datetime(year, month, day, hour, minute, tzinfo=RIYADH)


@dataclass
class House(flows.House):
    """A shipped desk with everybody who works there. It is Sunday 5 April 2026, 9 o'clock."""

    desk: Desk = field(kw_only=True)
    now: datetime = field(default_factory=lambda: at(4, 5, 9))

    @property
    def office(self) -> Office:
        return Office(self.desk, _letters(), Keyring((b"k" * 32,)))

    def receive(self, raw: bytes, mailbox: str = "", **options: bool) -> Decision:
        """Let a mail arrive in the mailbox it is addressed to."""
        mail = read(raw)
        assert isinstance(mail, Mail)
        return super().receive(raw, mailbox or self.box(mail.to[0].address), **options)

    def write(
        self,
        text: str,
        subject: str = "سؤال",
        by: Address = NOURA,
        to: str = "",
        **headers: object,
    ) -> Decision:
        """Let somebody write a new mail, to the desk's first mailbox unless `to` says another."""
        to = to or next(iter(self.desk.mailboxes.values())).address
        return self.receive(self.mail(text, subject, by, to, **headers))

    def box(self, address: str) -> str:
        """Return the mailbox an address is delivered into."""
        local, _, domain = address.partition("@")
        plain = f"{local.partition('+')[0]}@{domain}"
        boxes = self.desk.mailboxes.values()
        found = [b.key for b in boxes if plain in (b.address, *b.aliases)]
        assert found, f"no mailbox takes mail to {plain}"
        return found[0]

    def staff(self, key: str) -> Address:
        """Return somebody of the desk, as they write."""
        person = self.desk.staff.people[key]
        return Address(person.name, person.email)

    def posted(self, purpose: str, to: str | Address) -> Entry:
        """Return the last letter of a kind to a person's key or an address; there must be one."""
        address = to if isinstance(to, Address) else self.staff(to)
        found = [e for e in self.letters(purpose, address.address) if e.purpose == purpose]
        assert found, f"no {purpose} to {address.address}"
        return found[-1]

    def letter(self, purpose: str, to: str | Address = NOURA) -> Mail:
        """Read the last letter of a kind to somebody, without the marks of direction."""
        return _plain(mail_of(self.posted(purpose, to)))

    def has(self, purpose: str, to: str | Address = NOURA) -> bool:
        address = to if isinstance(to, Address) else self.staff(to)
        return any(e.purpose == purpose for e in self.letters(purpose, address.address))

    def agent(self, number: int = 1) -> Entry:
        """Return the letter that brought a ticket to whoever answers it."""
        found = [e for e in self.letters("notification") if e.ticket == number]
        assert found, "nobody was told of the ticket"
        return found[-1]

    def order(self, text: str, number: int = 1) -> Decision:
        """Let the agent who has a ticket press Reply and write."""
        letter = self.agent(number)
        person = self.desk.staff.by_address(letter.recipient)
        assert person is not None
        decision = self.answer(letter, text, Address(person.name, person.email))
        assert not self.letters("refusal"), "the order was refused"
        return decision

    def escalated(self, to: str) -> datetime:
        """Return when somebody heard that a ticket is late, in local time; they must have."""
        return self.posted("escalation", to).created_at.astimezone(RIYADH)

    def cycle(self, clock: str = "reply", number: int = 1) -> Cycle:
        """Return the open cycle of a clock, or its last one; there must be one."""
        with self.store.reading() as tx:
            found = [c for c in tx.tickets.cycles(self.desk.key, number) if c.clock == clock]
        assert found, f"there is no clock {clock}"
        return max(found, key=lambda c: (c.open, c.n))

    def due(self, clock: str = "reply", number: int = 1) -> datetime:
        """Return when a promise must be kept, in local time."""
        due_at = self.cycle(clock, number).due_at
        assert due_at is not None
        return due_at.astimezone(RIYADH)

    def tick(self) -> None:
        """Let the daemon look for what is due now."""
        sweep.run(self.store, {self.desk.key: self.office}, self.now)

    def look(self) -> None:
        """Let the daemon do its daily chores now."""
        chores.run(self.store, {self.desk.key: self.office}, self.now)

    def report(self, when: datetime, to: str) -> Mail:
        """Let time pass to `when` and read the report somebody got then; there must be one."""
        self.ring(when - timedelta(minutes=1))
        self.look()
        self.ring(when)
        self.look()
        letter = self.posted("report", to)
        assert letter.created_at == when
        return _plain(mail_of(letter))

    def form(self, by: Address, form: str, text: str, **headers: Any) -> Decision:
        """Let a web form mail in for somebody."""
        sender = Address("Web form", form)
        return self.write(text, by=sender, **headers)

    def call(self, by: str, orders: str, text: str) -> Decision:
        """Let somebody of the staff log what came by another way, writing from an address."""
        return self.write(f"{orders}\n{text}", "تسجيل", Address("", by))


def _plain(mail: Mail) -> Mail:
    return replace(mail, text=re.sub("[\u2066-\u2069]", "", mail.text))
