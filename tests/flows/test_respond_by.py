"""A stage that names an instant to answer by: its reader is reminded once, a digest states it."""

from dataclasses import replace
from datetime import timedelta

from maild import sweep
from maild.mail.mail import Address
from maild.sla.policy import RespondBy
from tests.flows.house import SARA, House, desk, mail_of

LEAD = "huda@staff.example"
DEPUTY = "deputy@staff.example"


def house(**stage: object) -> House:
    """The desk whose first stage bears the given values."""
    own = desk()
    (policy,) = own.policies
    (clock,) = policy.clocks
    first = replace(clock.stages[0], **stage)  # type: ignore[arg-type]  # any field
    clock = replace(clock, stages=(first, *clock.stages[1:]), warn_at=())
    return House(desk=replace(own, policies=(replace(policy, clocks=(clock,)),)))


def tick(there: House) -> None:
    sweep.run(there.store, {there.desk.key: there.office}, there.now)


def test_the_reader_of_a_stage_is_reminded_once_when_its_instant_has_passed() -> None:
    there = house(respond_by=RespondBy())
    there.write("كيف أدخل؟", "دخول")
    there.ring(there.now + timedelta(days=3, hours=1))  # due at 09:00, the day closes at 16:00
    assert len(there.letters("escalation", LEAD)) == 1
    there.ring(there.now + timedelta(hours=9))
    first, reminder = there.letters("escalation", LEAD)
    assert "الردّ مطلوب منكم قبل" in mail_of(first).text
    assert "ولم يَرِد بعد" in mail_of(reminder).text
    there.ring(there.now + timedelta(hours=12))
    assert len(there.letters("escalation", LEAD)) == 2


def test_nobody_is_reminded_of_what_was_answered() -> None:
    there = house(respond_by=RespondBy())
    there.write("كيف أدخل؟", "دخول")
    there.ring(there.now + timedelta(days=3, hours=1))
    there.answer(there.letters("escalation", LEAD)[0], "من هنا.", Address("هدى", LEAD))
    there.ring(there.now + timedelta(days=1))
    assert len(there.letters("escalation", LEAD)) == 1


def storm(there: House) -> None:
    for n in range(25):
        there.write(f"سؤال {n} عن {n * 7}", f"موضوع {n}", Address("", f"n{n}@of{n}.example"))


def test_a_digest_states_until_when_an_answer_is_asked_for() -> None:
    there = house(respond_by=RespondBy())
    storm(there)
    there.now += timedelta(days=4)
    tick(there)
    (digest,) = there.letters("digest", LEAD)
    assert mail_of(digest).text.count("يُرجى الرد قبل") == 25


def test_a_stage_that_waits_for_the_opening_waits_for_it_in_a_digest_too() -> None:
    there = house(deliver_in_open_hours=True)
    storm(there)
    there.now += timedelta(days=4, hours=12)  # Thursday, 21:00 in Riyadh
    tick(there)
    assert there.letters("digest", LEAD) == []
    there.now += timedelta(days=2, hours=10)
    tick(there)
    assert there.letters("digest", LEAD) == []
    there.now += timedelta(hours=2)
    tick(there)
    assert len(there.letters("digest", LEAD)) == 1
    assert there.letters("digest", SARA.address) == []
