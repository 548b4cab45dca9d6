"""Who gets a mail, and why."""

import re
from datetime import datetime, time
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.mail import Nature
from maild.routing.match import holds
from maild.routing.route import failed_examples, route
from maild.routing.rules import (
    Action,
    Attached,
    Condition,
    Example,
    Hours,
    RoutingFacts,
    Rule,
    Tried,
    Words,
)

MAIL = RoutingFacts(
    mailbox="student",
    sender="Ali@Mail.Trainers.Example",
    subject="استفسار عن الفاتورة",
    text="لم تصلني فاتورتي حتى الآن، Invoice 1042.",
    to=("student@desk.example", "emergency@desk.example"),
    requester_class="trainer",
    language="ar",
    headers=(("x-form", "support"), ("x-form", "second")),
    attachments=("scan.PDF",),
    received=datetime(2026, 3, 4, 23, 30),  # noqa: DTZ001 - a wall clock
    open_calendars=frozenset({"office"}),
)


def says(*words: str) -> Condition:
    return Condition(text=Words(any_words=words))


@pytest.mark.parametrize(
    "when",
    [
        Condition(),
        Condition(mailbox=("finance", "student")),
        Condition(sender=("*@mail.trainers.example",)),
        Condition(domain=("trainers.example",)),
        Condition(to=("emergency@desk.example",)),
        Condition(requester_class=("trainer",)),
        Condition(language=("ar",)),
        Condition(nature=(Nature.PERSON,)),
        Condition(headers={"X-Form": "second"}),
        Condition(attachments=Attached(some=True)),
        Condition(attachments=Attached(any_of=("*.pdf",))),
        Condition(received=Hours(open="office")),
        Condition(received=Hours(between=(time(22), time(6)))),
        Condition(received=Hours(weekdays=(2,))),
        Condition(subject=Words(any_words=("فاتورة",))),
        Condition(body=Words(pattern=r"invoice\s+\d{4}")),
        Condition(text=Words(pattern=r"\binvoice\b")),
        says("INVOICE"),
        says("فاتورتي"),
        says("فاتور*"),
        says("استفسار عن"),
        says("١٠٤٢"),
        Condition(text=Words(all_words=("الآن", "invoice"))),
    ],
)
def test_a_condition_that_holds(when: Condition) -> None:
    held, why = holds(when, MAIL)
    assert held, why


@pytest.mark.parametrize(
    ("when", "why"),
    [
        (Condition(mailbox=("finance",)), "mailbox is student, not finance"),
        (Condition(domain=("iners.example",)), "sender writes from mail.trainers.example"),
        (Condition(sender=("*@elsewhere.example",)), "sender is ali@mail.trainers.example"),
        (Condition(headers={"X-Other": "a"}), "there is no header X-Other"),
        (Condition(attachments=Attached(some=False)), "1 attachments"),
        (Condition(attachments=Attached(any_of=("*.exe",))), "attachment is scan.pdf, not *.exe"),
        (Condition(received=Hours(closed="office")), "office is open"),
        (Condition(received=Hours(between=(time(8), time(16)))), "received at 23:30"),
        (Condition(received=Hours(weekdays=(5, 6))), "received on a wed"),
        (Condition(subject=Words(any_words=("invoice",))), 'subject says none of "invoice"'),
        (Condition(body=Words(all_words=("invoice", "refund"))), 'body does not say "refund"'),
        (says("voice"), 'text says none of "voice"'),
        (says("invoi"), 'text says none of "invoi"'),
        (says("عن استفسار"), "text says none of"),
        (Condition(nature=(Nature.LIST,)), "nature is person, not list"),
    ],
)
def test_a_condition_that_does_not_hold_says_why(when: Condition, why: str) -> None:
    held, reason = holds(when, MAIL)
    assert not held
    assert why in reason


@pytest.mark.parametrize("prefix", ["ال", "و", "بال", "وال", "لل", "ل", "ب", "وبال", "ف", "كال"])
def test_an_arabic_word_is_found_behind_what_is_written_joined_to_it(prefix: str) -> None:
    assert holds(says("فاتورة"), RoutingFacts("a", "b@c.example", text=f"كتبت {prefix}فاتورة"))[0]


def test_hamza_marks_and_final_letters_make_no_difference() -> None:
    facts = RoutingFacts("a", "b@c.example", subject="إسْتِرجـاع الرسوم عَلى الفاتوره")
    assert holds(Condition(text=Words(all_words=("استرجاع", "فاتورة", "علي"))), facts)[0]


RULES = (
    Rule("first", says("invoice"), Action(tags=("money",), priority="high"), stop=False),
    Rule("second", says("invoice"), Action(team="finance", tags=("bill", "money"), priority="low")),
    Rule("third", Condition(), Action(team="students")),
)


