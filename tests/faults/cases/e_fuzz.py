"""E. Mail broken at random."""

import random
from email import message_from_bytes, policy
from email.message import EmailMessage

from maild.mail.mail import Address, Mail
from tests.faults.case import Defence, case, replaced
from tests.faults.hostile import careless, counted, fates, good, waiting
from tests.faults.place import Place
from tests.fuzz import mutated

ALL, QUICK = 10_000, 150
EVERY = 50  # mails, then a good one


def by_the_library(raw: bytes, _default: str | None = None) -> Mail:
    """A mail as the standard library's modern policy reads it."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html"))
    sender = message["from"].addresses[0] if "from" in message else None
    return Mail(
        message_id=message["message-id"],
        from_=Address(sender.display_name, sender.addr_spec) if sender else None,
        subject=message["subject"] or "",
        date=message["date"].datetime if "date" in message else None,
        text=body.get_content() if body else "",
    )


@case(
    "E34",
    "10,000 mails broken at random: each a ticket, kept aside or ignored with a reason; none"
    " breaks a child or the daemon, good mail among them is a ticket",
    defence=Defence(
        "reading is total: any bytes are a mail or a reason",
        careless(replaced("maild.mail.read.read", by_the_library)),
    ),
    told=r"^quarantined student \d+: (it has no sender, or not exactly one"
    r"|no letter can be addressed to its sender|The (header|mail|parts) .*\.)$",
    quick=True,
    limit=900,
)
def broken_at_random(place: Place) -> None:
    chance = random.Random(34)  # noqa: S311 - a fixed seed makes a failure repeatable
    count = QUICK if place.quick or place.dark else ALL
    mails = [mutated(chance) or b"\r\n" for _ in range(count)]
    names = [f"good{n}" for n in range(count // EVERY)]
    for n, name in enumerate(names):
        mails.insert(n * (EVERY + 1), good(place, name))
    for n in range(0, len(mails), 1000):
        place.dovecot.append_all(place.at("student"), mails[n : n + 1000])
    extensions = ("AUTH PLAIN", "SIZE 50000000", "SMTPUTF8")  # some senders need it
    place.attacked(smtp=place.sink(extensions=extensions))
    store = place.store
    with place.running(wait=False):
        place.until(lambda: counted(store) == len(mails), 600)
        place.until(lambda: not waiting(store), 120)
    found = fates(place)
    broken = [fate.reason for fate in found if fate.reason.startswith("Reading")]
    assert not broken, f"{len(broken)} mails broke a child: {broken[0]}"
    assert {f"Good {name}" for name in names} <= set(place.subjects())
