import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.counting import NOUNS, counted, figure


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 ساعة عمل"),
        (1, "ساعة عمل واحدة"),
        (2, "ساعتا عمل"),
        (3, "3 ساعات عمل"),
        (10, "10 ساعات عمل"),
        (11, "11 ساعة عمل"),
        (24, "24 ساعة عمل"),
        (99, "99 ساعة عمل"),
        (100, "100 ساعة عمل"),
        (102, "102 ساعة عمل"),
        (103, "103 ساعات عمل"),
        (2.5, "2.5 ساعة عمل"),
    ],
)
def test_an_arabic_noun_agrees_with_its_number(number: float, words: str) -> None:
    assert counted(number, "working_hour") == words


def test_the_noun_after_eleven_differs_from_the_one_after_a_hundred() -> None:
    assert counted(14, "day") == "14 يومًا"
    assert counted(100, "day") == "100 يوم"


def test_the_dual_bends_after_a_preposition() -> None:
    assert counted(2, "day", oblique=True) == "يومين"
    assert counted(2, "working_hour", oblique=True) == "ساعتي عمل"
    assert counted(3, "day", oblique=True) == counted(3, "day")


def test_english_has_one_and_many() -> None:
    assert [counted(n, "hour", "en") for n in (0, 1, 2)] == ["0 hours", "1 hour", "2 hours"]


def test_figures_may_be_arabic_indic() -> None:
    assert counted(24, "hour", digits="arabic-indic") == "٢٤ ساعة"
    assert figure(1.25, "arabic-indic") == "١٫٢٥"


@settings(max_examples=300, deadline=None)
@given(number=st.integers(0, 10**6), noun=st.sampled_from(sorted(NOUNS["ar"])))
def test_the_form_follows_the_last_two_figures(number: int, noun: str) -> None:
    words = counted(number, noun)
    forms = NOUNS["ar"][noun]
    if number in (1, 2):
        assert not any(character.isdigit() for character in words)
        return
    tail = number % 100
    form = forms.few if 3 <= tail <= 10 else forms.many if tail >= 11 else forms.rest
    assert words == f"{number} {form}"


def test_both_languages_know_the_same_nouns() -> None:
    assert NOUNS["ar"].keys() == NOUNS["en"].keys()
