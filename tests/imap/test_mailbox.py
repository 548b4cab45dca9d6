"""A Mailbox against a real Dovecot."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from maild.desk import MailboxSettings, Secret
from maild.imap.mailbox import Mailbox
from maild.imap.trouble import ImapTroubleError
from maild.imap.wire import Limits, _require_loopback
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot

MAIL = "Subject: سؤال {}\r\n\r\nنص الرسالة\r\n"
Open = Callable[..., Mailbox]


def mail(number: int) -> bytes:
    return MAIL.format(number).encode()


def account(dovecot: Dovecot, user: str, security: str = "plain", **more: Any) -> MailboxSettings:
    server = dovecot.server(user, security)
    return MailboxSettings("student", user, {}, "team", server, server, **more)


@pytest.fixture
def opened(dovecot: Dovecot, user: str) -> Iterator[Open]:
    """Connect to the test's own mailbox and select its folder."""
    with ExitStack() as stack:

        def connected(limits: Limits | None = None, **more: Any) -> Mailbox:
            mailbox = stack.enter_context(
                closing(Mailbox(account(dovecot, user, **more), limits or Limits()))
            )
            mailbox.connect()
            mailbox.select()
            return mailbox

        yield connected


@pytest.mark.parametrize("security", ["plain", "starttls", "tls"])
def test_mail_arrives_byte_for_byte_with_the_time_the_server_took_it(
    dovecot: Dovecot, user: str, opened: Open, security: str
) -> None:
    taken = datetime(2026, 3, 1, 10, 30, tzinfo=timezone(timedelta(hours=3)))
    dovecot.append(user, mail(1), received_at=taken)
    (fetched,) = opened(security=security).new(0)
    assert fetched.raw == mail(1)
    assert fetched.received_at == taken
    assert fetched.received_at.tzinfo is UTC
    assert (fetched.uid, fetched.size, fetched.reason) == (1, len(mail(1)), "")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    dovecot: Dovecot, user: str, security: str
) -> None:
    settings = account(dovecot, user, security)
    stranger = replace(settings, imap=replace(settings.imap, ca_file=None))
    assert refusal(stranger).kind == "tls"


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_for_another_host_is_refused(
    tmp_path: Path, user: str, security: str
) -> None:
    elsewhere = Certificates.create(tmp_path, "mail.elsewhere.example")
    other = Dovecot(elsewhere)
    try:
        other.start()
        trouble = refusal(account(other, user, security))
    finally:
        other.remove()
    assert trouble.kind == "tls"
    assert "certificate" in trouble.sentence


def refusal(settings: MailboxSettings) -> ImapTroubleError:
    with closing(Mailbox(settings)) as mailbox, pytest.raises(ImapTroubleError) as caught:
        mailbox.connect()
    return caught.value


def test_a_wrong_password_is_an_auth_trouble_that_does_not_tell_it(
    dovecot: Dovecot, user: str
) -> None:
    settings = account(dovecot, user)
    for wrong in ("hunter2 not this", "كلمة-سر"):
        trouble = refusal(replace(settings, imap=replace(settings.imap, password=Secret(wrong))))
        assert trouble.kind == "auth"
        assert wrong not in trouble.sentence
        assert trouble.__cause__ is None


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("::ffff:192.0.2.1", False),
    ],
)
def test_plain_is_for_this_machine_alone(host: str, allowed: bool) -> None:
    class Line(socket.socket):
        def getpeername(self) -> tuple[str, int]:
            return host, 143

    with Line() as line, nullcontext() if allowed else pytest.raises(ImapTroubleError):
        _require_loopback(line)


