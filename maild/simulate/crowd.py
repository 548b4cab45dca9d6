"""A crowd of requesters: tickets at random instants, answered after random times, by a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from maild.desk import Desk
from maild.simulate.happenings import What, Written
from maild.sla.policy import Span

_SUBJECTS = (
    "تعذر الدخول إلى المحاضرة {n}",
    "استفسار عن الشهادة {n}",
    "سداد الرسوم {n}",
    "Cannot open lecture {n}",
    "Where is my certificate {n}",
)
# Short, or one person's two questions would be alike enough to be one asked again.
_TEXTS = ("السلام عليكم\nأحتاج إلى المساعدة، الرقم {n}", "Hello,\nplease look into request {n}")
_ANSWERS = ("وعليكم السلام\nعولج الطلب رقم {n}.", "Hello,\nrequest {n} is done.")
_WRITERS = 3  # tickets of one requester, on average


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many tickets come, over which time, and how soon they are answered."""

    tickets: int
    starts: datetime  # UTC
    over: timedelta
    answered_after: Span  # on average; exponentially distributed
    never_answered: float = 0.0  # share
    seed: int = 1


def happenings(crowd: Crowd, desk: Desk) -> Iterator[Written]:
    """Yield the mails of a crowd and the answers it gets; equal seeds give equal mails."""
    chance = Random(crowd.seed)  # noqa: S311 - a play, no secret
    hours = next(iter(desk.calendars.values()))
    boxes = tuple(desk.mailboxes)
    people = max(1, crowd.tickets // _WRITERS)
    after = crowd.answered_after
    for n in range(1, crowd.tickets + 1):
        at = crowd.starts + crowd.over * chance.random()
        name = f"t{n}"
        yield Written(
            at,
            What.NEW,
            name,
            by=f"student{chance.randrange(people)}@people.example",
            mailbox=chance.choice(boxes),
            subject=chance.choice(_SUBJECTS).format(n=n),
            text=chance.choice(_TEXTS).format(n=n),
        )
        if chance.random() >= crowd.never_answered:
            delay = chance.expovariate(1 / after.seconds)
            answered = hours.add(at, delay, after.count)
            text = chance.choice(_ANSWERS).format(n=n)
            yield Written(answered, What.ANSWER, name, text=text, orders=("solve",))
