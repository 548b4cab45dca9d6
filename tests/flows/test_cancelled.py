"""A ticket that was cancelled for misconduct stays cancelled, whatever its requester writes."""

from tests.flows.house import JAMES, NOURA, SARA, House, mail_of


def cancelled() -> House:
    house = House()
    house.write("كلام غير لائق", "شكوى")
    house.answer(house.letters("notification", SARA.address)[0], "#مخالفة", SARA)
    assert house.ticket().status == "cancelled"
    house.later(hours=1)
    return house


def test_a_reply_opens_nothing_starts_no_clock_and_is_kept() -> None:
    house = cancelled()
    before = len(house.letters(to=NOURA.address))
    house.answer(house.letters("violation", NOURA.address)[0], "أعتذر، كيف أدخل؟", NOURA)
    assert house.ticket().status == "cancelled"
    assert house.ticket().alarm_at is None
    kept = house.thread()[-1]
    assert (kept.new_text, kept.visibility) == ("أعتذر، كيف أدخل؟", "internal")
    assert len(house.letters(to=NOURA.address)) == before


def test_the_team_hears_of_it_once_and_how_to_open_it_again() -> None:
    house = cancelled()
    notice = house.letters("violation", NOURA.address)[0]
    for n in range(3):
        house.answer(notice, f"أعتذر مرة أخرى {n}", NOURA)
    (told,) = house.letters("follow_up", SARA.address)
    assert "#إعادة-فتح" in mail_of(told).text
    assert "أعتذر مرة أخرى 0" in mail_of(told).text
    house.answer(told, "#إعادة-فتح\nأهلا بك.", SARA)
    assert house.ticket().status == "open"
    assert len(house.letters("relay", NOURA.address)) == 1


def test_whoever_writes_anew_opens_a_ticket_as_ever() -> None:
    house = cancelled()
    house.write("متى الاختبار؟", "موعد")
    house.write("When is it?", "Date", JAMES)
    assert house.ticket(2).alarm_at is not None
    assert house.ticket(3).alarm_at is not None
