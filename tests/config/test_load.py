"""A good configuration becomes the values the house works with."""

# ruff: noqa: E501 - a mistake is shown as it is printed

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.config.load import load
from maild.config.problems import ConfigError, Findings
from maild.config.reading import LARGEST, read
from maild.desk import Desk
from maild.routing.route import route
from maild.routing.rules import RoutingFacts
from maild.sla.policy import Clock, ClockKind, Count, Match, On, RespondBy, Span, Stage, When
from tests.config.desk import DESK, ENV, changed, problems, write

SHIPPED = Path(__file__).parents[2] / "config"


def desk(directory: Path, *edits: tuple[str, str]) -> Desk:
    return load(write(directory, changed(*edits)), ENV).desks["help"]


def test_the_shipped_configuration_is_good_without_its_secrets() -> None:
    found = load(SHIPPED, {}, secrets=False)
    assert set(found.desks) == {"institute", "diplomas", "university", "training", "academy"}
    assert any("secrets/diplomas-student does not exist here" in str(n) for n in found.notes)


def test_a_daemon_refuses_the_shipped_configuration_without_its_secrets() -> None:
    with pytest.raises(ConfigError) as error:
        load(SHIPPED, {})
    assert all("secret file" in problem.what for problem in error.value.problems)


def test_the_reply_clock_of_the_diplomas_desk_has_the_three_stages_of_its_document() -> None:
    diplomas = load(SHIPPED, {}, secrets=False).desks["diplomas"]
    policy = next(p for p in diplomas.policies if "email" in p.when.channel)
    (clock,) = policy.clocks
    day = Span(24 * 3600, Count.OPEN_HOURS)
    assert clock == Clock(
        name="reply",
        kind=ClockKind.REPLY,
        target=day,
        calendar="office",
        warn_at=(0.75,),
        stages=(
            Stage(1, ("lead",), (When(On.DUE),)),
            Stage(2, ("manager",), (When(On.STAGE, day, 1),)),
            Stage(
                3,
                ("deputy_ceo",),
                (When(On.STAGE, day, 2),),
                priority="top",
                respond_by=RespondBy(2 * 3600),
            ),
        ),
    )


@pytest.mark.parametrize("team", ["students", "finance"])
def test_students_and_finance_escalate_to_student_affairs(team: str) -> None:
    diplomas = load(SHIPPED, {}, secrets=False).desks["diplomas"]
    (director,) = diplomas.staff.resolve("manager", team, diplomas.roles)
    assert director.email == "student-affairs@diplomas.example"


def test_what_is_left_out_has_its_documented_value(tmp_path: Path) -> None:
    found = desk(tmp_path)
    box = found.mailboxes["student"]
    assert (box.imap.port, box.imap.security, box.imap.user) == (993, "tls", "student")
    assert (box.smtp.host, box.smtp.port, box.smtp.user) == ("mail.desk.example", 465, "student")
    assert box.smtp.password == box.imap.password
    assert (box.after, box.move_to, box.history, box.subaddress) == ("flag", None, "ignore", "+")
    assert box.name == {"ar": "المساعدة", "en": "Help"}
    assert (found.closed_reply, found.reopen_days, found.ack_limit) == ("reopen", 30, 3)


def test_ports_follow_the_security(tmp_path: Path) -> None:
    box = desk(tmp_path, ("user: student,", "user: student, security: starttls,")).mailboxes[
        "student"
    ]
    assert (box.imap.port, box.smtp.port, box.smtp.security) == (143, 587, "starttls")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", '"::1"'])
def test_plain_text_to_this_machine_is_allowed(host: str, tmp_path: Path) -> None:
    edit = (
        "host: mail.desk.example, user: student",
        f"host: {host}, user: student, security: plain, port: 1143",
    )
    assert desk(tmp_path, edit).mailboxes["student"].imap.security == "plain"


def test_a_relay_may_ask_for_no_login(tmp_path: Path) -> None:
    smtp = "    smtp: { host: 127.0.0.1, port: 25, security: plain, login: false }\nrouting:\n"
    server = desk(tmp_path, ("routing:\n", smtp)).mailboxes["student"].smtp
    assert (server.user, server.password, server.port) == (None, None, 25)


