"""The base subject: what is left without the reply and forward prefixes of many languages.

RFC 5256 2.1 defines it for English; Outlook and others translate the prefixes.
"""

import re
from collections.abc import Iterable

from maild.mail.normal import bare, normalise

_REPLY = (
    *("Re", "Aw", "Antw", "Sv", "Vs", "Ref", "Rif", "R", "Res", "Odp", "Ynt", "Yanıt", "Vá"),
    *("Atb", "Ant", "Bls", "Resp", "RV", "Отв", "Ответ", "На", "Απ", "Σχετ", "תשובה", "השב"),
    *("رد", "الرد", "جواب", "إجابة", "پاسخ", "回复", "回覆", "答复", "答覆", "返信", "회신"),
)
_FORWARD = (
    *("Fw", "Fwd", "Wg", "Tr", "Rv", "Enc", "Vb", "Doorst", "I", "Pd", "İlt", "Vl", "Trs", "Reenv"),
    *("Továbbítás", "Videresendt", "Inoltra", "Пер", "Переслать", "הועבר", "بازارسال", "هدایت"),
    *("تحويل", "توجيه", "محول", "转发", "轉寄", "転送", "전달"),
)
_PHRASES = ("إعادة توجيه", "اعادة توجيه", "إعادة إرسال", "معاد توجيهها", "آگے بھیجا")


def _prefix(words: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of a prefix, with the counters some clients add: "Re[2]:", "Re^3:"."""
    longest_first = sorted({normalise(word) for word in words}, key=lambda w: (-len(w), w))
    either = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?:{either})(?: ?[\[(^]\d{{1,3}}[\])]?| ?\*\d{{1,3}})? ?:")


_PREFIX = _prefix((*_REPLY, *_FORWARD, *_PHRASES))
_FORWARD_PREFIX = _prefix((*_FORWARD, *_PHRASES))
_MAX_PREFIXES = 50


def base_subject(subject: str) -> str:
    """Return `subject` without leading reply and forward prefixes, spaces made single.

    Letters are kept as they are. A subject that is nothing but prefixes gives "".
    """
    rest = " ".join(bare(subject).split())
    for _ in range(_MAX_PREFIXES):
        head, colon, tail = _split_at_colon(rest)
        if not colon or _PREFIX.fullmatch(normalise(head) + ":") is None:
            break
        rest = tail.lstrip()
    return rest


def is_forward(subject: str) -> bool:
    """Tell whether the first prefix of a subject says that the mail passes another one on."""
    head, colon, _ = _split_at_colon(" ".join(bare(subject).split()))
    return bool(colon) and _FORWARD_PREFIX.fullmatch(normalise(head) + ":") is not None


def _split_at_colon(text: str) -> tuple[str, str, str]:
    at = next((i for i, c in enumerate(text[:40]) if c in ":："), -1)
    return (text, "", "") if at < 0 else (text[:at], text[at], text[at + 1 :])
