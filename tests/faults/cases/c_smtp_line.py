"""C. The line to the server breaks, hangs or talks nonsense; or the server lacks an extension."""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from maild.imap.wire import Limits
from maild.mail.mail import Address, Mail
from maild.mail.mime import Entity
from maild.mail.read import read
from maild.smtp.connection import Patience
from maild.smtp.line import Line
from maild.smtp.verdict import Bounced, Deferred
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.sending import all_ended, later, letters, put_off
from tests.servers.fake_smtp import Fault

SHORT = Patience(connect=10, command=2, upload=5, dot=2)


def doubted(place: Place, count: int) -> None:
    """Wait until so many letters may have arrived or not."""
    place.until(
        lambda: sum(e.state == "uncertain" for e in letters(place)) == count,
        what="a doubt about a letter",
    )


@case(
    "C11",
    "the line breaks after the final dot, once before the server kept the letter and twice after: "
    "each is sent once more as the same mail, and staff are told of the one that stays in doubt",
    defence=Defence(
        "a line that breaks after the dot leaves a doubt, and a doubt allows one more copy",
        replaced("maild.smtp.transaction.Uncertain", Deferred),
    ),
    told=r"^letter \d+ uncertain: the connection was lost$",
    quick=True,
)
def broken_after_the_dot(place: Place) -> None:
    noura, sara = place.requester().address, place.staff("sara").address
    sink = place.sink(
        {f"dot:{noura}": [Fault.DISCONNECT], f"stored:{sara}": [Fault.DISCONNECT] * 2}
    )
    place.attacked(smtp=sink)
    with place.running() as daemon:
        place.write()
        place.until(lambda: sink.recipients == [sara])
        for minutes in (14, 2, 20):
            later(place, daemon, minutes=minutes)
            place.probe()
        all_ended(place)
    copies = [d.raw for d in sink.deliveries if d.recipient == sara][:2]
    assert copies[0] == copies[1], "the second copy is another mail"
    assert noura in sink.recipients


def without_end() -> AbstractContextManager[Any]:
    """Wait for every reply for as long as it takes."""
    whole = Line.reply

    async def patient(self: Line, _seconds: float) -> Any:
        return await whole(self, 3600)

    return patch.object(Line, "reply", patient)


@case(
    "C12",
    "the server says nothing after the final dot: the other letters go on, and this one is sent "
    "once more a quarter of an hour later",
    defence=Defence(
        "every reply is waited for with a limit, the dot's for ten minutes", without_end
    ),
    quick=True,
)
def silent_after_the_dot(place: Place) -> None:
    assert Patience().dot >= 600  # RFC 5321 4.5.3.2.6
    sink = place.sink({f"stored:{place.requester().address}": [Fault.HANG]})
    place.attacked(smtp=sink)
    with place.impatient(Limits(), SHORT), place.running() as daemon:
        place.write()
        doubted(place, 1)
        assert place.staff("sara").address in sink.recipients
        later(place, daemon, minutes=15, seconds=1)
        all_ended(place)
    assert sink.recipients.count(place.requester().address) == 2


NONSENSE = (
    "250-2.1.5 fine\r\n250-and more\r\n250 2.1.5 at last",  # a reply of three lines: taken
    "299 2.1.5 a code nobody knows",  # positive all the same
    "-42 less than nothing",
    "999 more than anything",
    "hello there",
    "",  # nothing at all
    "250-" + "x" * 10_000_000,
)


@case(
    "C13",
    "replies of many lines, odd and negative codes, no code at all, ten megabytes of one: what "
    "cannot be read is no verdict, and every letter arrives once in the end",
    defence=Defence(
        "what is neither yes nor no keeps the letter",
        replaced("maild.smtp.transaction.Deferred", Bounced),
    ),
)
def nonsense(place: Place) -> None:
    sink = place.sink({"RCPT": NONSENSE})
    place.attacked(smtp=sink)
    with place.impatient(Limits(), SHORT), place.running() as daemon:
        for n in range(4):
            place.write(f"Question number {n}", f"Question {n}")
        place.until(lambda: len(letters(place)) == 7)
        put_off(place, 5)
        later(place, daemon, minutes=6)
        all_ended(place)
    assert len(sink.deliveries) == 7


@case(
    "C19",
    "the requester's address is Arabic and the server lacks SMTPUTF8: nothing is sent that it "
    "cannot carry, and staff are told at once",
    defence=Defence(
        "an extension is used where the server offers it (RFC 6531 3.1)",
        replaced("maild.smtp.connection.Connection.supports", lambda self, extension: True),
    ),
    told=r"^letter \d+ bounced: The server localhost cannot deliver to addresses with letters",
    quick=True,
)
def address_outside_ascii(place: Place) -> None:
    sink = place.sink()
    place.attacked(smtp=sink)
    asker = Address("محمد", f"محمد@trainee.{place.domain}")
    with place.running():
        place.leave(place.question(by=asker))
        place.until(lambda: len(sink.deliveries) == 2)
        all_ended(place)
    assert sink.recipients == [place.staff("sara").address] * 2, "it was written to"
    assert all(words.isascii() and "SMTPUTF8" not in words for words in sink.commands)


def eight_bits(text: str, subtype: str) -> Entity:
    """Write text as it is."""
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit'
    return Entity(head, text.replace("\n", "\r\n").encode())


@case(
    "C20",
    "the server knows seven bits only: an Arabic letter arrives with every word intact",
    defence=Defence(
        "every body is written in ASCII, by quoted-printable or base64 (RFC 6152)",
        replaced("maild.mail.compose.text_entity", eight_bits),
    ),
    quick=True,
)
def seven_bits(place: Place) -> None:
    question = "لا أستطيع فتح المحاضرة الثالثة."
    sink = place.sink(extensions=("AUTH PLAIN",), seven_bits=True)
    place.attacked(smtp=sink)
    with place.running():
        place.write(question, "محاضرة")
        place.until(lambda: len(sink.deliveries) == 2)
    brought = next(d.raw for d in sink.deliveries if d.recipient == place.staff("sara").address)
    mail = read(brought)
    assert isinstance(mail, Mail)
    assert question in mail.text
    assert "محاضرة" in mail.subject