def test_processed_mail_may_move_to_a_folder(tmp_path: Path) -> None:
    box = desk(tmp_path, ("    team: students\n", "    team: students\n    after: move to Done\n"))
    assert box.mailboxes["student"].move_to == "Done"


def test_windows_files_are_read_like_any_other(tmp_path: Path) -> None:
    windows = b"\xef\xbb\xbf" + DESK.replace("\n", "\r\n").encode()
    assert load(write(tmp_path, windows), ENV).desks["help"] is not None


def test_arabic_digits_and_typographic_dashes_are_read_as_what_they_are(tmp_path: Path) -> None:
    found = desk(
        tmp_path,
        ("{ sun-thu: 08:00-16:00 }", "{ sun–thu: ٠٨:٠٠–١٦:٠٠ }"),
        ("24 open hours of office\n", "٢٤ open hours of office\n"),
        ("warn_at: 75%", "warn_at: ٧٥٪"),
        ("from: 2026-03-20", "from: ٢٠٢٦-٠٣-٢٠"),
    )
    plain = desk(tmp_path / "plain")
    assert found.policies == plain.policies
    assert found.calendars["office"].calendar == plain.calendars["office"].calendar


def test_a_text_means_what_it_looks_like(tmp_path: Path) -> None:
    found = desk(tmp_path, ("name: Sara", "name: NO"), ("category: billing", "category: 1.10"))
    assert found.staff.people["sara"].name == "NO"
    assert found.rules[0].then.category == "1.10"


def test_nights_pass_midnight_and_days_have_several_hours(tmp_path: Path) -> None:
    week = "{ sun-wed: [22:00-02:00, 08:00-12:00], thu: 00:00-24:00 }"
    calendar = desk(tmp_path, ("{ sun-thu: 08:00-16:00 }", week)).calendars["office"].calendar
    assert calendar.rule_on(date(2026, 5, 3)).shifts == ((480, 720), (1320, 120))
    assert calendar.rule_on(date(2026, 5, 7)).shifts == ((0, 1440),)
    assert calendar.rule_on(date(2026, 5, 8)).shifts == ()
    assert calendar.rule_on(date(2026, 6, 13)).source == "day"


def test_every_mistake_of_every_file_is_named_at_once(tmp_path: Path) -> None:
    broken = changed(
        ("lead: huda", "leed: huda"),
        ("to: 2026-03-22", "to: 2026-02-30"),
        ("team: students", "team: studnets"),
        ("then: { category: certificates }", "then: { team: finance }"),
        ("75%", "175%"),
        ("to: manager", "to: deputy_ceo"),
    )
    found = problems(tmp_path, broken, "data: data\nadmin: a@b.example\n")
    assert [line.partition(": ")[0] for line in found] == [
        *(f"desks/help.yaml:{n}" for n in (13, 19, 27, 36, 43, 46)),
        "maild.yaml:2",
    ]


def test_two_policies_may_speak_for_the_same_channel_when_one_is_narrower(tmp_path: Path) -> None:
    narrower = "policies:\n  - { policy: bills, when: { category: billing }, clocks: {} }\n"
    found = desk(tmp_path, ("policies:\n", narrower))
    assert [p.when for p in found.policies] == [
        Match(category=("billing",)),
        Match(channel=("email",)),
    ]


def test_a_mailbox_of_another_desk_is_watched_as_well(tmp_path: Path) -> None:
    write(tmp_path)
    other = DESK.replace("desk: help", "desk: other").replace("student@desk", "other@desk")
    other = other.replace("email: huda@desk.example", "email: student@desk.example")
    (tmp_path / "desks" / "other.yaml").write_text(other, "utf-8")
    with pytest.raises(ConfigError, match=r"other\.yaml:16: student@desk\.example is a watched"):
        load(tmp_path, ENV)


