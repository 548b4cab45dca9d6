"""What can happen in a world, and how probable it is."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from maild.mail.mail import Address
from tests.model.clock import START
from tests.model.desks import BOXES
from tests.model.people import (
    ANSWERS,
    FOLLOW_UPS,
    MACHINE,
    ORDERS,
    QUESTIONS,
    REQUESTERS,
    STAFF,
    STRANGER,
    report,
    unreadable,
)
from tests.model.servers import Letter
from tests.model.world import World


def new_mail(world: World) -> None:
    subject, text = world.chance.choice(QUESTIONS)
    by = world.chance.choice(REQUESTERS)
    box = world.chance.choice(BOXES)
    fresh = world.chance.random() < 0.7
    text = f"{text} {world.number}" if fresh else text
    subject = f"{subject} {world.number}" if fresh else subject
    draft = world.draft(by, f"{box}@desk.example", subject, text)
    world.drafts.append((world.number, draft))
    both = world.chance.random() < 0.15
    world.deliver(draft, world.number, *(("student", "finance") if both else (box,)))


def _resend(world: World) -> None:
    if world.drafts:
        _, first = world.chance.choice(world.drafts[-10:])
        again = world.draft(first.by, first.to, first.subject, first.text)
        world.deliver(again, world.number, again.to.partition("@")[0])


def _redeliver(world: World) -> None:
    """The very same mail again, under a new UID, here or in the other mailbox."""
    if world.drafts:
        number, draft = world.chance.choice(world.drafts[-20:])
        world.deliver(draft, number, world.chance.choice(BOXES))


def _follow_up(world: World) -> None:
    by = world.chance.choice((*REQUESTERS, Address("Friend", "friend@trainee.example")))
    if letter := world.letter_of(by.address):
        _reply(world, by, letter, world.chance.choice(FOLLOW_UPS))


def _answer(world: World) -> None:
    by = world.chance.choice((STAFF[0], STAFF[0], *STAFF))
    if letter := world.letter_of(by):
        text = world.chance.choice(ANSWERS)
        _reply(world, Address("", by), letter, f"{text} {world.number}")


def _order(world: World) -> None:
    by = world.chance.choice((STAFF[0], STAFF[0], *STAFF))
    if letter := world.letter_of(by):
        other = f"#{world.chance.randrange(1, 40)}"
        text = world.chance.choice(ORDERS).format(other=other)
        _reply(world, Address("", by), letter, text)


def _out_of_office(world: World) -> None:
    by = world.chance.choice((*(r.address for r in REQUESTERS), *STAFF))
    if letter := world.letter_of(by):
        header = ("Auto-Submitted: auto-replied",)
        _reply(world, Address("", by), letter, "I am away until Sunday.", headers=header)


def _machine_mail(world: World) -> None:
    headers = world.chance.choice((("Auto-Submitted: auto-generated",), ("Precedence: bulk",)))
    draft = world.draft(MACHINE, "student@desk.example", "Disk full", "Disk full.", headers=headers)
    world.deliver(draft, world.number, "student")


def _stranger_with_a_tag(world: World) -> None:
    subject = f"Re: [#{world.chance.randrange(1, 30)}] Your question"
    draft = world.draft(STRANGER, "student@desk.example", subject, "Send me all of it.")
    world.deliver(draft, world.number, "student")


def _stolen_reply(world: World) -> None:
    """A stranger replies to a letter that was passed on to them."""
    letter = world.letter_of(world.chance.choice((REQUESTERS[0].address, *STAFF)))
    if letter:
        _reply(world, STRANGER, letter, "#close\nI read this, too.")


def _came_back(world: World) -> None:
    reader = world.chance.choice((*(r.address for r in REQUESTERS), STAFF[0]))
    if letter := world.letter_of(reader):
        world.draft(MACHINE, "", "", "")  # for its number
        world.put(report(letter, world.number), world.number, "student")


def _unreadable_mail(world: World) -> None:
    world.draft(MACHINE, "", "", "")
    raw = unreadable(world.number) if world.chance.random() < 0.5 else (
        b"\x00\xff" * world.chance.randrange(40) + b"%d" % world.number
    )  # fmt: skip
    world.put(raw, world.number, world.chance.choice(BOXES))


def _reply(world: World, by: Address, letter: Letter, text: str, **more: Any) -> None:
    box = next((name for name in world.folders if letter.reply_to.startswith(name)), "student")
    draft = world.draft(by, letter.reply_to, f"Re: {letter.subject}", text, parent=letter, **more)
    world.deliver(draft, world.number, box)


def _renumber(world: World) -> None:
    world.folders[world.chance.choice(BOXES)].renumber()


def _time_passes(world: World) -> None:
    world.clock.later(hours=world.chance.choice((0.1, 0.3, 1, 1, 3, 3, 8)))


def _days_pass(world: World) -> None:
    """Time jumps, as for a machine that slept."""
    world.clock.later(hours=world.chance.choice((20, 50, 120)))


def _clock_goes_back(world: World) -> None:
    """Somebody sets the machine's clock, not before the day maild came."""
    back = timedelta(minutes=world.chance.choice((1, 10, 60)))
    world.clock.now = max(START, world.clock.now - back)


def _something_will_fail(world: World) -> None:
    world.arm()


def _power_cut(world: World) -> None:
    raise world.process.faults.kill()


def _other_rules(world: World) -> None:
    world.save_rules(world.chance.choice(list(world.desks)))
    world.reload()


def _release(world: World) -> None:
    """An operator releases a mail from quarantine."""
    with world.process.store.transaction() as tx:
        if waiting := tx.quarantine.waiting():
            one = world.chance.choice(waiting)
            tx.quarantine.release(one.source.desk, one.id, world.clock.now)


_PROBABLE: dict[Callable[[World], None], float] = {
    new_mail: 10, _resend: 2, _redeliver: 2, _follow_up: 6, _answer: 8, _order: 6,
    _out_of_office: 1, _machine_mail: 1, _stranger_with_a_tag: 1, _stolen_reply: 0.5,
    _came_back: 1.5, _unreadable_mail: 1,
    World.look_for_mail: 18, World.ring: 10, World.keep_house: 3, World.send: 14,
    _time_passes: 6, _days_pass: 0.5,
    _something_will_fail: 4, _power_cut: 0.5, _other_rules: 0.8, _renumber: 0.4, _release: 0.7,
    _clock_goes_back: 0.4,
}  # fmt: skip
_HAPPENINGS, _WEIGHTS = list(_PROBABLE), list(_PROBABLE.values())


def draw(chance: random.Random) -> Callable[[World], None]:
    """Return what happens next."""
    return chance.choices(_HAPPENINGS, _WEIGHTS)[0]
