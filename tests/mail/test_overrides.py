from hypothesis import given, settings
from hypothesis import strategies as st

from maild.config.templates import load
from maild.mail.overrides import check

OWN = load()


def only(name: str, source: str) -> tuple[int, str, str]:
    (mistake,) = check(OWN, {name: source})
    assert mistake.template == name
    return mistake.line, mistake.what, mistake.hint


def test_maild_would_accept_its_own_letters() -> None:
    assert check(OWN, OWN) == ()


def test_a_good_template_has_no_mistake() -> None:
    assert check(OWN, {"ar/closed.txt": "{{ tag }} مغلق\n\n{{ desk }}"}) == ()


def test_a_fact_the_letter_is_not_told_is_named_with_its_line() -> None:
    line, what, hint = only("ar/closed.txt", "x\n\n{% if false %}\n{{ dekс }}{% endif %}")
    assert (line, what) == (4, 'the letter is not told "dekс"')
    line, what, hint = only("ar/acknowledgement.txt", "x\n\n{{ due_dat }}")
    assert (line, hint) == (3, 'did you mean "due_date"?')
    line, what, hint = only("ar/acknowledgement.txt", "x\n{{ subject }}")
    assert (line, what) == (2, 'the letter is not told "subject"')


def test_a_syntax_error_is_named_with_its_line() -> None:
    line, what, _ = only("en/relay.html", "a\nb\n{% for %}")
    assert line == 3
    line, what, _ = only("en/relay.txt", "a\n{{ answer|wrods }}")
    assert (line, what) == (2, "No filter named 'wrods'.")


def test_a_template_that_fails_while_rendering_is_named_with_its_line() -> None:
    line, what, _ = only("en/closed.txt", "a\n\n{{ 1 // (reopen_days or 0) }}")
    assert (line, what[:8]) == (3, "integer ")


def test_a_template_without_a_subject_is_refused() -> None:
    assert "the subject, is empty" in only("en/closed.txt", "{# nothing #}\n\n")[1]


def test_an_escape_from_the_sandbox_is_refused() -> None:
    for attempt in (
        "{{ desk.__class__.__mro__[1].__subclasses__() }}",
        "{{ desk['__class__'] }}",
        "{{ desk|attr('__class__') }}",
        "{{ ''|attr('format')|attr('__globals__') }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(desk) }}",
        "{% if false %}{{ desk.__class__ }}{% endif %}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__ }}",
        "{{ links.append(1) }}",
    ):
        mistakes = check(OWN, {"ar/acknowledgement.txt": f"x\n\n{attempt}"})
        assert mistakes, attempt
        assert {m.line for m in mistakes} == {3}, (attempt, mistakes)


def test_a_template_may_not_put_foreign_text_into_html_as_it_stands() -> None:
    assert only("ar/relay.html", "{{ answer|safe }}")[1] == "No filter named 'safe'."
    line, what, _ = only("ar/relay.html", "\n{% autoescape false %}{{ answer }}{% endautoescape %}")
    assert (line, what) == (2, "a template may not switch escaping off or on")


def test_a_file_that_is_no_letter_is_named_with_what_was_meant() -> None:
    assert only("ar/acknowledgment.txt", "x") == (
        0,
        'there is no letter "acknowledgment"',
        'did you mean "acknowledgement"?',
    )
    assert only("logo.html", "x")[1] == "it belongs to no letter"


def test_a_layout_is_tried_with_every_letter() -> None:
    mistakes = check(OWN, {"layout.html": "a\n{{ tag }}{% block body %}{% endblock %}"})
    assert {(m.template, m.line) for m in mistakes} == {("layout.html", 2)}


@settings(max_examples=80, deadline=None)
@given(source=st.text(alphabet="{}%#| abc'\"()[].\n_+*0", max_size=80))
def test_any_text_is_accepted_or_refused(source: str) -> None:
    check(OWN, {"ar/closed.txt": source})
