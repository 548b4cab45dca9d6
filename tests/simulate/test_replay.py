"""Mail of the past under the rules of today."""

import mailbox
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from maild.desk import Desk
from maild.mail.read import read
from maild.mail.reading import reading_of
from maild.simulate.comparison import compare, letters
from maild.simulate.happenings import PlayError
from maild.simulate.replay import NO_DATE, NO_MAILBOX, Replayed, mails, read_all, replay
from tests.simulate.stories import NOURA, at, desk, standings

BOX = "student@desk.example"
OTHER = """\
  other:
    address: other@desk.example
    team: students
    imap: { host: mail.desk.example, user: other, password_env: OTHER }
"""


def mail(
    name: str,
    when: datetime | None,
    by: str = NOURA,
    to: str = BOX,
    reply_to: str | None = None,
    claimed: datetime | None = None,
    **more: str,
) -> bytes:
    """A mail as it lies in a mailbox: `when` it was received, and the Date its writer claimed."""
    letter = EmailMessage()
    if when is not None:
        letter["Received"] = f"from a by b with ESMTP id 1; {format_datetime(when)}"
    letter["From"], letter["To"] = by, to
    letter["Subject"] = "Re: no access" if reply_to else "no access"
    letter["Message-ID"] = f"<{name}@mail.example>"
    if claimed is not None:
        letter["Date"] = format_datetime(claimed)
    if reply_to:
        letter["In-Reply-To"] = letter["References"] = f"<{reply_to}@mail.example>"
    for key, value in more.items():
        letter[key.replace("_", "-")] = value
    letter.set_content(f"These are the words of {name}, and of nobody else.")
    return letter.as_bytes()


def replayed(on: Desk, *raws: bytes) -> Replayed:
    found = list(read_all(raws, lambda batch: [reading_of(raw, read(raw)) for raw in batch]))
    return replay(found, {on.key: on})


def test_a_mail_arrived_when_the_topmost_received_field_says(tmp_path: Path) -> None:
    on = desk(tmp_path)
    one = mail("m1", at(5, "09:00"), claimed=at(1, "09:00"))
    found = replayed(on, b"Received: from b by c; Sun, 5 Apr 2026 10:00:00 +0300\r\n" + one)
    assert found.timelines["help"].tickets[1].opened_at == at(5, "10:00")


def test_without_received_the_date_counts_and_without_both_it_is_left_out(tmp_path: Path) -> None:
    dated = mail("m1", None, claimed=at(6, "09:00"))
    found = replayed(desk(tmp_path), dated, mail("m2", None))
    assert found.timelines["help"].tickets[1].opened_at == at(6, "09:00")
    assert found.left_out == {NO_DATE: 1}


def test_an_answer_of_the_past_stops_the_clock_as_its_writers(tmp_path: Path) -> None:
    found = replayed(
        desk(tmp_path),
        mail("m1", at(5, "09:00")),
        mail("a1", at(5, "11:00"), by="sara@desk.example", to=NOURA, reply_to="m1"),
        mail("m2", at(9, "09:00"), reply_to="a1"),
    )
    timeline = found.timelines["help"]
    assert standings(timeline) == ["met", "open"]
    assert list(timeline.tickets) == [1]


def test_an_answer_from_the_desks_own_mailbox_counts_too(tmp_path: Path) -> None:
    found = replayed(
        desk(tmp_path),
        mail("m1", at(5, "09:00")),
        mail("a1", at(6, "11:00"), by=BOX, to=NOURA),  # names no mail: the last open ticket
    )
    assert standings(found.timelines["help"]) == ["met"]


def test_an_automatic_letter_of_the_old_helpdesk_answers_nobody(tmp_path: Path) -> None:
    found = replayed(
        desk(tmp_path),
        mail("m1", at(5, "09:00")),
        mail("a1", at(5, "09:01"), by=BOX, to=NOURA, reply_to="m1", Auto_Submitted="auto-replied"),
    )
    assert standings(found.timelines["help"]) == ["open"]


def test_what_was_late_and_who_was_written_to(tmp_path: Path) -> None:
    found = replayed(
        desk(tmp_path),
        mail("m1", at(5, "09:00")),
        mail("a1", at(9, "11:00"), by="sara@desk.example", to=NOURA, reply_to="m1"),
    )
    timeline = found.timelines["help"]
    assert [(number, cycle.clock) for number, cycle in timeline.late()] == [(1, "reply")]
    assert letters(timeline)["huda@desk.example", "escalation"] == 1


def test_mail_for_somebody_else_is_left_out(tmp_path: Path) -> None:
    two = desk(
        tmp_path,
        (
            "routing:",
            f"{OTHER}routing:",
        ),
    )
    found = replayed(two, mail("m1", at(5, "09:00"), to="somebody@else.example"))
    assert found.left_out == {NO_MAILBOX: 1}
    assert found.timelines == {}


def test_two_configurations_differ_in_deadlines_and_letters(tmp_path: Path) -> None:
    raws = (
        mail("m1", at(5, "09:00")),
        mail("a1", at(9, "11:00"), by="sara@desk.example", to=NOURA, reply_to="m1"),
    )
    old = replayed(desk(tmp_path), *raws).timelines["help"]
    lenient = desk(tmp_path, ("target: 24 open hours", "target: 48 open hours"))
    new = replayed(lenient, *raws).timelines["help"]
    found = compare(old, new)
    (clock,) = found.clocks
    assert clock.old == (at(8, "09:00"), True)
    assert clock.new == (at(13, "09:00"), False)
    assert found.letters["huda@desk.example", "escalation"] == (1, 0)
    assert compare(old, old).clocks == ()
    assert compare(old, old).letters == {}


def test_an_mbox_and_a_maildir_hold_the_same_mails(tmp_path: Path) -> None:
    raws = [mail("m1", at(5, "09:00")), mail("m2", at(6, "09:00"))]
    box = mailbox.mbox(tmp_path / "box")
    folder = mailbox.Maildir(tmp_path / "folder")
    for raw in raws:
        box.add(raw)
        folder.add(raw)
    box.close()
    subjects = [sorted(read(raw).headers for raw in mails(tmp_path / n)) for n in ("box", "folder")]
    assert subjects[0] == subjects[1] == sorted(read(raw).headers for raw in raws)


@pytest.mark.parametrize("name", ["nowhere", "letter.eml"])
def test_what_is_no_mailbox_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "letter.eml").write_bytes(mail("m1", at(5, "09:00")))
    with pytest.raises(PlayError, match="mbox"):
        list(mails(tmp_path / name))
