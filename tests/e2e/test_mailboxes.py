"""Mailboxes as they are found: full, read by humans, renumbered, locked, or on a dead server."""

import time
from datetime import timedelta
from typing import Any

import pytest

from maild.daemon import receiver
from maild.daemon.service import Daemon
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.mail import Mail
from maild.store.mailboxes import Cursor
from tests.e2e.house import House, until
from tests.servers.dovecot import Dovecot
from tests.servers.fake_imap import HANG, FakeImap


def mail(house: House) -> bytes:
    return house.compose("Is it late?", "Late", house.requester(), house.at("student"))


def test_a_wrong_password_is_reported_once_and_the_other_mailbox_works(house: House) -> None:
    house.secret("wrong", "not the password")
    house.desk(house.mailbox("student"), house.mailbox("finance", secret="secrets/wrong"))
    with house.running() as daemon:
        house.write()
        house.letter(house.requester())
        with daemon.store.reading() as tx:
            (ill,) = [s for s in tx.mailboxes.states() if s.trouble]
        assert ill.mailbox == "finance"
        house.clock.jump(minutes=6)
        daemon.keep_house()
        daemon.keep_house()
        letter = house.letter(house.at("admin"))
        assert house.at("finance") in letter.mail.text
        assert "not the password" not in letter.raw.decode()
        house.secret("wrong", "secret")
        daemon.reload(house.settings)
        recovered = house.letter(house.at("admin"), 2)
        assert house.at("finance") in recovered.mail.text
    assert len(house.letters(house.at("admin"))) == 2


def test_a_silent_server_does_not_slow_another_mailbox(house: House) -> None:
    with FakeImap(greeting=[HANG]) as dead:
        house.desk(
            house.mailbox("student"),
            house.mailbox("finance", imap=dead.port, imap_security="plain"),
        )
        with house.process() as process:
            began = time.monotonic()
            house.write()
            house.letter(house.requester())
            assert time.monotonic() - began < 10
            assert process.end() == 0


def test_a_server_that_is_down_at_the_start_is_tried_until_it_is_up(house: House) -> None:
    certificates = house.dovecot.certificates
    late = Dovecot(certificates)
    try:
        house.desk(house.mailbox(imap=late.imaps_port))
        with house.process() as process:
            until(lambda: "mailbox in trouble" in process.journal())
            late.start()
            until(lambda: "mailbox works again" in process.journal(), 30)
            late.deliver(house.at("student"), mail(house))
            house.letter(house.requester())
            assert process.journal().count("mailbox in trouble") == 1
    finally:
        late.remove()


def test_a_mail_that_a_human_has_read_already_is_processed(house: House) -> None:
    with house.running():
        house.dovecot.append(house.at("student"), mail(house), flags=("\\Seen",))
        house.letter(house.requester())


@pytest.mark.parametrize("after", ["flag", "move to Done", "leave"])
def test_a_processed_mail_is_flagged_moved_or_left(house: House, after: str) -> None:
    student = house.at("student")
    house.desk(house.mailbox("student", f"after: {after}"))
    with house.running():
        house.write()
        house.letter(house.requester())
        if after == "flag":
            until(lambda: {"\\Seen", "$Maild"} <= house.dovecot.flags(student)[1])
        elif after == "leave":
            assert "\\Seen" not in house.dovecot.flags(student)[1]
        else:
            until(lambda: not house.dovecot.inbox(student))
            assert len(house.dovecot.inbox(student, "Done")) == 1


QUESTIONS, REPLIES = 40, 10
HISTORY = QUESTIONS + REPLIES


@pytest.mark.parametrize(("history", "tickets"), [("ignore", 0), ("archive", 40), ("open", 40)])
def test_history_is_ignored_archived_or_opened_also_when_the_server_renumbers(
    house: House, history: str, tickets: int
) -> None:
    student, james = house.at("student"), house.requester("james")
    fill(house)
    house.desk(house.mailbox("student", f"history: {history}"))
    with house.running() as daemon:
        found = tickets_of(daemon)
        assert len(found) == tickets
        assert {t > 1 for t in found.values()} == ({False, True} if tickets else set())
        assert bool(letters_of(daemon)) == alarms_ring(daemon) == (history == "open")
        house.clock.jump(hours=1)
        raw = house.compose("Is it late?", "Late", james, student)
        house.dovecot.append(student, raw, received_at=house.clock() - timedelta(minutes=1))
        house.letter(james)
        posted = letters_of(daemon)
        house.dovecot.bump_uidvalidity(student, 4711)
        house.dovecot.kick(student)
        until(lambda: cursor(daemon).uidvalidity == 4711 and cursor(daemon).last_uid > HISTORY)
        assert letters_of(daemon) == posted
        assert len(tickets_of(daemon)) == tickets + 1
    touched = ["\\Seen" in flags for _, flags in sorted(house.dovecot.flags(student).items())]
    assert touched == [history != "ignore"] * HISTORY + [True]


def fill(house: House) -> None:
    """Put a month of mail into the mailbox: questions, and replies to the first of them."""
    student = house.at("student")
    with house.dovecot.session(student) as client:
        for n in range(HISTORY):
            by = house.requester(f"writer{n % QUESTIONS}")
            before = f"<m{n - QUESTIONS + 1}@{by.address.rpartition('@')[2]}>"
            headers = {"in_reply_to": before, "references": (before,)} if n >= QUESTIONS else {}
            raw = house.compose(f"Question {n}, please.", f"Subject {n}", by, student, **headers)
            client.append("INBOX", raw, (), house.clock() - timedelta(hours=HISTORY - n))


