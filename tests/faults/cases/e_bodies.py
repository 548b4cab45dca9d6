"""E. Bodies made to cost time: HTML without end, lines for slow patterns, depth, two letters."""

from typing import Any

import regex
from selectolax.lexbor import LexborHTMLParser

from maild.mail.html import Rendered
from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import (
    brought,
    careless,
    hostile,
    modest,
    notification,
    survive,
)
from tests.faults.meter import MB, Meter
from tests.faults.place import Place

TOO_COSTLY = r"Reading the mail (took too long|(needed|used) more .*memory than one mail may)\."


def cut_out(source: str) -> Rendered:
    """What is left of HTML when a pattern takes the tags out."""
    said = regex.sub(r"(?s)<(?:!--.*?--|.*?)>", "", source, concurrent=True)
    return Rendered(said, said, quotes=False)


def climbed(source: str) -> Rendered:
    """The text of HTML by a function that calls itself for each child."""

    def said(node: Any) -> str:
        children = "".join(said(child) for child in node.iter(include_text=True))
        return children or str(node.text_content or "")

    found = said(LexborHTMLParser(source).root)
    return Rendered(found, found, quotes=False)


@case(
    "E27",
    "300,000 open tags, 100,000 open comments: tickets within seconds, little memory",
    defence=Defence(
        "HTML is read as browsers read it, each node visited once",
        careless(replaced("maild.mail.html.render", cut_out)),
    ),
    quick=True,
)
def open_tags(place: Place) -> None:
    with Meter() as meter:
        found = survive(place, hostile(place, "E27"))
    assert len([fate for fate in found if fate.ticket]) == 3
    modest(meter, child=150 * MB, growth=150 * MB, seconds=20)


@case(
    "E29",
    "blockquotes, tables and divs nested 5,000 to 100,000 deep: tickets with the words in them",
    defence=Defence(
        "the walk over a tree does not recurse, and what is too deep is flattened first",
        careless(replaced("maild.mail.html.render", climbed)),
    ),
)
def nested(place: Place) -> None:
    with Meter() as meter:
        found = survive(place, hostile(place, "E29"))
    assert [fate.text for fate in found] == ["deep"] * 3
    modest(meter, child=150 * MB, growth=150 * MB, seconds=20)


@case(
    "E30",
    "a text and an HTML that say different things: the agent reads both",
    defence=Defence(
        "alternatives are compared, and both are kept where they differ",
        careless(replaced("maild.mail.read._differ", lambda *_: False)),
    ),
    quick=True,
)
def two_letters(place: Place) -> None:
    survive(place, hostile(place, "E30"))
    letter = notification(place, "E30 two letters")
    assert "Pay nothing, all is well" in letter
    assert "Transfer the deposit to another bank" in letter, "the agent reads one of the two only"


@case(
    "E28",
    "lines made for slow patterns: tickets, and letters a server takes; lines that take a gigabyte"
    " to unfold: kept aside; the daemon stays small",
    defence=Defence("mail is read in children whose memory and time are limited", careless()),
    limit=200,
    told=rf"^quarantined student 4: {TOO_COSTLY}$",
)
def slow_patterns(place: Place) -> None:
    with Meter() as meter:
        *found, last = survive(
            place, [*hostile(place, "E28 spaces", "E28 colons"), unfolding(place)]
        )
    assert [fate.outcome for fate in found] == ["stored"] * 2
    assert last.outcome == "quarantined", "a gigabyte was spent on one mail"
    assert len(brought(place, "E28 colons").mail.text) < 250_000
    modest(meter, child=900 * MB, growth=500 * MB, seconds=60)


def unfolding(place: Place) -> bytes:
    """Return a mail of 35 MB in flowed lines (RFC 3676) of another charset."""
    (raw,) = hostile(place, "flowed")
    head, blank, _ = raw.partition(b"\r\n\r\n")
    return head + blank + b"> \xff\r\n" * 6_900_000
