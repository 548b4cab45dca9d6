"""In which language a text is written, as far as maild answers in it: ar, en, or another.

Scripts decide first; among Arabic letters those only Persian, Urdu or their neighbours write;
among Latin letters a handful of the commonest words. Little text gives no answer, not a guess.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from maild.mail.normal import bare

_MAX_CHARS = 20_000
_FEW = 4  # letters; "شكرا" and "Thanks" may be judged, "ok" may not
_SHARE = 0.25  # of Arabic letters: names of products and addresses are Latin in Arabic mail

# Letters that Arabic does not use: Persian, Urdu, Pashto, Kurdish, Uyghur.
_NOT_ARABIC = frozenset("پچژگکیٹڈڑںھہےۓټډړږښڼۍېڤڵڕۆێەۇۈڭۋ")
_STRONGLY_NOT_ARABIC = frozenset("پچژگٹڈڑںےۓټډړږښڼۍڵڕۆێۇۈڭۋ")

_NOISE = re.compile(r"https?://\S{1,500}|\S{1,64}@\S{1,255}|<[^<>\n]{1,200}>|\d+")
_NOISE_WITHOUT_AT = re.compile(r"https?://\S{1,500}|<[^<>\n]{1,200}>")  # digits are no letters
_FEW_LETTERS = re.compile(rf"(?:[^A-Za-z]*+[A-Za-z]){{{_FEW}}}")
_ASCII_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENGLISH = _words(
    "the a an and or of to in is are was were i you he she it we they this that my your our"
    " for on with from have has had not be been do does did can could will would please thanks"
    " thank hi hello dear regards how what when where why who which there if but at by as me"
    " us am yes no any help need want get ok okay about know just your don't can't i'm best"
    " sent new account password email invoice problem issue ticket order request received"
    " working still access certificate refund reset login link"
)
_OTHER = (
    _words(
        # French, Spanish, Portuguese, Italian, German, Dutch, Turkish, Indonesian, Nordic, Slavic
        "le la les des une est et je vous nous pas pour que qui dans avec sur merci bonjour mon"
        " votre el los las una por para con su mi gracias hola como pero muy esta usted necesito"
        " tengo o os um uma não você obrigado olá meu minha il lo gli di che non sono per grazie"
        " ciao mio der die das und ist nicht ich sie wir mit für auf ein eine danke hallo bitte"
        " mein haben de het een niet ik je wij met voor op dank mijn hebben graag ve bir bu için"
        " ile değil ben siz merhaba teşekkürler lütfen selam var yok nasıl olarak benim dan yang"
        " dengan saya tidak untuk ini terima kasih jag och inte det som för att med tack hej min"
        " jeg ikke og på til tak nie jest się na do proszę dziękuję dzień dobry mam ne mi se da"
        " hvala aur hai nahi"
    )
    - _ENGLISH
)


def detect(text: str) -> str | None:
    """Return "ar", "en", "other", or None when there is too little to judge by."""
    clean = bare(text[:_MAX_CHARS])
    if "@" in clean:
        clean = _NOISE.sub(" ", clean)
    elif "http" in clean or "<" in clean:
        clean = _NOISE_WITHOUT_AT.sub(" ", clean)
    if clean.isascii():
        return _latin_script(clean) if _FEW_LETTERS.match(clean) else None
    arabic, latin, other, foreign, strong = _letters(clean)
    total = arabic + latin + other
    if total == 0 or (total < _FEW and not arabic):
        return None
    if other > max(arabic, latin):
        return "other"
    if arabic >= _SHARE * total:
        return _arabic_script(arabic, foreign, strong)
    return _latin_script(clean)


def direction(language: str | None, text: str = "") -> str:
    """Return "rtl" or "ltr": by the language, else the first strong letter (UAX #9 P2)."""
    if language == "ar":
        return "rtl"
    if language == "en":
        return "ltr"
    for char in text[:_MAX_CHARS]:
        strong = unicodedata.bidirectional(char)
        if strong in ("R", "AL"):
            return "rtl"
        if strong == "L":
            return "ltr"
    return "ltr"


def _is_arabic(char: str) -> bool:
    return char.isalpha() and (
        "\u0600" <= char <= "\u06ff" or "\u0750" <= char <= "\u077f" or "\ufb50" <= char <= "\ufefc"
    )


def _is_latin(char: str) -> bool:
    return char.isalpha() and (char < "\u0250" or "\u1e00" <= char <= "\u1eff")


def _is_other(char: str) -> bool:
    known = _is_arabic(char) or _is_latin(char)
    return char.isalpha() and not known and unicodedata.category(char) != "Lm"


_KINDS: tuple[Callable[[str], bool], ...] = (
    *(_is_arabic, _is_latin, _is_other),
    *(_NOT_ARABIC.__contains__, _STRONGLY_NOT_ARABIC.__contains__),
)
# Bytes are counted at a tenth of the cost of letters, and nearly all Arabic text is windows-1256.
_IN_1256 = bytes(range(256)).decode("cp1256")
_OUTSIDE = re.compile(f"[^{re.escape(_IN_1256)}]")
_BYTES = tuple("".join(filter(kind, _IN_1256)).encode("cp1256") for kind in _KINDS)


def _letters(text: str) -> list[int]:
    """Return how many letters of each of `_KINDS` there are in `text`."""
    data = text.encode("cp1256", "ignore")
    counts = [len(data) - len(data.translate(None, each)) for each in _BYTES]
    if len(data) < len(text):
        rest = Counter(_OUTSIDE.findall(text))
        for at, is_kind in enumerate(_KINDS):
            counts[at] += sum(times for char, times in rest.items() if is_kind(char))
    return counts


def _arabic_script(arabic: int, foreign: int, strong: int) -> str:
    # some Arabic keyboards write Farsi yeh; گ چ پ ڤ stand in foreign names and dialects
    if strong >= 2 and strong >= 0.02 * arabic:
        return "other"
    return "other" if foreign >= 0.08 * arabic and foreign > 1 else "ar"


def _latin_script(clean: str) -> str | None:
    if clean.isascii():
        words = _ASCII_WORD.findall(clean.lower())
    else:
        words = [word.lower().replace("’", "'") for word in _WORD.findall(clean)]
    english = sum(map(_ENGLISH.__contains__, words))
    other = sum(map(_OTHER.__contains__, words))
    accented = len(words) - sum(map(str.isascii, words))
    if english > other and english >= accented:
        return "en"
    if other > english or accented > english:
        return "other"
    return None
