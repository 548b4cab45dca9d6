"""F. Machines write to machines: nothing automatic is answered twice, and no loop goes on."""

from maild.daemon.reload import Reloading
from maild.mail.mail import Address
from tests.e2e.house import House, Letter
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.robots import Robot, nobody_is_a_machine, taken_in, written_to
from tests.faults.sending import letters

ACKNOWLEDGED = 3  # letters a day to one address: the `ack_limit` of a desk

NO_MACHINES = Defence(
    "who wrote a mail is read from its headers; a machine is not answered (RFC 3834 2)",
    nobody_is_a_machine,
)
ANSWERED = Defence(
    "automatic answers to one address are counted: three a day",
    replaced("maild.intake.acknowledging.may_be_answered", lambda work: True),
)


def decided(south: House) -> bool:
    """Tell whether another helpdesk has taken in what it got, and written what it writes."""
    with south.store.reading() as tx:
        cursor = tx.mailboxes.cursor(south.key, "student")
        letters = tx.outbox.list()
    return cursor is not None and cursor.last_uid > 0 and all(e.finished_at for e in letters)


@case(
    "F1",
    "two helpdesks write to each other: one acknowledgement, and silence",
    defence=NO_MACHINES,
)
def two_desks(place: Place) -> None:
    south = House(
        place.folder / "south", place.dovecot, place.postfix, f"south.{place.domain}", "south",
        place.clock,
    )  # fmt: skip
    theirs = Address("South", south.at("student"))
    place.expected |= {s.email for s in south.settings.desks["south"].staff.people.values()}
    with place.running(), south.running():
        place.write(by=theirs)
        place.letter(theirs)
        place.until(lambda: decided(south) and place.at_rest(), what="silence")
        here = len(place.dovecot.inbox(place.at("student")))
        there = len(place.dovecot.inbox(theirs.address))
    assert (here, there) == (1, 1), f"{here + there - 1} letters between two machines"


@case(
    "F2",
    "a vacation bot whose mails bear no sign of it answers every letter: it gets three a day",
    defence=ANSWERED,
)
def vacation_bot(place: Place) -> None:
    bot = place.requester("bot")

    def away(letter: Letter) -> None:
        place.write(f"Read on Sundays only ({robot.answered}).", f"A {robot.answered}. word", bot)

    with place.running():
        robot = Robot(place, bot, away)
        with robot:
            place.write("I shall think about it.", "Hello", bot)
            place.letter(bot)
            robot.silence()
    assert robot.seen == ACKNOWLEDGED, f"the bot got {robot.seen} letters"


@case(
    "F3",
    "an agent's absence note quotes an order: it is kept as a note, does nothing, reaches nobody",
    defence=NO_MACHINES,
    quick=True,
)
def absence_note(place: Place) -> None:
    sara = place.staff("sara")
    with place.running():
        place.write()
        brought = place.letter(sara)
        place.reply(brought, "#close\nI am away until Monday.", sara, auto_submitted="auto-replied")
        taken_in(place, 2)
        with place.store.reading() as tx:
            ticket = tx.tickets.get(place.key, 1)
            note = tx.tickets.messages(place.key, 1)[-1]
    assert ticket is not None
    assert ticket.status.active, "an absence note closed the ticket"
    assert note.visibility == "internal"
    assert [e.purpose for e in letters(place)] == ["acknowledgement", "notification"]


@case(
    "F4",
    "a post to a mailing list the mailbox is on: staff see it, neither list nor author is answered",
    defence=NO_MACHINES,
    quick=True,
)
def list_post(place: Place) -> None:
    author = Address("Author", f"author@elsewhere.{place.domain}")
    headers = (("List-Id", "<talk.lists.example>"), ("List-Post", "<mailto:talk@lists.example>"))
    with place.running():
        place.leave(place.question(by=author, subject="[talk] New post", headers=headers))
        taken_in(place, 1)
    assert written_to(place) == {place.staff("sara").address}, "a list was answered"


