"""Language, direction, base subjects and the form for matching."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maild.mail.language import detect, direction
from maild.mail.normal import bare, normalise
from maild.mail.subject import base_subject


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("السلام عليكم، لم يصلني رمز التفعيل.", "ar"),
        ("شكرا", "ar"),
        ("أين رابط Blackboard؟ https://lms.diplomas.example/course/very/long/path", "ar"),
        ("مشكلة في VPN و Outlook منذ أمس", "ar"),
        ("عندي كيبورد فارسی الحروف لكن النص عربي فصيح تماما وواضح", "ar"),
        ("Hello, I did not get the activation code.", "en"),
        ("Thanks", "en"),
        ("Please help me with my account", "en"),
        ("سلام، لطفا فاکتور را برای من بفرستید. با تشکر", "other"),
        ("برائے مہربانی مجھے میرا سرٹیفکیٹ بھیج دیں۔ شکریہ", "other"),
        ("Bonjour, je n'ai pas reçu le code d'activation.", "other"),
        ("Merhaba, aktivasyon kodunu almadım. Teşekkürler", "other"),
        ("Здравствуйте, я не получил код", "other"),
        ("没有收到激活码", "other"),
        ("Guten Tag, ich habe den Code nicht erhalten.", "other"),
        ("", None),
        ("123456", None),
        ("ok", None),
        ("https://lms.diplomas.example/the/and/you", None),
    ],
)
def test_the_language_of_a_text(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_direction_follows_the_language_and_else_the_first_strong_letter() -> None:
    assert direction("ar") == "rtl"
    assert direction("en") == "ltr"
    assert direction("other", "برائے مہربانی") == "rtl"
    assert direction(None, "123 abc") == "ltr"
    assert direction(None) == "ltr"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إعادة", "اعاده"),
        ("فاتورة", "فاتوره"),
        ("مُرسَلٌ", "مرسل"),
        ("شكـــرا", "شكرا"),
        ("على", "علي"),
        ("مسؤول", "مسوول"),
        ("١٤٤٦", "1446"),
        ("۱۴۴۶", "1446"),
        ("\u202bرد\u202c", "رد"),
        ("ﷲ", "الله"),
        ("کتاب", "كتاب"),
        ("Réf", "ref"),
        ("ＡＢＣ", "abc"),
        ("a\u00a0 b", "a b"),
    ],
)
def test_texts_a_reader_takes_for_the_same_have_one_form(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_different_words_keep_different_forms() -> None:
    words = ["فاتورة", "فاتورتي", "شهادة", "شهادات", "رد", "ردود", "refund", "refunds"]
    assert len({normalise(word) for word in words}) == len(words)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(categories=("L", "N", "P")), max_size=100))
def test_letters_survive_the_removal_of_marks(text: str) -> None:
    assert bare(text) == text


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Re: فاتورة", "فاتورة"),
        ("رد: Re: رد: فاتورة", "فاتورة"),
        ("إعادة توجيه: فاتورة", "فاتورة"),
        ("اعادة توجيه: FW: فاتورة", "فاتورة"),
        ("\u200fرد: فاتورة", "فاتورة"),
        ("RE[2]: invoice", "invoice"),
        ("Re (3): invoice", "invoice"),
        ("AW: WG: Rechnung", "Rechnung"),
        ("SV: faktura", "faktura"),
        ("TR : facture", "facture"),
        ("RV: factura", "factura"),
        ("İLT: Ynt: fatura", "fatura"),
        ("回复：发票", "发票"),
        ("Fwd: [diplomas #1042] فاتورة", "[diplomas #1042] فاتورة"),
        ("ردود الطلاب: ملف", "ردود الطلاب: ملف"),
        ("Refund: order 7", "Refund: order 7"),
        ("Request: a certificate", "Request: a certificate"),
        ("رد الاعتبار", "رد الاعتبار"),
        ("10:30 meeting", "10:30 meeting"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_the_base_subject_has_no_prefixes_and_nothing_else_missing(subject: str, base: str) -> None:
    assert base_subject(subject) == base


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_the_base_of_a_base_subject_is_itself(subject: str) -> None:
    assert base_subject(base_subject(subject)) == base_subject(subject)
