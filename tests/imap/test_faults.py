"""A Mailbox against a server that breaks, lies or stays silent."""

import resource
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from maild.desk import Secret
from maild.imap.mailbox import Mailbox
from maild.imap.trouble import ImapTroubleError
from maild.imap.wire import Limits
from tests.servers.dovecot import PASSWORD
from tests.servers.fake_imap import EOF, HANG, HONEST, FakeImap

QUICK = Limits(connect=2, read=0.3, command=0.8, line=20_000, largest=100_000, headers=1000)
ONE = b"Subject: one\r\n\r\nfirst\r\n"
TWO = b"Subject: two\r\n\r\nsecond\r\n"


@pytest.fixture
def fake() -> Iterator[FakeImap]:
    with FakeImap({1: ONE, 2: TWO}) as server:
        yield server


def opened(fake: FakeImap, after: str = "flag") -> Mailbox:
    mailbox = Mailbox(fake.settings(after=after), QUICK)
    mailbox.connect()
    mailbox.select()
    return mailbox


def use(mailbox: Mailbox, doing: str) -> None:
    mailbox.connect()
    mailbox.select()
    if doing == "new":
        mailbox.new(0)
    else:
        mailbox.wait(5)


def trouble_of(fake: FakeImap, doing: str = "new") -> ImapTroubleError:
    """Go as far as it goes and return what went wrong, which must be soon."""
    began = time.monotonic()
    with closing(Mailbox(fake.settings(), QUICK)) as mailbox:
        with pytest.raises(ImapTroubleError) as caught:
            use(mailbox, doing)
        assert PASSWORD not in caught.value.sentence
    assert time.monotonic() - began < 3
    return caught.value


def test_the_fake_answers_honestly_when_it_has_no_script(fake: FakeImap) -> None:
    with closing(opened(fake)) as mailbox:
        assert [each.raw for each in mailbox.new(0)] == [ONE, TWO]
        mailbox.done([1])
    assert fake.flags[1] == {"\\Seen", "$Maild"}


@pytest.mark.parametrize(
    ("command", "steps", "kind"),
    [
        ("LOGIN", [EOF], "network"),
        ("LOGIN", [HANG], "network"),
        ("LOGIN", [b"TAG NO [ALERT] Too many simultaneous connections\r\n"], "refused"),
        ("LOGIN", [b"TAG BAD command unknown\r\n"], "auth"),
        ("SELECT", [b"* BYE gone\r\n", EOF], "network"),
        ("SELECT", [b"TAG NO no such folder\r\n"], "refused"),
        ("SELECT", [b"* 3 EXISTS\r\nTAG OK done\r\n"], "protocol"),  # no UIDVALIDITY
        ("UID SEARCH", [b"* SEARCH 1 2"], "network"),  # half a line, then silence
        ("UID SEARCH", [b"* SEARCH " + b"1 " * 15_000], "protocol"),  # an endless line
        ("UID SEARCH", [b"TAG BAD what\r\n"], "protocol"),
        ("UID SEARCH", [b"* SEARCH one two\r\nTAG OK done\r\n"], "protocol"),
        ("UID FETCH", [b"* 1 FETCH (UID 1 RFC822.SIZE {4294967295}\r\n"], "protocol"),
        ("UID FETCH", [b"* 1 FETCH (UID 1 RFC822.SIZE {100}\r\nshort", EOF], "network"),
        ("UID FETCH", [b"* 1 FETCH (UID 1 RFC822.SIZE {-5}\r\nTAG OK done\r\n"], "protocol"),
        ("UID FETCH", [b"* 1 FETCH ((((((((((\r\nTAG OK done\r\n"], "protocol"),
        ("UID FETCH", [b"* 1 FETCH " + b"(" * 9000 + b"\r\nTAG OK done\r\n"], "protocol"),
        ("UID FETCH", [b"* BYE maintenance\r\n", EOF], "network"),
        ("UID FETCH", [b"\x00\xff\r\n"], "network"),
        ("UID FETCH", [HANG], "network"),
    ],
)
def test_a_fault_is_one_trouble_of_the_right_kind_and_soon(
    fake: FakeImap, command: str, steps: list[bytes | str], kind: str
) -> None:
    fake.script(command, *steps, times=3)
    assert trouble_of(fake).kind == kind


