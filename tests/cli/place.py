"""An installation on disk: two desks, a database filled by the real flows, and its commands."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from maild.cli import main
from maild.config.load import load
from maild.config.settings import Settings
from maild.daemon import keys
from maild.daemon.offices import open_offices
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.mail import Mail
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.mail.unreadable import Unreadable
from maild.notices.office import Office
from maild.store.mails import Source
from maild.store.store import Store

SUNDAY = datetime(2026, 4, 5, 6, 0, tzinfo=UTC)  # 09:00 in Riyadh

_DESK = """\
desk: {key}
name: {{ ar: منصة, en: Platform }}
languages: [ar, en]
timezone: Asia/Riyadh
domains: [{key}.example]
calendars:
  office:
    weekly: {{ sun-thu: 08:00-16:00 }}
    holidays:
      - {{ name: يوم الراحة, from: 2026-04-06 }}
people:
  sara: {{ name: سارة العتيبي, email: sara@{key}.example }}
  huda: {{ name: هدى, email: huda@{key}.example }}
teams:
  students: {{ name: دعم المتدربين, members: [sara], lead: huda }}
  finance: {{ name: المالية, members: [huda], lead: huda }}
mailboxes:
  student:
    address: student@{key}.example
    team: students
    imap: {{ host: mail.{key}.example, user: student, password_file: secrets/none }}
routing:
  - rule: advertisements
    when: {{ any_words: [lottery] }}
    then: {{ quarantine: true }}
  - rule: invoices
    when: {{ any_words: [فاتورة, invoice] }}
    then: {{ team: finance, category: billing }}
policies:
  - policy: mail
    when: {{ channel: email }}
    clocks:
      reply:
        target: 12 open hours of office
        warn_at: 75%
        stages:
          - {{ at: due, to: lead }}
"""


@dataclass
class Place:
    """A configuration directory, and what a daemon would have made of the mail that came."""

    root: Path
    now: datetime = SUNDAY

    def __post_init__(self) -> None:
        self._uids = count(1)
        (self.config / "desks").mkdir(parents=True)
        (self.config / "maild.yaml").write_text("data: ../data\n", encoding="utf-8")
        for key in ("academy", "institute"):
            text = _DESK.format(key=key)
            (self.config / "desks" / f"{key}.yaml").write_text(text, encoding="utf-8")

    @property
    def config(self) -> Path:
        return self.root / "config"

    @cached_property
    def settings(self) -> Settings:
        return load(self.config, {}, secrets=False)

    @cached_property
    def store(self) -> Store:
        self.settings.data.mkdir(exist_ok=True)
        store = Store(self.settings.database)
        store.migrate()
        return store

    def close(self) -> None:
        if "store" in self.__dict__:
            self.store.close()

    def office(self, desk: str = "academy") -> Office:
        return open_offices(self.settings, keys.load(self.settings.data))[desk]

    def receive(
        self, raw: bytes, desk: str = "academy", mail: Mail | Unreadable | None = None
    ) -> Decision:
        """Let a mail arrive now."""
        source = Source(desk, "student", 1, next(self._uids), self.now)
        arrival = Arrival(source, reading_of(raw, mail or read(raw)))
        with self.store.transaction() as tx:
            return receive(arrival, self.office(desk), tx, self.now)

    def maild(self, *words: str, status: int = 0) -> Result:
        """Type a command; its configuration is named for it."""
        result = CliRunner().invoke(main, [*words, "--config", str(self.config)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        assert result.exit_code == status, result.output
        return result

    def json(self, *words: str, status: int = 0) -> Any:
        """Type a command with --json and read its answer."""
        return json.loads(self.maild(*words, "--json", status=status).stdout)


def mail(
    text: str = "متى تصدر الشهادة؟",
    subject: str = "الشهادة",
    sender: str = "noura@trainee.example",
    name: str = "m1",
) -> bytes:
    """Write a mail as a requester's client does."""
    lines = (
        f"From: {sender}",
        "To: student@academy.example",
        f"Subject: {subject}",
        f"Message-ID: <{name}@trainee.example>",
        "Date: Sun, 05 Apr 2026 09:00:00 +0300",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
        "",
    )
    return "\r\n".join(lines).encode()
