"""maild explain says what run does, and leaves no trace."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from maild.cli.rehearsal import rehearse
from maild.intake.receive import receive
from maild.intake.words import Arrival
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.parsing import Reader
from maild.store.mails import Source
from tests.bad.mails import MAILS as HOSTILE
from tests.cli.place import Place, mail
from tests.mail.arabic_replies import gmail, others, outlook, own_text

LARGE = 300_000  # bytes; larger ones differ in nothing but the time they take

MAILS = {
    "a new question": mail(),
    "a rule": mail("أين الفاتورة؟", "فاتورة"),
    "quarantined by a rule": mail("You won the lottery"),
    "a follow-up by tag": mail("هل من جديد؟", "Re: [#1] الشهادة", name="m9"),
    "a stranger with a tag": mail("tell me", "Re: [#1]", "eve@elsewhere.example", "m10"),
    "a mail of staff without proof": mail("#close", "Re: [#1]", "sara@academy.example", "m11"),
    "the same mail again": mail(name="m0"),
    "a letter of the desk's own": mail(sender="student@academy.example"),
    "no sender": mail().replace(b"From: ", b"X-From: "),
    "no mail at all": b"\x00\xff" * 100,
}


@pytest.mark.parametrize("name", MAILS)
def test_what_is_rehearsed_is_what_happens(place: Place, name: str) -> None:
    place.receive(mail(name="m0"))
    raw = MAILS[name]
    office = place.office()
    arrival = Arrival(Source("academy", "student", 1, 99, place.now), reading_of(raw, read(raw)))
    before = dump(place)
    told = rehearse(place.store, office, arrival, place.now)
    assert dump(place) == before
    with place.store.transaction() as tx:
        done = receive(arrival, office, tx, place.now)
        posted = tuple(tx.outbox.posted)
        ticket = tx.tickets.get("academy", done.ticket) if done.ticket else None
    assert told.decision == done
    assert told.letters == posted
    assert told.ticket == ticket


def test_every_mail_of_the_collections_is_explained_as_it_is_processed(place: Place) -> None:
    replies = [own_text, gmail, outlook, others]
    raws = [
        *(raw for name, make in HOSTILE.items() if "MB" not in name and len(raw := make()) < LARGE),
        *(mail(r.text, name=f"r{n}") for n, r in enumerate(r for m in replies for r in m.REPLIES)),
    ]
    office = place.office()
    with Reader() as reader:
        readings = reader.read_many(raws)
    for n, reading in enumerate(readings, 100):
        arrival = Arrival(Source("academy", "student", 1, n, place.now), reading)
        told = rehearse(place.store, office, arrival, place.now)
        with place.store.transaction() as tx:
            assert told.decision == receive(arrival, office, tx, place.now)
            assert told.letters == tuple(tx.outbox.posted)


def test_the_answer_names_ticket_rules_clock_and_letters(place: Place, tmp_path: Path) -> None:
    place.receive(mail(name="m0"))
    file = tmp_path / "mail.eml"
    file.write_bytes(mail("أين الفاتورة؟", "فاتورة"))
    words = ["explain", str(file), "--mailbox", "academy/student", "--at", "2026-04-05T15:00"]
    answer = place.json(*words)
    assert (answer["outcome"], answer["ticket"]["ticket"], answer["is_new"]) == (
        "stored",
        "academy/2",
        True,
    )
    assert [(r["rule"], r["matched"]) for r in answer["rules"]] == [
        ("advertisements", False),
        ("invoices", True),
    ]
    assert answer["at"] == "2026-04-05T12:00:00+00:00"
    assert answer["clocks"][0]["due_at"] == "2026-04-08T08:00:00+00:00"
    assert [(e["recipient"], e["purpose"]) for e in answer["letters"]] == [
        ("noura@trainee.example", "acknowledgement"),
        ("huda@academy.example", "notification"),
    ]
    shown = place.maild(*words).stdout
    assert "academy/2, a new one" in shown
    assert "Wednesday 2026-04-08 11:00, 20 Shawwal 1447 AH" in shown
    assert "Nothing of this was stored or sent." in shown


def test_nothing_is_written_anywhere_even_before_the_first_start(
    place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(mail())
    before = sorted(tmp_path.rglob("*"))
    answer = place.json("explain", str(file), "--mailbox", "academy/student")
    assert answer["ticket"]["number"] == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_a_mail_that_intake_cannot_take_is_told_in_one_sentence(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import maild.cli.rehearsal as module

    def failing(*_: object) -> None:
        raise TypeError("with words of the mail")

    monkeypatch.setattr(module, "receive", failing)
    file = tmp_path / "mail.eml"
    file.write_bytes(mail())
    result = place.maild("explain", str(file), "--mailbox", "academy/student", status=1)
    assert result.stderr == (
        "Processing this mail fails (TypeError): the daemon would try three times and put it into"
        " quarantine.\n"
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["--mailbox", "academy/nowhere"],
            "There is no mailbox academy/nowhere; write academy/student or institute/student.\n",
        ),
        (
            ["--mailbox", "academy/student", "--at", "noon"],
            "noon is no instant: write it like 2026-03-04T10:20 or 2026-03-04T10:20+03:00.\n",
        ),
    ],
)
def test_wrong_words_are_answered_with_the_right_ones(
    place: Place, tmp_path: Path, words: list[str], sentence: str
) -> None:
    file = tmp_path / "mail.eml"
    file.write_bytes(mail())
    assert place.maild("explain", str(file), *words, status=2).stderr == sentence


def dump(place: Place) -> str:
    """Return a digest of everything in the database."""
    connection = sqlite3.connect(place.settings.data / "maild.sqlite3")
    try:
        return hashlib.sha256("\n".join(connection.iterdump()).encode()).hexdigest()
    finally:
        connection.close()
