"""Death before and after the first, second, … last commit of one story: it ends as if undisturbed.

The method is SQLite's: go on until a run ends without the failure having fired.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from maild.mail.mail import Address
from tests.model.faults import Killed, Place
from tests.model.people import REQUESTERS, STAFF
from tests.model.world import World

SARA = Address("", STAFF[0])


def story(world: World) -> list[Callable[[], None]]:
    """Two questions; the first is answered and relayed, the second waits until it escalates."""

    def ask() -> None:
        for by, text in zip(REQUESTERS, ("Where is it?", "When is it?"), strict=False):
            draft = world.draft(by, "student@desk.example", text, f"{text} I asked before.")
            world.deliver(draft, world.number, "student")

    def answer() -> None:
        inbox = world.sink.inboxes[STAFF[0]]
        letter = next(x for x in inbox if "Where" in x.subject)
        draft = world.draft(
            SARA, letter.reply_to, f"Re: {letter.subject}", "It is here.", parent=letter
        )
        world.deliver(draft, world.number, "student")

    def days() -> None:
        world.clock.later(days=4)

    def work() -> None:
        for mailbox in world.process.mailboxes:
            world.process.poll(mailbox)
        world.process.ring()
        world.process.send()
        world.clock.later(minutes=20)  # past the pause of an uncertain letter
        world.process.send()

    return [ask, work, answer, work, days, work]


def end_of(data: Path, place: Place | None, n: int) -> tuple[object, bool]:
    """Play the story, dying at the `n`th event of `place`; return how it ended, and if it died."""
    world = World(1, f"sqlite:///{data / 'maild.db'}", data)
    world._trouble = world._post_trouble = world.process_trouble(0)
    if place is not None:
        world.process.faults.arm(place, n, Killed())
    died = False
    for chapter in story(world):
        try:
            chapter()
        except Killed:
            died = True
            world._be_born_again()
            if chapter.__name__ == "work":
                chapter()
    world.come_to_rest()
    with world.process.store.reading() as tx:
        tickets = sorted(tx.tickets.find(), key=lambda t: t.number)
        threads = [
            [(m.role, m.visibility, m.new_text) for m in tx.tickets.messages(t.desk, t.number)]
            for t in tickets
        ]
        outcomes = [[c.outcome for c in tx.tickets.cycles(t.desk, t.number)] for t in tickets]
        rung = [
            sorted((f.clock, f.cycle, f.kind, f.n) for f in tx.tickets.fired(t.desk, t.number))
            for t in tickets
        ]
        doubts = {e.message_id for e in tx.outbox.list(limit=1000) if e.doubts}
    letters = Counter(
        (x.recipient, x.subject) for x in {x.message_id: x for x in world.sink.letters}.values()
    )
    twice = {i for (_, i), copies in world.sink.copies.items() if copies > 1}
    assert twice <= doubts
    world.close()
    states = [(t.number, t.status, t.team, t.requester.address) for t in tickets]
    return (states, threads, outcomes, rung, letters), died


@pytest.mark.parametrize("place", [Place.BEFORE_COMMIT, Place.AFTER_COMMIT])
def test_death_at_any_commit_changes_nothing_in_the_end(tmp_path: Path, place: Place) -> None:
    (tmp_path / "undisturbed").mkdir()
    undisturbed, _ = end_of(tmp_path / "undisturbed", None, 0)
    assert "escalat" in repr(undisturbed) or "stage" in repr(undisturbed)
    for n in range(1, 500):
        data = tmp_path / str(n)
        data.mkdir()
        ended, died = end_of(data, place, n)
        if not died:
            break
        assert ended == undisturbed, f"death {place} {n}"
    assert 10 < n < 499
