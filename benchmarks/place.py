"""Where a benchmark happens: private servers, a desk's configuration, and maild's own parts."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from maild.config.load import load
from maild.config.settings import Settings
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postfix import Postfix

DOMAIN = "desk.example"
DESK = """\
desk: bench
name: {{ ar: منصة الدبلومات, en: Diplomas platform }}
languages: [ar, en]
timezone: Asia/Riyadh
domains: [desk.example]
acknowledgement: {{ limit: 1000, domain_limit: 1000000, desk_limit: 1000000 }}
calendars:
  office: {{ weekly: {{ sun-thu: 08:00-16:00 }} }}
people:
  sara: {{ name: سارة, email: sara@staff.desk.example }}
  huda: {{ name: هدى, email: huda@staff.desk.example }}
  director: {{ name: المدير, email: director@staff.desk.example }}
teams:
  students: {{ name: دعم المتدربين, members: [sara], lead: huda, manager: director }}
mailboxes:
{mailboxes}
routing:
  - rule: receipts are finance's
    when: {{ any_words: [إيصال, receipt, invoice] }}
    then: {{ category: billing }}
policies:
  - policy: mail
    when: {{ channel: email }}
    clocks:
      reply:
        target: 24 open hours of office
        warn_at: 75%
        stages:
          - {{ at: due, to: lead }}
          - {{ at: stage 1 + 24 open hours, to: manager }}
"""
MAILBOX = """\
  {key}:
    address: {key}@desk.example
    team: students
    history: open
    after: flag
    imap: {{ host: localhost, port: {imap}, security: plain, user: {key}@desk.example, \
password_file: secrets/password }}
    smtp: {{ host: localhost, port: {smtp}, security: plain }}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Servers that run, and a folder to write into."""

    folder: Path
    dovecot: Dovecot
    postfix: Postfix

    def settings(self, name: str, boxes: Sequence[str]) -> Settings:
        """Write a configuration directory of that name with these mailboxes, and load it."""
        config = self.config(name)
        (config / "desks").mkdir(parents=True)
        secret = config / "secrets" / "password"
        secret.parent.mkdir()
        secret.touch(0o600)
        secret.write_text(PASSWORD)
        (config / "maild.yaml").write_text("data: ../data\nadmins: admin@staff.desk.example\n")
        ports = {"imap": self.dovecot.imap_port, "smtp": self.postfix.plain_port}
        mailboxes = "".join(MAILBOX.format(key=key, **ports) for key in boxes)
        (config / "desks" / "bench.yaml").write_text(DESK.format(mailboxes=mailboxes))
        (config.parent / "data").mkdir()
        return load(config, os.environ)

    def config(self, name: str) -> Path:
        """Return the configuration directory of that name."""
        return self.folder / name / "config"

    def fill(self, box: str, mails: Iterable[tuple[bytes, datetime]]) -> None:
        """Put mails into a mailbox of the desk."""
        waiting = iter(mails)
        with self.dovecot.session(f"{box}@{DOMAIN}") as client:
            client._imap.debug = 0  # noqa: SLF001  # else every literal is formatted for a log
            while some := list(islice(waiting, 200)):
                client.multiappend("INBOX", [{"msg": raw, "date": at} for raw, at in some])

    def reset_flags(self, box: str) -> None:
        """Make a mailbox look as if nobody had read it."""
        with self.dovecot.session(f"{box}@{DOMAIN}") as client:
            client.select_folder("INBOX")
            client.remove_flags("1:*", [rb"\Seen", b"$Maild"], silent=True)


@contextlib.contextmanager
def servers() -> Iterator[Place]:
    """Start a private Dovecot and Postfix, and remove them and all they hold at the end."""
    folder = Path(tempfile.mkdtemp(prefix="maild-bench-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        dovecot = Dovecot(Certificates.create(folder / "certificates"))
        stack.callback(dovecot.remove)
        dovecot.start()
        postfix = Postfix(dovecot)
        stack.callback(postfix.remove)
        postfix.start()
        yield Place(folder, dovecot, postfix)
