"""Mails whose own words look like a client's: every line of them stays."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

from tests.mail.arabic_replies.reply import Reply

_TEXTS = {
    "begins with a date": "في 13 سبتمبر سجلت في البرنامج ولم يصلني أي رد حتى الآن.",
    "begins with a date and a time": "في 13 سبتمبر 2025 الساعة 10:30 ص حاولت الدخول ولم أستطع.",
    "tells what somebody wrote": "في 13 سبتمبر كتب لي الموظف أن الطلب مرفوض:\nوأنا أعترض على ذلك.",
    "tells it with the year": "في 13 سبتمبر 2025 كتب لي الموظف:\nالطلب مرفوض\nفأرجو المراجعة.",
    "begins with from": "من: خالد الحربي\n\nأرجو تزويدي بكشف الدرجات.",
    "a formal letter with from, to and subject": "من: خالد الحربي\nإلى: مدير شؤون المتدربين\nالموضوع: طلب تأجيل\n\nأرجو التأجيل.",
    "a formal letter with an address and a date": (
        "من: خالد الحربي <khaled@mail.example>\nإلى: شؤون المتدربين\nالتاريخ: 13/9/2025\n"
        "الموضوع: طلب تأجيل\n\nأرجو الموافقة على التأجيل."
    ),
    "a table of such lines": (
        "هذه بيانات الرحلة:\n\nمن: الرياض\nإلى: جدة\nالتاريخ: 13 سبتمبر\nالموضوع: نقل الملفات\n\nأرجو التأكيد."
    ),
    "a table of two journeys": (
        "الرحلات:\n\nمن: الرياض\nإلى: جدة\nالتاريخ: 13/9/2025 10:30\nمن: جدة\nإلى: الدمام\n"
        "التاريخ: 14/9/2025 11:00\n\nوشكرا."
    ),
    "an introduced table": (
        "تفاصيل الرسالة التي لم تصل:\nمن: khaled@mail.example\nإلى: student@diplomas.example\n"
        "التاريخ: 13/9/2025 10:30\nالموضوع: طلب\nأرجو البحث عنها."
    ),
    "two labels only": "الأوقات المتاحة:\n\nمن: 10:30\nإلى: 12:00\n\nهل يناسبكم؟",
    "an english address line": "From: 10.0.0.1\nالاتصال يفشل من هذا العنوان.",
    "an english story": "On Monday I wrote to finance and nobody answered.",
    "an english story with a date": "On 3 May 2025 I wrote:\nplease refund me.\nNothing happened.",
    "something was sent from a place": "أرسلت من الرياض طردا يوم الأحد ولم يصل.",
    "was sent by somebody": "تم الإرسال من قبل الموظف أمس ولم يصلني شيء.",
    "speaks of the original message": "الرسالة الأصلية ضاعت، فهل يمكن إعادة إرسالها؟\nوشكرا",
    "a list with dashes": "المطلوب:\n- شهادة\n- كشف درجات\n-- نسختان\n\nمتى أستلمها؟",
    "a rule between two parts": "أولا: الشهادة.\n\n----------\n\nثانيا: الفاتورة.",
    "bullets after a colon": "كتب الطالب في النموذج:\n1. الاسم\n2. الرقم\nولم يرفق الهوية.",
    "thanks and a number": "أريد معرفة النتيجة\n\nشكرا\nخالد الحربي\n0500000000",
    "a quote with an answer and no history": "> ما رقم الطلب؟\n\n1042",
    "an address and a colon": "راسلت support@diplomas.example وقالوا:\nانتظر أسبوعا.",
    "a question about the line": "ماذا تعني عبارة: مرسل من؟",
    "what a student wrote": "يوم الأحد كتب الطالب:\n\nلا أستطيع الدخول\n\nفما الحل؟",
    "speaks of a line": "كتبت ردي فوق هذا السطر ولم يصل.",
    "says that it is confidential": "أريد أن تبقى هذه الرسالة ومرفقاتها سرية.\nشكرا",
    "a clock time and a verb": "اتصلت الساعة 3:08 م وكتب الموظف اسمي، فمتى الرد؟",
}

REPLIES = tuple(Reply(name, text, text) for name, text in _TEXTS.items())