def test_the_first_match_counts_and_rules_that_go_on_add_up() -> None:
    verdict = route(MAIL, RULES)
    assert verdict.matched == ("first", "second")
    assert verdict.changes == Action(team="finance", tags=("money", "bill"), priority="high")
    assert verdict.trace[1].why.endswith("priority already set by an earlier rule")


def test_what_nothing_matches_changes_nothing_and_says_why() -> None:
    verdict = route(MAIL, (Rule("none", says("refund"), Action(team="finance")),))
    assert verdict.changes == Action()
    assert verdict.trace == (Tried("none", matched=False, why='text says none of "refund"'),)


def test_an_exception_leaves_a_mail_alone() -> None:
    rule = Rule("money", says("invoice"), Action(team="finance"), unless=says("1042"))
    (tried,) = route(MAIL, (rule,)).trace
    assert (tried.matched, tried.why) == (False, 'unless: text says "1042"')


def test_a_pattern_that_takes_too_long_is_skipped_and_named() -> None:
    evil = Rule("evil", Condition(text=Words(pattern=r"(a+)+$")), Action(team="x"))
    facts = RoutingFacts("student", "a@b.example", text="a" * 5000 + "!")
    begun = monotonic()
    verdict = route(facts, (evil, RULES[2]))
    assert monotonic() - begun < 3
    assert verdict.matched == ("third",)
    assert "took too long" in verdict.trace[0].why


def test_a_huge_mail_is_routed_in_time() -> None:
    many = tuple(
        Rule(f"rule {n}", says(f"word{n}", f"two words{n}"), Action(team="x")) for n in range(200)
    )
    begun = monotonic()
    route(RoutingFacts("student", "a@b.example", text="ولا كلمة هنا " * 100_000), many)
    assert monotonic() - begun < 5


def test_examples_that_hold_are_silent_and_the_others_say_what_came() -> None:
    def tried(example: Example) -> list[str]:
        rule = Rule("money", says("invoice"), Action(team="finance"), examples=(example,))
        return [came for _, _, came in failed_examples((*RULES[:1], rule))]

    assert tried(Example(MAIL, {"team": "finance", "priority": "high"})) == []
    assert tried(Example(MAIL, {"team": "students"})) == ["team becomes finance, not students"]
    assert tried(Example(MAIL, None)) == ["the rule matches it"]
    other = RoutingFacts("student", "a@b.example", text="hello")
    assert tried(Example(other, None)) == []
    assert tried(Example(other)) == ['the rule does not match: text says none of "invoice"']


def test_an_example_taken_by_an_earlier_rule_says_which() -> None:
    rule = Rule("money", says("invoice"), Action(team="finance"), examples=(Example(MAIL),))
    assert failed_examples((RULES[2], rule)) == (("money", 0, "rule third takes it first"),)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=10), max_size=4))
def test_whatever_is_written_routing_answers(text: str, words: list[str]) -> None:
    verdict = route(
        RoutingFacts("student", text, subject=text, text=text),
        (Rule("any", says(*words), Action(tags=("x",))),),
    )
    assert len(verdict.trace) == 1


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=6))
def test_a_phrase_is_found_exactly_where_its_words_follow_one_another(words: list[str]) -> None:
    text = " ".join(words)
    held, _ = holds(says("alpha beta"), RoutingFacts("a", "b@c.example", text=text))
    assert held is ("alpha beta" in text)


@settings(max_examples=300, deadline=None)
@given(
    st.text("اوفبلكد .", min_size=1, max_size=24),
    st.lists(st.text("ابد", min_size=1, max_size=3), min_size=1, max_size=2),
    st.booleans(),
)
def test_a_word_is_found_where_it_stands_whole_but_for_what_may_be_joined(
    text: str, words: list[str], star: bool
) -> None:
    spoken = text.replace(".", " ").split()

    def is_last(word: str, wanted: str) -> bool:
        joined = re.fullmatch(f"[وف]?(لل|ال|بال|كال|لال|[بكل])?{wanted}.*", word)
        return joined is not None if star else is_said(word, wanted)

    def is_said(word: str, wanted: str) -> bool:
        return re.fullmatch(f"[وف]?(لل|ال|بال|كال|لال|[بكل])?{wanted}", word) is not None

    tests = [is_said] * (len(words) - 1) + [is_last]
    runs = (spoken[at : at + len(words)] for at in range(len(spoken) - len(words) + 1))
    expected = any(
        all(test(w, wanted) for test, w, wanted in zip(tests, run, words, strict=True))
        for run in runs
    )
    phrase = " ".join(words) + "*" * star
    held, _ = holds(says(phrase), RoutingFacts("a", "b@c.example", text=text))
    assert held is expected


@pytest.mark.parametrize("text", ["invoice" * 28_000, "invoice!" * 25_000, "لل" * 100_000])
def test_a_text_made_to_be_searched_for_ever_is_answered(text: str) -> None:
    assert not holds(says("invoice due", "للل due"), RoutingFacts("a", "b@c.example", text=text))[0]