@pytest.mark.parametrize(
    "steps",
    [
        [b"* BYE too many users\r\n", EOF],
        [EOF],
        [HANG],
        [b"220 mail.example ESMTP\r\n"],
        [b"* OK half"],
    ],
)
def test_a_greeting_that_is_none_is_a_network_trouble(
    fake: FakeImap, steps: list[bytes | str]
) -> None:
    fake.greeting = steps
    assert trouble_of(fake).kind == "network"


def test_a_greeting_that_says_already_logged_in_is_refused(fake: FakeImap) -> None:
    fake.greeting = [b"* PREAUTH welcome\r\n"]
    assert trouble_of(fake).kind == "tls"
    assert fake.seen("LOGIN") == 0


def test_a_server_that_takes_no_password_is_given_none(fake: FakeImap) -> None:
    fake.capabilities += " AUTH=XOAUTH2 LOGINDISABLED"
    trouble = trouble_of(fake)
    assert trouble.kind == "auth"
    assert "takes no password" in trouble.sentence
    assert fake.seen("LOGIN") == fake.seen("AUTHENTICATE") == 0


def starttls_trouble(fake: FakeImap) -> ImapTroubleError:
    settings = fake.settings()
    encrypted = replace(settings, imap=replace(settings.imap, security="starttls"))
    with closing(Mailbox(encrypted, QUICK)) as mailbox, pytest.raises(ImapTroubleError) as caught:
        mailbox.connect()
    assert fake.seen("LOGIN") == 0
    return caught.value


def test_a_server_stripped_of_starttls_gets_no_password(fake: FakeImap) -> None:
    assert "STARTTLS" in starttls_trouble(fake).sentence


def test_starttls_that_is_refused_gets_no_password(fake: FakeImap) -> None:
    fake.capabilities += " STARTTLS"
    fake.script("STARTTLS", b"TAG NO not today\r\n")
    assert starttls_trouble(fake).kind == "tls"


def test_answers_injected_before_encryption_are_refused(fake: FakeImap) -> None:
    fake.capabilities += " STARTTLS"
    fake.script("STARTTLS", b"TAG OK go ahead\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n")
    assert "between" in starttls_trouble(fake).sentence


def test_a_byte_a_second_does_not_hold_the_mailbox_for_ever(fake: FakeImap) -> None:
    with closing(opened(fake)) as mailbox:
        fake.script("UID SEARCH", HANG)
        over = threading.Event()

        def drip() -> None:
            while not over.wait(0.05):
                fake.push(b"*")

        thread = threading.Thread(target=drip)
        thread.start()
        began = time.monotonic()
        with pytest.raises(ImapTroubleError) as caught:
            mailbox.new(0)
        over.set()
        thread.join()
    assert caught.value.kind == "network"
    assert 0.5 < time.monotonic() - began < 2


@pytest.mark.parametrize("steps", [[b"+ idling\r\n", EOF], [b"+ idling\r\n* BYE\r\n", EOF], [EOF]])
def test_the_end_of_the_line_in_idle_is_noticed_without_burning_the_processor(
    fake: FakeImap, steps: list[bytes | str]
) -> None:
    fake.script("IDLE", *steps)
    before = resource.getrusage(resource.RUSAGE_THREAD)
    assert trouble_of(fake, "wait").kind == "network"
    after = resource.getrusage(resource.RUSAGE_THREAD)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.25


def test_a_line_that_died_in_idle_is_noticed_when_idle_is_renewed(fake: FakeImap) -> None:
    fake.script("IDLE", b"+ idling\r\n", HANG)
    with closing(Mailbox(fake.settings(), replace(QUICK, idle=0.2))) as mailbox:
        mailbox.connect()
        mailbox.select()
        with pytest.raises(ImapTroubleError) as caught:
            mailbox.wait(60)
    assert caught.value.kind == "network"


