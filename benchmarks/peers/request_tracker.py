"""Request Tracker from Debian, on PostgreSQL: its mail gateway, in one process that stays.

Its own way in is an HTTP request for each mail, which a mail server pipes to it; without that it
is a little faster. It does not read a mailbox, so the mails are fetched for it.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from benchmarks.peers.peer import Ended, MissingError, Stored
from benchmarks.place import DOMAIN, Place
from tests.servers.postgres import USER, Postgres

NAME = "Request Tracker"
BOX = "request-tracker"
PACKAGES = ["request-tracker5", "rt5-db-postgresql"]
LIBRARY = Path("/usr/share/request-tracker5/lib")
BATCH = 200
CONFIGURATION = """\
Set($rtname, '{domain}');
Set($Organization, '{domain}');
Set($WebDomain, 'localhost');
Set($CorrespondAddress, '{box}@{domain}');
Set($CommentAddress, 'comment@{domain}');
Set($OwnerEmail, 'owner@{domain}');
Set($DatabaseType, 'Pg');
Set($DatabaseHost, '127.0.0.1');
Set($DatabasePort, '{port}');
Set($DatabaseName, 'rt');
Set($DatabaseUser, '{user}');
Set($DatabaseAdmin, '{user}');
Set($DatabasePassword, 'none');
Set($MailCommand, 'testfile');  # composed, and sent nowhere
Set($LogToSyslog, undef);
Set($LogToFile, undef);
Set($LogToSTDERR, 'error');
1;
"""
GATEWAY = """\
use strict; use warnings; use RT;
RT::LoadConfig(); RT::Init();
require RT::Interface::Email;
my $everyone = RT::Group->new(RT->SystemUser);
$everyone->LoadSystemInternalGroup('Everyone');
my $queue = RT::Queue->new(RT->SystemUser);
$queue->Load('General');
$everyone->PrincipalObj->GrantRight(Right => $_, Object => $queue)
    for 'CreateTicket', 'ReplyToTicket';
$| = 1; print "ready\\n";
while (my $path = <STDIN>) {
    chomp $path;
    open my $file, '<:raw', $path or die; local $/; my $raw = <$file>; close $file; $/ = "\\n";
    my %mail = (queue => 'General', action => 'correspond', message => $raw);
    my ($status) = eval { RT::Interface::Email::Gateway(\\%mail) };
    print(($status // 'died'), "\\n");
}
"""
STORED = """\
SELECT t.EffectiveId, a.MessageId
FROM Attachments a JOIN Transactions x ON a.TransactionId = x.id JOIN Tickets t ON x.ObjectId = t.id
WHERE x.ObjectType = 'RT::Ticket' AND x.Type IN ('Create', 'Correspond') AND a.Parent = 0
ORDER BY a.id
"""


def take_in(place: Place, limit: float) -> Ended:
    """Make a database, fetch the mails and hand them over. Raises MissingError."""
    version = _installed()
    folder = Path(tempfile.mkdtemp(prefix="maild-peer-"))
    server = Postgres()
    try:
        server.start()
        variables = _prepared(folder, server)
        with (folder / "journal").open("ab") as journal:
            gateway = subprocess.Popen(
                ["perl", f"-I{LIBRARY}", "-e", GATEWAY], env=variables, stderr=journal,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
            )  # fmt: skip
            try:
                seconds, stopped = _hand_over(place, folder, gateway, limit)
            finally:
                gateway.kill()
                gateway.wait()
        return Ended(version, _stored(server), seconds, frozenset(), stopped)
    finally:
        server.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _installed() -> str:
    """Install it where that is possible; return its name and version. Raises MissingError."""
    if not LIBRARY.is_dir():
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise MissingError(f"missing; on Debian, as root: apt-get install {' '.join(PACKAGES)}")
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES]
        variables = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], install):
            done = subprocess.run(command, capture_output=True, text=True, env=variables)
        if done.returncode != 0 or not LIBRARY.is_dir():
            last = (done.stdout + done.stderr).strip().rpartition("\n")[2]
            raise MissingError(f"apt-get could not install {' '.join(PACKAGES)}: {last}")
    ask = ["dpkg-query", "-W", "-f", "${Version}", PACKAGES[0]]
    found = subprocess.run(ask, check=True, capture_output=True, text=True).stdout
    return f"{NAME} {found.partition('+')[0]}"


def _prepared(folder: Path, server: Postgres) -> dict[str, str]:
    """Write its configuration, make its database, and return the variables it runs with."""
    configuration = folder / "RT_SiteConfig.pm"
    configuration.write_text(
        CONFIGURATION.format(domain=DOMAIN, box=BOX, port=server.port, user=USER)
    )
    (folder / "none").mkdir()  # instead of what Debian configured
    variables = os.environ | {
        "RT_SITE_CONFIG": str(configuration),
        "RT_SITE_CONFIG_DIR": str(folder / "none"),
    }
    make = ["rt-setup-database-5", "--action", "init", "--dba", USER, "--dba-password", "none"]
    done = subprocess.run(make, capture_output=True, text=True, env=variables)
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip().rpartition("\n")[2]
        raise MissingError(f"its database could not be made: {said}")
    return variables


def _hand_over(
    place: Place, folder: Path, gateway: "subprocess.Popen[str]", limit: float
) -> tuple[float, bool]:
    """Give it every mail in turn; return the seconds, and whether the limit came first."""
    assert gateway.stdin is not None
    assert gateway.stdout is not None
    assert gateway.stdout.readline() == "ready\n", "it did not start"
    began = time.monotonic()
    for number, raw in enumerate(_fetched(place)):
        if time.monotonic() - began > limit:
            return time.monotonic() - began, True
        path = folder / str(number)
        path.write_bytes(raw)
        gateway.stdin.write(f"{path}\n")
        gateway.stdin.flush()
        gateway.stdout.readline()
        path.unlink()
    return time.monotonic() - began, False


def _fetched(place: Place) -> Iterator[bytes]:
    with place.dovecot.session(f"{BOX}@{DOMAIN}") as client:
        client._imap.debug = 0  # noqa: SLF001  # else every literal is formatted for a log
        client.select_folder("INBOX", readonly=True)
        uids = client.search("ALL")
        for start in range(0, len(uids), BATCH):
            found = client.fetch(uids[start : start + BATCH], ["BODY.PEEK[]"])
            yield from (found[uid][b"BODY[]"] for uid in sorted(found))


def _stored(server: Postgres) -> Stored:
    with psycopg.connect(server.url("rt")) as connection:
        rows = connection.execute(STORED).fetchall()
    return [(str(ticket), f"<{(message_id or '').strip('<> ')}>") for ticket, message_id in rows]