def test_two_desks_cannot_share_a_mailbox(tmp_path: Path) -> None:
    write(tmp_path)
    other = DESK.replace("desk: help", "desk: other")
    (tmp_path / "desks" / "other.yaml").write_text(other, "utf-8")
    with pytest.raises(ConfigError, match="already a mailbox of another desk"):
        load(tmp_path, ENV)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (b"", "desks/help.yaml:1: the file is empty; was it saved half-way?"),
        (
            b"# nothing yet\n",
            "desks/help.yaml:1: there is nothing but comments in this file; was it saved half-way?",
        ),
        (
            b"- desk\n",
            'desks/help.yaml:1: this is not a mapping; begin with lines like "desk: name"',
        ),
        (b"desk: help\nx: \xff\n", "desks/help.yaml:2: this is not UTF-8; save the file as UTF-8"),
        (
            b"desk: help",
            "desks/help.yaml:1: the last line has no end; was it saved half-way? If not, end it with Enter",
        ),
        (DESK.encode("utf-16"), "desks/help.yaml:1: the file is UTF-16; save it as UTF-8"),
        (b"desk: help\n\x00\n", "desks/help.yaml:2: the character U+0000 may not stand here"),
        (
            b"#" * LARGEST + b"\n",
            "desks/help.yaml:1: the file is larger than 256 kB; split the desk",
        ),
        (
            b"a: " + b"[" * 4000 + b"\n",
            "desks/help.yaml:1: nested deeper than 24 levels; close the brackets",
        ),
    ],
)
def test_a_file_that_is_no_desk_is_named(raw: bytes, line: str, tmp_path: Path) -> None:
    assert problems(tmp_path, raw) == [line]


def test_aliases_that_multiply_are_refused_quickly(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    assert any("too many aliases" in line for line in problems(tmp_path, bomb.encode()))


def test_a_file_cut_off_within_a_line_is_never_taken_for_a_shorter_policy(tmp_path: Path) -> None:
    raw = DESK.encode()
    for end in range(0, len(raw), 7):
        if raw[:end].endswith(b"\n"):
            continue
        (line,) = problems(tmp_path, raw[:end])
        assert "was it saved half-way?" in line or "this is not UTF-8" in line


@pytest.mark.parametrize("section", ["people:", "mailboxes:", "policies:", "    clocks:"])
def test_a_file_cut_off_before_or_after_a_section_begins_is_refused(
    section: str, tmp_path: Path
) -> None:
    start = DESK.index(f"{section}\n")
    assert problems(tmp_path, DESK[:start])
    assert problems(tmp_path, DESK[: start + len(section) + 1])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    findings = Findings("x.yaml")
    assert (read(raw, findings) is not None) or findings.problems


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ("maild.yaml", "maild.yaml: there is no such file"),
        (
            "desks/help.yaml",
            "desks: there is no desk; write one file for each desk: desks/NAME.yaml",
        ),
    ],
)
def test_a_missing_file_is_named(missing: str, line: str, tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / missing).unlink()
    with pytest.raises(ConfigError) as error:
        load(tmp_path, ENV)
    assert str(error.value) == line


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such directory"):
        load(tmp_path / "nowhere", ENV)


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    first = load(write(tmp_path), ENV).fingerprint
    assert load(tmp_path, ENV).fingerprint == first
    assert load(write(tmp_path, changed(("75%", "80%"))), ENV).fingerprint != first
    write(tmp_path)
    (tmp_path / "templates" / "help" / "en").mkdir(parents=True)
    letter = "{{ tag }} is closed\n\nGoodbye from {{ desk }}.\n"
    (tmp_path / "templates" / "help" / "en" / "closed.txt").write_text(letter)
    assert load(tmp_path, ENV).fingerprint != first


def test_a_letter_of_the_desk_may_close_a_ticket(tmp_path: Path) -> None:
    for language in ("en", "ar"):
        shelf = tmp_path / "templates" / "help" / language
        shelf.mkdir(parents=True)
        (shelf / "not_ours.txt").write_text("Not ours.")
    found = desk(tmp_path, ("{ category: certificates }", "{ close_with: not_ours }"))
    assert found.templates["en/not_ours.txt"] == "Not ours."


def test_no_other_letter_of_maild_closes_a_ticket(tmp_path: Path) -> None:
    assert desk(tmp_path, ("{ category: certificates }", "{ close_with: out_of_scope }"))
    (line,) = problems(tmp_path, changed(("{ category: certificates }", "{ close_with: digest }")))
    assert "there is no letter 'digest'" in line


def test_a_letter_that_is_no_template_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates" / "help" / "en").mkdir(parents=True)
    (tmp_path / "templates" / "help" / "en" / "closed.txt").write_text("Dear {{ name")
    assert "templates/help/en/closed.txt line 1" in problems(tmp_path)[0]


