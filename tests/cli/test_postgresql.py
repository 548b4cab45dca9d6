"""The same commands over PostgreSQL, where several daemons may be at work."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from maild.daemon.released import take_released
from maild.parsing import Reader
from tests.cli.place import Place, mail
from tests.servers.postgres import Postgres


@pytest.fixture
def shared(tmp_path: Path, postgres: Postgres) -> Iterator[Place]:
    here = Place(tmp_path)
    url = postgres.url(postgres.create())
    (here.config / "maild.yaml").write_text(f"data: ../data\ndatabase: {url}\n", encoding="utf-8")
    yield here
    here.close()


def test_a_database_without_tables_asks_for_the_daemon(shared: Place) -> None:
    assert "start maild run" in shared.maild("status", status=2).stderr


def test_what_explain_says_is_undone_and_then_comes_true(shared: Place, tmp_path: Path) -> None:
    shared.receive(mail(name="m0"))
    raw = mail("أين الفاتورة؟", "فاتورة")
    (tmp_path / "mail.eml").write_bytes(raw)
    words = ["explain", str(tmp_path / "mail.eml"), "--mailbox", "academy/student"]
    told = shared.json(*words, "--at", "2026-04-05T09:00")
    assert [t["ticket"] for t in shared.json("tickets")["tickets"]] == ["academy/1"]
    done = shared.receive(raw)
    assert (told["ticket"]["number"], told["reason"]) == (done.ticket, done.reason)
    letters = shared.json("show", "academy/2")["letters"]
    assert [(e["recipient"], e["subject"]) for e in letters] == [
        (e["recipient"], e["subject"]) for e in told["letters"]
    ]


def test_a_mail_is_released_beside_the_daemon(shared: Place) -> None:
    shared.receive(mail("You won the lottery"))
    (one,) = shared.json("quarantine")["quarantined"]
    shared.maild("quarantine", "release", one["id"])
    with Reader(children=1) as reader:
        assert take_released(shared.store, lambda key: shared.office(key), reader, shared.now) == 1
    assert shared.json("show", "academy/1")["status"] == "new"


def test_a_server_that_is_down_is_one_sentence(tmp_path: Path) -> None:
    place = Place(tmp_path)
    text = "data: ../data\ndatabase: postgresql://maild@127.0.0.1:1/maild\n"
    (place.config / "maild.yaml").write_text(text, encoding="utf-8")
    said = place.maild("status", status=2).stderr
    assert said.startswith("PostgreSQL says:")
    assert said.count("\n") == 1
