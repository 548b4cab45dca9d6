"""What staff should know about a sender, said in their language."""

_FROM = (
    "قد لا يكون المرسل من يدّعي: حقل المرسل في الرسالة غير سليم",
    "The sender may be somebody else: the From line of this mail is not in order",
)
_SAID = {
    "related": (
        "ذكرت الرسالة التذكرة {} ولم يكن مرسلها طرفًا فيها",
        "The mail names ticket {}, of which its sender is no part",
    ),
    "owner": (
        "هي رد على رسالة أُرسلت إلى {}؛ إن كان هو الكاتب فأضف هذا العنوان إلى عناوينه (aliases)",
        "It answers a letter sent to {}: if they wrote it, add this address to their aliases",
    ),
    "lookalike": (
        "اسم المرسل أو عنوانه يشبه {}، وليس من عناوينه",
        "The sender's name or address looks like {}, whose address it is not",
    ),
    "machine": ("كتبها برنامج آلي", "A machine wrote it"),
    "sender": _FROM,
    "token": (
        "لم تُثبت هوية الكاتب (لم يرد الرد على رسالة أُرسلت إليه)، فلم يُنفَّذ منها شيء",
        "The writer is not proved (it answers no letter sent to them): nothing of it was done",
    ),
    "form": (
        "تحمل عنوان نموذج الموقع ولم يثبت أنها منه ({})، فعوملت كرسالة عادية من ذلك العنوان",
        "It bears the web form's address, which is not proved ({}): taken as mail of that address",
    ),
    "authentication": (
        "لم يُثبت خادم البريد أن الرسالة من هذا المرسل، فلم يُنفَّذ منها شيء",
        "The mail server did not prove the sender: nothing of it was done",
    ),
    "cancelled": (
        "أُلغيت هذه التذكرة لمخالفة آداب التواصل وتبقى ملغاة؛ لفتحها من جديد: #إعادة-فتح",
        "This ticket was cancelled for misconduct and stays so; to open it again: #reopen",
    ),
    "conduct": (
        "فيها عبارة قد تخالف آداب التواصل: {}",
        "It holds words that may break the rules of conduct: {}",
    ),
}


def say(doubt: str, language: str) -> str:
    """Return a doubt ("token", "related:[#12]", "from-repeated") as a sentence, ar or en."""
    name, _, detail = doubt.partition(":")
    arabic, english = _FROM if name.startswith("from-") else _SAID[name]
    return (arabic if language == "ar" else english).format(detail)
