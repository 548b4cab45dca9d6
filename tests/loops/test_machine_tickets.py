"""A ticket that a machine opened is worked on by people, and its machine hears nothing of it."""

from dataclasses import replace

from maild.mail.mail import Address
from maild.sla.policy import Clock, ClockKind, Count, Match, Policy, Span
from tests.flows.house import SARA, House, desk

MONITOR = Address("Monitor", "monitor@machine.example")


def test_no_order_and_no_survey_writes_to_the_machine_that_opened_a_ticket() -> None:
    survey = Clock("survey", ClockKind.SURVEY, Span(3600, Count.CALENDAR), "office")
    policies = (Policy("all", Match(), (*desk().policies[0].clocks, survey)),)
    house = House(desk=replace(desk(), policies=policies, survey_scale=5))
    house.write("Disk full.", "Disk full", MONITOR, auto_submitted="auto-generated")
    notified = house.letters("notification", SARA.address)[0]
    house.answer(notified, "#team technical", SARA)
    house.answer(notified, "#solve", SARA)
    house.ring(house.now.replace(day=house.now.day + 2))
    house.answer(notified, "#violation spam", SARA)
    assert house.letters(to=MONITOR.address) == []
    assert len(house.letters("confirmation", SARA.address)) == 3
