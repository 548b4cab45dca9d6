"""Apple Mail, Thunderbird, Roundcube, Yahoo, Samsung, Zimbra, Zoho and maild itself."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

from maild.mail.newtext import REPLY_ABOVE
from tests.mail.arabic_replies.reply import Reply

RLM, LRM = "\u200f", "\u200e"
QUOTE = "> أهلا بك\n> كيف نخدمك؟\n"

REPLIES = (
    Reply(
        "apple mail on ios",
        "أريد تغيير البريد المسجل\n\nمُرسل من الـ iPhone الخاص بي\n\n"
        "> في ٥ يناير ٢٠٢٥، الساعة ٣:٠٨ م، كتب/كتبت الدعم <support@diplomas.example>:\n>\n> أهلا بك\n",
        "أريد تغيير البريد المسجل",
    ),
    Reply(
        "apple mail on the mac",
        f"نعم\n\n> في ٠٥{RLM}/٠١{RLM}/٢٠٢٥، الساعة ٣:٠٨ م، كتب/كتبت Support <support@diplomas.example>:\n>\n> هل تم؟\n",
        "نعم",
    ),
    Reply(
        "apple mail, attribution outside the quote",
        "تم الحل\n\nفي ٥ يناير ٢٠٢٥، الساعة ١٥:٠٨، كتب الدعم <support@diplomas.example>:\n\n"
        + QUOTE,
        "تم الحل",
    ),
    Reply(
        "apple mail on the ipad, ascii digits",
        "لا يفتح الملف\n\nأُرسلت من الـ iPad\n\nفي 5 يناير 2025، الساعة 3:08 م، كتبت سارة <sara@diplomas.example>:\n\n"
        + QUOTE,
        "لا يفتح الملف",
    ),
    Reply(
        "apple forward",
        "للعلم\n\n> بدء الرسالة المُعاد توجيهها:\n>\n> من: البنك <info@bank.example>\n> الموضوع: إيصال\n"
        "> التاريخ: ٥ يناير ٢٠٢٥\n> إلى: khaled@mail.example\n>\n> تم السداد\n",
        "للعلم",
    ),
    Reply(
        "thunderbird, answer above",
        "وصل الملف.\n\nفي 5/1/2025 3:08 م، كتب الدعم:\n" + QUOTE,
        "وصل الملف.",
    ),
    Reply(
        "thunderbird, answer below",
        "بتاريخ 05/01/2025 15:08، كتب الدعم:\n" + QUOTE + "\nأريد نسخة من العقد.\n",
        "أريد نسخة من العقد.",
    ),
    Reply(
        "thunderbird, marks inside the date",
        f"كيف أسجل؟\n\nفي ٥{RLM}/١{RLM}/٢٠٢٥ ٣:٠٨ م، كتب Support Team:\n" + QUOTE,
        "كيف أسجل؟",
    ),
    Reply(
        "thunderbird, answers between",
        "في 5/1/2025 3:08 م، كتب الدعم:\n> ما الجهاز؟\nهاتف سامسونج\n> وما الإصدار؟\nالأخير\n",
        "> ما الجهاز؟\nهاتف سامسونج\n> وما الإصدار؟\nالأخير",
    ),
    Reply(
        "roundcube, attribution first, answer below",
        "كتب support@diplomas.example في 2025-01-05 14:52:\n"
        + QUOTE
        + "\nلا أستطيع الدخول إلى حسابي.\n",
        "لا أستطيع الدخول إلى حسابي.",
    ),
    Reply(
        "roundcube, attribution first, answer right below it",
        "كتب support@diplomas.example في 2025-01-05 14:52:\nلا أستطيع الدخول إلى حسابي.\n",
        "لا أستطيع الدخول إلى حسابي.",
    ),
    Reply(
        "roundcube, answer above",
        "نسيت كلمة المرور\n\nبتاريخ 2025-01-05 14:52، كتب الدعم:\n" + QUOTE,
        "نسيت كلمة المرور",
    ),
    Reply(
        "roundcube, name and address",
        "نعم بالتأكيد\n\nكتب الدعم <support@diplomas.example> في 2025-01-05 14:52:\n" + QUOTE,
        "نعم بالتأكيد",
    ),
    Reply(
        "roundcube forward",
        "مرفق طلب العميل\n\n-------- الرسالة الأصلية --------\nالموضوع: طلب\nالتاريخ: 2025-01-05 14:52\n"
        "من: خالد <khaled@mail.example>\nإلى: support@diplomas.example\n\nأطلب المساعدة\n",
        "مرفق طلب العميل",
    ),
    Reply(
        "yahoo web",
        "سأدفع غدا\n\nفي الأحد، ٥ يناير ٢٠٢٥، ٣:٠٨:١٢ م غرينتش+٣، كتب المالية <finance@diplomas.example>:\n\n"
        "نرجو سداد الرسوم.\n",
        "سأدفع غدا",
    ),
    Reply(
        "yahoo on android",
        f"موافق\n\nتم الإرسال من بريد ياهو على Android\n\n{RLM}في الأحد، يناير 5، 2025 في 3:08 م، كتب{RLM}المالية\n"
        "<finance@diplomas.example> ‏:\n\nنرجو التأكيد\n",
        "موافق",
    ),
    Reply(
        "yahoo, original message rule",
        "تفضلوا\n\n----- الرسالة الأصلية -----\nمن: المالية <finance@diplomas.example>\n"
        "إلى: khaled@mail.example\nالتاريخ: الأحد، 5 يناير 2025 3:08 م\nالموضوع: الإيصال\n\nأين الإيصال؟\n",
        "تفضلوا",
    ),
    Reply(
        "samsung mail",
        "تم الإرسال بالأمس\n\nتم الإرسال من هاتف Galaxy\n\n-------- الرسالة الأصلية --------\n"
        "من: الدعم <support@diplomas.example>\nالتاريخ: ٥‏/١‏/٢٠٢٥ ٣:٠٨ م (GMT+03:00)\nإلى: khaled@mail.example\n"
        "الموضوع: متابعة\n\nمتى أرسلتم الأوراق؟\n",
        "تم الإرسال بالأمس",
    ),
    Reply(
        "samsung mail in english",
        "حسنا\n\nSent from my Galaxy\n\n-------- Original message --------\nFrom: الدعم <support@diplomas.example>\n"
        "Date: 05/01/2025 3:08 pm (GMT+03:00)\nTo: khaled@mail.example\nSubject: متابعة\n\nهل تم؟\n",
        "حسنا",
    ),
    Reply(
        "huawei device line alone",
        "استلمت شكرا\n\nأُرسلت من هاتف HUAWEI\n",
        "استلمت شكرا",
    ),
    Reply(
        "typed device line",
        "ابشروا\n\nأرسلت من جوالي\n",
        "ابشروا",
    ),
    Reply(
        "zimbra",
        "نأمل الإفادة\n\n----- الرسالة الأصلية -----\nمن: الدعم <support@diplomas.example>\n"
        "إلى: خالد <khaled@mail.example>\nالمرسلة: الأحد 5 يناير 2025 15:08:12\nالموضوع: رد: استفسار\n\nما استفساركم؟\n",
        "نأمل الإفادة",
    ),
    Reply(
        "zimbra, block without a rule",
        'وردني اتصالكم\n\nمن: "الدعم" <support@diplomas.example>\nإلى: "خالد" <khaled@mail.example>\n'
        "تاريخ الإرسال: الأحد، 5 يناير، 2025 15:08:12\nالموضوع: رد: استفسار\n\nسنتصل بكم.\n",
        "وردني اتصالكم",
    ),
    Reply(
        "zoho",
        "أشكركم\n\n---- في الأحد, 05 يناير 2025 15:08:12 +0300 info@diplomas.example كتب ----\n\nأهلا بكم\n",
        "أشكركم",
    ),
    Reply(
        "zoho, only the name",
        "نعم أريد\n\n---- info كتب ----\n\n> هل تريد؟\n",
        "نعم أريد",
    ),
    Reply(
        "came from",
        "هذا هو الرقم: 1042\n\nفي 2025-01-05 14:52 جاء من الدعم <support@diplomas.example>:\n"
        + QUOTE,
        "هذا هو الرقم: 1042",
    ),
    Reply(
        "english client, arabic letter",
        "لم تصلني الرسالة\n\nOn Sun, Jan 5, 2025 at 3:08 PM الدعم <support@diplomas.example> wrote:\n\n"
        + QUOTE,
        "لم تصلني الرسالة",
    ),
    Reply(
        "french client in the maghreb",
        "شكرا جزيلا\n\nLe dim. 5 janv. 2025 à 15:08, الدعم <support@diplomas.example> a\nécrit :\n\n"
        + QUOTE,
        "شكرا جزيلا",
    ),
    Reply(
        "maild's own line, arabic",
        f"أريد إلغاء الطلب\n\nفي الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م، كتب الدعم <student@diplomas.example>:\n\n"
        f"{REPLY_ABOVE['ar']}\n\nوصلت رسالتكم.\n",
        "أريد إلغاء الطلب",
    ),
    Reply(
        "maild's own line without an attribution",
        f"أريد إلغاء الطلب\n\n{REPLY_ABOVE['ar']}\n\nوصلت رسالتكم.\n",
        "أريد إلغاء الطلب",
    ),
    Reply(
        "maild's own line below marks, english desk",
        f"متى الرد؟\n\n{RLM}{REPLY_ABOVE['en']}{LRM}\nYour ticket 1042\n",
        "متى الرد؟",
    ),
    Reply(
        "zendesk's line",
        "أغلقوا البلاغ\n\n##- يرجى كتابة ردك فوق هذا السطر -##\n\nتحديث على البلاغ\n",
        "أغلقوا البلاغ",
    ),
    Reply(
        "no attribution, quote at the end",
        "نفس المشكلة.\n\n" + QUOTE,
        "نفس المشكلة.",
    ),
    Reply(
        "signature rule without its space",
        "أحتاج شهادة تعريف.\n\n--\nخالد الحربي\nرقم المتدرب ٤٤٠١٢٣\n",
        "أحتاج شهادة تعريف.",
    ),
    Reply(
        "a bare farewell is the writer's",
        "أحتاج شهادة تعريف.\n\nمع التحية\nخالد\n",
        "أحتاج شهادة تعريف.\n\nمع التحية\nخالد",
    ),
    Reply(
        "evolution",
        "مرحبا بك\n\nفي ن، 06-01-2025 عند 14:52 +0300، كتب محمد علي:\n" + QUOTE,
        "مرحبا بك",
    ),
    Reply(
        "kmail",
        "مرحبا بك\n\nيوم الأحد 05 يناير 2025 14:52:10 كتب محمد علي:\n" + QUOTE,
        "مرحبا بك",
    ),
    Reply(
        "gmail of old, name before the verb",
        "مرحبا بك\n\nفي 05/01/25، محمد علي <mohammad@mail.example> كتب:\n" + QUOTE,
        "مرحبا بك",
    ),
    Reply(
        "gmail of old, came from",
        "مرحبا بك\n\nبتاريخ 5 يناير، 2025 3:08 م، جاء من محمد علي <mohammad@mail.example>:\n\n"
        + QUOTE,
        "مرحبا بك",
    ),
    Reply(
        "a list reader that names only the writer, answer below",
        "محمد علي كتب:\n" + QUOTE + "\nعليكم السلام\n",
        "عليكم السلام",
    ),
    Reply(
        "original message without dashes above a from line",
        "نعم\n\nالرسالة الأساسية\nمن: الدعم <support@diplomas.example>\nالموضوع: سؤال\n\nهل تم؟\n",
        "نعم",
    ),
    Reply(
        "labels of two languages",
        "نعم\n\nFrom: الدعم <support@diplomas.example>\nDate: Sun, 5 Jan 2025 15:08:12 +0300\n"
        "To: khaled@mail.example\nالموضوع: سؤال\n\nهل تم؟\n",
        "نعم",
    ),
    Reply(
        "the line of another helpdesk",
        "أهلا\n\n--- اكتب ردك أعلى هذا السطر ---\n\nسؤالكم قيد النظر\n",
        "أهلا",
    ),
    Reply(
        "an organisation's notice",
        "تم الرفع\n\nإخلاء مسؤولية: هذه الرسالة ومرفقاتها سرية.\nإن وصلتك بالخطأ فاحذفها.\n",
        "تم الرفع",
    ),
    Reply(
        "persian client",
        "سلام، فایل رسید\n\nدر تاریخ یکشنبه ۵ ژانویهٔ ۲۰۲۵، ۱۵:۰۸ پشتیبانی <support@diplomas.example> نوشت:\n\n"
        + QUOTE,
        "سلام، فایل رسید",
    ),
    Reply(
        "urdu client",
        "شکریہ، مل گیا\n\nبروز اتوار، 5 جنوری، 2025 کو 3:08 PM پر، سپورٹ <support@diplomas.example> نے لکھا:\n\n"
        + QUOTE,
        "شکریہ، مل گیا",
    ),
    Reply(
        "turkish client",
        "Teşekkürler\n\nDestek <support@diplomas.example>, 5 Oca 2025 Paz, 15:08 tarihinde şunu yazdı:\n\n"
        + QUOTE,
        "Teşekkürler",
    ),
)
