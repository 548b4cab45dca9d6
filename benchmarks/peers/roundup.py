"""Roundup from the package index, on SQLite: `roundup-mailgw … imap`, as its cron job runs it."""

import os
import sqlite3
import subprocess
from pathlib import Path

from benchmarks.peers.peer import Ended, Stored, environment, version
from benchmarks.peers.polling import poll
from benchmarks.place import DOMAIN, Place
from tests.servers.dovecot import PASSWORD

NAME = "roundup"
REQUIREMENT = "roundup>=2.6,<2.7"
BOX = "roundup"
# Whoever writes is registered, HTML is converted, and who opens an issue is told.
OPTIONS = {
    "tracker_web": "http://localhost/tracker/",
    "mail_domain": DOMAIN,
    "mail_host": "localhost",
    "mailgw_convert_htmltotext": "dehtml",
    "nosy_messages_to_author": "new",
}
CLOSED = "#db.security.addPermissionToRole('Anonymous', 'Email Access')"
# Its port cannot be chosen, so the library's own is changed before it starts.
GATEWAY = """\
import imaplib, sys
imaplib.IMAP4.__init__.__defaults__ = ("", {port}, None)
from roundup.scripts.roundup_mailgw import run
sys.argv[0] = "roundup-mailgw"
run()
"""
STORED = """\
SELECT link.nodeid, msg._messageid FROM _msg msg JOIN issue_messages link ON link.linkid = msg.id
ORDER BY msg.id
"""


def take_in(place: Place, limit: float) -> Ended:
    """Make a tracker and poll its mailbox. Raises MissingError."""
    made = environment(NAME, REQUIREMENT)
    home = place.folder / "tracker"
    _tracker(made, home)
    gateway = GATEWAY.format(port=place.dovecot.imap_port)
    source = f"{BOX}@{DOMAIN}:{PASSWORD}@127.0.0.1"
    command = [str(made / "bin/python"), "-c", gateway, str(home), "imap", source]
    return poll(
        place, BOX, version(made, NAME), command, os.environ, lambda: _stored(home), limit
    )  # fmt: skip


def _tracker(made: Path, home: Path) -> None:
    options = OPTIONS | {"mail_debug": str(home / "sent")}  # composed, and sent nowhere
    given = ",".join(f"{name}={value}" for name, value in options.items())
    admin = [str(made / "bin/roundup-admin"), "-i", str(home)]
    for command in (["install", "classic", "sqlite", given], ["initialise", "secret"]):
        if command[0] == "initialise":
            schema = home / "schema.py"
            schema.write_text(schema.read_text().replace(CLOSED, CLOSED.removeprefix("#")))
        subprocess.run([*admin, *command], check=True, capture_output=True)


def _stored(home: Path) -> Stored:
    database = sqlite3.connect(home / "db" / "db")
    found = [(str(issue), message_id or "") for issue, message_id in database.execute(STORED)]
    database.close()
    return found
