"""maild status: what a monitor asks."""

from datetime import timedelta

from maild.daemon.clock import utc_now
from tests.cli.place import Place, mail


def test_a_house_in_order_ends_with_nought_and_says_so(place: Place) -> None:
    place.now = utc_now()
    place.receive(mail())
    with place.store.transaction() as tx:
        tx.mailboxes.well("academy", "student", place.now)
    answer = place.json("status")
    assert answer["troubles"] == []
    assert (answer["tickets"]["new"], answer["letters"]["queued"]) == (1, 2)
    assert answer["mailboxes"][0]["last_well_at"] == place.now.isoformat()
    assert "All is well." in place.maild("status").stdout


def test_a_mailbox_in_trouble_is_named_with_since_when_and_why(place: Place) -> None:
    with place.store.transaction() as tx:
        tx.mailboxes.troubled("academy", "student", "The password is wrong.", place.now)
    answer = place.json("status", status=1)
    assert answer["troubles"] == [
        {
            "where": "academy/student",
            "since": "2026-04-05T06:00:00+00:00",
            "why": "The password is wrong.",
        }
    ]
    shown = place.maild("status", status=1).stdout
    assert "In trouble since 2026-04-05 06:00 UTC: academy/student: The password is wrong." in (
        " ".join(shown.split())
    )


def test_a_mailbox_that_left_the_configuration_troubles_nobody(place: Place) -> None:
    with place.store.transaction() as tx:
        tx.mailboxes.troubled("academy", "gone", "The password is wrong.", place.now)
    assert place.json("status")["troubles"] == []


def test_letters_and_alarms_that_nobody_looks_after_are_trouble(place: Place) -> None:
    place.receive(mail())
    place.now += timedelta(days=30)
    answer = place.json("status", status=1)
    assert {trouble["where"] for trouble in answer["troubles"]} == {"outbox", "alarms"}
    assert answer["alarms_behind_since"] is not None


def test_what_waits_in_quarantine_is_counted_with_its_age(place: Place) -> None:
    place.receive(mail("lottery"))
    answer = place.json("status")
    assert (answer["quarantined"], answer["oldest_quarantined_at"]) == (1, place.now.isoformat())


def test_open_tickets_no_policy_speaks_for_are_counted(place: Place) -> None:
    place.receive(mail())
    place.receive(
        mail("#from noura@trainee.example #channel phone\nاتصلت", sender="sara@academy.example")
    )
    place.receive(mail("السلام عليكم، متى يبدأ الفصل؟", "الفصل", name="m3"))
    assert place.json("status", status=1)["without_target"] == 1
    assert "no policy speaks for 1 of them" in place.maild("status", status=1).stdout


def test_letters_that_are_refused_are_named_with_since_when_and_why(place: Place) -> None:
    with place.store.transaction() as tx:
        tx.mailboxes.pause_letters("academy", "student", place.now)
        tx.mailboxes.letters_refused("academy", "student", "535 wrong", place.now)
        tx.mailboxes.letters_refused("academy", "student", "535 still wrong", utc_now())
    (trouble,) = place.json("status", status=1)["troubles"]
    assert trouble == {
        "where": "academy/student",
        "since": "2026-04-05T06:00:00+00:00",
        "why": "its letters are not taken: 535 still wrong",
    }
    with place.store.transaction() as tx:
        tx.mailboxes.letters_taken("academy", "student")
    assert place.json("status")["troubles"] == []
