"""B. Waiting for mail at servers that have no IDLE, a silent one, or a line that is forgotten."""

import time
from dataclasses import replace

from maild.imap.mailbox import Mailbox
from maild.imap.wire import Limits
from tests.faults.case import Defence, case, replaced
from tests.faults.place import QUICK, Place
from tests.servers.proxy import Proxy


def idles_anyway(mailbox: Mailbox, seconds: float) -> bool:
    with mailbox._speaking("start IDLE") as client:
        client.wire.begin_idle()
    mailbox._listen(seconds)
    with mailbox._speaking("end IDLE") as client:
        return client.wire.end_idle()


def waits_for_news(mailbox: Mailbox, seconds: float) -> bool:
    while not mailbox._idle(seconds):
        pass
    return True


@case(
    "B6",
    "the server has no IDLE: mail is found by looking, on one connection",
    defence=Defence(
        "IDLE is used only where the server offers it",
        replaced("maild.imap.mailbox.Mailbox.wait", idles_anyway),
    ),
    told=None,
)
def no_idle(place: Place) -> None:
    imap = place.imap(capabilities="IMAP4rev1 UIDPLUS MOVE")
    place.attacked(imap)
    with place.impatient(), place.running():
        imap.mails[1] = place.question()
        place.await_tickets(1)
        assert imap.connections == 1, "the connection was given up"


@case(
    "B7",
    "the server's IDLE says nothing of new mail: it is found by looking, within five minutes",
    defence=Defence(
        "a mailbox is looked into every `poll` seconds, whatever the server says",
        replaced("maild.imap.mailbox.Mailbox.wait", waits_for_news),
    ),
    told=None,
)
def silent_idle(place: Place) -> None:
    imap = place.imap()
    place.attacked(imap)
    assert imap.settings().poll <= 300
    with place.impatient(replace(QUICK, idle=1)), place.running():
        place.until(lambda: imap.seen("IDLE"))
        imap.mails[1] = place.question()
        place.await_tickets(1)
        assert imap.connections == 1, "the connection was given up"


@case(
    "B8",
    "a gateway forgets lines that are silent: IDLE is renewed in time, and the next mail comes",
    defence=Defence(
        "IDLE is renewed every few minutes (RFC 2177 asks for at least every 29)",
        replaced("maild.imap.mailbox.Mailbox.wait", lambda self, seconds: self._idle(seconds)),
    ),
    told=None,
)
def forgetful_gateway(place: Place) -> None:
    assert Limits().idle < 10 * 60  # gateways are known to forget after ten minutes
    proxy = place.stack.enter_context(Proxy(place.dovecot.imaps_port, memory=2))
    place.desk(place.mailbox("student", imap=proxy.port))
    with place.impatient(replace(QUICK, idle=0.5)), place.running():
        time.sleep(3.5)
        place.write()
        place.await_tickets(1)
        assert proxy.connections == 1, "the line was forgotten"