@pytest.mark.parametrize(
    "steps",
    [
        [b"+ idling\r\n* 3 EXISTS\r\n"],  # in one packet: no select would ever see it
        [b"* 3 EXISTS\r\n+ idling\r\n"],  # before it agreed to idle
    ],
)
def test_mail_announced_together_with_idle_is_heard(
    fake: FakeImap, steps: list[bytes | str]
) -> None:
    with closing(opened(fake)) as mailbox:
        # The script ends the honest server's part, so that DONE comes as a command of its own.
        fake.script("IDLE", *steps)
        fake.script("DONE", b"A OK\r\n")
        began = time.monotonic()
        with pytest.raises(ImapTroubleError):
            mailbox.wait(30)  # this fake never completes the command
        assert time.monotonic() - began < 2
        assert fake.seen("DONE") == 1


def test_idle_is_renewed_in_time(fake: FakeImap) -> None:
    with closing(Mailbox(fake.settings(), replace(QUICK, idle=0.1))) as mailbox:
        mailbox.connect()
        mailbox.select()
        assert not mailbox.wait(0.5)
    assert fake.seen("IDLE") >= 4
    assert Limits().idle < 9 * 60


def test_a_server_without_idle_is_polled(fake: FakeImap) -> None:
    fake.capabilities = "IMAP4rev1"
    with closing(opened(fake)) as mailbox:
        assert not mailbox.wait(0.2)
        fake.mails[3] = ONE
        assert [each.uid for each in mailbox.new(2)] == [3]
    assert fake.seen("IDLE") == 0


def test_a_server_that_offers_idle_and_refuses_it_is_polled(fake: FakeImap) -> None:
    fake.script("IDLE", b"TAG BAD unknown command\r\n")
    with closing(opened(fake)) as mailbox:
        assert not mailbox.wait(0.2)
        assert not mailbox.wait(0.1)
        assert len(mailbox.new(0)) == 2
    assert fake.seen("IDLE") == 1


def test_a_mail_nobody_asked_for_is_ignored(fake: FakeImap) -> None:
    fake.script("UID FETCH", b"* 9 FETCH (UID 9 RFC822.SIZE 5)\r\n", HONEST, times=2)
    with closing(opened(fake)) as mailbox:
        assert [each.uid for each in mailbox.new(0)] == [1, 2]


def test_an_answer_about_another_mail_is_no_proof_that_ours_is_gone(fake: FakeImap) -> None:
    fake.script("UID FETCH", b"* 9 FETCH (UID 9 RFC822.SIZE 5)\r\nTAG OK done\r\n")
    assert "other mails" in trouble_of(fake).sentence


def test_a_mail_the_server_cannot_give_out_does_not_hold_up_the_others(fake: FakeImap) -> None:
    fake.script("UID FETCH", HONEST)  # the sizes
    fake.script("UID FETCH", b"TAG NO internal error\r\n", times=2)  # both, then the first
    with closing(opened(fake)) as mailbox:
        first, second = mailbox.new(0)
    assert (first.raw, first.headers) == (None, b"Subject: one\r\n\r\n")
    assert "refuses" in first.reason
    assert second.raw == TWO


def test_a_mail_that_is_larger_than_announced_is_still_bounded(fake: FakeImap) -> None:
    fake.mails = {1: ONE + b"x" * 150_000}
    fake.script("UID FETCH", b"* 1 FETCH (UID 1)\r\nTAG OK done\r\n")  # no size at all
    with closing(opened(fake)) as mailbox:
        (fetched,) = mailbox.new(0)
    assert fetched.raw is None
    assert fetched.received_at is None
    assert fetched.headers == b"Subject: one\r\n\r\n"


def test_a_server_that_renumbers_while_we_are_in_is_left(fake: FakeImap) -> None:
    fake.script("UID FETCH", b"* OK [UIDVALIDITY 8] renumbered\r\n", HONEST, times=2)
    assert "new numbers" in trouble_of(fake).sentence


