"""maild announce: whom it reaches, once, and what the desk's own program gets."""

import sys
from pathlib import Path

import pytest

from maild.mail.mail import Mail
from maild.mail.read import read
from maild.store.outbox import Entry
from tests.cli.place import Place, mail

BODY = "نعمل في أسبوع الامتحانات من 8 صباحًا إلى منتصف الليل.\n"


@pytest.fixture
def body(tmp_path: Path) -> Path:
    file = tmp_path / "body.txt"
    file.write_text(BODY, encoding="utf-8")
    return file


def hooked(place: Place, program: str) -> None:
    """Give the academy a program that hears of announcements."""
    file = place.config / "desks" / "academy.yaml"
    text = file.read_text(encoding="utf-8") + f"announcements: {{ hook: '{program}' }}\n"
    file.write_text(text, encoding="utf-8")


def announcements(place: Place) -> list[Entry]:
    with place.store.reading() as tx:
        return [e for e in tx.outbox.list(limit=100) if e.purpose == "announcement"]


def words(body: Path, *more: str) -> list[str]:
    return ["announce", "academy", "--title", "تمديد الدعم", "--body-file", str(body), *more]


def test_everybody_with_an_open_ticket_gets_one_letter_in_their_language(
    place: Place, body: Path
) -> None:
    place.receive(mail())
    place.receive(mail("متى يبدأ الفصل؟", "الفصل", name="m2"))
    place.receive(mail("When does the exam week begin, please?", "Exam", "j@x.example", name="m3"))
    answer = place.json(*words(body))
    assert answer["letters"] == ["j@x.example", "noura@trainee.example"]
    languages = {}
    for letter in announcements(place):
        got = read(letter.raw)
        assert isinstance(got, Mail)
        assert "منتصف الليل" in got.text
        assert "تمديد الدعم" in got.subject
        languages[letter.recipient] = got.header("content-language")
    assert languages == {"j@x.example": "en", "noura@trainee.example": "ar"}


def test_the_same_words_reach_nobody_twice(place: Place, body: Path) -> None:
    place.receive(mail())
    place.json(*words(body))
    again = place.json(*words(body))
    assert (again["letters"], again["told_before"]) == ([], 1)
    assert len(announcements(place)) == 1


def test_other_words_are_another_announcement(place: Place, body: Path) -> None:
    place.receive(mail())
    place.json(*words(body))
    body.write_text("انتهى التمديد.", encoding="utf-8")
    assert place.json(*words(body))["letters"] == ["noura@trainee.example"]


def test_a_dry_run_lists_whom_it_would_reach_and_sends_nothing(place: Place, body: Path) -> None:
    place.receive(mail())
    assert "noura@trainee.example" in place.maild(*words(body, "--dry-run")).stdout
    assert announcements(place) == []


def test_staff_machines_and_other_desks_are_left_out(place: Place, body: Path) -> None:
    place.receive(mail(sender="sara@academy.example"))
    place.receive(mail(sender="robot@x.example", name="m2").replace(
        b"MIME-Version", b"Auto-Submitted: auto-generated\r\nMIME-Version"
    ))  # fmt: skip
    place.receive(mail(sender="other@x.example", name="m3"), "institute")
    assert place.json(*words(body))["letters"] == []


def test_the_desks_program_gets_the_text_on_standard_input_once(place: Place, body: Path) -> None:
    script = place.config / "sms.py"
    script.write_text("import sys; open('got', 'ab').write(sys.stdin.buffer.read())\n")
    hooked(place, f"{sys.executable} sms.py")
    place.receive(mail())
    assert place.json(*words(body))["hook"] == "done"
    assert place.json(*words(body))["hook"] == "done before"
    got = (place.config / "got").read_text(encoding="utf-8")
    assert got == f"تمديد الدعم\n\n{BODY}"


def test_a_program_that_fails_is_reported_and_tried_again(place: Place, body: Path) -> None:
    hooked(place, f"{sys.executable} -c 'raise SystemExit(3)'".replace("'", '"'))
    place.receive(mail())
    assert place.json(*words(body), status=1)["hook"] == "failed"
    assert place.json(*words(body), status=1)["hook"] == "failed"
    assert len(announcements(place)) == 1


def test_a_program_that_is_not_there_costs_no_letter(place: Place, body: Path) -> None:
    hooked(place, "/no/such/program")
    place.receive(mail())
    assert "failed" in place.maild(*words(body), status=1).stdout
    assert len(announcements(place)) == 1


@pytest.mark.parametrize("text", [b"", b"  \n", b"\xff\xfe\xfa"])
def test_a_body_that_says_nothing_is_refused(place: Place, body: Path, text: bytes) -> None:
    place.receive(mail())
    body.write_bytes(text)
    assert len(place.maild(*words(body), status=2).stderr.splitlines()) == 1


def test_an_unknown_desk_is_named_with_those_there_are(place: Place, body: Path) -> None:
    place.receive(mail())
    typed = ["announce", "acadmy", "--title", "x", "--body-file", str(body)]
    assert "academy, institute" in place.maild(*typed, status=2).stderr
