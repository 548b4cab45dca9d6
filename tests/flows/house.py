"""A desk in memory: the real flows on the real store, with mail and time handed in by the test."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from maild import sweep
from maild.config.templates import load
from maild.desk import Desk, MailboxSettings, Server
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.compose import compose
from maild.mail.letters import Letters
from maild.mail.mail import Address, Mail
from maild.mail.outgoing import Outgoing
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.notices.office import Office
from maild.sla.calendar import Calendar, shift
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, ClockKind, Match, On, Policy, Span, Stage, When
from maild.store.mails import Source
from maild.store.outbox import Entry
from maild.store.store import Store
from maild.tickets.people import Person, Staff, Team
from maild.tickets.ticket import Message, Ticket
from maild.tickets.tokens import Keyring

SUNDAY = datetime(2026, 4, 5, 6, 0, tzinfo=UTC)  # 09:00 in Riyadh
NOURA = Address("نورة", "noura@trainee.example")
JAMES = Address("James", "james@trainee.example")
DAY = (shift("08:00", "16:00"),)
HOURS = 3600


def desk() -> Desk:
    """A small diplomas desk: one team, a reply clock of 24 open hours, three stages."""
    nowhere = Server("mail.desk.example", 993)
    office = Calendar("office", "Asia/Riyadh", weekly=(DAY, DAY, DAY, DAY, (), (), DAY))
    stages = (
        Stage(1, ("lead",), (When(On.DUE),)),
        Stage(2, ("manager",), (When(On.STAGE, Span(24 * HOURS), 1),)),
        Stage(3, ("deputy",), (When(On.STAGE, Span(24 * HOURS), 2),), priority="top"),
    )
    reply = Clock("reply", ClockKind.REPLY, Span(24 * HOURS), "office", (0.75,), stages)
    box = MailboxSettings(
        "student", "student@desk.example", {"ar": "دعم المتدربين", "en": "Student support"},
        "students", nowhere, nowhere,
    )  # fmt: skip
    return Desk(
        key="diplomas",
        name={"ar": "منصة الدبلومات", "en": "Diplomas platform"},
        languages=("ar", "en"),
        timezone="Asia/Riyadh",
        staff=Staff(
            {
                "sara": Person(
                    "sara", "سارة العتيبي", "sara@staff.example", ("sara@home.example",)
                ),
                "omar": Person("omar", "عمر", "omar@staff.example"),
                "huda": Person("huda", "هدى", "huda@staff.example"),
                "director": Person("director", "مدير شؤون الطلاب", "director@staff.example"),
                "deputy": Person("deputy", "نائب الرئيس", "deputy@staff.example", language="en"),
            },
            {
                "students": Team("students", "دعم المتدربين", ("sara",), "huda", "director"),
                "technical": Team("technical", "الدعم الفني", ("omar",), "huda", tier=2),
            },
        ),
        mailboxes={
            "student": box,
            "finance": replace(box, key="finance", address="finance@desk.example"),
        },
        calendars={"office": OpenHours(office)},
        policies=(Policy("all", Match(), (reply,)),),
        domains=("desk.example",),
    )


@dataclass
class House:
    """The desk, its store, and the instant it is."""

    desk: Desk = field(default_factory=desk)
    now: datetime = SUNDAY
    store: Store = field(default_factory=lambda: Store("sqlite://"))

    def __post_init__(self) -> None:
        self.store.migrate()
        self._uids = count(1)

    @property
    def office(self) -> Office:
        return Office(self.desk, Letters(load()), Keyring((b"k" * 32,)))

    def receive(self, raw: bytes, mailbox: str = "student", **options: bool) -> Decision:
        """Let a mail arrive now, as its thread would hand it over."""
        source = Source(self.desk.key, mailbox, 1, next(self._uids), self.now)
        with self.store.transaction() as tx:
            return receive(
                Arrival(source, reading_of(raw, read(raw)), **options), self.office, tx, self.now
            )

    def write(
        self,
        text: str,
        subject: str = "سؤال",
        by: Address = NOURA,
        to: str = "student@desk.example",
        **headers: object,
    ) -> Decision:
        """Let somebody write a new mail."""
        return self.receive(
            self.mail(text, subject, by, to, **headers), mailbox=to.partition("@")[0]
        )

    def mail(self, text: str, subject: str, by: Address, to: str, **headers: object) -> bytes:
        number = next(self._uids)
        outgoing = Outgoing(
            from_=by, to=Address("", to), subject=subject, text=text, date=self.now,
            message_id=f"<m{number}@{by.address.rpartition('@')[2]}>",
        )  # fmt: skip
        return compose(replace(outgoing, **headers))  # type: ignore[arg-type]  # any field

    def answer(self, letter: Entry, text: str, by: Address, **headers: object) -> Decision:
        """Let somebody press Reply under a letter they got."""
        got = mail_of(letter)
        quoted = "\n".join(f"> {line}" for line in got.text.splitlines())
        return self.receive(
            self.mail(
                f"{text}\n\nOn Sun, 5 Apr 2026 at 09:00, maild wrote:\n{quoted}\n",
                f"Re: {got.subject}",
                by,
                got.reply_to[0].address,
                **{"in_reply_to": got.message_id, "references": (*got.references, got.message_id)}
                | headers,
            )
        )

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def ring(self, at: datetime) -> None:
        """Let time pass to `at`, ringing each alarm when it rings."""
        while (alarm := self._next_alarm()) is not None and alarm <= at:
            self.now = max(self.now, alarm)
            sweep.run(self.store, {self.desk.key: self.office}, self.now)
        self.now = at

    def letters(self, purpose: str = "", to: str = "") -> list[Entry]:
        """Every letter posted so far, oldest first."""
        with self.store.reading() as tx:
            found = tx.outbox.list(limit=1000)
        ordered = sorted(found, key=lambda e: e.id)
        return [e for e in ordered if purpose in e.purpose and to in e.recipient]

    def ticket(self, number: int = 1) -> Ticket:
        with self.store.reading() as tx:
            found = tx.tickets.get(self.desk.key, number)
        assert found is not None
        return found

    def thread(self, number: int = 1) -> tuple[Message, ...]:
        with self.store.reading() as tx:
            return tx.tickets.messages(self.desk.key, number)

    def _next_alarm(self) -> datetime | None:
        with self.store.reading() as tx:
            alarms = [t.alarm_at for t in tx.tickets.find() if t.alarm_at]
        return min(alarms, default=None)


def mail_of(letter: Entry) -> Mail:
    """Read a letter as its recipient's mail program would."""
    found = read(letter.raw)
    assert isinstance(found, Mail)
    return found


SARA = Address("سارة", "sara@staff.example")
