"""E. Headers made to cost memory and time: they are measured before they are parsed."""

from email import policy
from email.parser import HeaderParser

from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import (
    careless,
    hostile,
    kept_aside,
    modest,
    notification,
    survive,
)
from tests.faults.meter import MB, Meter
from tests.faults.place import Place

BLOCK = "The header is larger than 256 kB."
MEASURED = Defence(
    "a mail is measured before it is parsed, each header again before it is read",
    careless(
        replaced("maild.mail.limits.measure", lambda _: None),
        replaced("maild.mail.headers.LONGEST", 100 * MB),
    ),
)


def by_the_library(value: str, _default: str | None = None) -> str:
    """A header decoded by the standard library's modern policy."""
    return str(HeaderParser(policy=policy.default).parsestr(f"X: {value}\n")["x"])


def parameters_by_the_library(value: str) -> dict[str, str]:
    """The parameters of a Content-Type by the standard library's modern policy."""
    head = HeaderParser(policy=policy.default).parsestr(f"Content-Type: {value}\n")
    return dict(head["content-type"].params)


@case(
    "E8",
    "20,000 encoded words in a header: kept aside; as many as 16 kB hold are read; little memory",
    defence=Defence(
        "words are counted before, and decoded by our own decoder in a limited child",
        careless(
            replaced("maild.mail.limits.measure", lambda _: None),
            replaced("maild.mail.headers.decode", by_the_library),
        ),
    ),
    told=rf"^quarantined student 2: {BLOCK}$",
    quick=True,
)
def encoded_words(place: Place) -> None:
    mails = hostile(place, "E8")
    with Meter() as meter:
        many, *fewer = survive(place, mails)
    kept_aside(many, mails[0], BLOCK)
    assert [fate.text for fate in fewer] == ["hello"] * 2
    modest(meter, child=150 * MB, growth=150 * MB, seconds=20)


@case(
    "E9",
    "10,000 semicolons, or quotes among them, in Content-Type: a ticket within seconds",
    defence=Defence(
        "parameters are read by our own reader, whose time is linear",
        careless(replaced("maild.mail.structure.parameters", parameters_by_the_library)),
    ),
)
def semicolons(place: Place) -> None:
    with Meter() as meter:
        plain, quotes = survive(place, hostile(place, "E9"))
    assert (plain.text, quotes.text) == ("hello", "hello")
    notification(place, "E9 semicolons")
    modest(meter, child=150 * MB, growth=150 * MB, seconds=3)


@case(
    "E10",
    "100,000 recipients, or 3,000 short ones: kept aside with the limit named, at no cost",
    defence=MEASURED,
    told=rf"^quarantined student [23]: ({BLOCK}|The header names more than 500 addresses\.)$",
)
def addresses(place: Place) -> None:
    costly(place, "E10", BLOCK, "The header names more than 500 addresses.")


@case(
    "E11",
    "100,000 header lines: kept aside with the limit named, at no cost",
    defence=MEASURED,
    told=rf"^quarantined student 2: {BLOCK}$",
)
def header_lines(place: Place) -> None:
    costly(place, "E11", BLOCK)


@case(
    "E12",
    "a header of 10 MB, and 10 MB without any end of the header: kept aside, little memory",
    defence=MEASURED,
    told=rf"^quarantined student [23]: {BLOCK}$",
)
def one_header(place: Place) -> None:
    costly(place, "E12", BLOCK, BLOCK)


def costly(place: Place, name: str, *reasons: str) -> None:
    """Insist that mails are kept aside for these reasons, at little cost."""
    mails = hostile(place, name)
    with Meter() as meter:
        found = survive(place, mails)
    for fate, raw, reason in zip(found, mails, reasons, strict=True):
        kept_aside(fate, raw, reason)
    modest(meter, child=200 * MB, growth=300 * MB, seconds=20)
