"""A small, good configuration that the tests break in one place each."""

from pathlib import Path

from maild.config.load import load
from maild.config.problems import ConfigError

INSTANCE = "data: data\nadmins: admin@desk.example\n"

DESK = """\
desk: help
name: { ar: المساعدة, en: Help }
languages: [en, ar]
timezone: Asia/Riyadh
domains: [desk.example]
calendars:
  office:
    weekly: { sun-thu: 08:00-16:00 }
    periods:
      - { name: Ramadan, from: 2026-02-18, to: 2026-03-19, weekly: { sun-thu: 10:00-15:00 } }
    days: { 2026-06-13: 09:00-13:00 }
    holidays:
      - { name: Eid, from: 2026-03-20, to: 2026-03-22 }
people:
  sara: { name: Sara, email: sara@desk.example }
  huda: { name: Huda, email: huda@desk.example }
  boss: { name: The boss, email: boss@desk.example }
teams:
  students: { name: Students, members: [sara], lead: huda, manager: boss }
roles:
  on_call: sara
requester_classes:
  trainer: ["*@trainers.example"]
mailboxes:
  student:
    address: student@desk.example
    team: students
    imap: { host: mail.desk.example, user: student, password_env: STUDENT }
routing:
  - rule: money
    when: { any_words: [invoice, فاتورة] }
    then: { category: billing }
    examples: [ { subject: My invoice } ]
  - rule: certificates
    when: { any_words: certificate }
    then: { category: certificates }
policies:
  - policy: mail
    when: { channel: email }
    clocks:
      reply:
        target: 24 open hours of office
        warn_at: 75%
        stages:
          - { at: due, to: lead }
          - { at: stage 1 + 24 open hours, to: manager }
"""

ENV = {"STUDENT": "correct horse"}


def write(directory: Path, desk: str | bytes = DESK, instance: str = INSTANCE) -> Path:
    """Write a configuration with one desk and return its directory."""
    (directory / "desks").mkdir(parents=True, exist_ok=True)
    (directory / "maild.yaml").write_text(instance, "utf-8")
    raw = desk if isinstance(desk, bytes) else desk.encode()
    (directory / "desks" / "help.yaml").write_bytes(raw)
    return directory


def changed(*edits: tuple[str, str]) -> str:
    """Return the desk with each (old, new) replaced once; an old text that is not there fails."""
    text = DESK
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def problems(directory: Path, desk: str | bytes = DESK, instance: str = INSTANCE) -> list[str]:
    """Return the lines `maild check` would print for a desk; none when it is good."""
    try:
        load(write(directory, desk, instance), ENV)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []
