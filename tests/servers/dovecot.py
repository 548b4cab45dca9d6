"""A private Dovecot 2.3: IMAP (plain, STARTTLS, TLS), LMTP, and SASL for Postfix.

Every address is a user, every password is `PASSWORD`; a mailbox comes into being when it is
first used, so each test takes addresses of its own and sees nobody else's mail.
"""

import contextlib
import grp
import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from imapclient import IMAPClient

from maild.desk import Secret, Server
from tests.servers import await_greeting, executable, free_ports
from tests.servers.certificates import Certificates

PASSWORD = "secret"
HOST = "localhost"
MAIL_UID = 5000  # owns the maildirs when the tests run as root; needs no passwd entry

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
auth_failure_delay = 0
mail_fsync = never
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
recipient_delimiter = +
ssl = yes
ssl_cert = <{certificates.cert_file}
ssl_key = <{certificates.key_file}
{identity}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%Ld/%Ln
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener sasl {{
    port = {sasl}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """The server, from start() to stop(); the mails of all tests lie in its own folder."""

    def __init__(self, certificates: Certificates) -> None:
        self.program = executable("dovecot", "dovecot-imapd dovecot-lmtpd")
        executable("lmtp", "dovecot-lmtpd")
        # Not pytest's own folder: the mail user must be able to reach it, and the paths of
        # Unix sockets end at 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="maild-dovecot-"))
        self.folder.chmod(0o755)
        self.certificates = certificates
        self.imap_port, self.imaps_port, self.lmtp_port, self.sasl_port = free_ports(4)
        self._process: subprocess.Popen[bytes] | None = None
        self._write_configuration()

    def _write_configuration(self) -> None:
        mail = self.folder / "mail"
        mail.mkdir()
        if os.geteuid() == 0:
            os.chown(mail, MAIL_UID, MAIL_UID)
            uid, gid, identity = MAIL_UID, MAIL_UID, ""
        else:
            me, group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
            uid, gid = os.geteuid(), os.getegid()
            identity = (
                f"default_internal_user = {me}\ndefault_login_user = {me}\n"
                f"default_internal_group = {group}"
            )
        self.configuration.write_text(
            CONFIGURATION.format(
                folder=self.folder,
                certificates=self.certificates,
                identity=identity,
                password=PASSWORD,
                uid=uid,
                gid=gid,
                imap=self.imap_port,
                imaps=self.imaps_port,
                lmtp=self.lmtp_port,
                sasl=self.sasl_port,
            )
        )

    @property
    def configuration(self) -> Path:
        """Return the path of dovecot.conf."""
        return self.folder / "dovecot.conf"

    # Life of the server

    def start(self) -> None:
        """Start in the foreground of a child process and wait for the greeting."""
        self._process = subprocess.Popen(
            [self.program, "-F", "-c", str(self.configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await_greeting(self.imap_port)
        await_greeting(self.lmtp_port)

    def stop(self) -> None:
        """Stop; every connection breaks. Mails stay, and start() finds them again."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def remove(self) -> None:
        """Stop for good and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """Return what the server has logged so far."""
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def doveadm(self, *arguments: str) -> str:
        """Run one doveadm command against this server and return what it printed."""
        command = [executable("doveadm", "dovecot-core"), "-c", str(self.configuration)]
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=20)
        return done.stdout + done.stderr

    def kick(self, user: str) -> None:
        """Break every connection of a user, as an administrator or a restart would."""
        self.doveadm("kick", user)

    def bump_uidvalidity(self, user: str, uidvalidity: int, folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY (RFC 3501 2.3.1.1), as a restored backup has."""
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(uidvalidity), folder)

    # Addresses

    def imap(self, user: str, security: str = "plain") -> tuple[str, int]:
        """Return host and port of a user's mailbox ("plain", "starttls" or "tls").

        The user name is the whole address, the password is PASSWORD.
        """
        return HOST, self.imaps_port if security == "tls" else self.imap_port

    def server(self, user: str, security: str = "plain") -> Server:
        """Return the settings with which maild reaches a user's mailbox."""
        host, port = self.imap(user, security)
        return Server(host, port, security, user, Secret(PASSWORD), self.certificates.ca_file)

    # Mails

    def deliver(self, user: str, raw: bytes, sender: str = "someone@requester.example") -> None:
        """Deliver by LMTP (RFC 2033), as Postfix does; a +detail in the address is allowed."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [user], raw)

    @contextlib.contextmanager
    def session(self, user: str) -> Iterator[Any]:
        """Log in as the user with an IMAP client of the test's own."""
        with IMAPClient(HOST, self.imap_port, ssl=False, timeout=20) as client:
            client.login(user, PASSWORD)
            yield client

    def append(
        self,
        user: str,
        raw: bytes,
        folder: str = "INBOX",
        flags: tuple[str, ...] = (),
        received_at: datetime | None = None,
    ) -> None:
        """Put a mail byte for byte into a folder, with its INTERNALDATE (aware) if given."""
        with self.session(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.append(folder, raw, flags, received_at)

    def append_all(self, user: str, mails: Sequence[bytes]) -> None:
        """Put many mails byte for byte into the inbox with one command (RFC 3502)."""
        with self.session(user) as client:
            client.multiappend("INBOX", mails)

    def inbox(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return every mail of a folder in UID order, without marking anything as read."""
        with self.session(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = sorted(client.search("ALL"))
            fetched = client.fetch(uids, ["BODY.PEEK[]"]) if uids else {}
            return [fetched[uid][b"BODY[]"] for uid in uids]

    def await_inbox(
        self, user: str, count: int = 1, seconds: float = 15, folder: str = "INBOX"
    ) -> list[bytes]:
        """Wait until a folder holds at least that many mails and return them all.

        Raises TimeoutError saying how many came.
        """
        deadline = time.monotonic() + seconds
        while len(mails := self.inbox(user, folder)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(mails)} of {count} mails for {user} in {seconds} s")
            time.sleep(0.05)
        return mails

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[str]]:
        """Return the flags of every mail in a folder by UID."""
        with self.session(user) as client:
            client.select_folder(folder, readonly=True)
            uids = sorted(client.search("ALL"))
            found = client.get_flags(uids) if uids else {}
            return {uid: {flag.decode() for flag in flags} for uid, flags in found.items()}

    def folders(self, user: str) -> set[str]:
        """Return the names of a user's folders, decoded."""
        with self.session(user) as client:
            return {name for _, _, name in client.list_folders()}
