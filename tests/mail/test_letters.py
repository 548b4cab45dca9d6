import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from maild.config.templates import load
from maild.mail import facts, shown
from maild.mail.facts import Kind, declared
from maild.mail.letters import Letters
from maild.mail.samples import sample

OWN = load()
LETTERS = Letters(OWN)
LANGUAGES = ("ar", "en")
EVERY = [(kind, language) for kind in Kind for language in LANGUAGES]

HOSTILE = (
    "{{7*7}} {% raw %} ${7*7} %(x)s {0} <script>alert(1)</script> '\"& \u202etxt.exe\u202c \u2069 א"
)
HOSTILE_LINES = (
    f"{HOSTILE}\r\nBcc: everybody@victim.example\n\n{HOSTILE}\x00\x1b[31m\u2028end\ud800"
)


def reworded(value: object, words: str) -> object:
    """The same shape with other words wherever foreign text can stand."""
    if value is None or isinstance(value, bool | int | Markup):
        return value
    if isinstance(value, str):
        return words
    if isinstance(value, tuple):
        return tuple(reworded(item, words) for item in value)
    names: tuple[str, ...] = getattr(value, "__slots__")  # noqa: B009 - a frozen value of facts
    return type(value)(**{name: reworded(getattr(value, name), words) for name in names})


def poisoned(kind: str, language: str) -> dict[str, object]:
    values = {n: reworded(v, HOSTILE_LINES) for n, v in sample(kind, language).items()}
    return values | {"digits": "latin", "because": "colleague"}


def found(page: LexborHTMLParser, selector: str) -> LexborNode:
    node = page.css_first(selector)
    assert node is not None
    return node


