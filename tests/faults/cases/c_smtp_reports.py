"""C. A server that took a letter says later that it did not arrive; or somebody else says so."""

from typing import Any

from maild.mail.mail import Address
from maild.store.outbox import Entry
from maild.tickets.ticket import EventKind
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.robots import taken_in, written_to
from tests.faults.sending import letters

REPORT = """\
From: MAILER-DAEMON@mx.elsewhere.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: Sun, 21 Apr 2024 06:00:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.elsewhere.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: x

--b--
"""


def report(to: str, recipient: str, message_id: str) -> bytes:
    """Return a report that anybody could have written."""
    text = REPORT.format(to=to, recipient=recipient, message_id=message_id)
    return text.replace("\n", "\r\n").encode()


def anybody(_work: Any, _entry: Entry) -> bool:
    """Believe every report."""
    return True


@case(
    "C18",
    "an answer comes back: its agent is told with its words and the clock runs again; forged "
    "reports, about no letter of ours or to another mailbox, move no clock",
    defence=Defence(
        "a report is believed where it came to the sender of the letter whose signed id it names",
        replaced("maild.intake.machine._came_to_its_sender", anybody),
    ),
    told=r"^letter \d+ bounced: came back: 5\.1\.1$",
)
def reports(place: Place) -> None:
    sara, noura = place.staff("sara"), place.requester()
    gone = Address("Gone", "gone@unknown.example")  # Postfix takes this, and reports a failure
    with place.running():
        place.write("Is anybody there?", "Hello", noura)
        place.reply(place.letter(sara), "Yes, we are.", sara)
        place.letter(noura, 2)
        taken_in(place, 2)
        answer = letters(place, "relay")[0]
        unknown = answer.message_id.replace("<", "<x")
        place.leave(report(place.at("student"), noura.address, unknown))
        place.leave(report(place.at("probe"), noura.address, answer.message_id), "probe")
        place.probe()
        taken_in(place, 3)
        assert EventKind.ANSWER_BOUNCED not in events(place, 1), "a forged report was believed"

        place.leave(place.question("When is the exam?", by=gone, subject="Exam"))
        place.reply(place.letter_saying(sara, "When is the exam?"), "On Sunday at nine.", sara)
        told = place.letter_saying(sara, "On Sunday at nine.")
        assert gone.address in told.mail.text
        bounced = letters(place, "relay")[-1].ticket
        assert EventKind.ANSWER_BOUNCED in events(place, bounced or 0)
    assert not any("mx." in address for address in written_to(place)), "a report was answered"


def events(place: Place, number: int) -> list[EventKind]:
    """Return what happened to a ticket."""
    with place.store.reading() as tx:
        return [event.kind for event in tx.tickets.events(place.key, number)]
