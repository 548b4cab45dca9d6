"""Nothing automatic is answered: desks, robots and our own letters cannot make a loop."""

import time
from pathlib import Path

from tests.e2e.house import Clock, House, until
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix


def test_two_desks_that_write_to_each_other_stop_at_once(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, domain: str
) -> None:
    clock = Clock()
    one, two = (
        House(tmp_path / key, dovecot, postfix, f"{key}.{domain}", key, clock)
        for key in ("north", "south")
    )
    with one.running() as first, two.running() as second:
        raw = one.compose("Hello?", "Hello", two.requester(), two.at("student"))
        raw = raw.replace(two.requester().address.encode(), one.at("student").encode())
        postfix.send(raw, one.at("student"), two.at("student"))
        until(lambda: dovecot.inbox(one.at("student")))  # the other's acknowledgement
        time.sleep(2)
        for daemon in (first, second):
            with daemon.store.reading() as tx:
                sent = [e for e in tx.outbox.list() if e.purpose == "acknowledgement"]
            assert len(sent) == (daemon is second)
    assert len(dovecot.inbox(one.at("student"))) == 1


def test_a_letter_of_the_desk_that_comes_back_to_it_is_ignored(house: House) -> None:
    with house.running() as daemon:
        house.write()
        letter = house.letter(house.requester())
        house.postfix.send(letter.raw, house.requester().address, house.at("student"))
        house.reply(house.letter(house.staff("sara")), "Done.", house.staff("sara"))
        relayed = house.letter(house.requester(), 2)
        house.postfix.send(relayed.raw, house.requester().address, house.at("student"))
        until(lambda: uid(house) >= 4)
        with daemon.store.reading() as tx:
            assert len(tx.tickets.find()) == 1
            assert len(tx.tickets.messages("diplomas", 1)) == 2
    assert len(house.letters(house.requester())) == 2


def uid(house: House) -> int:
    with house.store.reading() as tx:
        cursor = tx.mailboxes.cursor("diplomas", "student")
    return cursor.last_uid if cursor else 0


def test_a_robot_that_answers_everything_in_a_new_mail_gets_few_letters(house: House) -> None:
    robot = house.requester("robot")
    with house.running():
        for n in range(6):
            house.write(f"I am away until Monday ({n}).", f"Away {n}", robot)
        until(lambda: uid(house) >= 6)
        house.letter(house.staff("sara"), 6)
        time.sleep(1)
    assert len(house.letters(robot)) == 3
