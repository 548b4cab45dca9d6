"""The judge of the helpdesks says what was lost, stored twice and put into the wrong ticket."""

from benchmarks.mails import Sent, with_truth
from benchmarks.peers import maild
from benchmarks.peers.__main__ import deliveries, take_in, times
from benchmarks.peers.judge import judge
from benchmarks.place import servers

FIRST = Sent(b"", "<1@a.example>", "<1@a.example>")
REPLY = Sent(b"", "<2@a.example>", "<1@a.example>")
OTHER = Sent(b"", "<3@b.example>", "<3@b.example>")
ROBOT = Sent(b"", "<4@c.example>", "<4@c.example>", by_a_person=False)
ALL = [FIRST, REPLY, OTHER, ROBOT]
RIGHT = [("1", FIRST.message_id), ("1", REPLY.message_id), ("2", OTHER.message_id)]


def test_what_is_in_its_ticket_once_is_right_and_a_robot_need_not_be_in_any() -> None:
    verdict = judge(ALL, RIGHT)
    assert (verdict.lost, verdict.twice, verdict.astray, verdict.mixed) == (0, 0, 0, 0)
    assert (verdict.reached, verdict.replies) == (4, 1)


def test_a_mail_in_no_ticket_is_lost_unless_it_is_held_for_the_operator() -> None:
    assert judge(ALL, RIGHT[:2]).lost == 1
    verdict = judge(ALL, RIGHT[:2], held={OTHER.message_id})
    assert (verdict.lost, verdict.held) == (0, 1)


def test_a_copy_that_was_stored_again_counts_as_twice_and_not_as_a_reply() -> None:
    verdict = judge([*ALL, OTHER], [*RIGHT, ("3", OTHER.message_id)])
    assert (verdict.twice, verdict.redelivered, verdict.replies) == (1, 1, 1)


def test_a_reply_in_a_ticket_of_its_own_is_astray() -> None:
    verdict = judge(ALL, [RIGHT[0], ("9", REPLY.message_id), RIGHT[2]])
    assert (verdict.astray, verdict.replies, verdict.mixed) == (1, 1, 0)


def test_a_stranger_in_somebodys_ticket_is_mixed() -> None:
    verdict = judge(ALL, [*RIGHT[:2], ("1", OTHER.message_id)])
    assert (verdict.astray, verdict.mixed) == (0, 1)


def test_who_was_stopped_is_judged_by_what_it_reached() -> None:
    verdict = judge(ALL, RIGHT[:1], stopped=True)
    assert (verdict.reached, verdict.lost) == (1, 0)
    assert judge(ALL, RIGHT[:1]).lost == 2


def test_some_mails_are_delivered_again_byte_for_byte() -> None:
    mails = [mail for mail, _ in deliveries(300)]
    assert len(mails) == 303
    assert len({mail.raw for mail in mails}) <= 300
    assert {mail.message_id for mail in mails} == {
        mail.message_id for mail, _ in with_truth(300, 11, "support@desk.example")
    }


def test_the_mailbox_every_helpdesk_gets_is_taken_in_by_maild_without_loss() -> None:
    mails = deliveries(120)
    with servers() as place:
        ended = take_in(place, maild, mails, 60)
    verdict = judge([mail for mail, _ in mails], ended.stored, ended.held, ended.stopped)
    assert (verdict.lost, verdict.twice, verdict.astray, verdict.mixed) == (0, 0, 0, 0)
    assert verdict.held == 1
    assert verdict.redelivered == 2


def test_the_fastest_of_the_others_is_the_measure() -> None:
    assert times({"maild": 100, "slow": 1, "fast": 10}) == "maild is 10 times as fast as fast"
    assert times({"fast": 10}) == ""