@case(
    "F5",
    "our acknowledgement bounces: its agent is told once, and the server that says so is not "
    "answered",
    defence=NO_MACHINES,
    told=r"^letter \d+ bounced: came back: 5\.1\.1$",
)
def bounced_acknowledgement(place: Place) -> None:
    place.desk(place.mailbox("student", "null_sender: false"))
    noura = Address("Noura", "noura@unknown.example")  # Postfix takes this, and reports a failure
    sara = place.staff("sara")
    with place.running():
        place.leave(place.question(by=noura))
        place.dovecot.await_inbox(place.at("student"), 2, 20)
        taken_in(place, 2)
    assert written_to(place) == {noura.address, sara.address}, "a bounce was answered"
    assert [e.recipient for e in letters(place, "undeliverable")] == [sara.address]


@case(
    "F6",
    "a mail from the mailbox's own address to itself is left alone",
    defence=Defence(
        "nobody but the desk writes from a mailbox of the desk",
        replaced("maild.intake.receive.is_our_own", lambda work: False),
    ),
    quick=True,
)
def own_address(place: Place) -> None:
    ours = Address("Students", place.at("student"))
    with place.running():
        place.leave(place.question("Who am I?", by=ours, subject="Myself"))
        taken_in(place, 1)
    assert not place.attacked_subjects(), "a ticket was opened for ourselves"
    assert not written_to(place), "we wrote to ourselves"


@case(
    "F7",
    "a configuration makes a watched mailbox an agent's address: it is refused with file and line, "
    "and the last good one stays in force",
    defence=Defence(
        "letters to staff may not come back to maild: the address of a mailbox is nobody's",
        replaced("maild.config.load.watched_addresses", lambda file: {}),
    ),
    told=r"^configuration refused; the last good one stays .*is a watched mailbox",
    quick=True,
)
def agent_is_the_mailbox(place: Place) -> None:
    file = place.config / "desks" / f"{place.key}.yaml"
    good = file.read_text()
    with place.running() as daemon:
        reloading = Reloading(place.config, daemon, place.settings)
        file.write_text(good.replace(place.staff("sara").address, place.at("student")))
        checked = place.cli("check")
        assert checked.returncode != 0, "check found nothing wrong"
        reloading.look()
        refused = [line for line in place.journal if line["event"].startswith("configuration ref")]
        assert refused, "the configuration was put in force"
        file.write_text(good)
        place.write()
        place.letter(place.staff("sara"))
        place.letter(Address("", place.at("admin")))
    assert f"{file.name}:" in checked.stdout + checked.stderr


FORWARDED = (
    "\n________________________________\nFrom: Student support\nSent: Sunday, April 21, 2024 9:00\n"
    "To: Sara\nSubject: question\n\n{}"
)


@case(
    "F12",
    "a rule in an agent's mailbox sends us back what we write to them: redirected letters stop at "
    "once, forwarded ones after three answers",
    defence=Defence(
        "what an agent's mailbox writes by itself is answered three times a day",
        replaced("maild.intake.staff.may_be_answered", lambda work: True),
    ),
)
def forwarding_rule(place: Place) -> None:
    sara = place.staff("sara")

    def redirect(letter: Letter) -> None:
        place.postfix.send(letter.raw, sara.address, place.at("student"))

    def forward(letter: Letter) -> None:
        words = FORWARDED.format(letter.mail.text)
        ids = (*letter.mail.references, letter.mail.message_id)
        place.write(words, f"FW: {letter.mail.subject}", sara, references=ids)

    with place.running():
        with Robot(place, sara, redirect) as robot:
            place.write()
            place.letter(sara)
            robot.silence()
            assert robot.seen == 1, f"redirecting brought {robot.seen - 1} more letters"
        with Robot(place, sara, forward) as robot:
            place.write("And where is the exam?", "Exam")
            place.letter(sara, 2)
            robot.silence()
    forwarded = robot.answered
    assert forwarded <= 1 + ACKNOWLEDGED, f"forwarding went on for {forwarded} letters"
    assert not letters(place, "relay")
