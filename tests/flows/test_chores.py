"""Reports leave once a period, and what was solved long ago is closed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from maild import chores
from maild.desk import Report
from maild.store.people import TROUBLE
from maild.store.store import Transaction
from tests.flows.house import SARA, House, desk, mail_of

WEEKLY = Report("week", 6, time(8, 0), ("lead", "sara"))


def house_with(*reports: Report) -> House:
    return House(desk=replace(desk(), reports=reports))


def run(house: House) -> int:
    return chores.run(house.store, {house.desk.key: house.office}, house.now)


def test_the_weekly_report_counts_what_came_in_and_why_answers_were_late() -> None:
    house = house_with(Report("week", 6, time(8, 0), ("sara",)))
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.later(days=3, hours=2)  # past due
    house.answer(house.letters("notification")[0], "#cause نقص في الموظفين\nتم الحل.", SARA)
    house.later(days=5)
    assert run(house) == 1
    letter = mail_of(house.letters("report", SARA.address)[0])
    assert "نقص في الموظفين" in letter.text
    assert letter.header("auto-submitted") == "auto-generated"


def test_a_report_leaves_once_however_often_it_is_asked_for() -> None:
    house = house_with(Report("week", 6, time(8, 0), ("sara",)))
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.later(days=7)
    assert [run(house) for _ in range(3)] == [1, 0, 0]


def test_a_trouble_is_told_once_however_long_it_lasts_and_what_is_old_is_forgotten() -> None:
    house = house_with()
    with house.store.transaction() as tx:
        for incident in (TROUBLE + "student sara", "declined noura advertising"):
            assert tx.told.first("diplomas", incident, house.now)
    house.later(days=401)
    run(house)
    with house.store.transaction() as tx:
        assert not tx.told.first("diplomas", TROUBLE + "student sara", house.now)
        assert tx.told.first("diplomas", "declined noura advertising", house.now)


def test_a_period_without_tickets_makes_no_report() -> None:
    house = house_with(Report("day", None, time(8, 0), ("sara",)))
    assert run(house) == 0


def test_a_report_is_due_at_its_hour_in_the_zone_of_the_desk() -> None:
    riyadh = ZoneInfo("Asia/Riyadh")
    monday = datetime(2026, 4, 6, 9, 0, tzinfo=UTC)
    assert chores.latest(WEEKLY, monday, riyadh) == datetime(2026, 4, 5, 5, 0, tzinfo=UTC)
    early = datetime(2026, 4, 5, 4, 59, tzinfo=UTC)
    assert chores.latest(WEEKLY, early, riyadh) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


def test_a_monthly_report_of_the_31st_is_due_on_the_last_day_of_a_short_month() -> None:
    monthly = Report("month", 31, time(8, 0), ("sara",))
    may = datetime(2026, 5, 2, tzinfo=UTC)
    due = chores.latest(monthly, may, ZoneInfo("Asia/Riyadh"))
    assert due == datetime(2026, 4, 30, 5, 0, tzinfo=UTC)


def test_a_solved_ticket_closes_after_the_days_the_desk_says() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.answer(house.letters("notification")[0], "#solve\nتم الحل.", SARA)
    house.now += timedelta(days=house.desk.close_after_days) - timedelta(minutes=1)
    run(house)
    assert house.ticket().status == "solved"
    house.later(minutes=2)
    run(house)
    assert house.ticket().status == "closed"


def test_what_is_over_is_erased_with_its_words_after_the_days_the_desk_keeps_it() -> None:
    house = House(desk=replace(desk(), keep_closed_days=30))
    house.write("السلام عليكم، رقم هويتي سري جدا", "سؤال")
    house.answer(house.letters("notification")[0], "#close\nتم الحل.", SARA)
    house.write("سؤال آخر لم يجب عنه أحد بعد في هذا النظام", "آخر")
    house.later(days=29)
    run(house)
    assert house.ticket(1).status == "closed"
    house.later(days=2)
    run(house)
    with house.store.reading() as tx:
        assert tx.tickets.get("diplomas", 1) is None
        assert tx.tickets.messages("diplomas", 1) == ()
        raws = [tx.mails.raw("diplomas", n) for n in range(1, 300) if _there(tx, n)]
    assert not any("سري جدا".encode() in raw for raw in raws)
    assert house.ticket(2).status.active
    assert house.letters(to="noura")  # of the other ticket
    assert all(e.ticket == 2 for e in house.letters())


def test_acknowledgements_are_forgotten_when_no_limit_looks_at_them_any_more() -> None:
    house = House()
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    written = house.now
    house.later(days=1)
    run(house)
    assert _acks(house, written) == 1
    house.later(days=1, minutes=1)
    run(house)
    assert _acks(house, written) == 0


def test_a_desk_whose_report_fails_costs_the_next_desk_nothing() -> None:
    house = house_with(Report("day", None, time(8, 0), ("sara",)))
    house.write("السلام عليكم، لا أستطيع الدخول إلى المحاضرة")
    house.later(days=1)
    broken = replace(desk(), key="broken", reports=(Report("week", 9, time(8, 0), ("sara",)),))
    offices = {"broken": replace(house.office, desk=broken), house.desk.key: house.office}
    with pytest.raises(ExceptionGroup, match="1 desks failed"):
        chores.run(house.store, offices, house.now)
    assert house.letters("report", SARA.address)


def _acks(house: House, since: datetime) -> int:
    with house.store.reading() as tx:
        return tx.requesters.desk_acks_since(house.desk.key, since)


def _there(tx: Transaction, mail: int) -> bool:
    return bool(tx.mails.records("diplomas", mail))
