"""The first policy that matches speaks for a ticket."""

from dataclasses import replace

import pytest

from maild.mail.mail import Address
from maild.sla.match import NO_TARGET, select
from maild.sla.policy import Match, Policy
from maild.tickets.ticket import Ticket
from tests.sla.words import at

TICKET = Ticket(
    "diplomas", 1, "student", "حسابي", Address("Noura", "noura@student.example"), at("12 10:00")
)
FULL = replace(
    TICKET,
    category="billing",
    service="vpn",
    type="incident",
    priority="high",
    requester_class="staff",
    team="students",
    channel="form",
)


def test_an_empty_condition_matches_every_ticket() -> None:
    everything = Policy("all", Match(), ())
    assert select([everything], TICKET) is everything


def test_the_first_match_counts() -> None:
    first = Policy("first", Match(channel=("email", "form")), ())
    second = Policy("second", Match(), ())
    assert select([first, second], FULL) is first
    assert select([first, second], replace(FULL, channel="phone")) is second


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("channel", "form"),
        ("category", "billing"),
        ("service", "vpn"),
        ("type", "incident"),
        ("priority", "high"),
        ("requester_class", "staff"),
        ("team", "students"),
        ("mailbox", "student"),
    ],
)
def test_each_condition_is_asked(condition: str, value: str) -> None:
    def wanting(wanted: str) -> Policy:
        return Policy("only", replace(Match(), **{condition: (wanted, "other")}), ())

    assert select([wanting(value)], FULL) is not None
    assert select([wanting("different")], FULL) is None


def test_all_conditions_must_hold() -> None:
    both = Policy("both", Match(service=("vpn",), type=("request",)), ())
    assert select([both], FULL) is None


def test_what_a_ticket_does_not_have_matches_no_condition() -> None:
    assert select([Policy("only", Match(service=("vpn",)), ())], TICKET) is None


def test_a_ticket_without_a_target_has_no_clocks() -> None:
    assert NO_TARGET.clocks == ()
