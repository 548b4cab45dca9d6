"""Every order in words: the answer to `#help`, the same list as the agents' page."""

from collections.abc import Mapping

from maild.mail.shown import FSI, PDI
from maild.tickets.orders import ARABIC

PRIORITIES = {
    "low": "منخفضة",
    "normal": "عادية",
    "high": "عالية",
    "top": "قصوى",
    "emergency": "طارئة",
}
"""The levels of `#priority`, and how they are said in Arabic."""

# order -> what stands behind it, and what it does; Arabic and English
_ORDERS: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "note": (("", ""), ("ما تكتبه للزملاء وحدهم", "your text is for colleagues only")),
    "close": (("", ""), ("يُرسل ردك ثم تُغلق التذكرة", "your text is sent, the ticket is closed")),
    "solve": (("", ""), ("سُجّل حلها، وتُغلق لاحقًا", "solved; it closes by itself later")),
    "reopen": (("", ""), ("تُفتح تذكرة مغلقة", "opens a closed ticket again")),
    "wait": (("", ""), ("تنتظر صاحب الطلب", "waits for the requester")),
    "hold": (("", ""), ("تنتظر جهة أخرى", "waits for somebody else")),
    "take": (("", ""), ("تصير لديك", "the ticket is yours")),
    "assign": (("الاسم", "NAME"), ("تصير لدى زميل، ونصك ملاحظة له", "gives it to a colleague")),
    "team": (("الاسم", "NAME"), ("تصير لدى فريق، ونصك ملاحظة له", "gives it to a team")),
    "tier2": (("", ""), ("تصير لدى المستوى الثاني", "gives it to the second level")),
    "priority": (
        ("الدرجة", "LEVEL"),
        ("منخفضة أو عادية أو عالية أو قصوى أو طارئة", "low, normal, high, top or emergency"),
    ),
    "category": (("الكلمة", "WORD"), ("تصنيف التذكرة", "what the ticket is about")),
    "cc": (("العنوان", "ADDRESS"), ("يشارك من الآن فصاعدًا", "somebody takes part from now on")),
    "merge": (("الرقم", "NUMBER"), ("تُدمج في تذكرة أخرى", "becomes part of another ticket")),
    "split": (
        ("", ""),
        ("تستقل الرسالة الأخيرة بتذكرة", "makes a ticket of the last message"),
    ),
    "appointment": (("2026-03-04 10:20", "2026-03-04 10:20"), ("موعد مكالمة", "a call is booked")),
    "cause": (("الكلمات", "WORDS"), ("سبب تأخر الرد", "why an answer was late")),
    "violation": (("القاعدة", "RULE"), ("تُلغى لمخالفة الآداب", "cancels it for misconduct")),
    "send": (("", ""), ("يُرسل ردك المحجوز", "sends an answer of yours that was held")),
    "undo": (("", ""), ("تراجع عن أوامرك الأخيرة", "takes back your last orders, within a day")),
    "why": (("", ""), ("ما جرى للتذكرة ومواعيدها", "what happened to the ticket, its deadlines")),
    "help": (("", ""), ("هذه القائمة", "this list")),
    "from": (
        ("العنوان", "ADDRESS"),
        ("في رسالة جديدة: من اتصل أو كتب", "in a new mail: who called"),
    ),
    "channel": (("الاسم", "NAME"), ("phone أو whatsapp أو chat", "phone, whatsapp or chat")),
    "at": (("2026-03-04 10:20", "2026-03-04 10:20"), ("متى اتصل أو كتب", "when they called")),
}


def listed(language: str) -> str:
    """Return every order with what it does, one a line."""
    arabic = language == "ar"
    first = (
        "تُكتب في أول الرسالة قبل النص، بالعربية أو الإنجليزية:"
        if arabic
        else "They stand on the first lines, before your text, in English or Arabic:"
    )
    return "\n".join((first, "", *(_line(name, arabic=arabic) for name in ARABIC)))


def _line(name: str, *, arabic: bool) -> str:
    behind, does = (words[not arabic] for words in _ORDERS[name])
    own, other = (ARABIC[name], name) if arabic else (name, ARABIC[name])
    # Each in an isolate of its own: a date beside Arabic would be read from its end (UAX #9).
    order = f"{FSI}#{own}{PDI}" + (f" {FSI}{behind}{PDI}" if behind else "")
    comma = "،" if arabic else ","
    return f"- {order}{comma} {FSI}#{other}{PDI}: {does}"
