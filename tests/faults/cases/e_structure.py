"""E. Structure made to cost, or broken: parts without number, depth, or boundary."""

from email import message_from_bytes

from maild.mail.structure import Part, _Splitter
from tests.faults.case import Defence, case, replaced
from tests.faults.cases.e_headers import costly
from tests.faults.hostile import careless, hostile, modest, notification, survive
from tests.faults.meter import MB, Meter
from tests.faults.place import Place

PARTS = "The mail has more than 500 parts."
NESTED = "The parts are nested deeper than 20 levels."


class Entered(Part):
    """A part whose attached mails the parser enters."""

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]


def by_the_library(raw: bytes) -> Part:
    """The tree of parts as the standard library's parser builds it, without a guard."""
    try:
        return message_from_bytes(raw, _class=Entered)
    except RecursionError as error:
        raise ValueError from error


def only_what_was_closed(splitter: _Splitter) -> None:
    """Leave out the last part of a mail whose closing delimiter never came."""
    splitter.leaf = None
    splitter._close(0, len(splitter.text))


@case(
    "E13",
    "10,000 parts: kept aside with the limit named, little memory",
    defence=Defence(
        "parts are counted before they are parsed",
        careless(replaced("maild.mail.limits.measure", lambda _: None)),
    ),
    told=rf"^quarantined student 2: {PARTS}$",
)
def many_parts(place: Place) -> None:
    costly(place, "E13", PARTS)


@case(
    "E14",
    "parts nested 1,000 deep: kept aside with the limit named",
    defence=Defence(
        "the depth is measured before, and the splitter does not recurse",
        careless(
            replaced("maild.mail.limits.measure", lambda _: None),
            replaced("maild.mail.structure.parse", by_the_library),
        ),
    ),
    told=rf"^quarantined student 2: {NESTED}$",
)
def deep(place: Place) -> None:
    costly(place, "E14", NESTED)


@case(
    "E15",
    "a mail forwarded in a mail, 2,000 times: a ticket with one attached mail, never entered",
    defence=Defence(
        "an attached mail is an attachment and is not looked into",
        careless(replaced("maild.mail.structure.parse", by_the_library)),
    ),
)
def forwarded(place: Place) -> None:
    with Meter() as meter:
        (fate,) = survive(place, hostile(place, "E15"))
    assert fate.text == ""
    assert "message.eml" in notification(place, "E15 forwarded")
    modest(meter, child=150 * MB, growth=150 * MB, seconds=20)


@case(
    "E16",
    "a boundary that is never closed, empty, 10 kB long or missing: what can be read is read",
    defence=Defence(
        "what no delimiter ended is ended by the end of the mail",
        careless(replaced("maild.mail.structure._Splitter._end_of_mail", only_what_was_closed)),
    ),
)
def boundaries(place: Place) -> None:
    found = survive(place, hostile(place, "E16"))
    for fate in found:
        assert "hello" in fate.text, f"“{fate.ticket and fate.ticket.subject}”: {fate.text!r}"
