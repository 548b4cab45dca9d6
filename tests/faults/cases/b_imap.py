"""B. The server that holds the mail breaks, lies, or stays silent."""

from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.servers.fake_imap import EOF


@case(
    "B1",
    "the line breaks within a FETCH literal: the mail is fetched again, and is one ticket",
    defence=Defence(
        "the place in a mailbox is read from the store after every break",
        replaced("maild.daemon.watch.Watch._place", lambda self, state: state.uidnext - 1),
    ),
    told=r"^mailbox in trouble student The connection broke",
    quick=True,
)
def broken_literal(place: Place) -> None:
    imap = place.imap(place.question())
    imap.script("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {9000}\r\nFrom: n", EOF)
    place.attacked(imap)
    with place.impatient(), place.running(wait=False):
        place.await_tickets(1)
    assert imap.connections >= 2
