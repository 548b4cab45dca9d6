"""The words of machines, in the form of `maild.mail.normal`: subjects and beginnings of texts."""

import re

from maild.mail.normal import normalise


def _any_of(*phrases: str) -> str:
    return "|".join(re.escape(normalise(phrase)) for phrase in phrases)


# Exchange, Outlook.com, Gmail and iCloud put the words before the old subject, with a colon.
_SUBJECTS = _any_of(
    "Automatic reply",
    "Automatic response",
    "Auto reply",
    "Auto-reply",
    "Autoreply",
    "Auto response",
    "Auto-response",
    "Autoresponse",
    "Auto",
    "Out of Office",
    "Out of the office",
    "Out-of-office",
    "OOO",
    "Vacation reply",
    "رد تلقائي",
    "الرد التلقائي",
    "رد آلي",
    "الرد الآلي",
    "إجابة تلقائية",
    "استجابة تلقائية",
    "خارج المكتب",
    "في إجازة",
    "رسالة تلقائية",
    "پاسخ خودکار",
    "خارج از دفتر",
    "خودکار جواب",
    "Otomatik yanıt",
    "Ofis dışında",
    "Réponse automatique",
    "Absence du bureau",
    "Absent du bureau",
    "Message d’absence",
    "Message d'absence",
    "Respuesta automática",
    "Fuera de la oficina",
    "Resposta automática",
    "Ausência do escritório",
    "Risposta automatica",
    "Fuori sede",
    "Automatische Antwort",
    "Abwesenheitsnotiz",
    "Abwesend",
    "Abwesenheit",
    "Automatisch antwoord",
    "Afwezigheidsbericht",
    "Automatisk svar",
    "Automatiskt svar",
    "Autosvar",
    "Fraværsassistent",
    "Automaattinen vastaus",
    "Odpowiedź automatyczna",
    "Automatická odpověď",
    "Automatikus válasz",
    "Răspuns automat",
    "Αυτόματη απάντηση",
    "Автоматический ответ",
    "Автоответ",
    "Автоматична відповідь",
    "תשובה אוטומטית",
    "自动回复",
    "自動回覆",
    "自動回復",
    "自動応答",
    "自動返信",
    "不在通知",
    "자동 회신",
    "부재 중 자동 회신",
)
_PREFIX = re.compile(rf"(?:\[[^\]]{{0,40}}\] ?)?(?:{_SUBJECTS})(?: ?[:(\[]| - |$| re:| auto)")
# Exchange 2003 and gateways behind it: anywhere, but only whole and with its colon.
_INSIDE = re.compile(r"out[ -]?of[ -]?office autoreply(?: ?:|$)")
_AWAY = re.compile(
    r"(?:i am |i'm )?(?:currently )?"
    r"(?:away|out of (?:the )?office|on (?:annual )?(?:leave|vacation))"
    r"(?:,? (?:until|till|from|between|through|on leave)| ?[-–] ?back| ?$)"
)

# RFC 8098 receipts that lost their structure on the way: Outlook's subjects and sentence.
_RECEIPTS = _any_of(
    *("Read", "Not read", "Read receipt", "Return receipt (displayed)", "Lu", "Non lu"),
    *("مقروءة", "تمت القراءة", "قراءة", "لم تتم القراءة", "إيصال القراءة", "إشعار القراءة"),
    *("Gelesen", "Ungelesen", "Leído", "Letto", "Gelezen", "Okundu"),
)
_WAS_READ = _any_of(
    *("تمت قراءة", "تم قراءة", "قرئت", "تمت قراءتها"),
    *("a été lu", "wurde gelesen", "fue leído"),
)
RECEIPT_SUBJECT = re.compile(rf"(?:{_RECEIPTS}) ?[:-]")
RECEIPT_TEXT = re.compile(
    r"was (?:read|displayed|deleted without)|has been (?:read|displayed)"
    rf"|return receipt for the mail|{_WAS_READ}"
)

