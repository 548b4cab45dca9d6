"""B. The server does not let maild in: too many connections, another password, no passwords."""

import re
import time
from dataclasses import replace

from maild.daemon.service import Daemon
from maild.imap.wire import Client
from tests.faults.case import Defence, case, replaced
from tests.faults.haste import hurried
from tests.faults.place import QUICK, Place
from tests.servers.proxy import Proxy

has_capability = Client.has_capability


def sends_the_password_anyway(client: Client, capability: str) -> bool:
    return capability != "LOGINDISABLED" and bool(has_capability(client, capability))


def tell_the_admin(place: Place, daemon: Daemon) -> None:
    """Let ten minutes pass, and look twice; the admin must have been told once."""
    admin = f"admin@{place.domain}"
    place.clock.jump(minutes=10)
    daemon.keep_house()
    place.letter(admin)
    daemon.keep_house()
    place.probe()
    assert len(place.letters(admin)) == 1, "the admin was told more than once"


@case(
    "B20",
    "too many connections ([ALERT] at LOGIN): soon tried again, and taken for no wrong password",
    defence=Defence(
        "a No to LOGIN that is about now is told from one about the password",
        replaced("maild.imap.trouble.TEMPORARY", re.compile(r"\Z.")),
    ),
    told=r"^mailbox in trouble student The server refused the login: .*Too many simultaneous",
)
def too_many_connections(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("LOGIN", b"TAG NO [ALERT] Too many simultaneous connections.\r\n", times=3)
    place.attacked(imap)
    with place.impatient(pause=hurried(20)), place.running(wait=False):
        place.await_tickets(1)
    assert imap.connections == 4


@case(
    "B21",
    "the password is wrong: tried rarely, so that no account is locked, and the admin is told once",
    defence=Defence(
        "after a refused password the pause begins at a minute and doubles to half an hour",
        replaced("maild.daemon.watch.pause", lambda attempt, kind: 1.0),
    ),
    told=r"^mailbox in trouble student The server refused the login: .*AUTHENTICATIONFAILED",
)
def wrong_password(place: Place) -> None:
    place.secret("wrong", "hunter2")
    proxy = place.stack.enter_context(Proxy(place.dovecot.imaps_port))
    place.desk(place.mailbox("student", imap=proxy.port, secret="secrets/wrong"))
    place.leave(place.question())
    patient = replace(QUICK, read=10, command=10)  # Dovecot takes its time to say no
    with place.impatient(patient, pause=hurried(60)), place.running() as daemon:
        time.sleep(5)  # five minutes of a real daemon
        assert proxy.connections <= 4, f"{proxy.connections} attempts in five minutes"
        tell_the_admin(place, daemon)
        place.desk()
        daemon.reload(place.settings)
        place.await_tickets(1)


@case(
    "B22",
    "the server wants OAuth, which maild has not: no password is sent, the admin is told once, and "
    "the other mailboxes live",
    defence=Defence(
        "where the server says LOGINDISABLED, LOGIN is not sent (RFC 3501 6.2.3)",
        replaced("maild.imap.wire.Client.has_capability", sends_the_password_anyway),
    ),
    told=r"^mailbox in trouble student The server takes no password \(LOGINDISABLED\)",
)
def oauth_only(place: Place) -> None:
    imap = place.imap(capabilities="IMAP4rev1 SASL-IR AUTH=XOAUTH2 AUTH=OAUTHBEARER LOGINDISABLED")
    imap.script("LOGIN", b"TAG NO LOGIN failed.\r\n", times=1000)
    place.attacked(imap)
    with place.impatient(pause=hurried(60)), place.running() as daemon:
        time.sleep(2)  # two minutes of a real daemon
        assert imap.seen("LOGIN") == 0, "the password was sent"
        assert imap.connections <= 3, f"{imap.connections} attempts in two minutes"
        tell_the_admin(place, daemon)
