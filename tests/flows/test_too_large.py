"""A letter the server finds too large: staff get it lighter, an agent gets the answer back."""

from maild.casework.undelivered import undelivered
from maild.mail.mail import Attachment
from maild.store.outbox import Entry
from tests.flows.house import NOURA, SARA, House, mail_of

FILE = Attachment("lecture.pdf", "application/pdf", b"%PDF" * 1000)
REPLY = "552 5.3.4 Message size exceeds fixed limit"


def refuse(house: House, entry: Entry) -> list[Entry]:
    """Refuse a letter for its size; return the letters that follow."""
    before = len(house.letters())
    with house.store.transaction() as tx:
        undelivered(tx, house.office, entry, REPLY, None, house.now)
    return house.letters()[before:]


def test_a_question_too_large_for_the_agents_server_reaches_them_without_its_file() -> None:
    house = House()
    house.write("See the file.", "Lecture", NOURA, attachments=(FILE,))
    (brought,) = house.letters("notification")
    (lighter,) = refuse(house, brought)
    assert (lighter.recipient, lighter.purpose) == (SARA.address, "notification")
    assert "See the file." in mail_of(lighter).text
    assert not mail_of(lighter).attachments
    house.answer(lighter, "Read it again, please.", SARA)
    assert len(house.letters("relay")) == 1
    (told,) = refuse(house, lighter)  # and if it were still too large, somebody hears of it
    assert told.purpose == "undeliverable"


def test_an_answer_too_large_for_the_requesters_server_comes_back_to_its_author() -> None:
    house = House()
    house.write("I need the lecture.", "Lecture", NOURA)
    (brought,) = house.letters("notification")
    house.answer(brought, "Here it is.", SARA, attachments=(FILE,))
    (relayed,) = house.letters("relay")
    (told,) = refuse(house, relayed)
    assert told.recipient == SARA.address
    assert "Here it is." in mail_of(told).text
    assert "المرفقات" in mail_of(told).text
