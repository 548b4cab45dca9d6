"""maild route test and maild suspension, as an admin types them."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner

from maild.cli import main
from maild.store.people import Requester
from maild.store.store import Store

SHIPPED = Path(__file__).parents[2] / "config"
NOW = datetime(2099, 1, 1, tzinfo=UTC)  # suspended until long after any run of this test


def shipped(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def test_route_test_says_which_rule_took_each_example(tmp_path: Path) -> None:
    run = CliRunner().invoke(main, ["route", "test", "--config", str(shipped(tmp_path)), "--json"])
    assert run.exit_code == 0, run.output
    taken = {e["subject"]: e["matched"] for e in json.loads(run.stdout)["examples"]}
    assert taken["استفسار عن الفاتورة"] == "money is finance's"


def test_an_example_that_comes_out_otherwise_is_a_mistake(tmp_path: Path) -> None:
    config = shipped(tmp_path)
    desk = config / "desks" / "diplomas.yaml"
    desk.write_text(desk.read_text().replace("any_words: [فاتورة,", "any_words: [قسيمة,"))
    run = CliRunner().invoke(main, ["route", "test", "--config", str(config)])
    assert run.exit_code == 2
    assert "diplomas.yaml:" in run.output


def test_a_suspension_is_listed_and_lifted(tmp_path: Path) -> None:
    config = shipped(tmp_path)
    (tmp_path / "data").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'data' / 'maild.sqlite3'}")
    store.migrate()
    rude = Requester("academy", "rude@a.example", NOW, NOW)
    with store.transaction() as tx:
        tx.requesters.save(replace(rude, strikes=2, suspended_until=NOW + timedelta(days=14)))
    options = ["--config", str(config)]
    listed = CliRunner().invoke(main, ["suspension", "list", *options])
    assert "rude@a.example" in listed.output
    lift = ["suspension", "lift", "academy", "Rude@a.example", *options]
    assert CliRunner().invoke(main, lift).exit_code == 0
    assert CliRunner().invoke(main, lift).exit_code == 1  # there is nothing left to lift
    assert "rude" not in CliRunner().invoke(main, ["suspension", "list", *options]).output
