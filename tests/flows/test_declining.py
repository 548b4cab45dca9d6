"""A rule may refuse mail: it is kept, its writer is told once, and there is no ticket."""

from dataclasses import replace

from maild.routing.rules import Action, Condition, Rule, Words
from maild.store.mails import Outcome
from tests.flows.house import JAMES, NOURA, House, desk, mail_of

RULE = Rule("no offers", Condition(text=Words(any_words=("عرض", "offer"))), Action(refuse=True))


def house() -> House:
    return House(desk=replace(desk(), rules=(RULE,)))


def test_a_refused_mail_opens_nothing_and_its_writer_is_told_why_not() -> None:
    here = house()
    decision = here.write("لدينا عرض مميز لكم", "عرض")
    assert (decision.outcome, decision.ticket) == (Outcome.IGNORED, None)
    assert "no offers" in decision.reason
    (told,) = here.letters()
    assert (told.purpose, told.recipient, told.sender) == ("declined", NOURA.address, "")
    mail = mail_of(told)
    assert mail.header("auto-submitted") == "auto-replied"
    assert "عرض مميز" not in mail.text


def test_a_writer_is_told_once_however_often_they_write() -> None:
    here = house()
    for n in range(3):
        here.write(f"لدينا عرض رقم {n}", f"عرض {n}")
    here.write("We have an offer for you, dear colleagues.", "An offer", JAMES)
    assert [e.recipient for e in here.letters("declined")] == [NOURA.address, JAMES.address]
    assert "not taken up" in mail_of(here.letters("declined")[1]).subject


def test_a_machine_is_refused_in_silence() -> None:
    here = house()
    here.write("An offer", "Offer", auto_submitted="auto-generated")
    assert here.letters() == []


def test_what_no_rule_refuses_is_taken_in() -> None:
    assert house().write("السلام عليكم، عندي سؤال").outcome is Outcome.STORED
