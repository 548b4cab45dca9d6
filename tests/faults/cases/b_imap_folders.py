"""B. What a person, or the server, does with the folders: flags, moves, quotas."""

from maild.daemon.watch import Watch
from maild.imap.mailbox import Mailbox
from maild.imap.wire import Client
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place


def unseen(client: Client, after: int, limit: int, exists: int) -> list[int]:
    return sorted(client.search(["UNSEEN"]))[:limit]


def expunges(mailbox: Mailbox, uids: list[int], folder: str) -> None:
    with mailbox._speaking("move") as client:
        client.copy(uids, folder)
        client.add_flags(uids, [rb"\Deleted"], silent=True)
        client.expunge()


def insists_on_moving(watch: Watch, mailbox: Mailbox, uidvalidity: int) -> None:
    mailbox.done(sorted(watch._owed.get(uidvalidity, set())))
    watch._owed.clear()


@case(
    "B14",
    "a person reads a mail before maild does (\\Seen): it is taken in like any other",
    defence=Defence(
        "what is new is told by the UID, never by a flag",
        replaced("maild.imap.mailbox.find", unseen),
    ),
    told=None,
    quick=True,
)
def read_by_a_person(place: Place) -> None:
    place.dovecot.append(place.at("student"), place.question(), flags=("\\Seen", "\\Answered"))
    with place.impatient(), place.running():
        place.await_tickets(1)
        seen = place.question("And the exam?", subject="Exam")
        place.dovecot.append(place.at("student"), seen, flags=("\\Seen",))
        place.await_tickets(2)


@case(
    "B25",
    "the server has neither MOVE nor UIDPLUS: mails are copied and marked, and none is expunged",
    defence=Defence(
        "EXPUNGE is never sent, for it would take along what a person marked",
        replaced("maild.imap.mailbox.Mailbox._carry", expunges),
    ),
    told=None,
)
def no_move(place: Place) -> None:
    imap = place.imap(place.question(), capabilities="IMAP4rev1 IDLE")
    imap.folders["Processed"] = {}
    imap.flags[9].add("\\Deleted")  # a person's, who may think better of it
    imap.mails[9] = place.question("Never mind.", subject="Second thoughts")
    place.attacked(imap, None, "after: move to Processed")
    with place.impatient(), place.running():
        place.await_tickets(2)
        place.until(lambda: len(imap.folders["Processed"]) == 2)
    assert set(imap.mails) == {1, 9}, "a mail is gone from the inbox"
    assert all("\\Deleted" in imap.flags[uid] for uid in (1, 9))


@case(
    "B26",
    "the folder for processed mails is over quota, or missing: tickets are opened, the admin is "
    "told once, and what is missing is made",
    defence=Defence(
        "a refused move is noted, and holds up no mail",
        replaced("maild.daemon.watch.Watch._settle", insists_on_moving),
    ),
    told=r"^mailbox in trouble student The server refused \(move mails to Processed\): .*quota",
)
def over_quota(place: Place) -> None:
    imap = place.imap(place.question())
    imap.folders["Processed"] = {}
    imap.script("UID MOVE", b"TAG NO [OVERQUOTA] quota exceeded\r\n", times=100)
    full = {"imap": imap.port, "imap_security": "plain"}
    place.desk(
        place.mailbox("student", "after: move to Processed", **full),
        place.mailbox("finance", "after: move to Processed"),
    )
    with place.impatient(reselect=0.5), place.running() as daemon:
        invoice = place.question("Where is my invoice?", subject="Invoice")
        place.leave(invoice, "finance")
        moved = (place.at("finance"), "Processed")
        place.until(lambda: place.dovecot.inbox(*moved) == [invoice])
        for number, subject in enumerate(("Exam", "Fees"), 2):
            imap.mails[number] = place.question(f"A word about the {subject}.", subject=subject)
            place.await_tickets(number + 1)
        place.clock.jump(minutes=10)
        daemon.keep_house()
        place.letter(f"admin@{place.domain}")
        daemon.keep_house()
    assert len(place.letters(f"admin@{place.domain}")) == 1
