"""B. The same mail in several places, and different mails that look the same."""

import re

from sqlalchemy import select

from maild.intake.words import Arrival
from maild.mail.mail import Address
from maild.store import tables
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place


def by_message_id(arrival: Arrival) -> str:
    return getattr(arrival.mail, "message_id", None) or ""


def without_id(raw: bytes) -> bytes:
    return re.sub(rb"(?im)^message-id:.*\r\n", b"", raw)


def outcomes(place: Place) -> list[tuple[str, str, int]]:
    """Return what is recorded of every mail: mailbox, outcome, ticket."""
    with place.store.reading() as tx:
        rows = tx._connection.execute(select(tables.sources)).all()
    return [(row.mailbox, row.outcome, row.ticket) for row in rows]


@case(
    "B27",
    "one mail in two mailboxes, and once more by way of a list: one ticket, every place recorded",
    defence=Defence(
        "copies of a mail are known by what they say, whatever was added on their ways",
        replaced("maild.store.mails.Mails.twin", lambda *_: None),
    ),
    told=None,
    quick=True,
)
def two_mailboxes(place: Place) -> None:
    both = [place.at("student"), place.at("probe")]
    raw = place.question()
    with place.impatient(), place.running():
        place.postfix.send(raw, place.requester().address, *both)
        place.await_tickets(1)
        place.leave(b"List-Id: <help.trainee.example>\r\nPrecedence: list\r\n" + raw)
        place.until(lambda: len(outcomes(place)) == 3 or len(place.subjects()) > 1)
        assert place.subjects() == ["Lecture"], "more than one ticket"
        found = outcomes(place)
    assert {ticket for _, _, ticket in found} == {1}
    assert sorted(outcome for _, outcome, _ in found) == ["duplicate", "duplicate", "stored"]


@case(
    "B28",
    "two mails share a Message-ID and say different things: they are two mails",
    defence=Defence(
        "a Message-ID alone makes no two mails one, for anybody may write any",
        replaced("maild.intake.words.Arrival.identity", property(by_message_id)),
    ),
    told=None,
)
def shared_message_id(place: Place) -> None:
    first = place.question(message_id="<same@trainee.example>")
    other = place.question(
        "Send me their marks.", subject="Marks", message_id="<same@trainee.example>",
        by=Address("Salma", f"salma@trainee.{place.domain}"),
    )  # fmt: skip
    place.leave(other)  # whoever knows the id in advance must not keep the real one out
    place.leave(first)
    with place.impatient(), place.running():
        place.await_tickets(2)


@case(
    "B29",
    "mails without a Message-ID: each is a ticket, and a copy of one is known for a copy",
    defence=Defence(
        "a mail without an id is known by what it says",
        replaced("maild.intake.words.Arrival.identity", property(by_message_id)),
    ),
    told=None,
)
def no_message_id(place: Place) -> None:
    first = without_id(place.question())
    second = without_id(place.question("And when is the exam?", subject="Exam"))
    for raw in (first, second, b"Received: from elsewhere.example\r\n" + first):
        place.leave(raw)
    with place.impatient(), place.running():
        place.await_tickets(2)
        place.until(lambda: ("student", "duplicate", 1) in outcomes(place))
    assert sorted(place.attacked_subjects()) == ["Exam", "Lecture"]
