"""Which mail had its letters sent by a database that is lost, and which may have not."""

from datetime import UTC, datetime, timedelta

import pytest

from maild.daemon.receiver import _taken_before
from maild.imap.fetching import Fetched
from maild.store.outbox import State
from maild.store.store import Store
from tests.store.samples import DESK, letter

NOW = datetime(2026, 4, 5, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("marked", "hours", "before"),
    [(True, 2, True), (False, 2, False), (True, 0.5, False)],
)
def test_only_marked_mail_of_more_than_an_hour_ago_has_had_its_letters_sent(
    *, marked: bool, hours: float, before: bool
) -> None:
    mail = Fetched(7, NOW - timedelta(hours=hours), 10, b"x", marked=marked)
    assert _taken_before(mail, NOW) is before


def test_a_letter_that_has_left_before_is_there_and_never_leaves() -> None:
    store = Store("sqlite://")
    store.migrate()
    with store.transaction() as tx:
        tx.outbox.post(letter("one"), NOW)
        tx.outbox.withhold(tx.outbox.posted, NOW)
        tx.outbox.post(letter("two", ticket=2), NOW)
    with store.transaction() as tx:
        (claimed,) = tx.outbox.claim("us", NOW, 120, 10)
        assert claimed.message_id == "<two@diplomas.example>"
        states = {e.message_id: e.state for e in tx.outbox.list(desk=DESK)}
    assert states["<one@diplomas.example>"] is State.SENT
