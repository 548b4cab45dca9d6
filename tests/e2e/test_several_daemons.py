"""Several daemons share one PostgreSQL: a mailbox has one reader, and another takes over."""

import signal
import time

from tests.e2e.house import House, until
from tests.servers.postgres import Postgres

QUESTIONS = 20


def test_three_daemons_answer_each_mail_once(house: House, postgres: Postgres) -> None:
    house.instance(postgres.url(postgres.create()))
    with house.process(), house.process(), house.process():
        for n in range(QUESTIONS):
            house.write(f"Question {n}?", f"Q{n}", house.requester(f"w{n}"))
        for n in range(QUESTIONS):
            house.letter(house.requester(f"w{n}"), seconds=60)
        time.sleep(2)
    counts = [len(house.letters(house.requester(f"w{n}"))) for n in range(QUESTIONS)]
    assert counts == [1] * QUESTIONS
    assert len(house.letters(house.staff("sara"))) == QUESTIONS


def test_when_the_reader_of_a_mailbox_dies_another_takes_over(
    house: House, postgres: Postgres
) -> None:
    house.instance(postgres.url(postgres.create()))
    with house.process() as first, house.process():
        house.write("Before.", "before", house.requester("early"))
        house.letter(house.requester("early"), seconds=30)
        first.kill()
        house.write("After.", "after", house.requester("late"))
        house.letter(house.requester("late"), seconds=60)
        time.sleep(1)
    assert len(house.letters(house.requester("early"))) == 1
    assert len(house.letters(house.requester("late"))) == 1


def test_a_daemon_that_slept_past_its_lease_does_no_harm(house: House, postgres: Postgres) -> None:
    house.instance(postgres.url(postgres.create()))
    with house.process() as sleeper, house.process():
        house.write("Before.", "before", house.requester("early"))
        house.letter(house.requester("early"), seconds=30)
        sleeper.popen.send_signal(signal.SIGSTOP)
        house.write("Meanwhile.", "meanwhile", house.requester("late"))
        house.letter(house.requester("late"), seconds=60)
        sleeper.popen.send_signal(signal.SIGCONT)
        house.write("Afterwards.", "afterwards", house.requester("last"))
        house.letter(house.requester("last"), seconds=30)
        until(lambda: len(house.letters(house.staff("sara"))) == 3)
        time.sleep(2)
    for name in ("early", "late", "last"):
        assert len(house.letters(house.requester(name))) == 1