# Exchange's answers to an invitation: an empty text and one of these before the old subject.
_ANSWERS = _any_of(
    *("Accepted", "Declined", "Tentative", "Tentatively accepted", "Canceled", "Cancelled"),
    *("تم القبول", "مقبول", "موافقة", "تم الرفض", "مرفوض", "رفض", "مبدئي", "قبول مبدئي"),
    *("Accepté", "Refusé", "Provisoire", "Zugesagt", "Abgelehnt", "Mit Vorbehalt", "Aceptado"),
    *("Kabul edildi", "Reddedildi"),
)
CALENDAR_SUBJECT = re.compile(rf"(?:{_ANSWERS}) ?:")

# BoxTrapper, TMDA, Spam Arrest, Earthlink, ChoiceMail: the sender must do something to be let in.
_CHALLENGES = _any_of("يرجى تأكيد أنك مرسل", "لتأكيد إرسال رسالتك", "يلزم التحقق من المرسل")
_CHALLENGE = re.compile(
    r"requires verification|verify#|please confirm (?:your message|that you sent)|spam ?arrest"
    r"|confirm your (?:e-?mail|message) to be delivered|to release your (?:pending )?message"
    r"|sender verification|challenge[- /]response"
    r"|click (?:the link )?below to (?:have|deliver) your"
    r"|approve your (?:message|e-?mail|address) (?:for|so)|added to (?:the |my )?allowed senders"
    rf"|{_CHALLENGES}"
)

# A challenge has one of these words; hardly another mail does, and the pattern is slow.
_CHALLENGING = (
    *("verif", "confirm", "arrest", "release", "challenge", "click", "approve", "allowed senders"),
    *map(normalise, ("مرسل", "رسالتك")),
)

_BEGINNINGS = _any_of(
    "هذا رد تلقائي",
    "هذا رد آلي",
    "هذه رسالة تلقائية",
    "هذه رسالة آلية",
    "هذه رسالة إلكترونية تلقائية",
    "هذا بريد تلقائي",
    "هذا البريد آلي",
    "أنا خارج المكتب",
    "أنا حالياً خارج المكتب",
    "أنا الآن خارج المكتب",
    "أنا في إجازة",
    "أنا حالياً في إجازة",
    "أنا متواجد خارج المكتب",
    "سأكون خارج المكتب",
    "يرجى عدم الرد على هذه الرسالة",
    "الرجاء عدم الرد على هذه الرسالة",
    "لا ترد على هذه الرسالة",
    "تم إرسال هذه الرسالة تلقائيا",
    "أرسلت هذه الرسالة تلقائيا",
)
# A greeting may stand before it, no more.
AUTO_TEXT = re.compile(
    r"(?:[^.!?:]{0,80}[,!.] ?)?(?:please note:? ?)?(?:"
    r"this is an? (?:auto(?:mated|matic|matically generated)?|(?:system|computer)[- ]generated)"
    r"[ -](?:e-?mail|mail|message|reply|response|notification|acknowledge?ment|answer)"
    r"|this (?:e-?mail|message|mail|reply) (?:was|is|has been) (?:sent )?(?:automatically|auto-)"
    r"|this (?:e-?mail|message) was (?:automatically )?generated"
    r"|i am (?:currently )?out of (?:the )?office|i'm (?:currently )?out of (?:the )?office"
    r"|thank you for your (?:e-?mail|message)[.,!] i am (?:currently )?(?:out of|away|on)"
    r"|ich bin (?:derzeit |zur ?zeit )?nicht im (?:buro|haus)|je suis (?:actuellement )?absent"
    r"|please do not reply to this (?:e-?mail|message)"
    rf"|{_BEGINNINGS})"
)

COMPLAINT = re.compile(r"feedback-type: ?(?:abuse|fraud|virus|other|not-spam|opt-out)")


def is_challenge(said: str) -> bool:
    """Tell whether words in matching form ask their reader to confirm that they wrote."""
    return any(map(said.__contains__, _CHALLENGING)) and _CHALLENGE.search(said) is not None


def subject_of_machine(key: str) -> str:
    """Return why a subject in matching form is a machine's, or "".

    A person's answer to an automatic reply begins with Re: and stays a person's.
    """
    if _PREFIX.match(key) or _AWAY.match(key):
        return "subject of an automatic reply"
    if _INSIDE.search(key):
        return "subject of an out-of-office note (Exchange)"
    return ""