def test_uids_out_of_order_come_in_order(fake: FakeImap) -> None:
    with closing(opened(fake)) as mailbox:
        fake.script("UID SEARCH", HONEST)
        fake.script("UID SEARCH", b"* SEARCH 2 99 1 2 0\r\nTAG OK done\r\n")
        assert [each.uid for each in mailbox.new(0)] == [1, 2]


@pytest.mark.parametrize("capabilities", ["IMAP4rev1", "IMAP4rev1 UIDPLUS", "IMAP4rev1 MOVE"])
def test_moving_works_with_whatever_the_server_has(fake: FakeImap, capabilities: str) -> None:
    fake.capabilities = capabilities
    fake.folders["Processed"] = {}
    with closing(opened(fake, after="move")) as mailbox:
        mailbox.done([1])
    assert fake.folders["Processed"] == {1: ONE}
    assert 2 in fake.mails
    if capabilities == "IMAP4rev1":
        assert fake.flags[1] == {"\\Deleted"}  # kept: EXPUNGE would take other mails along
        assert fake.seen("EXPUNGE") == 0
    else:
        assert 1 not in fake.mails


def test_a_mail_that_cannot_be_moved_for_want_of_space_stays(fake: FakeImap) -> None:
    fake.folders["Processed"] = {}
    fake.script("UID MOVE", b"TAG NO [OVERQUOTA] mailbox is full\r\n")
    with closing(opened(fake, after="move")) as mailbox:
        with pytest.raises(ImapTroubleError, match="full") as caught:
            mailbox.done([1])
        assert caught.value.kind == "refused"
        assert len(mailbox.new(0)) == 2  # and the connection still works


def test_a_refused_copy_deletes_nothing(fake: FakeImap) -> None:
    fake.capabilities = "IMAP4rev1 UIDPLUS"
    fake.folders["Processed"] = {}
    fake.script("UID COPY", b"TAG NO [OVERQUOTA] mailbox is full\r\n")
    with closing(opened(fake, after="move")) as mailbox, pytest.raises(ImapTroubleError):
        mailbox.done([1])
    assert fake.seen("UID STORE") == fake.seen("UID EXPUNGE") == 0


def test_a_million_mails_are_looked_at_through_a_window() -> None:
    with FakeImap({1_000_000: ONE}) as fake:
        fake.script("SELECT", b"* 1000000 EXISTS\r\n", HONEST)
        with closing(Mailbox(fake.settings(), QUICK)) as mailbox:
            mailbox.connect()
            mailbox.select()
            fake.mails[5] = TWO
            assert [each.uid for each in mailbox.new(0)] == [5]
    searches = [each for each in fake.commands if each.startswith("UID SEARCH")]
    assert searches == ["UID SEARCH UID *", "UID SEARCH UID 1:1000"]


def test_a_user_name_with_spaces_and_quotes_is_one_argument(fake: FakeImap) -> None:
    settings = fake.settings()
    odd = replace(settings, imap=replace(settings.imap, user='finance "desk" two'))
    with closing(Mailbox(odd, QUICK)) as mailbox:
        mailbox.connect()
    assert fake.seen(r'LOGIN "finance \\"desk\\" two" "secret"$') == 1


def test_a_password_in_arabic_is_sent_as_utf_8(fake: FakeImap) -> None:
    settings = fake.settings()
    arabic = replace(settings, imap=replace(settings.imap, password=Secret("كلمة السر")))
    fake.script("AUTHENTICATE", b"+ \r\n", HONEST)
    with closing(Mailbox(arabic, QUICK)) as mailbox:
        mailbox.connect()
    sent = next(each for each in fake.commands if each.startswith("base64 "))
    assert b64decode(sent.removeprefix("base64 ")).decode().split("\0") == [
        "",
        "student@desk.example",
        "كلمة السر",
    ]


def test_a_password_echoed_by_the_server_is_struck_out(fake: FakeImap) -> None:
    fake.script("LOGIN", f"TAG NO wrong: LOGIN student {PASSWORD}\r\n".encode())
    assert "***" in trouble_of(fake).sentence
