"""Desks whose agents answer inside the mailbox's own account: the Sent folder is watched."""

from maild.mail.mail import Address
from tests.e2e.house import House, until

SARA = "سارة العتيبي"


def test_an_answer_written_in_the_account_counts_and_is_not_sent_again(house: House) -> None:
    us, noura = house.at("student"), house.requester()
    old = house.compose("Long ago.", "Re: Lecture", Address(SARA, us), noura.address)
    house.dovecot.append(us, old, "Sent")
    house.desk(house.mailbox("student", "sent_folder: Sent"))
    with house.running() as daemon:
        until(lambda: cursor(house))
        asked = house.write()
        house.letter(noura)
        house.letter(house.staff("sara"))
        asked_as = asked.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
        mail = house.compose(
            "It is mended.", "Re: Lecture", Address(SARA, us), noura.address, in_reply_to=asked_as
        )
        other = house.compose("Lunch?", "Lunch", Address(SARA, us), f"friend@{house.domain}")
        relay = house.letters(noura)[0].raw  # servers like Gmail keep what was submitted
        house.postfix.send(mail, us, us)  # the agent copied the desk itself
        until(lambda: received(house) == 2)
        for raw in (other, relay, mail):
            house.dovecot.append(us, raw, "Sent")

        def thread_of_it() -> list[tuple[str, str]]:
            with daemon.store.reading() as tx:
                messages = tx.tickets.messages("diplomas", 1)
            return [(m.role, m.joined_by) for m in messages]

        until(lambda: len(thread_of_it()) == 2)
        assert thread_of_it()[1] == ("agent", "sent folder")
        with daemon.store.reading() as tx:
            found = tx.tickets.get("diplomas", 1)
            assert len(tx.tickets.find()) == 1
        assert found is not None
        assert found.status == "open"
        assert found.alarm_at is None  # the reply clock has stopped
    assert len(house.letters(noura)) == 1
    assert len(house.letters(house.staff("sara"))) == 1


def received(house: House) -> int:
    with house.store.reading() as tx:
        found = tx.mailboxes.cursor("diplomas", "student")
    return found.last_uid if found else 0


def cursor(house: House) -> bool:
    with house.store.reading() as tx:
        return tx.mailboxes.cursor("diplomas", "student:sent") is not None