def test_postgresql_is_named_without_its_password(tmp_path: Path) -> None:
    shared = "database: postgresql://maild@db.example/maild\ndatabase_password_env: STUDENT\n"
    found = load(write(tmp_path, instance=shared), ENV)
    assert found.database == "postgresql://maild@db.example/maild"
    assert found.database_password is not None
    assert found.database_password.text == ENV["STUDENT"]
    open_password = "database: postgresql://maild:hunter2@db.example/maild\n"
    assert "a password stands in the address" in problems(tmp_path, instance=open_password)[0]


def test_sqlite_lies_in_the_data_directory(tmp_path: Path) -> None:
    found = load(write(tmp_path), ENV)
    assert found.data == tmp_path / "data"
    assert found.database == f"sqlite:///{tmp_path}/data/maild.sqlite3"


def test_reduced_hours_that_stretch_a_promise_are_noted(tmp_path: Path) -> None:
    (note,) = load(write(tmp_path), ENV).notes
    assert "3 working days, but 4.8 working days in Ramadan" in note.what


def test_an_address_just_outside_the_own_domains_is_noted(tmp_path: Path) -> None:
    write(tmp_path, changed(("huda@desk.example", "huda@desk.exmaple")))
    assert any("did you mean desk.example?" in n.hint for n in load(tmp_path, ENV).notes)


def test_everything_else_of_the_language_reaches_the_desk(tmp_path: Path) -> None:
    more = """\
forms: [ { from: form@web.example, requester: E-mail } ]
acknowledgement:
  note: { en: Thanks }
  links: [ { title: { en: Guide }, url: "https://help.example/" } ]
  urgent: [ { label: { en: Phone, ar: هاتف }, number: "92000" } ]
  ask_for: { mobile: { ask: { en: your mobile }, found_by: '05\\d{8}' }, shot: { ask: { en: a picture }, found_by: attachment } }
  limit: 5
answers: { signature: { en: Us }, show_agent_name: false }
follow_ups: { to_closed: new, reopen_within: 2 weeks, resend_within: 3 days }
closing: { after: 5 days, confirm: true }
conduct: { words: rude, strikes: 2, suspend: for good }
survey: { scale: 7 }
reports: [ { every: week on sun 08:00, to: huda }, { every: month on 1 07:30, to: [students, boss] } ]
announcements: { reach: 10 days, hook: /bin/true }
retention: 730 days
policies:
"""
    found = desk(tmp_path, ("policies:\n", more))
    assert (found.forms[0].address, found.forms[0].line) == ("form@web.example", "E-mail")
    assert found.links == {"en": (("Guide", "https://help.example/"),), "ar": ()}
    assert found.urgent["ar"] == (("هاتف", "92000"),)
    assert [(f.key, f.pattern, f.attachment) for f in found.ask_for] == [
        ("mobile", "05\\d{8}", False),
        ("shot", None, True),
    ]
    assert (found.ack_limit, found.show_agent_name, found.signature["en"]) == (5, False, "Us")
    assert (found.closed_reply, found.reopen_days, found.resend_days) == ("new", 14, 3)
    assert (found.close_after_days, found.confirm_solved) == (5, True)
    assert (found.conduct.words, found.conduct.suspend_days) == (("rude",), None)
    assert found.survey_scale == 7
    assert [(r.every, r.on, r.at) for r in found.reports] == [
        ("week", 6, time(8)),
        ("month", 1, time(7, 30)),
    ]
    assert [to for report in found.reports for to in report.to] == ["huda", "students", "boss"]
    assert (found.announce_days, found.announce_hook, found.keep_closed_days) == (
        10,
        "/bin/true",
        730,
    )


def test_rules_of_the_shipped_desks_decide() -> None:
    academy = load(SHIPPED, {}, secrets=False).desks["academy"]
    said = RoutingFacts("support", "x@sender.example", text="توقف البث المباشر الآن")
    assert route(said, academy.rules).changes.priority == "emergency"


def test_a_year_of_the_diplomas_calendar_has_its_holidays() -> None:
    hours = load(SHIPPED, {}, secrets=False).desks["diplomas"].calendars["office"]
    first = date(2027, 3, 9)
    days = [hours.calendar.rule_on(first + timedelta(days=n)).source for n in range(4)]
    assert days == ["holiday"] * 4
