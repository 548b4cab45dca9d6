"""Arabic replies of every client: what was newly written is told from all the rest."""

import pytest

from maild.mail.mail import Mail
from maild.mail.newtext import split
from maild.mail.read import read
from tests.mail.arabic_replies import gmail, html, others, outlook, own_text
from tests.mail.arabic_replies.reply import Reply

WRITTEN_BY_CLIENTS = (*gmail.REPLIES, *outlook.REPLIES, *others.REPLIES)


@pytest.mark.parametrize("reply", WRITTEN_BY_CLIENTS, ids=lambda reply: reply.name)
def test_what_was_newly_written_is_told_from_the_rest(reply: Reply) -> None:
    assert split(reply.text).new_text == reply.new_text


@pytest.mark.parametrize("reply", own_text.REPLIES, ids=lambda reply: reply.name)
def test_a_writers_own_words_stay(reply: Reply) -> None:
    assert split(reply.text).new_text == reply.new_text


@pytest.mark.parametrize("reply", own_text.REPLIES, ids=lambda reply: reply.name)
def test_a_writers_own_words_stay_above_a_quoted_letter(reply: Reply) -> None:
    history = "\n\nفي الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م، كتب سارة <sara@diplomas.example>:\n\n> أهلا\n"
    written = split(reply.text + history).new_text
    assert written.startswith(reply.new_text) or reply.text.startswith(">")


@pytest.mark.parametrize("reply", WRITTEN_BY_CLIENTS, ids=lambda reply: reply.name)
def test_windows_line_ends_change_nothing(reply: Reply) -> None:
    assert split(reply.text.replace("\n", "\r\n")).new_text == reply.new_text


def test_the_collection_is_not_small() -> None:
    assert len(WRITTEN_BY_CLIENTS) >= 60


@pytest.mark.parametrize("reply", html.REPLIES, ids=lambda reply: reply.name)
def test_an_html_reply_is_read_by_its_clients_markup(reply: Reply) -> None:
    raw = (
        "From: Khaled <khaled@mail.example>\r\nTo: student@diplomas.example\r\n"
        "Subject: reply\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\n" + reply.text
    ).encode()
    mail = read(raw)
    assert isinstance(mail, Mail)
    assert _words(mail.new_text) == _words(reply.new_text)


def _words(text: str) -> list[str]:
    """The words without the marks of tables and quotes, whose form is the HTML reader's."""
    return text.replace("|", " ").replace(">", " ").split()