@pytest.mark.parametrize(("kind", "language"), EVERY)
@pytest.mark.parametrize("full", [True, False])
def test_every_kind_is_written_in_both_languages(kind: Kind, language: str, full: bool) -> None:
    letter = LETTERS.write(kind, language, sample(kind, language, full=full))
    assert letter.language == language
    assert letter.subject
    assert letter.text.strip()
    way = "rtl" if language == "ar" else "ltr"
    page = LexborHTMLParser(letter.html)
    assert found(page, "html").attributes["dir"] == way
    inner = found(page, "body > table")  # what is left in webmail
    assert (inner.attributes["dir"], inner.attributes["lang"]) == (way, language)
    assert "{{" not in letter.text + letter.html
    assert "None" not in letter.text
    assert max(map(len, letter.subject.splitlines())) <= 250


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_is_in_one_language(kind: Kind, language: str) -> None:
    """The words of ours: what is left when every fact is a figure."""
    nothing = {n: reworded(v, "1") for n, v in sample(kind, language).items()}
    if kind is Kind.REFUSAL:
        nothing["problems"] = ("unknown:1:1", "argument:1:", "contradiction:1 1:", "1")
    letter = LETTERS.write(kind, language, nothing)
    words = letter.text + letter.subject.removeprefix("Re:")
    other = "[A-Za-z]{2,}" if language == "ar" else "[\u0600-\u06ff]{2,}"
    ours = set(re.findall(other, words)) - {"maild", "check", "quarantine", "show", "NAME"}
    assert not ours


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_hostile_values_stay_literal_and_harmless(kind: Kind, language: str) -> None:
    letter = LETTERS.write(kind, language, poisoned(kind, language))
    assert "\n" not in letter.subject
    assert not re.search("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\u2028\ud800]", letter.subject)
    for body in (letter.text, letter.html):
        assert "49" not in body.replace("1042", "")
        assert "\u202e" not in body
        assert not re.search("[\x00\x1b\u2028\ud800]", body)
        body.encode("utf-8")
    assert "{{7*7}}" in letter.text
    page = LexborHTMLParser(letter.html)
    assert not page.css("script, style, link, img, iframe, form")
    assert not re.findall(r"(?:src|background)=|url\(|@import", letter.html)
    assert all(
        str(a.attributes["href"]).startswith(("http://", "https://")) for a in page.css("a[href]")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_isolates_are_closed_on_the_line_they_open_on(language: str) -> None:
    for kind in Kind:
        values = poisoned(kind, language)
        bodies = {"answer", "body", "note", "signature"} & values.keys()  # lines of their own
        values |= dict.fromkeys(bodies, "x")
        for row in LETTERS.write(kind, language, values).text.splitlines():
            if not row.startswith(">"):
                assert row.count(shown.FSI) == row.count(shown.PDI), (kind, row)


def test_maild_has_the_same_letters_in_arabic_and_english() -> None:
    names = {n: {f.partition("/")[2] for f in OWN if f.startswith(n + "/")} for n in LANGUAGES}
    assert names["ar"] == names["en"]
    assert {name for name in names["ar"] if name.endswith(".txt")} == {f"{k}.txt" for k in Kind}


def test_every_kind_declares_its_facts_and_its_sample() -> None:
    for kind in Kind:
        required, optional = declared(kind)
        assert "desk" in required
        assert sample(kind, "ar").keys() == required | optional


def test_an_acknowledgement_has_no_place_for_the_senders_words() -> None:
    canary = "canary-of-a-stranger"
    values = sample(Kind.ACKNOWLEDGEMENT, "en") | {
        "subject": canary,
        "text": canary,
        "requester": facts.Party(canary, f"{canary}@victim.example"),
        "history": (facts.Entry(canary, "now", canary),),
    }
    for own in (LETTERS, LETTERS.overridden({"en/acknowledgement.txt": "Hi {{ subject }}\n\nx"})):
        letter = own.write(Kind.ACKNOWLEDGEMENT, "en", values)
        assert canary not in letter.subject + letter.text + letter.html


def test_only_an_answer_takes_the_requesters_words_back_to_them() -> None:
    theirs = {"subject", "requester", "author", "text", "history", "handover_note", "doubts"}
    for kind in Kind:
        if kind.to_requester and kind is not Kind.RELAY:
            required, optional = declared(kind)
            assert not theirs & (required | optional), kind


def test_no_letter_to_a_requester_is_told_internal_facts() -> None:
    internal = {"handover_note", "doubts", "assignee", "responsible", "causes", "priority", "stage"}
    for kind in Kind:
        if kind.to_requester:
            required, optional = declared(kind)
            assert not internal & (required | optional), kind


def test_a_foreign_name_is_isolated_where_it_is_shown() -> None:
    values = sample(Kind.NOTIFICATION, "ar") | {"requester": facts.Party("Bob", "bob@x.example")}
    letter = LETTERS.write(Kind.NOTIFICATION, "ar", values)
    assert "\u2068Bob\u2069" in letter.text
    assert '<bdi dir="ltr">bob@x.example</bdi>' in letter.html
    english = LETTERS.write(
        Kind.NOTIFICATION, "en", values | {"requester": facts.Party("سارة", "s@x.example")}
    )
    assert "\u2068سارة\u2069 (s@x.example)" in english.text


def test_each_paragraph_of_a_body_has_its_own_direction() -> None:
    values = sample(Kind.RELAY, "ar", full=False) | {"answer": "مرحبًا\n\nHello there\n  indented"}
    letter = LETTERS.write(Kind.RELAY, "ar", values)
    ways = [p.attributes["dir"] for p in LexborHTMLParser(letter.html).css("p[dir]")]
    assert ways == ["rtl", "ltr"]
    assert "Hello there<br> \u00a0indented" in letter.html


def test_the_tag_stands_in_the_subject_of_every_letter_about_a_ticket() -> None:
    for kind, language in EVERY:
        if "tag" in declared(kind)[0]:
            subject = LETTERS.write(kind, language, sample(kind, language)).subject
            assert subject.removeprefix("Re: ").startswith("[#1042] ")


def test_a_long_subject_is_cut_and_an_empty_one_is_named() -> None:
    values = sample(Kind.NOTIFICATION, "en") | {"subject": "word " * 5000}
    assert len(LETTERS.write(Kind.NOTIFICATION, "en", values).subject) < 140
    nothing = LETTERS.write(Kind.NOTIFICATION, "en", values | {"subject": "\u202e \n"})
    assert nothing.subject == "[#1042] (no subject)"


def test_digits_are_western_unless_the_desk_wants_arabic_indic_ones() -> None:
    values = sample(Kind.SURVEY, "ar")
    assert "من 1 إلى 5" in LETTERS.write(Kind.SURVEY, "ar", values).text
    eastern = LETTERS.write(Kind.SURVEY, "ar", values | {"digits": "arabic-indic"})
    assert "من ١ إلى ٥" in eastern.text
    assert "[#1042]" in eastern.subject  # a label that mail clients send back


def test_a_language_without_templates_is_written_in_english() -> None:
    letter = LETTERS.write(Kind.CLOSED, "fr", sample(Kind.CLOSED, "en"))
    assert (letter.language, letter.subject[:22]) == ("en", "[#1042] Your request i")


def test_a_missing_fact_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="lacks desk, tag"):
        LETTERS.write(Kind.CLOSED, "ar", {})
    with pytest.raises(KeyError):
        LETTERS.write("clsoed", "ar", {})


