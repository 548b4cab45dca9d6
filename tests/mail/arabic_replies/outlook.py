"""Outlook in Arabic: desktop, web, and the mobile apps."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

from tests.mail.arabic_replies.reply import Reply

RLM = "\u200f"

REPLIES = (
    Reply(
        "outlook desktop, header block",
        "السلام عليكم\n\nأرجو إرسال الفاتورة.\n\n"
        "من: منصة الدبلومات <finance@diplomas.example>\nتاريخ الإرسال: الأحد، ٥ يناير ٢٠٢٥ ٠٣:٠٨ م\n"
        "إلى: خالد الحربي <khaled@mail.example>\nالموضوع: رد: فاتورة\n\nعزيزي خالد، وصل طلبكم.\n",
        "السلام عليكم\n\nأرجو إرسال الفاتورة.",
    ),
    Reply(
        "outlook desktop, original message rule",
        "تم التحويل.\n\n-----الرسالة الأصلية-----\nمن: المالية [mailto:finance@diplomas.example]\n"
        "‏تاريخ الإرسال: 05/01/2025 03:08 م\nإلى: khaled@mail.example\nالموضوع: سداد الرسوم\n\nنأمل السداد.\n",
        "تم التحويل.",
    ),
    Reply(
        "outlook.com, basic message rule",
        "شكرا لكم على سرعة الرد\n\n--------- الرسالة الأساسية ---------\n"
        "من: الدعم <support@diplomas.example>\nالتاريخ: 05/01/2025\nالموضوع: تفعيل\n\nتم التفعيل.\n",
        "شكرا لكم على سرعة الرد",
    ),
    Reply(
        "outlook web, underscores rule",
        "لم يعمل الرابط\n\n________________________________\nمن: الدعم <support@diplomas.example>\n"
        "تم الإرسال: الأحد, 5 يناير, 2025 3:08 م\nإلى: خالد <khaled@mail.example>\nالموضوع: رابط التفعيل\n\nهذا الرابط.\n",
        "لم يعمل الرابط",
    ),
    Reply(
        "outlook web, block with marks in front of every label",
        f"وصلني المبلغ\n\n{RLM}{RLM}من: المالية <finance@diplomas.example>\n{RLM}{RLM}تاريخ الإرسال: ٥ يناير، ٢٠٢٥ ٠٣:٠٨ م\n"
        f"{RLM}{RLM}إلى: خالد <khaled@mail.example>\n{RLM}{RLM}الموضوع: استرجاع\n \nتم تحويل المبلغ.\n",
        "وصلني المبلغ",
    ),
    Reply(
        "outlook desktop, bold labels as stars",
        "أوافق على الموعد.\n\n*من:* هدى <huda@diplomas.example>\n*تاريخ الإرسال:* الأحد 5 يناير 2025 15:08\n"
        "*إلى:* خالد\n*الموضوع:* موعد\n\nهل يناسبكم؟\n",
        "أوافق على الموعد.",
    ),
    Reply(
        "outlook desktop, names without addresses",
        "بانتظار الموافقة\n\nمن: هدى القحطاني\nتاريخ الإرسال: 05/يناير/2025 03:08 م\nإلى: خالد الحربي\n"
        "نسخة: سارة العتيبي\nالموضوع: رد: الموافقة\n\nتم الرفع.\n",
        "بانتظار الموافقة",
    ),
    Reply(
        "outlook desktop, directly above the block",
        "أحسنتم\nمن: هدى <huda@diplomas.example>\nتاريخ الإرسال: الأحد، 05 يناير 2025 03:08 م\n"
        "إلى: خالد <khaled@mail.example>\nالموضوع: إنجاز\n\nتم الإنجاز.\n",
        "أحسنتم",
    ),
    Reply(
        "outlook for ios",
        "سأراجعها غدا\n\nالحصول على Outlook لـ iOS<https://aka.ms/o0ukef>\n________________________________\n"
        "من: الدعم <support@diplomas.example>\nتم الإرسال: Sunday, January 5, 2025 3:08:12 PM\n"
        "إلى: خالد <khaled@mail.example>\nالموضوع: متابعة\n\nهل من جديد؟\n",
        "سأراجعها غدا",
    ),
    Reply(
        "outlook for android",
        "أرسلت الأوراق\n\nاحصل على Outlook لنظام Android<https://aka.ms/AAb9ysg>\n"
        "________________________________\nمن: الدعم <support@diplomas.example>\n"
        "تاريخ الإرسال: الأحد, يناير 5, 2025 3:08:12 م\nإلى: خالد <khaled@mail.example>\nالموضوع: أوراق\n\nننتظر.\n",
        "أرسلت الأوراق",
    ),
    Reply(
        "outlook desktop in english, arabic letter",
        "مرحبا\nالمشكلة في صفحة الدفع.\n\nFrom: Support <support@diplomas.example>\n"
        "Sent: Sunday, January 5, 2025 3:08 PM\nTo: khaled@mail.example\nSubject: Re: مشكلة\n\nأين المشكلة؟\n",
        "مرحبا\nالمشكلة في صفحة الدفع.",
    ),
    Reply(
        "outlook desktop, arabic hamza left out",
        "تم\n\nمن: المالية <finance@diplomas.example>\nتاريخ الارسال: 05/01/2025 03:08 م\nالى: خالد\n"
        "الموضوع: تأكيد\n\nنرجو التأكيد.\n",
        "تم",
    ),
    Reply(
        "windows mail",
        "وصلت، شكرا\n\nأُرسلت من بريد Windows\n\nمن: الدعم\nأُرسلت: الأحد، ٥ يناير، ٢٠٢٥ ٠٣:٠٨ م\n"
        "إلى: khaled@mail.example\n\nهل وصلت؟\n",
        "وصلت، شكرا",
    ),
    Reply(
        "outlook forward",
        "أرجو المساعدة في هذا.\n\n-----رسالة معاد توجيهها-----\nمن: البنك <no-reply@bank.example>\n"
        "تاريخ الإرسال: 05/01/2025 03:08 م\nإلى: خالد\nالموضوع: إيصال\n\nتم خصم المبلغ.\n",
        "أرجو المساعدة في هذا.",
    ),
    Reply(
        "outlook with a contact block under the farewell",
        "نفيدكم باكتمال الطلب.\n\nمع التحية\nهدى القحطاني\nمديرة شؤون المتدربين\nهاتف: 0110000000\nwww.diplomas.example\n\n"
        "من: خالد <khaled@mail.example>\nتاريخ الإرسال: 05/01/2025 03:08 م\nإلى: هدى\nالموضوع: طلب\n\nما حال الطلب؟\n",
        "نفيدكم باكتمال الطلب.",
    ),
)
