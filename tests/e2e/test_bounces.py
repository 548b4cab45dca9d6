"""An answer that cannot be delivered comes back to whoever wrote it, and counts as not given."""

import pytest

from maild.mail.mail import Address
from tests.e2e.house import House, until


@pytest.mark.parametrize("domain_", ["unknown.example", "refused.example"])
def test_an_answer_that_bounces_is_told_to_the_agent_and_runs_the_clock_again(
    house: House, domain_: str
) -> None:
    sara = house.staff("sara")
    noura = Address("Noura", f"noura@{domain_}")
    with house.running() as daemon:
        raw = house.compose("When is the exam?", "Exam", noura, house.at("student"))
        house.dovecot.append(house.at("student"), raw)
        notified = next(
            each for each in (house.letter(sara, n) for n in (1, 2)) if "Exam" in each.mail.subject
            and "When is the exam?" in each.mail.text
        )  # fmt: skip
        with daemon.store.reading() as tx:
            (asked,) = tx.tickets.cycles("diplomas", 1)
        assert asked.open
        before = len(house.letters(sara))
        house.clock.jump(hours=2)
        house.reply(notified, "On Sunday at nine.", sara)
        told = house.letter(sara, before + 1)
        assert noura.address in told.mail.text
        assert "On Sunday at nine." in told.mail.text
        with daemon.store.reading() as tx:
            (again,) = [c for c in tx.tickets.cycles("diplomas", 1) if c.open]
        assert again.started_at == asked.started_at
        until(lambda: not house.dovecot.inbox(house.at("admin")))
    assert len(house.letters(sara)) == before + 1