def test_a_desks_own_template_wins_and_its_html_follows_its_text() -> None:
    own = "{{ tag }} وصلت\n\nأهلًا بكم في {{ desk }}.\n\n- بند\n\n> قول\n"
    desk = LETTERS.overridden({"ar/acknowledgement.txt": own})
    letter = desk.write(Kind.ACKNOWLEDGEMENT, "ar", sample(Kind.ACKNOWLEDGEMENT, "ar"))
    assert (letter.subject, letter.reason) == ("[#1042] وصلت", "")
    page = LexborHTMLParser(letter.html)
    assert "أهلًا بكم في منصة الدبلومات." in found(page, "p").text()
    assert found(page, "li").text() == "بند"
    assert found(page, "blockquote").text() == "قول"
    english = desk.write(Kind.ACKNOWLEDGEMENT, "en", sample(Kind.ACKNOWLEDGEMENT, "en"))
    assert english == LETTERS.write(Kind.ACKNOWLEDGEMENT, "en", sample(Kind.ACKNOWLEDGEMENT, "en"))


def test_a_desks_layout_dresses_every_letter() -> None:
    desk = LETTERS.overridden({"layout.html": "<i>{% block body %}{% endblock %}</i>"})
    for kind in (Kind.CLOSED, Kind.ESCALATION):
        assert desk.write(kind, "ar", sample(kind, "ar")).html.startswith("<i>")


@pytest.mark.parametrize(
    "source",
    [
        "x {{ nothing }}\n\ny",
        "x {{ 1 / 0 }}\n\ny",
        "x {{ desk.__class__.__mro__ }}\n\ny",
        "x {% if %}\n\ny",
        "\n\n",
        "x {{ desk|nofilter }}\n\ny",
        "x {% include 'ar/other.txt' %}\n\ny",
    ],
)
def test_a_broken_template_of_a_desk_gives_way_to_mailds_own(source: str) -> None:
    desk = LETTERS.overridden({"ar/closed.txt": source})
    letter = desk.write(Kind.CLOSED, "ar", sample(Kind.CLOSED, "ar"))
    ours = LETTERS.write(Kind.CLOSED, "ar", sample(Kind.CLOSED, "ar"))
    assert letter.text == ours.text
    assert letter.html == ours.html
    assert letter.reason.startswith("maild's own template was used: ")


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_survives_as_a_name_a_subject_and_a_body(text: str) -> None:
    values = sample(Kind.NOTIFICATION, "ar") | {
        "subject": text,
        "requester": facts.Party(text, text),
        "text": text,
    }
    letter = LETTERS.write(Kind.NOTIFICATION, "ar", values)
    assert "\n" not in letter.subject
    (letter.subject + letter.text + letter.html).encode("utf-8")
    assert LexborHTMLParser(letter.html).css_first("script") is None


def test_names_with_legal_joiners_survive_and_hidden_ones_do_not() -> None:
    assert shown.line("می\u200cخواهم") == "می\u200cخواهم"
    assert shown.line("\U0001f468\u200d\U0001f469") == "\U0001f468\u200d\U0001f469"
    assert shown.line("agent\u200d@corp\u200b.example\u202e") == "agent@corp.example"
    assert shown.line(" a\r\n b\u2028c ") == "a b c"
    assert shown.block("a\r\nb\u202e\x00") == "a\nb"


def test_an_acknowledgement_is_cheap() -> None:
    """Well under half a millisecond; the bound leaves room for a slow machine."""
    values = sample(Kind.ACKNOWLEDGEMENT, "ar")
    LETTERS.write(Kind.ACKNOWLEDGEMENT, "ar", values)
    rounds = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(50):
            LETTERS.write(Kind.ACKNOWLEDGEMENT, "ar", values)
        rounds.append((time.process_time() - start) / 50)
    assert min(rounds) < 0.001


def test_templates_of_a_desk_are_read_from_its_directory(tmp_path: Path) -> None:
    (tmp_path / "ar").mkdir()
    (tmp_path / "ar" / "closed.txt").write_text("\ufeffمغلق\n\nنص", encoding="utf-8")
    (tmp_path / "ar" / "notes.md").write_text("x")
    (tmp_path / "layout.html").write_text("y")
    assert load(tmp_path) == {"ar/closed.txt": "مغلق\n\nنص", "layout.html": "y"}
    (tmp_path / "ar" / "closed.txt").write_bytes(b"\xe3\xdb\xe1\xde")
    with pytest.raises(ValueError, match=r"closed\.txt is not UTF-8"):
        load(tmp_path)
