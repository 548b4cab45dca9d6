"""HTML to text, and what each mail client marks as history."""

import time

import pytest

from maild.mail.html import render
from maild.mail.newtext import split

OWN = "شكرا لكم، وصلت الرسالة."
OLD = "نص الرسالة السابقة"
BLOCK = "<b>From:</b> Desk<br><b>Sent:</b> Monday 10:00<br><b>To:</b> Sara<br><b>Subject:</b> x"

REPLIES = {
    "Gmail": f'<div dir="rtl">{OWN}</div><br><div class="gmail_quote gmail_quote_container">'
    '<div dir="rtl" class="gmail_attr">في الأحد، ٦ أكتوبر كتب &lt;a@b.example&gt;:<br></div>'
    f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{OLD}</blockquote></div>',
    "Gmail of old": f'<div>{OWN}</div><div class="gmail_extra"><div class="gmail_quote">Le 3 mars, '
    f'x a écrit :<br><blockquote class="gmail_quote">{OLD}</blockquote></div></div>',
    "Outlook for Windows": f"<div class=WordSection1><p class=MsoNormal>{OWN}</p><div><div style="
    '"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class=MsoNormal>'
    f"{BLOCK}</p></div></div><p class=MsoNormal>{OLD}</p></div>",
    "Outlook for Windows, saved by Outlook on the web": f'<p class="x_MsoNormal">{OWN}</p><div '
    'style="border-width:1pt medium medium; border-style:solid none none; padding:3pt 0cm 0cm">'
    f"<p>{BLOCK}</p></div><p>{OLD}</p>",
    "Outlook on the web": f'<div dir="rtl">{OWN}</div><div id="appendonsend"></div><hr>'
    f'<div id="divRplyFwdMsg">{BLOCK}</div><div>{OLD}</div>',
    "Outlook mobile": f'<div>{OWN}</div><div id="ms-outlook-mobile-signature">من Outlook</div>'
    f'<hr><div id="divRplyFwdMsg">{BLOCK}</div>{OLD}',
    "Outlook for Mac": f'<div>{OWN}</div><div id="mail-editor-reference-message-container">'
    f"{OLD}</div>",
    "Apple Mail": f'<body>{OWN}<div><br><blockquote type="cite"><div>٣ مارس، كتب x:</div><br>{OLD}'
    "</blockquote></div></body>",
    "Thunderbird": f'<p>{OWN}</p><div class="moz-cite-prefix">كتب x:<br></div>'
    f'<blockquote type="cite" cite="mid:1@b.example">{OLD}</blockquote>',
    "Yahoo": f'<div class="ydp1yahoo-style-wrap">{OWN}</div><div id="ydp1yahoo_quoted_1" '
    f'class="ydp1yahoo_quoted"><div>On Monday x wrote:</div>{OLD}</div>',
    "Zimbra": f'<div>{OWN}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker='
    f'"__HEADERS__">{BLOCK}</div><div data-marker="__QUOTED_TEXT__">{OLD}</div>',
    "Roundcube": f'<p>{OWN}</p><p id="reply-intro">كتب x في 2020-01-05:</p><blockquote type="cite" '
    f'style="padding: 0 0.4em; border-left: #1010ff 2px solid">{OLD}</blockquote>',
    "Proton": f'<div>{OWN}</div><div class="protonmail_quote">On Monday x wrote:<br><blockquote '
    f'class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "GMX": f'<div>{OWN}</div><div name="quote" style="border-left: 2px solid #C3D9E5">{OLD}</div>',
    "Windows Live Mail": f"<DIV>{OWN}</DIV><BLOCKQUOTE style='PADDING-LEFT: 5px; BORDER-LEFT:"
    f" #000000 2px solid'>{OLD}</BLOCKQUOTE>",
}


@pytest.mark.parametrize("client", REPLIES)
def test_the_markers_of_a_client_tell_history_from_what_is_new(client: str) -> None:
    assert split(render(REPLIES[client]).marked).new_text.strip() == OWN
    assert OLD in render(REPLIES[client]).text


def test_answers_between_quotations_stay_the_writers_own() -> None:
    marked = render(
        '<div class="gmail_quote"><div class="gmail_attr">On x wrote:</div>'
        '<blockquote class="gmail_quote">first?</blockquote><div>yes</div>'
        '<blockquote class="gmail_quote">second?</blockquote></div>'
    ).marked
    assert [line for line in marked.split("\n") if line and line[0] != ">"] == ["yes"]


def test_an_indented_paragraph_is_no_quotation() -> None:
    source = '<p>a</p><blockquote style="margin:0 0 0 40px;border:none;padding:0px">b</blockquote>'
    rendered = render(source)
    assert not rendered.quotes
    assert ">" not in rendered.text


def test_a_forwarded_mail_in_gmails_wrapper_is_left_for_the_reader_of_text() -> None:
    marked = render(
        '<div class="gmail_quote">---------- Forwarded message ---------<br>a</div>'
    ).marked
    assert marked.startswith("----------")


def test_what_no_client_shows_is_not_read() -> None:
    text = render(
        "<head><title>t</title><style>s</style></head><script>x</script><!-- c -->"
        '<div style="display:none">preheader</div><span style="mso-hide:all">o</span>'
        '<div hidden>h</div><img src="http://t.example/p.gif" width="1" height="1" alt="p">seen'
    ).text
    assert text == "seen"


def test_links_say_where_they_lead_unless_their_text_does() -> None:
    text = render(
        '<a href="https://a.example/x?y=1">the form</a>, <a href="https://www.a.example/">a.example'
        '</a>, <a href="mailto:a@b.example">a@b.example</a>, <a href="javascript:x()">run</a>'
    ).text
    assert text == "the form <https://a.example/x?y=1>, a.example, a@b.example, run"


def test_tables_keep_a_line_for_each_row() -> None:
    text = render(
        "<table><tr><th>الاسم</th><th>الدرجة</th></tr><tr><td>سارة</td><td><p>90</p></td></tr></table>"
    ).text
    assert text == "الاسم\tالدرجة\nسارة\t90"


def test_blank_lines_and_lists_survive() -> None:
    text = render(
        "<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><ol><li>b<li>c</ol>d<br>e"
    ).text
    assert text == "a\n\n1. b\n2. c\n\nd\ne"


def test_a_letter_written_inside_the_signature_is_still_a_letter() -> None:
    assert render('<div id="Signature">please help</div>').marked == "please help"


@pytest.mark.parametrize(
    "source",
    ["<div>" * 100_000 + "x", "<a" * 300_000, "<!--" * 100_000, "<blockquote>" * 20_000 + "x"],
)
def test_hostile_html_is_read_within_a_second_or_three(source: str) -> None:
    began = time.perf_counter()
    render(source)
    assert time.perf_counter() - began < 3
