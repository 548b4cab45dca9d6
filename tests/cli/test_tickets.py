"""maild tickets, show and outbox: what the store knows, for people and for scripts."""

from datetime import datetime

import pytest

from tests.cli.place import Place, mail


def test_tickets_of_all_desks_are_listed_with_their_deadlines_in_utc(place: Place) -> None:
    place.receive(mail())
    place.receive(mail("فاتورة", name="m2"), "institute")
    tickets = place.json("tickets")["tickets"]
    assert {(t["ticket"], t["team"], t["due_at"]) for t in tickets} == {
        ("academy/1", "students", "2026-04-07T10:00:00+00:00"),
        ("institute/1", "finance", "2026-04-07T10:00:00+00:00"),
    }
    opened = datetime.fromisoformat(tickets[0]["opened_at"])
    assert opened == place.now


def test_people_read_deadlines_in_the_zone_of_the_desk(place: Place) -> None:
    place.receive(mail())
    assert "2026-04-07 13:00" in place.maild("tickets").stdout


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--desk", "institute"], ["institute/1"]),
        (["--team", "finance"], ["institute/1"]),
        (["--status", "new"], ["institute/1", "academy/1"]),
        (["--status", "closed", "--status", "solved"], []),
        (["--limit", "1"], ["institute/1"]),
    ],
)
def test_tickets_are_chosen_by_desk_team_and_status(
    place: Place, words: list[str], found: list[str]
) -> None:
    place.receive(mail())
    place.now = place.now.replace(hour=7)
    place.receive(mail("فاتورة", name="m2"), "institute")
    assert [t["ticket"] for t in place.json("tickets", *words)["tickets"]] == found


def test_show_tells_internal_from_public(place: Place) -> None:
    place.receive(mail())
    shown = place.json("show", "academy/1")
    assert [m["visibility"] for m in shown["messages"]] == ["public"]
    letters = {letter["purpose"]: letter["visibility"] for letter in shown["letters"]}
    assert letters == {"acknowledgement": "public", "notification": "internal"}
    assert [e["kind"] for e in shown["events"]] == ["received", "acknowledged"]
    assert shown["clocks"][0]["due_at"] == "2026-04-07T10:00:00+00:00"
    text = place.maild("show", "academy/1").stdout
    assert "PUBLIC" in text
    assert "internal" in text
    assert "متى تصدر الشهادة؟" in text


@pytest.mark.parametrize("name", ["academy/1", "1", "#1", "[#1]", "academy/١", "١"])
def test_a_ticket_is_called_by_its_desk_and_number_or_by_the_number_alone(
    place: Place, name: str
) -> None:
    place.receive(mail())
    assert place.json("show", name)["ticket"] == "academy/1"


def test_the_outbox_shows_letters_by_state_and_what_the_server_said(place: Place) -> None:
    place.receive(mail())
    with place.store.transaction() as tx:
        letter, *_ = tx.outbox.claim("me", place.now, 60, 1)
        tx.outbox.bounced(letter.desk, letter.id, "me", place.now, "550 no such user")
    bounced = place.json("outbox", "--state", "bounced")["letters"]
    assert [(e["recipient"], e["last_reply"]) for e in bounced] == [
        ("noura@trainee.example", "550 no such user")
    ]
    assert bounced[0]["subject"].startswith("[#1]")
    assert "550 no such" in place.maild("outbox", "--state", "bounced").stdout
    assert len(place.json("outbox")["letters"]) == 2
    assert place.json("outbox", "--desk", "institute", "--state", "queued") == {"letters": []}


def test_an_empty_house_says_so_instead_of_an_empty_table(place: Place) -> None:
    assert place.store.exists()
    assert "No ticket matches." in place.maild("tickets").stdout
    assert "No letter matches." in place.maild("outbox").stdout
    assert "Nothing is in quarantine." in place.maild("quarantine").stdout
