"""One reply per language and client: the packs say what these clients write."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

import pytest

from maild.mail.newtext import split

ATTRIBUTIONS = {
    "english, gmail": "On Sun, Jan 5, 2025 at 3:08 PM Desk <desk@diplomas.example> wrote:",
    "english, apple": "On 5 Jan 2025, at 15:08, Desk <desk@diplomas.example> wrote:",
    "english, thunderbird": "On 1/5/2025 3:08 PM, Desk wrote:",
    "english, mutt": "On Sun, Jan 05, 2025 at 03:08:12PM +0300, Desk wrote:",
    "english, eudora": "At 03:08 PM 1/5/2025, you wrote:",
    "english, list reader": "Desk wrote:",
    "english, zoho": "---- On Sun, 05 Jan 2025 15:08:12 +0300 Desk <desk@diplomas.example> wrote ----",
    "gmail of old": "2025-01-05 15:08 GMT+03:00 Desk <desk@diplomas.example>:",
    "gmail of older": "2025/1/5 Desk <desk@diplomas.example>",
    "groupwise": ">>> Desk <desk@diplomas.example> 1/5/2025 3:08 PM >>>",
    "french": "Le dim. 5 janv. 2025 à 15:08, Desk <desk@diplomas.example> a écrit :",
    "spanish": "El dom, 5 ene 2025 a las 15:08, Desk (<desk@diplomas.example>) escribió:",
    "portuguese": "Em dom., 5 de jan. de 2025 às 15:08, Desk <desk@diplomas.example> escreveu:",
    "italian": "Il giorno dom 5 gen 2025 alle ore 15:08 Desk <desk@diplomas.example> ha scritto:",
    "german": "Am So., 5. Jan. 2025 um 15:08 Uhr schrieb Desk <desk@diplomas.example>:",
    "german, name first": "Desk <desk@diplomas.example> schrieb am So., 5. Jan. 2025, 15:08:",
    "dutch": "Op zo 5 jan 2025 om 15:08 schreef Desk <desk@diplomas.example>:",
    "danish": "Den søn. 5. jan. 2025 kl. 15.08 skrev Desk <desk@diplomas.example>:",
    "norwegian": "søn. 5. jan. 2025 kl. 15:08 skrev Desk <desk@diplomas.example>:",
    "swedish": "Den sön 5 jan. 2025 kl 15:08 skrev Desk <desk@diplomas.example>:",
    "finnish": "su 5. tammik. 2025 klo 15.08 Desk (desk@diplomas.example) kirjoitti:",
    "polish": "niedz., 5 sty 2025 o 15:08 Desk <desk@diplomas.example> napisał(a):",
    "czech": "ne 5. 1. 2025 v 15:08 odesílatel Desk <desk@diplomas.example> napsal:",
    "hungarian": "Desk <desk@diplomas.example> ezt írta (időpont: 2025. jan. 5., V, 15:08):",
    "romanian": "În dum., 5 ian. 2025 la 15:08, Desk <desk@diplomas.example> a scris:",
    "greek": "Στις Κυρ 5 Ιαν 2025 στις 3:08 μ.μ., ο χρήστης Desk <desk@diplomas.example> έγραψε:",
    "russian": "вс, 5 янв. 2025 г. в 15:08, Desk <desk@diplomas.example>:",
    "ukrainian": "нд, 5 січ. 2025 р. о 15:08 Desk <desk@diplomas.example> пише:",
    "turkish": "Desk <desk@diplomas.example>, 5 Oca 2025 Paz, 15:08 tarihinde şunu yazdı:",
    "hebrew": "בתאריך יום א׳, 5 בינו׳ 2025 ב-15:08 מאת ‪Desk‬‏ <‪desk@diplomas.example‬‏>:",
    "persian": "در تاریخ یکشنبه ۵ ژانویهٔ ۲۰۲۵، ۱۵:۰۸ Desk <desk@diplomas.example> نوشت:",
    "urdu": "بروز اتوار، 5 جنوری، 2025 کو 3:08 PM پر، Desk <desk@diplomas.example> نے لکھا:",
    "chinese": "Desk <desk@diplomas.example> 于2025年1月5日周日 15:08写道：",
    "chinese, apple": "在 2025年1月5日，下午3:08，Desk <desk@diplomas.example> 写道：",
    "japanese": "2025年1月5日(日) 15:08 Desk <desk@diplomas.example>:",
    "korean": "2025년 1월 5일 (일) 오후 3:08, Desk <desk@diplomas.example>님이 작성:",
    "vietnamese": "Vào CN, 5 thg 1, 2025 vào lúc 15:08 Desk <desk@diplomas.example> đã viết:",
    "indonesian": "Pada tanggal Min, 5 Jan 2025 pukul 15.08 Desk <desk@diplomas.example> menulis:",
}

BLOCKS = {
    "english": "From: Desk <desk@diplomas.example>\nSent: Sunday, January 5, 2025 3:08 PM\nTo: K\nSubject: x",
    "french": "De : Desk <desk@diplomas.example>\nEnvoyé : dimanche 5 janvier 2025 15:08\nÀ : K\nObjet : x",
    "spanish": "De: Desk <desk@diplomas.example>\nEnviado el: domingo, 5 de enero de 2025 15:08\nPara: K\nAsunto: x",
    "german": "Von: Desk\nGesendet: Sonntag, 5. Januar 2025 15:08\nAn: K\nBetreff: x",
    "italian": "Da: Desk\nInviato: domenica 5 gennaio 2025 15:08\nA: K\nOggetto: x",
    "dutch": "Van: Desk\nVerzonden: zondag 5 januari 2025 15:08\nAan: K\nOnderwerp: x",
    "swedish": "Från: Desk\nSkickat: den 5 januari 2025 15:08\nTill: K\nÄmne: x",
    "polish": "Od: Desk\nWysłano: niedziela, 5 stycznia 2025 15:08\nDo: K\nTemat: x",
    "turkish": "Kimden: Desk <desk@diplomas.example>\nGönderildi: 5 Ocak 2025 Pazar 15:08\nKime: K\nKonu: x",
    "russian": "От: Desk <desk@diplomas.example>\nОтправлено: 5 января 2025 г. 15:08\nКому: K\nТема: x",
    "chinese": "发件人: Desk <desk@diplomas.example>\n发送时间: 2025年1月5日 15:08\n收件人: K\n主题: x",
    "japanese": "差出人: Desk <desk@diplomas.example>\n送信日時: 2025年1月5日 15:08\n宛先: K\n件名: x",
    "korean": "보낸 사람: Desk <desk@diplomas.example>\n보낸 날짜: 2025년 1월 5일 15:08\n받는 사람: K\n제목: x",
}

SEPARATORS = [
    "-----Original Message-----",
    "-------- Original message --------",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "----- Forwarded by Desk/DIPLOMAS on 01/05/2025 03:08 PM -----",
    "-----Message d'origine-----",
    "-----Mensaje original-----",
    "-----Ursprüngliche Nachricht-----",
    "-----Messaggio originale-----",
    "-----Özgün İleti-----",
    "----- پیام اصلی -----",
    "-----Исходное сообщение-----",
    "-----邮件原件-----\n发件人: Desk <desk@diplomas.example>\n发送时间: 2025年1月5日 15:08\n收件人: K",
    "##- Please type your reply above this line -##",
    "=== Reply above this line to add a comment ===",
]

DEVICES = [
    "Sent from my iPhone",
    "Sent from my Galaxy",
    "Sent from Yahoo Mail on Android",
    "Sent from Outlook for iOS",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Envoyé de mon iPhone",
    "Enviado desde mi iPhone",
    "Von meinem iPhone gesendet",
    "Inviato da iPhone",
    "Verstuurd vanaf mijn iPhone",
    "Skickat från min iPhone",
    "Wysłane z iPhone'a",
    "iPhone'umdan gönderildi",
    "Отправлено с iPhone",
    "从我的 iPhone 发送",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
]


@pytest.mark.parametrize("quoted", [True, False], ids=["quoted", "unquoted"])
@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_ends_what_stands_above_it(name: str, quoted: bool) -> None:
    if not quoted and name == "english, list reader":
        return  # without a date, an address or a quote it is a sentence
    old = "> What is the number?\n> Thank you\n" if quoted else "What is the number?\nThank you\n"
    text = f"It is 1042.\n\nRegards\nK\n\n{ATTRIBUTIONS[name]}\n\n{old}"
    assert split(text).new_text == "It is 1042.\n\nRegards\nK"


@pytest.mark.parametrize("name", BLOCKS)
def test_a_header_block_ends_what_stands_above_it(name: str) -> None:
    assert split(f"It is 1042.\n\n{BLOCKS[name]}\n\nold letter\n").new_text == "It is 1042."


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_separator_ends_what_stands_above_it(separator: str) -> None:
    assert split(f"It is 1042.\n\n{separator}\n\nold letter\n").new_text == "It is 1042."


@pytest.mark.parametrize("line", DEVICES)
def test_a_device_line_is_not_the_writers(line: str) -> None:
    parts = split(f"It is 1042.\n\n{line}\n")
    assert parts.new_text == "It is 1042."
    assert parts.signature == line
