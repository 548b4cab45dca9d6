"""maild quarantine, and what the daemon does with what was released."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from maild.daemon import released
from maild.daemon.released import take_released
from maild.intake.receive import receive
from maild.intake.words import Arrival, Decision
from maild.mail.unreadable import Unreadable
from maild.notices.office import Office
from maild.parsing import Reader
from maild.store.store import Transaction
from tests.cli.place import Place, mail

RAW = mail(subject="سؤال غريب")
ODD = Unreadable(
    "It has too many parts.", (("subject", "سؤال غريب"), ("from", "noura@trainee.example"))
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(children=1) as one:
        yield one


def take(place: Place, reader: Reader) -> int:
    return take_released(place.store, lambda key: place.office(key), reader, place.now)


def quarantined(place: Place) -> str:
    (one,) = place.json("quarantine")["quarantined"]
    return str(one["id"])


def test_the_list_gives_reason_and_safe_headers(place: Place) -> None:
    place.receive(RAW, mail=ODD)
    (one,) = place.json("quarantine", "list", "--desk", "academy")["quarantined"]
    assert one["reason"] == "It has too many parts."
    assert one["headers"] == {"subject": "سؤال غريب", "from": "noura@trainee.example"}
    assert one["received_at"] == "2026-04-05T06:00:00+00:00"
    assert place.json("quarantine", "--desk", "institute") == {"quarantined": []}
    shown = place.maild("quarantine", "show", one["id"]).stdout
    assert "It has too many parts." in shown
    assert "سؤال غريب" in shown


def test_raw_hands_out_the_bytes_as_they_came(place: Place) -> None:
    place.receive(RAW, mail=ODD)
    assert place.maild("quarantine", "raw", quarantined(place)).stdout_bytes == RAW


def test_a_released_mail_becomes_a_ticket_once(place: Place, reader: Reader) -> None:
    place.receive(RAW, mail=ODD)
    assert take(place, reader) == 0
    released = place.json("quarantine", "release", quarantined(place))
    assert released["released"].startswith("academy/")
    assert place.json("quarantine") == {"quarantined": []}
    assert (take(place, reader), take(place, reader)) == (1, 0)
    assert place.json("show", "1")["subject"] == "سؤال غريب"
    assert [e["purpose"] for e in place.json("show", "1")["letters"]].count("acknowledgement") == 1


def test_a_person_overrules_the_rule_that_put_a_mail_aside(place: Place, reader: Reader) -> None:
    place.receive(mail("You won the lottery"))
    place.maild("quarantine", "release", quarantined(place))
    assert take(place, reader) == 1
    assert place.json("quarantine") == {"quarantined": []}
    assert place.json("show", "academy/1")["status"] == "new"


def test_a_mail_that_fails_again_comes_back_with_the_new_reason_and_is_not_tried_for_ever(
    place: Place, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(arrival: Arrival, office: Office, tx: Transaction, now: datetime) -> Decision:
        if isinstance(arrival.mail, Unreadable):
            return receive(arrival, office, tx, now)
        raise TypeError("a mistake of ours")

    monkeypatch.setattr(released, "receive", failing)
    place.receive(RAW, mail=ODD)
    place.maild("quarantine", "release", quarantined(place))
    assert (take(place, reader), take(place, reader)) == (1, 0)
    (one,) = place.json("quarantine")["quarantined"]
    assert one["reason"] == "it was released and failed again (TypeError)"


def test_what_came_back_can_be_released_again(place: Place, reader: Reader) -> None:
    raw = RAW.replace(b"From: ", b"X-From: ")  # no sender: it cannot become a ticket
    place.receive(raw)
    first = quarantined(place)
    place.maild("quarantine", "release", first)
    assert take(place, reader) == 1
    second = quarantined(place)
    assert second != first
    place.maild("quarantine", "release", second)
    assert (take(place, reader), take(place, reader)) == (1, 0)


def test_a_released_mail_of_a_desk_that_is_gone_waits(place: Place, reader: Reader) -> None:
    place.receive(RAW, mail=ODD)
    place.maild("quarantine", "release", quarantined(place))
    assert take_released(place.store, lambda key: None, reader, place.now) == 0
    assert take(place, reader) == 1


@pytest.mark.parametrize("verb", ["show", "raw", "release"])
def test_an_id_that_is_not_there_is_one_sentence(place: Place, verb: str) -> None:
    assert place.store.exists()
    result = place.maild("quarantine", verb, "academy/99", status=1)
    assert result.stderr == "There is no mail in quarantine academy/99.\n"
