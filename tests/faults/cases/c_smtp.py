"""C. The server that takes letters refuses one: for now, or for good."""

from datetime import timedelta

from maild import outbox
from maild.mail.mail import Address, Attachment
from maild.smtp.verdict import Bounced, Deferred, Reply, Uncertain, Verdict, judge
from maild.store import tables
from maild.store.outbox import Entry
from maild.store.store import Transaction
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.sending import all_ended, later, letter_to, letters, message_id, put_off, waiting
from tests.servers.greylist import Greylist

LARGE = Attachment("lecture.pdf", "application/pdf", bytes(range(256)) * 800)
PROGRAM = Attachment("answer.exe", "application/octet-stream", b"MZ")


def nothing_is_for_good(reply: Reply) -> Verdict:
    return judge(reply) if reply.positive else Deferred(str(reply))


def nothing_waits(reply: Reply) -> Verdict:
    return judge(reply) if reply.positive else Bounced(str(reply))


@case(
    "C3",
    "a greylisting server: the letter comes again after five minutes as the same triplet, and is "
    "taken",
    defence=Defence(
        "a 4xx waits five minutes, and longer each time",
        replaced("maild.outbox.backoff", lambda attempts, jitter: timedelta(seconds=30)),
    ),
)
def greylisted(place: Place) -> None:
    with Greylist(place.clock) as greylist:
        policy = f"check_policy_service inet:127.0.0.1:{greylist.port}"
        place.own_postfix(f"smtpd_recipient_restrictions = {policy}\n")
        with place.running() as daemon:
            place.write()
            put_off(place, 2)
            for _ in range(4):
                later(place, daemon, minutes=1)
                place.probe()
            assert len(greylist.asked) == 2, f"{len(greylist.asked)} visits in four minutes"
            later(place, daemon, minutes=2, seconds=1)
            place.letter(place.requester())
            place.letter(place.staff("sara"))
    triplets = [triplet for triplet, _ in greylist.asked]
    assert sorted(triplets[:2]) == sorted(triplets[2:]), "it came again as somebody else"


@case(
    "C4",
    "DATA is refused with 451, the final dot with 452: both letters wait and are sent once",
    defence=Defence(
        "a 4xx says that the letter may come again (RFC 5321 4.2.1)",
        replaced("maild.smtp.transaction.judge", nothing_waits),
    ),
    quick=True,
)
def refused_for_now(place: Place) -> None:
    sink = place.sink({"DATA": ["451 4.3.0 try later"], "dot": ["452 4.3.1 disk full"]})
    place.attacked(smtp=sink)
    with place.running() as daemon:
        place.write()
        put_off(place, 2)
        later(place, daemon, minutes=6, seconds=1)
        place.until(lambda: len(sink.deliveries) == 2)
        all_ended(place)


@case(
    "C5",
    "a recipient refused for good: staff are told, and it is not tried again",
    defence=Defence(
        "a 5xx is final (RFC 5321 4.2.1)",
        replaced("maild.smtp.transaction.judge", nothing_is_for_good),
    ),
    told=r"^letter \d+ bounced: 550 5\.1\.1 no such user$",
    quick=True,
)
def refused_recipient(place: Place) -> None:
    sink = place.sink({"RCPT": ["550 5.1.1 no such user"]})
    place.attacked(smtp=sink)
    with place.running():
        place.write()
        # The notification arrives, and what staff are told.
        place.until(lambda: len(sink.deliveries) == 2, what="word to the staff")
    assert sink.recipients == [place.staff("sara").address] * 2


@case(
    "C6",
    "a question and an answer with a file that are too large for the server: the agent gets the "
    "question without the file, and gets back the answer, to be sent without its file",
    defence=Defence(
        "a letter to staff that is too large is written again without its attachments",
        replaced("maild.casework.undelivered.too_large", lambda reply: False),
    ),
    told=r"^letter \d+ bounced: 552 5\.3\.4 Message size exceeds fixed limit$",
)
def too_large(place: Place) -> None:
    place.own_postfix("message_size_limit = 60000\n")
    sara = place.staff("sara")
    with place.running():
        place.write("The lecture is attached.", attachments=(LARGE,))
        question = place.letter(sara)
        assert "The lecture is attached." in question.mail.text
        assert "lecture.pdf" in question.mail.text
        assert not question.mail.attachments
        place.reply(question, "Here is another copy.", sara, attachments=(LARGE,))
        told = place.letter(sara, 2)
    assert "Here is another copy." in told.mail.text
    assert "دون المرفقات" in told.mail.text
    assert len(place.letters(place.requester())) == 1  # the acknowledgement


@case(
    "C7",
    "a content filter refuses an answer after the final dot: its author is told with the answer's "
    "words, and it is not tried again",
    defence=Defence(
        "a 5xx after the dot is a refusal, no broken line",
        replaced("maild.smtp.transaction.judge", lambda reply: Uncertain(str(reply))),
    ),
    told=r"^letter \d+ bounced: 550 5\.7\.1 no programs here$",
)
def refused_content(place: Place) -> None:
    (place.folder / "filter").write_text('/name="?answer\\.exe/ REJECT no programs here\n')
    place.own_postfix(f"mime_header_checks = regexp:{place.folder}/filter\n")
    sara = place.staff("sara")
    with place.running() as daemon:
        place.write()
        place.reply(place.letter(sara), "Run this.", sara, attachments=(PROGRAM,))
        told = place.letter(sara, 2)
        assert "Run this." in told.mail.text
        later(place, daemon, minutes=20)
        place.probe()
    assert len(letters(place, "undeliverable")) == 1
    assert [e.attempts for e in letters(place, "relay")] == [1]


def the_mail_failed(tx: Transaction, outgoing: outbox.Outgoing, entry: Entry, reply: str) -> None:
    """Send a mail of which one recipient was refused to all of them again."""
    tx.outbox.bounced(entry.desk, entry.id, outgoing.owner, outgoing.now(), reply)
    again = tables.outbox.update().where(
        tables.outbox.c.event == entry.event, tables.outbox.c.id != entry.id
    )
    values = {"state": "queued", "finished_at": None, "next_at": outgoing.now()}
    tx._connection.execute(again, values)


@case(
    "C10",
    "of two recipients of an answer one is refused for good: the other gets it once, the agent is "
    "told who did not",
    defence=Defence(
        "every recipient has a letter, an attempt and an end of their own",
        replaced("maild.outbox._give_up", the_mail_failed),
    ),
    told=r"^letter \d+ bounced: 550 5\.1\.1 no such user$",
    quick=True,
)
def one_of_two(place: Place) -> None:
    friend = place.at("friend")
    sink = place.sink({f"RCPT:{friend}": "550 5.1.1 no such user"})
    place.attacked(smtp=sink)
    place.expected |= {friend}
    sara, noura = place.staff("sara"), place.requester()
    with place.running():
        place.write(cc=(Address("Friend", friend),))
        place.until(lambda: sara.address in sink.recipients)
        place.reply(letter_to(sara, sink), "Try again, please.", sara)
        place.until(lambda: letters(place, "relay") and not waiting(place))
    relayed = {e.message_id for e in letters(place, "relay")}
    got = [d.recipient for d in sink.deliveries if message_id(d.raw) in relayed]
    assert got == [noura.address], f"the answer reached {len(got)} times"
    assert friend in letter_to(sara, sink).mail.text
