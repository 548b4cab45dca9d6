"""The desk of the model, and the other rules its admin puts in force now and then."""

from dataclasses import replace
from datetime import time

from maild.desk import Desk, Report
from maild.sla.calendar import Calendar, shift
from maild.sla.hours import OpenHours
from maild.sla.policy import Clock, ClockKind, Count, Match, Policy, RespondBy, Span, Stage
from tests.flows import house

ADMIN = "admin@desk.example"
BOXES = ("student", "student", "finance", "exams")  # as often as mail comes to each
_LATE = (shift("10:00", "15:00"),)


def desks() -> dict[str, Desk]:
    """Return the rules the admin chooses from, by name; the first are in force at the start."""
    plain = _plain()
    reply = plain.policies[0].clocks[0]
    short = replace(reply, target=Span(8 * house.HOURS), warn_at=(0.5, 0.75))
    whole = Clock(
        "resolution", ClockKind.RESOLUTION, Span(40 * house.HOURS), "office", (0.75,),
        reply.stages[:1], pausable=True,
    )  # fmt: skip
    survey = Clock("survey", ClockKind.SURVEY, Span(3600, Count.CALENDAR), "office")
    late = Calendar("office", "Asia/Riyadh", weekly=(_LATE, _LATE, _LATE, _LATE, (), (), _LATE))
    both = Policy("all", Match(), (reply, whole, survey))
    return {
        "reply": plain,
        "short": replace(plain, policies=(Policy("all", Match(), (short,)),)),
        "whole": replace(plain, policies=(both,), survey_scale=5),
        "urgent first": replace(
            plain, policies=(Policy("urgent", Match(priority=("high",)), (short, whole)), both)
        ),
        "other hours": replace(plain, calendars={"office": OpenHours(late)}),
        "no promise": replace(plain, policies=(Policy("none", Match(mailbox=("nil",)), ()),)),
    }


def _plain() -> Desk:
    desk = house.desk()
    reply = desk.policies[0].clocks[0]
    first, second, third = reply.stages
    stages: tuple[Stage, ...] = (first, second, replace(third, respond_by=RespondBy()))
    boxes = desk.mailboxes
    return replace(
        desk,
        policies=(Policy("all", Match(), (replace(reply, stages=stages),)),),
        mailboxes={
            "student": replace(boxes["student"], history="open"),
            "finance": replace(boxes["finance"], after="leave"),
            "exams": replace(
                boxes["student"],
                key="exams",
                address="exams@desk.example",
                history="open",
                after="move",
                move_to="Done",
            ),
        },
        domains=("desk.example", "trainee.example"),
        ack_limit=6,
        close_after_days=3,
        reports=(Report("week", 6, time(8), ("huda", "director")),),
    )
