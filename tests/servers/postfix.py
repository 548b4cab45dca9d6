"""A private Postfix: takes submissions on the loopback and delivers to the private Dovecot.

Mail for the domains it serves (and their subdomains) lands in Dovecot, whoever it is for, so a
test can read what a requester, an agent or a manager received. Three domains fail on purpose:
`refused.example` gets a 550 at RCPT, `unknown.example` is taken and then bounced to the envelope
sender, `busy.example` stays in the queue for ever. Every other domain is thrown away.
"""

import os
import pwd
import re
import shutil
import smtplib
import subprocess
import tempfile
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

from maild.desk import Secret, Server
from tests.servers import ServerMissingError, await_greeting, executable, free_ports
from tests.servers.dovecot import HOST, PASSWORD, Dovecot

MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
meta_directory = /etc/postfix
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
myhostname = mx.desk.example
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
message_size_limit = 67108864
recipient_delimiter = +
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificates.cert_file}
smtpd_tls_key_file = {certificates.key_file}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot.sasl_port}
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/conf/refused
smtpd_reject_unlisted_recipient = no
virtual_mailbox_domains = regexp:{folder}/conf/domains
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp_port}
transport_maps = regexp:{folder}/conf/transport
default_transport = discard:
lmtp_destination_recipient_limit = 1
"""

# max_use=1: an smtpd that outlives a restart of Dovecot holds a dead line to its password check.
MASTER = """\
127.0.0.1:{plain} inet n - n - - smtpd
127.0.0.1:{starttls} inet n - n - - smtpd
  -o max_use=1
  -o smtpd_tls_security_level=encrypt
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{tls} inet n - n - - smtpd
  -o max_use=1
  -o smtpd_tls_wrappermode=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
lmtp unix - - n - - lmtp
showq unix n - n - - showq
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """The submission server of a test session, in front of one Dovecot."""

    def __init__(
        self, dovecot: Dovecot, domains: Sequence[str] = ("example",), settings: str = ""
    ) -> None:
        """Prepare. `settings` are further lines of main.cf; the last word on a parameter counts."""
        self.program = executable("postfix", "postfix")
        if os.geteuid() != 0:
            raise ServerMissingError("The tests start a private Postfix, which only root may do.")
        self.dovecot = dovecot
        self.folder = Path(tempfile.mkdtemp(prefix="maild-postfix-"))
        self.folder.chmod(0o755)
        self.plain_port, self.starttls_port, self.tls_port = free_ports(3)
        self._write_configuration(domains, settings)

    def _write_configuration(self, domains: Sequence[str], settings: str) -> None:
        for name in ("conf", "data", "spool"):
            (self.folder / name).mkdir()
        os.chown(self.folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
        self._configuration.joinpath("main.cf").write_text(
            MAIN.format(
                folder=self.folder, dovecot=self.dovecot, certificates=self.dovecot.certificates
            )
            + settings
        )
        self._configuration.joinpath("master.cf").write_text(
            MASTER.format(plain=self.plain_port, starttls=self.starttls_port, tls=self.tls_port)
        )
        self._configuration.joinpath("domains").write_text(
            "".join(rf"/^(.*\.)?{re.escape(domain)}$/ served" + "\n" for domain in domains)
        )
        self._configuration.joinpath("refused").write_text(
            "/@refused\\.example$/ 550 5.1.1 no such user here\n"
        )
        self._configuration.joinpath("transport").write_text(
            "/@unknown\\.example$/ error:5.1.1 no such user here\n"
            "/@busy\\.example$/ retry:4.2.1 mailbox busy, try again later\n"
        )

    @property
    def _configuration(self) -> Path:
        return self.folder / "conf"

    def _postfix(self, verb: str) -> subprocess.CompletedProcess[str]:
        command = [self.program, "-c", str(self._configuration), verb]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def start(self) -> None:
        """Start the daemons and wait for the greeting."""
        started = self._postfix("start")
        if started.returncode != 0:
            raise RuntimeError(f"Postfix did not start: {started.stderr}{self.log()}")
        await_greeting(self.plain_port)

    def stop(self) -> None:
        """Stop; what is queued stays and start() goes on with it."""
        self._postfix("stop")

    def remove(self) -> None:
        """Stop for good and delete everything."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """Return what Postfix has logged so far."""
        path = self.folder / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue(self) -> str:
        """Return the mail queue as `postqueue -p` prints it."""
        command = [executable("postqueue", "postfix"), "-c", str(self._configuration), "-p"]
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout

    def flush(self) -> None:
        """Ask for an immediate attempt on everything that is queued."""
        command = [executable("postqueue", "postfix"), "-c", str(self._configuration), "-f"]
        subprocess.run(command, capture_output=True, timeout=20, check=True)

    def submission(self, security: str = "plain") -> tuple[str, int]:
        """Return host and port of the submission service.

        "plain" relays for the loopback and offers STARTTLS and AUTH; "starttls" and "tls" take
        nothing without encryption and AUTH (any address of Dovecot, password PASSWORD).
        """
        ports = {
            "plain": self.plain_port,
            "starttls": self.starttls_port,
            "tls": self.tls_port,
        }
        return HOST, ports[security]

    def server(self, security: str = "plain", user: str | None = None) -> Server:
        """Return the settings with which maild submits; a user logs in, None relays."""
        host, port = self.submission(security)
        secret = Secret(PASSWORD) if user else None
        return Server(host, port, security, user, secret, self.dovecot.certificates.ca_file)

    def send(self, message: EmailMessage | bytes, sender: str, *recipients: str) -> None:
        """Submit a mail as a requester's or an agent's own mail program would."""
        raw = message if isinstance(message, bytes) else message.as_bytes()
        with smtplib.SMTP("127.0.0.1", self.plain_port, timeout=20) as smtp:
            smtp.sendmail(sender, recipients, raw)