def test_batches_are_the_oldest_first_whatever_their_flags(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    for number in range(1, 8):
        dovecot.append(user, mail(number), flags=("\\Seen",) if number % 2 else ())
    mailbox = opened()
    assert [each.uid for each in mailbox.new(0, 3)] == [1, 2, 3]
    assert [each.uid for each in mailbox.new(3, 3)] == [4, 5, 6]
    assert [each.uid for each in mailbox.new(6, 3)] == [7]
    assert mailbox.new(7, 3) == []


def test_looking_at_mail_does_not_mark_it_as_read(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    dovecot.append(user, mail(1))
    opened().new(0)
    assert "\\Seen" not in dovecot.flags(user)[1]


def test_a_mail_may_carry_a_keyword_that_looks_like_a_number(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    dovecot.append(user, mail(1), flags=("2024", "$Maild"))
    (fetched,) = opened().new(0)
    assert (fetched.raw, fetched.marked) == (mail(1), True)


def test_gaps_between_uids_are_crossed(dovecot: Dovecot, user: str, opened: Open) -> None:
    dovecot.append(user, mail(1))
    with dovecot.session(user) as client:
        client.select_folder("INBOX")
        dovecot.doveadm("mailbox", "update", "-u", user, "--min-next-uid", "3000000000", "INBOX")
    dovecot.append(user, mail(2))
    mailbox = opened()
    assert [each.uid for each in mailbox.new(1)] == [3_000_000_000]


def test_mail_expunged_under_our_hands_is_passed_over(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    for number in (1, 2):
        dovecot.append(user, mail(number))
    mailbox = opened()
    with dovecot.session(user) as client:
        client.select_folder("INBOX")
        client.delete_messages([1])
        client.expunge()
    assert [each.uid for each in mailbox.new(0)] == [2]


def test_flagging_marks_as_read_and_with_a_keyword(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    for number in (1, 2):
        dovecot.append(user, mail(number))
    opened().done([1, 99])
    flags = dovecot.flags(user)
    assert flags[1] >= {"\\Seen", "$Maild"}
    assert "\\Seen" not in flags[2]


def test_moving_makes_an_arabic_folder_that_is_not_there_yet(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    for number in (1, 2, 3):
        dovecot.append(user, mail(number))
    mailbox = opened(after="move", move_to="تمت المعالجة")
    mailbox.done([1])
    mailbox.done([3])
    assert dovecot.inbox(user) == [mail(2)]
    assert dovecot.inbox(user, "تمت المعالجة") == [mail(1), mail(3)]


def test_what_was_never_marked_is_found_again(dovecot: Dovecot, user: str, opened: Open) -> None:
    for number in (1, 2, 3):
        dovecot.append(user, mail(number))
    mailbox = opened()
    mailbox.done([1])
    with dovecot.session(user) as client:
        client.select_folder("INBOX")
        client.remove_flags([1], [b"\\Seen"])  # a person wants to come back to it
        client.add_flags([2], [b"\\Seen"])  # and has read this one
    assert mailbox.unmarked([1, 2, 99]) == [2]
    assert mailbox.unmarked([]) == []
    assert opened(after="move", move_to="Done").unmarked([1, 2, 99]) == [1, 2]
    assert opened(after="leave").unmarked([1, 2]) == []


def test_an_arabic_folder_can_be_watched(dovecot: Dovecot, user: str, opened: Open) -> None:
    dovecot.append(user, mail(1), folder="الوارد/الطلاب")
    assert [each.raw for each in opened(folder="الوارد/الطلاب").new(0)] == [mail(1)]


def test_leaving_touches_nothing(dovecot: Dovecot, user: str, opened: Open) -> None:
    dovecot.append(user, mail(1))
    opened(after="leave").done([1])
    assert not dovecot.flags(user)[1] & {"\\Seen", "$Maild"}


def test_a_missing_folder_is_refused_in_one_sentence(opened: Open) -> None:
    with pytest.raises(ImapTroubleError, match="no-such-folder") as caught:
        opened(folder="no-such-folder")
    assert caught.value.kind == "refused"


@pytest.mark.parametrize("folder", ["INBOX\r\nA1 CREATE stolen", "INBOX\nx", "a\x00b"])
def test_a_line_break_in_a_folder_name_is_never_a_second_command(
    dovecot: Dovecot, user: str, opened: Open, folder: str
) -> None:
    with pytest.raises(ImapTroubleError):
        opened(folder=folder)
    assert dovecot.folders(user) == {"INBOX"}


def test_a_line_break_in_a_user_name_or_password_is_never_a_second_command(
    dovecot: Dovecot, user: str
) -> None:
    settings = account(dovecot, user)
    for server in (
        replace(settings.imap, user=f"{user} secret\r\nA1 CREATE stolen"),
        replace(settings.imap, password=Secret("secret\r\nA1 CREATE stolen")),
    ):
        trouble = refusal(replace(settings, imap=server))
        assert "control character" in trouble.sentence
    assert dovecot.folders(user) == {"INBOX"}


def test_idle_wakes_for_new_mail(dovecot: Dovecot, user: str, opened: Open) -> None:
    mailbox = opened(security="tls")
    threading.Timer(0.1, dovecot.deliver, (user, mail(1))).start()
    began = time.monotonic()
    assert mailbox.wait(10)
    assert time.monotonic() - began < 3
    assert len(mailbox.new(0)) == 1


def test_wake_ends_the_wait_from_another_thread(opened: Open) -> None:
    mailbox = opened()
    threading.Timer(0.05, mailbox.wake).start()
    began = time.monotonic()
    assert mailbox.wait(10)
    assert time.monotonic() - began < 1


def test_waiting_ends_when_its_time_is_up_and_the_line_still_works(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    mailbox = opened(limits=Limits(idle=0.1))  # renewed several times
    assert not mailbox.wait(0.35)
    dovecot.append(user, mail(1))
    assert len(mailbox.new(0)) == 1


def test_an_administrators_kick_ends_the_wait_with_a_network_trouble(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    mailbox = opened()
    threading.Timer(0.1, dovecot.kick, (user,)).start()
    with pytest.raises(ImapTroubleError) as caught:
        mailbox.wait(10)
    assert caught.value.kind == "network"


def test_a_huge_mail_is_taken_by_its_headers_and_costs_no_memory(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    header = b"Subject: photos\r\nMessage-ID: <huge@requester.example>\r\n\r\n"
    dovecot.append(user, header + b"0123456789\r\n" * (50 * 1024 * 1024 // 12))
    mailbox = opened()
    tracemalloc.start()
    try:
        (fetched,) = mailbox.new(0)
        refused = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        (whole,) = opened(limits=Limits(largest=64 * 1024 * 1024)).new(0)
        taken = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert fetched.raw is None
    assert fetched.headers == header
    assert "bytes" in fetched.reason
    assert refused < 5_000_000
    assert whole.raw is not None
    assert len(whole.raw) == whole.size
    assert taken < 160_000_000


def test_a_large_mail_comes_in_parts_and_is_whole(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    for size in (999, 1000, 1001, 2000, 5432):
        dovecot.append(user, b"Subject: x\r\n\r\n".ljust(size, b"x"))
    mails = opened(limits=Limits(small=1000)).new(0)
    assert [len(each.raw or b"") for each in mails] == [999, 1000, 1001, 2000, 5432]


def test_a_batch_ends_before_it_fills_the_memory(dovecot: Dovecot, user: str, opened: Open) -> None:
    for number in range(4):
        dovecot.append(user, b"Subject: %d\r\n\r\n".ljust(1000, b"x") % number)
    mailbox = opened(limits=Limits(batch=2500, group=1500))
    assert [each.uid for each in mailbox.new(0)] == [1, 2]
    assert [each.uid for each in mailbox.new(2)] == [3, 4]


def test_another_uidvalidity_is_seen_when_the_folder_is_opened_again(
    dovecot: Dovecot, user: str, opened: Open
) -> None:
    dovecot.append(user, mail(1))
    mailbox = opened()
    dovecot.bump_uidvalidity(user, 77)
    with closing(Mailbox(account(dovecot, user))) as again:
        again.connect()
        assert again.select().uidvalidity == 77
    mailbox.close()
