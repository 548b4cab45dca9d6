"""An answer that cannot be delivered comes back to whoever wrote it, and counts as not given."""

import pytest

from maild.mail.mail import Address
from tests.e2e.house import House


@pytest.mark.parametrize("served_by", ["unknown.example", "refused.example"])
def test_an_answer_that_bounces_is_told_to_the_agent_and_runs_the_clock_again(
    house: House, served_by: str
) -> None:
    sara = house.staff("sara")
    noura = Address("Noura", f"noura@{served_by}")
    with house.running() as daemon:
        raw = house.compose("When is the exam?", "Exam", noura, house.at("student"))
        house.dovecot.append(house.at("student"), raw)
        notified = house.letter_saying(sara, "When is the exam?")
        with daemon.store.reading() as tx:
            (asked,) = tx.tickets.cycles("diplomas", 1)
        house.clock.jump(hours=2)
        house.reply(notified, "On Sunday at nine.", sara)
        told = house.letter_saying(sara, "On Sunday at nine.")
        assert noura.address in told.mail.text
        with daemon.store.reading() as tx:
            (again,) = [c for c in tx.tickets.cycles("diplomas", 1) if c.open]
        assert again.started_at == asked.started_at
        assert again.due_at == asked.due_at
    assert sum("On Sunday at nine." in each.mail.text for each in house.letters(sara)) == 1
