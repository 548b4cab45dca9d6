"""B. UIDs that change their meaning, come out of order, or are of other mails than asked for."""

from unittest.mock import patch

from maild.daemon.watch import Watch
from maild.imap.fetching import find
from maild.imap.mailbox import FolderState
from maild.imap.wire import Client
from maild.intake.words import Arrival
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.servers.fake_imap import HONEST

OTHER = 4242  # a UIDVALIDITY
place_in_mailbox = Watch._place


def every_uid_is_a_mail(arrival: Arrival) -> str:
    return f"{arrival.source.uidvalidity} {arrival.source.uid}"


def carries_over(watch: Watch, state: FolderState) -> int:
    """Keep the UIDs that are still to be moved, whatever mails they name now."""
    owed = set().union(*watch._owed.values())
    after = place_in_mailbox(watch, state)
    watch._owed[state.uidvalidity] = owed
    return after


def takes_them_as_they_come(client: Client, after: int, limit: int, exists: int) -> list[int]:
    return [uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after][:limit]


@case(
    "B9",
    "the server numbers its mails anew (UIDVALIDITY): all is looked at again, nothing is new twice",
    defence=Defence(
        "a mail is known by what it says, not by its number",
        replaced("maild.intake.words.Arrival.identity", property(every_uid_is_a_mail)),
    ),
    told=r"^the server numbered its mails anew; everything is looked at again student$",
    quick=True,
)
def renumbered(place: Place) -> None:
    for subject in ("Lecture", "Exam", "Certificate"):
        place.leave(place.question(f"A word about the {subject}.", subject=subject))
    with place.impatient(), place.running():
        place.await_tickets(3)
        place.dovecot.bump_uidvalidity(place.at("student"), OTHER)
        place.leave(place.question("When are the fees due?", subject="Fees"))
        place.await_tickets(4)
    assert sorted(place.attacked_subjects()) == ["Certificate", "Exam", "Fees", "Lecture"]


@case(
    "B10",
    "mails wait to be moved, and under their numbers lie other mails now: those are not moved",
    defence=Defence(
        "what is to be moved is forgotten together with the numbers it goes by",
        replaced("maild.daemon.watch.Watch._place", carries_over),
    ),
    told=r"^the server numbered its mails anew|student The server refused \(move mails",
)
def replaced_mailbox(place: Place) -> None:
    imap = place.imap(*(place.question(f"Question {n}", subject=f"Old {n}") for n in (1, 2)))
    imap.folders["Processed"] = {}
    imap.script("UID MOVE", b"TAG NO [UNAVAILABLE] try later\r\n")
    place.attacked(imap, None, "after: move to Processed")
    with place.impatient(), place.running():
        place.await_tickets(2)
        place.until(lambda: imap.seen("IDLE"))
        imap.uidvalidity = OTHER
        new = {n: place.question(f"News {n}", subject=f"New {n}") for n in (1, 2, 3)}
        imap.mails = dict(new)
        imap.hang_up()
        place.await_tickets(5)
        place.until(lambda: not imap.mails)  # moved in their turn
    assert imap.folders["Processed"] == new


@case(
    "B11",
    "the server numbers its mails anew while maild waits in IDLE: noticed at its next look",
    defence=Defence(
        "an answer that names another UIDVALIDITY ends the connection",
        replaced("maild.imap.mailbox.Mailbox._check_renumbered", lambda self, client: None),
    ),
    told=r"^the server numbered its mails anew",
)
def renumbered_in_idle(place: Place) -> None:
    imap = place.imap(*(place.question(f"Question {n}", subject=f"Old {n}") for n in (1, 2, 3)))
    place.attacked(imap)
    with place.impatient(), place.running():
        place.await_tickets(3)
        place.until(lambda: imap.seen("IDLE"))
        imap.uidvalidity = OTHER
        imap.mails = {1: imap.mails[3], 2: place.question("And the fees?", subject="Fees")}
        imap.push(b"* OK [UIDVALIDITY %d] renumbered\r\n" % OTHER)
        place.await_tickets(4)


@case(
    "B12",
    "the server names no UIDNEXT and lists UIDs downward: every mail is taken, none is passed over",
    defence=Defence(
        "UIDs are put in order before the first of them are fetched",
        replaced("maild.imap.mailbox.find", takes_them_as_they_come),
    ),
    told=None,
)
def out_of_order(place: Place) -> None:
    mails = [place.question(f"Question {n}", subject=f"Number {n}") for n in range(1, 6)]
    imap = place.imap(*mails)
    imap.upside_down = True
    selected = f"* 5 EXISTS\r\n* OK [UIDVALIDITY {imap.uidvalidity}] ok\r\nTAG OK done\r\n"
    imap.script("SELECT", selected.encode(), times=10)
    place.attacked(imap)
    with place.impatient(batch=2), place.running():
        place.await_tickets(5)
        imap.hang_up()  # and once more from the start, with what is known by then
        place.until(lambda: imap.connections == 2 and imap.seen("IDLE") >= 2)


@case(
    "B13",
    "somebody deletes a mail between SEARCH and FETCH: it is gone, and the others are taken",
    defence=Defence(
        "a mail that is not given out is looked for once more before that counts as trouble",
        replaced("maild.imap.fetching._present", lambda client, uids: True),
    ),
    told=None,
    quick=True,
)
def deleted_meanwhile(place: Place) -> None:
    user = place.at("student")
    for subject in ("Lecture", "Deleted", "Exam"):
        place.leave(place.question(f"A word about the {subject}.", subject=subject))

    def found_and_deleted(client: Client, after: int, limit: int, exists: int) -> list[int]:
        uids = find(client, after, limit, exists)
        if 2 in uids:
            with place.dovecot.session(user) as another:
                another.select_folder("INBOX")
                another.delete_messages([2])
                another.expunge()
        return uids

    with (
        patch("maild.imap.mailbox.find", found_and_deleted),
        place.impatient(),
        place.running(),
    ):
        place.await_tickets(2)
    assert sorted(place.attacked_subjects()) == ["Exam", "Lecture"]


@case(
    "B30",
    "the server answers about other mails than asked for: ours is neither mistaken nor passed over",
    defence=Defence(
        "a mail without an answer is gone only when a search does not find it either",
        replaced("maild.imap.fetching._insist", lambda client, missing: None),
    ),
    told=r"^mailbox in trouble student The server answered about other mails than asked\.$",
    quick=True,
)
def other_mails(place: Place) -> None:
    imap = place.imap(place.question())
    foreign = b"Subject: somebody else's\r\n\r\nnot for you\r\n"
    answer = b"* 9 FETCH (UID 9 BODY[] {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(foreign), foreign)
    imap.script("UID FETCH", b"* 9 FETCH (UID 9 RFC822.SIZE 40)\r\nTAG OK done\r\n")
    imap.script("UID FETCH", HONEST)
    imap.script("UID FETCH", answer)
    place.attacked(imap)
    with place.impatient(), place.running(wait=False):
        place.await_tickets(1)
    assert place.attacked_subjects() == ["Lecture"]
