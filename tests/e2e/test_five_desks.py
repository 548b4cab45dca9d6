"""The five shipped desks in one daemon on Dovecot and Postfix: each climbs its whole ladder.

The files are those of config/desks; only their domains and servers are those of the tests. Somebody
writes to each desk and nobody answers: every letter of the ladder is read from its inbox.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from maild.config.load import load
from maild.config.settings import Settings
from maild.daemon.service import Daemon
from maild.mail.mail import Address
from tests.e2e.house import House, Letter, until

SHIPPED = Path(__file__).parents[2] / "config"


@dataclass(frozen=True, slots=True)
class Play:
    """What a requester writes to a desk, and who must hear when nobody answers, in order."""

    desk: str
    mailbox: str
    question: str
    ladder: tuple[tuple[str, str], ...]  # (what the Message-ID says, key of the person)
    promise: str  # in the acknowledgement


PLAYS = (
    Play(
        "institute",
        "support",
        "نسيت كلمة المرور ولا أستطيع دخول المنصة",
        (
            ("reply-1-stage-1", "abdullah"),
            ("reply-1-stage-1", "lama"),
            ("cause-reply-1", "abdullah"),
        ),
        "48 ساعة عمل",
    ),
    Play(
        "diplomas",
        "student",
        "أرغب في تأجيل الفصل الحالي",
        (
            ("reply-1-stage-1", "huda"),
            ("cause-reply-1", "huda"),
            ("reply-1-stage-2", "student_affairs"),
            ("reply-1-stage-3", "deputy_ceo"),
        ),
        "24 ساعة عمل",
    ),
    Play(
        "diplomas",
        "finance",
        "لم تصلني الفاتورة",
        (
            ("reply-1-warn-750", "noura"),
            ("reply-1-stage-1", "khalid"),
            ("reply-1-stage-2", "student_affairs"),
            ("reply-1-stage-3", "deputy_ceo"),
        ),
        "24 ساعة عمل",
    ),
    Play(
        "university",
        "helpdesk",
        "عطل في النظام الأكاديمي: لا تظهر الدرجات",
        (("resolution-1-stage-1", "dean"), ("cause-resolution-1", "basma")),
        "8 ساعات عمل",
    ),
    Play(
        "training",
        "complaints",
        "أشكو من تأخر إصدار شهادتي",
        (
            ("reply-1-warn-750", "hind"),
            ("reply-1-warn-750", "omar"),
            ("reply-1-stage-1", "director"),
            ("cause-reply-1", "hind"),
        ),
        "24 ساعة",
    ),
    Play(
        "academy",
        "support",
        "لا أستطيع تحديث بيانات الحساب",
        (("reply-1-stage-1", "maha"), ("reply-1-stage-2", "academic"), ("cause-reply-1", "maha")),
        "24 ساعة عمل",
    ),
    Play(
        "academy",
        "support",
        "توقف البث المباشر في الحصة",
        (
            ("reply-1-stage-1", "on_call"),
            ("reply-1-stage-1", "maha"),
            ("reply-1-stage-2", "academic"),
        ),
        "15 دقيقة",
    ),
)


@pytest.fixture
def settings(house: House, tmp_path: Path) -> Settings:
    """The shipped configuration, on the servers and in the domain of this test."""
    config = tmp_path / "shipped"
    shutil.copytree(SHIPPED, config)
    for file in (config / "desks").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"\.example\b", f".{house.domain}", text), encoding="utf-8")
    found = load(config, {}, secrets=False)
    desks = {}
    for key, desk in found.desks.items():
        boxes = {
            name: replace(
                box,
                imap=house.dovecot.server(box.address, "tls"),
                smtp=house.postfix.server("starttls", box.address),
            )
            for name, box in desk.mailboxes.items()
        }
        desks[key] = replace(desk, mailboxes=boxes)
    data = tmp_path / "shipped-data"
    return replace(found, data=data, database=f"sqlite:///{data / 'm.sqlite'}", desks=desks)


@pytest.fixture
def daemon(house: House, settings: Settings) -> Iterator[Daemon]:
    daemon = Daemon(settings, house.clock)
    daemon.start()
    try:
        assert daemon.wait_until_read(30), "the mailboxes were not looked into"
        yield daemon
    finally:
        daemon.stop()


def alarms(daemon: Daemon) -> bool:
    with daemon.store.reading() as tx:
        return any(ticket.alarm_at for ticket in tx.tickets.find())


def found(house: House, address: str, mark: str, question: str) -> list[Letter]:
    """Return the letters of an inbox that are of one kind and about one question."""
    return [
        letter
        for letter in house.letters(address)
        if f".{mark}." in (letter.mail.message_id or "") and asks(letter, question)
    ]


def asks(letter: Letter, question: str) -> bool:
    subject = question.split(":")[0]
    return subject in letter.mail.subject or question in letter.mail.text


def test_each_of_the_five_desks_climbs_its_whole_ladder(
    house: House, settings: Settings, daemon: Daemon
) -> None:
    by = [Address("نورة", f"noura{n}@trainee.{house.domain}") for n in range(len(PLAYS))]
    for writer, play in zip(by, PLAYS, strict=True):
        box = settings.desks[play.desk].mailboxes[play.mailbox]
        house.write(play.question, play.question.split(":")[0], writer, box.address)
    for writer, play in zip(by, PLAYS, strict=True):
        assert play.promise in house.letter(writer, seconds=30).mail.text, play.desk
    for _ in range(60):
        if not alarms(daemon):
            break
        house.jump_to_alarm(daemon)
    assert not alarms(daemon), "the ladders have no end"
    for play in PLAYS:
        for mark, person in play.ladder:
            address = settings.desks[play.desk].staff.people[person].email

            def there(address: str = address, mark: str = mark, play: Play = play) -> bool:
                return bool(found(house, address, mark, play.question))

            until(there, 30)
            assert len(found(house, address, mark, play.question)) == 1, (play.desk, mark, person)
    for writer in by:
        assert len(house.letters(writer)) == 1  # nothing of the ladder reaches a requester


def test_a_manager_answers_the_last_stage_and_the_requester_reads_it(
    house: House, settings: Settings, daemon: Daemon
) -> None:
    noura = house.requester()
    desk = settings.desks["diplomas"]
    house.write("أرغب في تأجيل الفصل الحالي", "تأجيل", noura, desk.mailboxes["student"].address)
    house.letter(noura)
    for _ in range(4):  # a warning and three stages
        house.jump_to_alarm(daemon)
    deputy = desk.staff.people["deputy_ceo"]
    escalated = house.letter(deputy.email)
    house.reply(escalated, "تمت الموافقة على التأجيل.", Address(deputy.name, deputy.email))
    answer = house.letter(noura, 2)
    assert answer.mail.new_text.startswith("تمت الموافقة على التأجيل.")
    assert deputy.email.encode() not in answer.raw
    until(lambda: not alarms(daemon))
