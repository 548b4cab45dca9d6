"""Gmail in Arabic: web, Android and iOS."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

from tests.mail.arabic_replies.reply import Reply

RLE, PDF, RLM, LRE = "\u202b", "\u202c", "\u200f", "\u202a"

QUOTE = """> السلام عليكم
> وصلتنا رسالتكم برقم 1042 وسنجيب خلال يوم عمل.
>
> منصة الدبلومات
"""

REPLIES = (
    Reply(
        "gmail web, arabic-indic digits",
        "وعليكم السلام، أرفقت صورة الهوية.\n\n"
        "في الأحد، ٦ أكتوبر، ٢٠٢٤ ١:٤٩ ص، كتب سارة العتيبي <student@diplomas.example>:\n\n" + QUOTE,
        "وعليكم السلام، أرفقت صورة الهوية.",
    ),
    Reply(
        "gmail web, ascii digits, wrapped before the address",
        "تم السداد اليوم.\n\nفي الاثنين، 7 أكتوبر 2024 في 10:05 ص تمت كتابة ما يلي بواسطة منصة الدبلومات\n"
        "<finance@diplomas.example>:\n\n" + QUOTE,
        "تم السداد اليوم.",
    ),
    Reply(
        "gmail web, bidi marks round the line and the address",
        f"شكرًا، وصلت الشهادة.\n\n{RLE}في الثلاثاء، ٨ أكتوبر ٢٠٢٤ في ٩:٣٠ م تمت كتابة ما يلي بواسطة "
        f"{LRE}Diplomas{PDF}{RLM} <{LRE}student@diplomas.example{PDF}{RLM}>:{PDF}\n\n" + QUOTE,
        "شكرًا، وصلت الشهادة.",
    ),
    Reply(
        "gmail web, wrapped over three lines",
        "لم أستلم رمز التفعيل.\n\nفي الأربعاء، ٩ أكتوبر، ٢٠٢٤ ٢:١٥ م، كتب\n"
        "عبد الرحمن بن عبد العزيز السبيعي\n<support@diplomas.example>:\n\n" + QUOTE,
        "لم أستلم رمز التفعيل.",
    ),
    Reply(
        "gmail web, name with comma and quotes",
        'نعم أوافق\n\nفي الخميس، 10 أكتوبر 2024 في 8:00 ص تمت كتابة ما يلي بواسطة "الدعم، منصة الدبلومات" <\n'
        "support@diplomas.example>:\n\n" + QUOTE,
        "نعم أوافق",
    ),
    Reply(
        "gmail android",
        "متى يبدأ الفصل؟\n\n"
        f'بتاريخ ٠٥{RLM}/٠١{RLM}/٢٠٢٥ ٣:٠٨ م، كتب "منصة الدبلومات" <student@diplomas.example>:\n\n'
        + QUOTE,
        "متى يبدأ الفصل؟",
    ),
    Reply(
        "gmail android, ascii digits",
        'تمام\n\nبتاريخ 5 يناير 2025 3:08 م، كتب "Support" <support@diplomas.example>:\n\n' + QUOTE,
        "تمام",
    ),
    Reply(
        "gmail android, right below the text",
        "ما زالت المشكلة قائمة\n"
        "بتاريخ الأحد، ٥ يناير ٢٠٢٥، ٣:٠٨ م كتب سارة <support@diplomas.example>:\n\n" + QUOTE,
        "ما زالت المشكلة قائمة",
    ),
    Reply(
        "gmail ios, device line",
        "سأرسلها مساء اليوم.\n\nمُرسل من الـ iPhone\n\n"
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م، كتب سارة العتيبي <student@diplomas.example>:\n\n"
        + QUOTE,
        "سأرسلها مساء اليوم.",
    ),
    Reply(
        "gmail web, answer below the quote",
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة <student@diplomas.example>:\n\n"
        + QUOTE
        + "\nرقم هويتي مرفق مع هذه الرسالة.\n",
        "رقم هويتي مرفق مع هذه الرسالة.",
    ),
    Reply(
        "gmail web, answers between the quotes",
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة <student@diplomas.example>:\n\n"
        "> ما رقم الطلب؟\n\n1042\n\n> وما تاريخ السداد؟\n\nأمس\n",
        "> ما رقم الطلب؟\n\n1042\n\n> وما تاريخ السداد؟\n\nأمس",
    ),
    Reply(
        "gmail web, nested history",
        "أؤكد الطلب.\n\nفي الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة <student@diplomas.example>:\n\n"
        "> هل تؤكد الطلب؟\n>\n> في السبت، ٤ يناير ٢٠٢٥ في ١:٠٠ م تمت كتابة ما يلي بواسطة خالد <khaled@mail.example>:\n"
        ">\n>> أريد تغيير المسار.\n",
        "أؤكد الطلب.",
    ),
    Reply(
        "gmail web, signature with the standard rule above the history",
        "تم الاطلاع.\n\n-- \nخالد الحربي\nجوال: ٠٥٠٠٠٠٠٠٠٠\n\n"
        "في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة <student@diplomas.example>:\n\n"
        + QUOTE,
        "تم الاطلاع.",
    ),
    Reply(
        "gmail forward with a word above",
        "للاطلاع والإفادة.\n\n---------- رسالة مُعاد توجيهها ---------\nمن: وزارة التعليم <news@ministry.example>\n"
        "التاريخ: الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م\nالموضوع: تعميم\nإلى: <khaled@mail.example>\n\n\nنص التعميم هنا.\n",
        "للاطلاع والإفادة.",
    ),
    Reply(
        "gmail forward with the english separator",
        "ما رأيكم؟\n\n---------- Forwarded message ---------\nمن: أحمد <ahmad@mail.example>\n"
        "Date: الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م\nSubject: عرض\nTo: <khaled@mail.example>\n\nنص العرض.\n",
        "ما رأيكم؟",
    ),
    Reply(
        "gmail forward without a word above: what was forwarded is the mail",
        "---------- رسالة مُعاد توجيهها ---------\nمن: أحمد <ahmad@mail.example>\n"
        "التاريخ: الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م\nالموضوع: شكوى\nإلى: <khaled@mail.example>\n\nلم يصلني الرد.\n",
        "لم يصلني الرد.",
    ),
    Reply(
        "gmail with the hijri year",
        "أرجو التأجيل\n\nفي الأحد، ٥ رجب ١٤٤٦ في ٣:٠٨ م، كتب سارة <student@diplomas.example>:\n\n"
        + QUOTE,
        "أرجو التأجيل",
    ),
)
