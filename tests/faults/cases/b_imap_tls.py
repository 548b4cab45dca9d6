"""B. No trustworthy encryption: the password is not sent."""

import contextlib
import ssl
from datetime import datetime
from pathlib import Path

from maild.desk import Server
from maild.imap.mailbox import Mailbox
from maild.imap.wire import Client
from tests.e2e.house import SUNDAY
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot

BOXES = ("student", "finance", "support")


def whoever(_server: Server) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def if_it_works(_mailbox: Mailbox, client: Client) -> None:
    """Encrypt where that can be had."""
    if client.has_capability("STARTTLS"):
        with contextlib.suppress(Exception):
            client.starttls(ssl.create_default_context())


def impostor(place: Place, certificates: Certificates, user: str) -> Dovecot:
    """Start a server that holds a mail for a user, behind a certificate of its own."""
    server = Dovecot(certificates)
    place.stack.callback(server.remove)
    server.start()
    server.deliver(user, place.question("Who am I?", subject="Impostor"))
    return server


@case(
    "B23",
    "the certificate has expired, is self-signed, or another host's: no login, and the reason told",
    defence=Defence(
        "the certificate and its name are verified before anything is said",
        replaced("maild.imap.wire.trust", whoever),
    ),
    told=r"^mailbox in trouble (student|finance|support) The server's certificate was refused: "
    r"(certificate has expired|self-signed certificate|Hostname mismatch)",
)
def bad_certificates(place: Place) -> None:
    ours = place.dovecot.certificates.ca_file

    def issued(name: str, *hosts: str, until: datetime | None = None) -> Certificates:
        return Certificates.create(place.folder / name, *hosts, until=until)

    expired = issued("expired", until=SUNDAY)
    elsewhere = issued("elsewhere", "mail.elsewhere.example")
    trusted: list[tuple[Certificates, Path]] = [
        (expired, expired.ca_file),
        (elsewhere, elsewhere.ca_file),
        (Certificates.self_signed(place.folder / "unknown"), ours),
    ]
    servers = [impostor(place, c, place.at(b)) for (c, _), b in zip(trusted, BOXES, strict=True)]
    place.desk(
        *(
            place.mailbox(box, imap=server.imaps_port, ca=ca)
            for box, server, (_, ca) in zip(BOXES, servers, trusted, strict=True)
        )
    )
    with place.impatient(), place.running():
        troubles = [line["why"] for line in place.journal if line["event"] == "mailbox in trouble"]
        given = sum("imap-login: Info: Login:" in server.log() for server in servers)
        assert not given, f"{given} impostors were given the password"
        assert len(set(troubles)) == 3, f"not three reasons: {troubles}"
    assert place.attacked_subjects() == []


@case(
    "B24",
    "STARTTLS is stripped, somebody speaks before it, or greets as logged in: no password is sent",
    defence=Defence(
        "without STARTTLS, done as RFC 3501 has it, the connection is ended",
        replaced("maild.imap.mailbox.Mailbox._encrypt", if_it_works),
    ),
    told=r"^mailbox in trouble (student The server does not offer STARTTLS"
    r"|finance The server greets as if already|support Somebody spoke between STARTTLS)",
    quick=True,
)
def no_encryption(place: Place) -> None:
    stripped, greeting = place.imap(), place.imap()
    greeting.greeting = [b"* PREAUTH welcome\r\n"]
    injected = place.imap(capabilities="IMAP4rev1 STARTTLS")
    answer = b"TAG OK go ahead\r\n* CAPABILITY IMAP4rev1 INJECTED\r\n"
    injected.script("STARTTLS", answer, times=1000)
    servers = (stripped, greeting, injected)
    place.desk(
        *(
            place.mailbox(box, imap=server.port, imap_security="starttls")
            for box, server in zip(BOXES, servers, strict=True)
        )
    )
    with place.impatient(), place.running():
        place.until(
            lambda: all(server.connections >= 2 or server.seen("LOGIN") for server in servers)
        )
        assert not any(server.seen("LOGIN") for server in servers), "the password was sent"
    assert place.attacked_subjects() == []