def tickets_of(daemon: Daemon) -> dict[int, int]:
    """Return how many messages each ticket has."""
    with daemon.store.reading() as tx:
        found = tx.tickets.find(limit=1000)
        return {t.number: len(tx.tickets.messages(t.desk, t.number)) for t in found}


def alarms_ring(daemon: Daemon) -> bool:
    with daemon.store.reading() as tx:
        return any(t.alarm_at for t in tx.tickets.find(limit=1000))


def letters_of(daemon: Daemon) -> int:
    with daemon.store.reading() as tx:
        return len(tx.outbox.list(limit=1000))


def cursor(daemon: Daemon) -> Cursor:
    with daemon.store.reading() as tx:
        found = tx.mailboxes.cursor("diplomas", "student")
    assert found is not None
    return found


def test_a_server_restored_from_a_backup_that_reuses_its_numbers_loses_no_mail(
    house: House,
) -> None:
    student, people = house.at("student"), [house.requester(n) for n in ("one", "two", "three")]
    first, second, third = (house.compose("Late?", f"Q {p.name}", p, student) for p in people)
    with FakeImap() as fake:
        house.desk(house.mailbox(imap=fake.port, imap_security="plain"))
        with house.running() as daemon:
            fake.mails.update({1: first, 2: second})
            fake.push(b"* 2 EXISTS\r\n")
            house.letter(people[1])
            fake.mails.clear()
            fake.mails[1] = third
            fake.hang_up()
            house.letter(people[2])
            fake.mails[2] = first
            fake.push(b"* 2 EXISTS\r\n")
            until(lambda: cursor(daemon).last_uid == 2)
            assert len(tickets_of(daemon)) == 3
    assert [len(house.letters(p)) for p in people] == [1, 1, 1]


def test_a_mail_that_breaks_the_parser_is_kept_aside_and_the_next_one_flows(house: House) -> None:
    poison = b"\x00" * 200_000 + b"\r\n\r\n"
    with house.running() as daemon:
        house.dovecot.append(house.at("student"), poison)
        house.write()
        house.letter(house.requester())
        with daemon.store.reading() as tx:
            (kept,) = tx.quarantine.waiting()
            assert kept.mail is not None
            stored = tx.mails.raw("diplomas", kept.mail)
        assert stored == house.dovecot.inbox(house.at("student"))[0]
        letter = house.letter(house.at("admin"))
        assert str(kept.id) in letter.mail.text
    assert len(house.letters(house.at("admin"))) == 1


def test_a_mail_that_intake_cannot_digest_is_kept_aside_at_the_third_attempt(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    def choke(arrival: Arrival, *rest: Any) -> Decision:
        nonlocal attempts
        if isinstance(arrival.mail, Mail) and arrival.mail.subject == "Poison":
            attempts += 1
            raise RuntimeError("this text quotes the mail")
        return receive(arrival, *rest)

    monkeypatch.setattr(receiver, "receive", choke)
    student = house.at("student")
    with house.running() as daemon:
        for subject, by in (("Before", "one"), ("Poison", "two"), ("After", "three")):
            raw = house.compose("Is it late?", subject, house.requester(by), student)
            house.dovecot.append(student, raw)
        for by in ("one", "three"):
            house.letter(house.requester(by), seconds=30)
        with daemon.store.reading() as tx:
            (kept,) = tx.quarantine.waiting()
            assert kept.mail is not None
            assert tx.mails.raw("diplomas", kept.mail) == house.dovecot.inbox(student)[1]
        assert "RuntimeError" in house.letter(house.at("admin")).mail.text
    assert "quotes" not in house.letters(house.at("admin"))[0].mail.text
    assert attempts >= 3
    assert house.letters(house.requester("two")) == []


def test_a_refused_password_for_sending_is_told_through_another_mailbox_and_so_is_its_end(
    house: House,
) -> None:
    good, wrong = (f"password_file: secrets/{name}, ca" for name in ("good", "wrong"))
    own = house.mailbox("student")
    at = own.rindex(good)
    ill = own[:at] + own[at:].replace(good, wrong)
    house.secret("wrong", "not the password")
    house.desk(ill, house.mailbox("finance"))
    admin = house.at("admin")
    with house.running() as daemon:
        house.write()
        until(lambda: _refused(daemon))
        daemon.keep_house()
        house.clock.jump(minutes=6)
        daemon.keep_house()
        daemon.keep_house()
        letter = house.letter(admin)
        assert letter.mail.from_ is not None
        assert letter.mail.from_.address == house.at("finance")
        assert "لم تُرسل" in letter.mail.text or "لم يُرسل" in letter.mail.text
        assert house.at("student") in letter.mail.text
        assert "not the password" not in letter.raw.decode()
        house.secret("wrong", "secret")
        daemon.reload(house.settings)
        house.clock.jump(minutes=16)
        daemon._outgoing.wake()
        house.letter(house.requester())  # it has waited, and leaves now
        until(lambda: not _refused(daemon))
        daemon.keep_house()
        assert house.at("student") in house.letter(admin, 2).mail.text
    assert len(house.letters(admin)) == 2


def _refused(daemon: Daemon) -> bool:
    with daemon.store.reading() as tx:
        return any(state.letters_trouble for state in tx.mailboxes.states())
