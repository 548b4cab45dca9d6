"""A Watch against a real Dovecot, and against a server that breaks."""

import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from maild.daemon.watch import Cursor, Watch, pause
from maild.desk import MailboxSettings, Secret
from maild.imap.wire import Limits
from tests.daemon.receiver import Recorder, Watching, mail, until
from tests.servers.dovecot import Dovecot
from tests.servers.fake_imap import EOF, HANG, HONEST, FakeImap


def account(dovecot: Dovecot, user: str, **more: Any) -> MailboxSettings:
    server = dovecot.server(user)
    return MailboxSettings("student", user, {}, "team", server, server, **more)


def test_a_backlog_comes_in_batches_and_is_flagged_once_it_is_committed(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    for number in range(1, 8):
        dovecot.append(user, mail(number), flags=("\\Seen",) if number == 2 else ())
    receiver = Recorder()
    watching(account(dovecot, user), receiver, batch=3)
    until(lambda: receiver.times_well)
    assert [[each.uid for each in batch] for batch in receiver.batches] == [
        [1, 2, 3],
        [4, 5, 6],
        [7],
    ]
    assert all("$Maild" in flags for flags in dovecot.flags(user).values())


def test_a_backlog_begins_with_a_few_mails_so_that_none_waits_for_hundreds(
    watching: Watching,
) -> None:
    receiver = Recorder()
    with FakeImap({uid: mail(uid) for uid in range(1, 301)}) as fake:
        watching(fake.settings(), receiver, batch=100)
        until(lambda: len(receiver.mails) == 300)
    assert [len(batch) for batch in receiver.batches] == [25, 50, 100, 100, 25]


def test_new_mail_arrives_by_idle(dovecot: Dovecot, user: str, watching: Watching) -> None:
    receiver = Recorder()
    watching(account(dovecot, user), receiver)
    until(lambda: receiver.times_well)
    time.sleep(0.1)
    dovecot.deliver(user, mail(1))
    until(lambda: receiver.mails, 4)  # poll is 60 seconds


def test_new_mail_arrives_at_a_server_whose_idle_is_silent(watching: Watching) -> None:
    receiver = Recorder()
    with FakeImap({1: mail(1)}) as fake:
        watch = watching(fake.settings(poll=1), receiver)
        until(lambda: receiver.times_well)
        fake.mails[2] = mail(2)
        until(lambda: len(receiver.mails) == 2, 3)
        assert fake.seen("IDLE")
        watch.stop()
        assert watch.join(1)


def test_what_lay_there_before_is_left_out_when_the_receiver_says_so(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    for number in (1, 2):
        dovecot.append(user, mail(number))
    receiver = Recorder(history=False)
    watching(account(dovecot, user), receiver)
    until(lambda: receiver.times_well)
    dovecot.append(user, mail(3))
    until(lambda: receiver.mails)
    assert [each.uid for each in receiver.mails] == [3]
    assert [(state.exists, state.uidnext) for state in receiver.first] == [(2, 3)]
    assert not dovecot.flags(user)[1] & {"\\Seen", "$Maild"}


def test_a_restart_goes_on_where_it_was(dovecot: Dovecot, user: str, watching: Watching) -> None:
    receiver = Recorder()
    for number in (1, 2):
        dovecot.append(user, mail(number))
        watch = watching(account(dovecot, user), receiver)
        until(lambda: receiver.at and receiver.at.uid == number)  # noqa: B023
        watch.stop()
        assert watch.join(1)
    assert [each.uid for each in receiver.mails] == [1, 2]
    assert len(receiver.first) == 1


def test_what_a_maild_that_died_had_not_flagged_is_flagged_at_the_next_start(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    for number in (1, 2, 3):
        dovecot.append(user, mail(number))
    uidvalidity = dovecot.doveadm("mailbox", "status", "-u", user, "uidvalidity", "INBOX")
    before_us = Cursor(int(uidvalidity.rpartition("=")[2]), 2)
    receiver = Recorder(at=before_us, unmarked=[1, 2])
    watching(account(dovecot, user), receiver)
    until(lambda: all("$Maild" in flags for flags in dovecot.flags(user).values()))
    assert [each.uid for each in receiver.mails] == [3]


def test_mail_a_person_reads_first_is_still_taken(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    dovecot.append(user, mail(1), flags=("\\Seen", "\\Answered"))
    receiver = Recorder()
    watching(account(dovecot, user), receiver)
    until(lambda: receiver.mails)


def test_a_changed_uidvalidity_has_everything_come_again(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    dovecot.append(user, mail(1))
    receiver = Recorder(at=Cursor(99, 500))
    watching(account(dovecot, user), receiver)
    until(lambda: receiver.mails)
    ((old, state),) = receiver.renumbered
    assert old == Cursor(99, 500)
    assert receiver.at == Cursor(state.uidvalidity, 1)


def test_a_uidvalidity_that_changes_while_we_watch_is_noticed(watching: Watching) -> None:
    receiver = Recorder()
    with FakeImap({5: mail(5)}) as fake:
        watch = watching(fake.settings(poll=1), receiver, reselect=0.5)
        until(lambda: receiver.mails)
        fake.mails, fake.uidvalidity = {1: mail(1), 2: mail(2)}, 8
        until(lambda: len(receiver.mails) == 3)
        assert receiver.at == Cursor(8, 2)
        assert [old for old, _ in receiver.renumbered] == [Cursor(7, 5)]
        watch.stop()
        assert watch.join(1)


def test_a_folder_renumbered_under_our_hands_is_read_again_and_told_of_once(
    watching: Watching,
) -> None:
    receiver = Recorder()
    with FakeImap({5: mail(5)}) as fake:
        watching(fake.settings(), receiver)
        until(lambda: receiver.mails and fake.seen("IDLE"))
        fake.mails, fake.uidvalidity = {1: mail(1)}, 8
        fake.push(b"* OK [UIDVALIDITY 8] renumbered\r\n")
        fake.push(b"* 1 EXISTS\r\n")
        until(lambda: len(receiver.mails) == 2)
        assert [old for old, _ in receiver.renumbered] == [Cursor(7, 5)]
        assert receiver.troubles == []


def test_a_folder_restored_without_a_new_uidvalidity_is_read_again(watching: Watching) -> None:
    receiver = Recorder(at=Cursor(7, 900))
    with FakeImap({1: mail(1), 2: mail(2)}) as fake:
        watching(fake.settings(), receiver)
        until(lambda: len(receiver.mails) == 2)


def test_nothing_is_flagged_that_is_not_committed(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    dovecot.append(user, mail(1))
    receiver = Recorder(failures=10_000)
    watch = watching(account(dovecot, user), receiver)
    until(lambda: receiver.failures < 9_997)
    assert not dovecot.flags(user)[1] & {"\\Seen", "$Maild"}
    assert receiver.kinds == ["intake"]
    assert "quotes" not in receiver.troubles[0][1]
    receiver.failures = 0
    until(lambda: receiver.times_well)
    assert [each.uid for each in receiver.mails] == [1]
    assert "$Maild" in dovecot.flags(user)[1]
    watch.stop()


def test_a_server_that_is_away_is_reported_once_and_found_again(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    receiver = Recorder()
    dovecot.stop()
    try:
        watching(account(dovecot, user), receiver)
        until(lambda: receiver.troubles)
        time.sleep(0.5)  # ten attempts
        assert receiver.kinds == ["network"]
    finally:
        dovecot.start()
    dovecot.deliver(user, mail(1))
    until(lambda: receiver.mails and receiver.times_well)


def test_one_broken_connection_is_no_incident(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    receiver = Recorder()
    watching(account(dovecot, user), receiver)
    until(lambda: receiver.times_well)
    time.sleep(0.1)
    dovecot.kick(user)
    until(lambda: receiver.times_well == 2)
    dovecot.deliver(user, mail(1))
    until(lambda: receiver.mails)
    assert receiver.troubles == []


def test_a_wrong_password_is_reported_once_and_leaves_other_mailboxes_alone(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    wrong, right = Recorder(), Recorder()
    settings = account(dovecot, user)
    broken = replace(settings, imap=replace(settings.imap, password=Secret("hunter2")))
    watching(broken, wrong, limits=Limits())  # Dovecot takes its time to say no
    other = f"finance-{user}"
    watching(account(dovecot, other), right)
    dovecot.deliver(other, mail(1))
    until(lambda: right.mails and wrong.troubles, 5)
    time.sleep(0.3)
    assert wrong.kinds == ["auth"]
    assert "hunter2" not in str(wrong.troubles)


def test_a_silent_server_does_not_slow_another_mailbox(
    dovecot: Dovecot, user: str, watching: Watching
) -> None:
    receiver = Recorder()
    with FakeImap(greeting=[HANG]) as fake:
        watching(fake.settings(), Recorder())
        began = time.monotonic()
        watching(account(dovecot, user), receiver)
        until(lambda: receiver.times_well)
        assert time.monotonic() - began < 1


def test_a_connection_that_breaks_in_a_mail_brings_that_mail_once(watching: Watching) -> None:
    receiver = Recorder()
    with FakeImap({1: mail(1), 2: mail(2)}) as fake:
        fake.script("UID FETCH", HONEST)
        fake.script("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {24}\r\nSubj", EOF)
        watching(fake.settings(), receiver)
        until(lambda: len(receiver.mails) == 2)
    assert [each.raw for each in receiver.mails] == [mail(1), mail(2)]


def test_a_mail_that_always_breaks_the_connection_holds_up_nobody(watching: Watching) -> None:
    class Poisoned(FakeImap):
        def _fetched(self, uid: int, rest: str) -> bytes:
            if uid == 2 and "BODY.PEEK[]" in rest:
                raise EOFError
            return super()._fetched(uid, rest)

    receiver = Recorder()
    with Poisoned({uid: mail(uid) for uid in (1, 2, 3)}) as fake:
        watching(fake.settings(), receiver)
        until(lambda: len(receiver.mails) == 3)
    first, second, third = receiver.mails
    assert (first.raw, third.raw) == (mail(1), mail(3))
    assert (second.raw, second.headers) == (None, b"Subject: 2\r\n\r\n")


def test_a_move_that_is_refused_is_one_report_and_every_mail_is_taken(watching: Watching) -> None:
    receiver = Recorder()
    with FakeImap({uid: mail(uid) for uid in (1, 2, 3)}) as fake:
        fake.folders["Processed"] = {}
        fake.script("UID MOVE", b"TAG NO [OVERQUOTA] full\r\n", times=3)
        watching(fake.settings(after="move", poll=1), receiver, batch=1, reselect=0.5)
        until(lambda: not fake.mails)  # moved after all, when there was room again
    assert [each.uid for each in receiver.mails] == [1, 2, 3]
    assert receiver.kinds == ["done"]


def test_flags_that_a_broken_line_prevented_are_set_later(watching: Watching) -> None:
    receiver = Recorder()
    with FakeImap({1: mail(1)}) as fake:
        fake.script("UID STORE", EOF)
        watching(fake.settings(), receiver)
        until(lambda: fake.flags[1])
    assert len(receiver.mails) == 1


def test_a_receiver_that_fails_even_to_take_note_does_not_end_the_watch(
    watching: Watching,
) -> None:
    class Deaf(Recorder):
        def trouble(self, sentence: str, kind: str) -> None:
            raise OSError("the store is away")

    receiver = Deaf(failures=3)
    with FakeImap({1: mail(1)}) as fake:
        watching(fake.settings(), receiver)
        until(lambda: receiver.mails)


@pytest.mark.parametrize("where", ["LOGIN", "SELECT", "UID FETCH", "IDLE"])
def test_stop_takes_less_than_a_second_wherever_the_server_is_silent(where: str) -> None:
    with FakeImap({1: mail(1)}) as fake:
        fake.script(where, *([b"+ idling\r\n"] if where == "IDLE" else []), HANG)
        watch = Watch(fake.settings(), Recorder())  # with the time limits of real life
        watch.start()
        until(lambda: fake.seen(where))
        time.sleep(0.05)
        began = time.monotonic()
        watch.stop()
        assert watch.join(1)
        assert time.monotonic() - began < 1


def test_stopping_lets_a_batch_be_committed(dovecot: Dovecot, user: str) -> None:
    inside, go_on = threading.Event(), threading.Event()

    class Slow(Recorder):
        def receive(self, uidvalidity: int, mails: Any) -> Any:
            inside.set()
            go_on.wait(5)
            return super().receive(uidvalidity, mails)

    for number in (1, 2):
        dovecot.append(user, mail(number))
    receiver = Slow()
    watch = Watch(account(dovecot, user), receiver, batch=1)
    watch.start()
    assert inside.wait(5)
    watch.stop()
    threading.Timer(0.2, go_on.set).start()
    assert watch.join(2)
    assert [each.uid for each in receiver.mails] == [1]
    assert "$Maild" in dovecot.flags(user)[1]
    assert receiver.troubles == []


def test_a_refused_password_is_tried_rarely_and_a_broken_line_soon() -> None:
    assert pause(1, "auth") >= 45
    assert pause(20, "auth") <= 1800 * 1.25
    assert pause(1, "network") <= 1.25
    assert pause(20, "network") <= 300 * 1.25
