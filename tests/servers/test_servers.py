import smtplib
import ssl
from email.message import EmailMessage

import pytest
from imapclient import IMAPClient

from tests.servers import ServerMissingError, executable
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix


def letter(to: str, subject: str = "سؤال") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "someone@requester.example"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("السلام عليكم\n")
    return message


def test_a_missing_server_is_one_sentence_naming_the_debian_package() -> None:
    with pytest.raises(ServerMissingError, match=r"apt-get install dovecot-imapd$"):
        executable("no-such-server", "dovecot-imapd")


def test_a_mail_submitted_to_postfix_lies_in_the_inbox_of_its_recipient(
    dovecot: Dovecot, postfix: Postfix, user: str
) -> None:
    postfix.send(letter(user), "someone@requester.example", user)
    (raw,) = dovecot.await_inbox(user)
    assert b"Return-Path: <someone@requester.example>" in raw


def test_a_subaddress_reaches_the_mailbox_before_the_plus(
    dovecot: Dovecot, postfix: Postfix, user: str
) -> None:
    tagged = user.replace("@", "+t123.secret@")
    postfix.send(letter(tagged), "someone@requester.example", tagged)
    (raw,) = dovecot.await_inbox(user)
    assert tagged.encode() in raw


def test_an_unknown_recipient_makes_a_real_bounce(
    dovecot: Dovecot, postfix: Postfix, user: str
) -> None:
    postfix.send(letter("nobody@unknown.example"), user, "nobody@unknown.example")
    (raw,) = dovecot.await_inbox(user)
    assert b"multipart/report" in raw
    assert b"5.1.1" in raw
    assert b"Return-Path: <>" in raw


def test_a_refused_recipient_is_refused_at_once(postfix: Postfix, user: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        postfix.send(letter("nobody@refused.example"), user, "nobody@refused.example")


def test_a_busy_recipient_stays_in_the_queue(postfix: Postfix, user: str) -> None:
    postfix.send(letter("someone@busy.example"), user, "someone@busy.example")
    assert "someone@busy.example" in postfix.queue()


def test_starttls_and_tls_submission_want_a_password(postfix: Postfix, user: str) -> None:
    trust = ssl.create_default_context(cafile=str(postfix.dovecot.certificates.ca_file))
    host, port = postfix.submission("starttls")
    with smtplib.SMTP(host, port, timeout=20) as smtp:
        smtp.starttls(context=trust)
        assert smtp.docmd("MAIL FROM:<>")[0] == 250
        assert smtp.docmd(f"RCPT TO:<{user}>")[0] == 554
        smtp.rset()
        smtp.login(user, PASSWORD)
        smtp.sendmail("", [user], letter(user).as_bytes())
    host, port = postfix.submission("tls")
    with smtplib.SMTP_SSL(host, port, timeout=20, context=trust) as smtp:
        smtp.login(user, PASSWORD)
        smtp.sendmail("", [user], letter(user).as_bytes())
    assert len(postfix.dovecot.await_inbox(user, 2)) == 2


def test_dovecot_speaks_tls_with_a_certificate_its_authority_signed(
    dovecot: Dovecot, user: str
) -> None:
    trust = ssl.create_default_context(cafile=str(dovecot.certificates.ca_file))
    host, port = dovecot.imap(user, "tls")
    with IMAPClient(host, port, ssl_context=trust, timeout=20) as client:
        client.login(user, PASSWORD)
        assert client.select_folder("INBOX")[b"EXISTS"] == 0


def test_mails_outlive_a_restart_of_dovecot(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, letter(user).as_bytes(), flags=("\\Seen",))
    dovecot.stop()
    dovecot.start()
    assert len(dovecot.inbox(user)) == 1
    assert "\\Seen" in dovecot.flags(user)[1]


def test_uidvalidity_can_be_changed(dovecot: Dovecot, user: str) -> None:
    dovecot.append(user, letter(user).as_bytes())
    dovecot.bump_uidvalidity(user, 4242)
    with dovecot.session(user) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] == 4242
