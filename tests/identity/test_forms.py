"""A web form speaks for others, so its address must be proved like an agent's (RFC 8601)."""

from dataclasses import replace

import pytest

from maild.desk import Form
from tests.flows.house import NOURA, SARA, House, desk, mail_of
from tests.identity.scene import EVIL, raw

FORM = "form@web.example"
SERVER = "mx.desk.example"
SAYS = f"Authentication-Results: {SERVER}; dmarc={{}} header.from=web.example"


def house(server: str | None = SERVER) -> House:
    own = desk()
    box = replace(own.mailboxes["student"], authserv_id=server)
    return House(desk=replace(own, forms=(Form(FORM),), mailboxes={"student": box}))


def filled_in(*headers: str, from_: str = f"Web form <{FORM}>") -> bytes:
    reply_to = f"Reply-To: {NOURA.address}"
    return raw(from_, "متى موعد الاختبار؟", *headers, reply_to, subject="من الموقع")


def test_a_form_for_which_the_server_vouches_speaks_for_whoever_filled_it_in() -> None:
    there = house()
    there.receive(filled_in(SAYS.format("pass")))
    assert (there.ticket().requester.address, there.ticket().channel) == (NOURA.address, "form")


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ([SAYS.format("fail")], "dmarc=fail"),
        ([SAYS.format("fail"), SAYS.format("pass")], "dmarc=fail"),
        (["Authentication-Results: mx.evil.example; dmarc=pass"], f"no result of {SERVER}"),
        ([SAYS.format("pass").replace("web.", "evil.")], "evil.example"),
        ([], f"no result of {SERVER}"),
    ],
)
def test_a_forged_form_speaks_for_nobody_and_staff_read_why(headers: list[str], why: str) -> None:
    there = house()
    there.receive(filled_in(*headers))
    assert (there.ticket().requester.address, there.ticket().channel) == (FORM, "email")
    told = mail_of(there.letters("notification", SARA.address)[0]).text
    assert "لم يثبت أنها منه" in told
    assert why in told
    assert there.letters(to=NOURA.address) == []


def test_without_a_server_to_believe_the_address_is_all_there_is() -> None:
    there = house(None)
    there.receive(filled_in())
    assert there.ticket().requester.address == NOURA.address


def test_an_address_of_a_form_that_is_read_in_two_ways_is_no_forms() -> None:
    there = house(None)
    there.receive(filled_in(from_=f'"{EVIL}" <{FORM}> <{EVIL}>'))
    assert not there.letters(to=NOURA.address)
