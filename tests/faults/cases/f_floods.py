"""F. Floods: however much comes in, few letters go out, and no ticket goes unannounced."""

import re
from collections import Counter
from itertools import pairwise

from maild.casework.digests import CALM, PAUSE
from maild.mail.mail import Address, Attachment, Mail
from maild.mail.read import read
from maild.store.outbox import Entry
from tests.faults.case import Defence, case, replaced
from tests.faults.place import Place
from tests.faults.robots import flood, taken_in
from tests.faults.sending import letters, long_leases
from tests.html import html_of

WRITERS = 20
VICTIM = 120  # mails in a victim's name
QUESTIONS = 60  # at once
OVERDUE = 120  # tickets


def crowd(place: Place, count: int, start: int = 0) -> None:
    """Let many people write at once."""
    flood(
        place,
        [
            place.question(
                f"Where do I find certificate {n}?",
                by=place.requester(f"person{n % WRITERS}"),
                subject=f"Certificate {n}",
            )
            for n in range(start, start + count)
        ],
    )
    taken_in(place, start + count)


def told_of(letter: Entry) -> list[int]:
    """Return the tickets a notification or digest tells of."""
    if letter.purpose == "notification":
        return [letter.ticket or 0]
    mail = read(letter.raw)
    assert isinstance(mail, Mail)
    return [int(number) for number in re.findall(r"(?m)^\u2068?\[#(\d+)\]", mail.text)]


@case(
    "F8",
    "a hundred and twenty mails in one victim's name, half with details in the address: the victim "
    "gets three letters (the desk's ack_limit), and every mail is a ticket",
    defence=Defence(
        "automatic answers to one address are counted, its details left out",
        replaced("maild.intake.acknowledging.may_be_answered", lambda work: True),
    ),
)
def one_victim(place: Place) -> None:
    domain = f"elsewhere.{place.domain}"
    by = [Address("V", f"victim{f'+{n}' if n % 2 else ''}@{domain}") for n in range(VICTIM)]
    mails = [place.question(f"Help {n}", by=who, subject=f"Help {n}") for n, who in enumerate(by)]
    with long_leases(), place.running():
        flood(place, mails)
        taken_in(place, VICTIM)
    got = [e for e in letters(place) if e.recipient.endswith(domain)]
    assert len(got) == 3, f"the victim got {len(got)} letters"


@case(
    "F9",
    "hundreds of questions within minutes: beyond thirty the agent gets a digest every quarter of "
    "an hour, which tells of every ticket once",
    defence=Defence(
        "what comes in a crowd is kept for a digest",
        replaced("maild.intake.notify.crowded", lambda case, person: False),
    ),
)
def many_questions(place: Place) -> None:
    sara = place.staff("sara").address
    with long_leases(), place.running() as daemon:
        daemon._scheduler.pause()  # alarms ring when this case says so
        for n in range(4):
            crowd(place, QUESTIONS, n * QUESTIONS)
            place.ring(daemon, minutes=2)
        for _ in range(3):
            place.ring(daemon, minutes=16)
        place.until(place.at_rest)
    ours = [e for e in letters(place) if e.recipient == sara]
    digests = sorted(e.created_at for e in ours if e.purpose == "digest")
    single = sum(e.purpose == "notification" for e in ours)
    assert single <= CALM, f"{single} notifications in eight minutes"
    assert all(later - earlier >= PAUSE for earlier, later in pairwise(digests))
    assert len(digests) <= 4, f"{len(digests)} digests in an hour"
    told = Counter(number for letter in ours for number in told_of(letter))
    assert set(told) == set(range(1, 4 * QUESTIONS + 1)), "a ticket was not announced"
    assert set(told.values()) == {1}, "a ticket was announced twice"


@case(
    "F10",
    "maild wakes to hundreds of overdue tickets: one digest for each who must hear of them",
    defence=Defence(
        "what rings together is told together",
        replaced("maild.sweep._STORM", 1_000_000),
    ),
)
def many_overdue(place: Place) -> None:
    with long_leases(), place.running() as daemon:
        daemon._scheduler.pause()  # alarms ring when this case says so
        crowd(place, OVERDUE)
        place.ring(daemon, minutes=16)  # the digest of what came
        place.until(place.at_rest)
        for stage, weeks in enumerate((3, 1, 1)):
            before = {e.id for e in letters(place)}
            place.ring(daemon, weeks=weeks)
            told = Counter(e.recipient for e in letters(place) if e.id not in before)
            to = place.staff(("huda", "director", "deputy")[stage]).address
            assert to in told, f"stage {stage + 1} told only {sorted(told)}"
            assert set(told.values()) == {1}, f"{max(told.values())} letters to one person"
            place.until(place.at_rest)


CANARY = "BUY-NOW-771"


@case(
    "F11",
    "a stranger's words in subject, name, text, headers and file names, and a victim's address: "
    "the acknowledgement repeats none of them",
    defence=Defence(
        "what answers by itself bears no word its reader did not write",
        replaced("maild.notices.office._AUTOMATIC_ANSWERS", frozenset()),
    ),
    quick=True,
)
def foreign_words(place: Place) -> None:
    victim = Address(CANARY, f"victim@elsewhere.{place.domain}")
    file = Attachment(f"{CANARY}.txt", "text/plain", CANARY.encode())
    with long_leases(), place.running():
        place.write(
            f"{CANARY} http://{CANARY}.example", f"{CANARY} {{{{7*7}}}}", victim,
            attachments=(file,), headers=((f"X-{CANARY}", CANARY),),
        )  # fmt: skip
        got = place.letter(victim)
    said = (got.mail.subject, got.mail.text, html_of(got.raw), *(a.name for a in got.mail.to))
    assert not any(CANARY in words for words in said), "it repeats a stranger's words"
    assert CANARY.encode() not in got.raw
    assert "49" not in got.mail.subject
