"""Arabic, Persian, Urdu, Turkish and Hebrew: the words of mail clients in these languages."""

from maild.mail.newtext.pack import Label, Pack

ARABIC = Pack(
    code="ar",
    # Gmail web "في الأحد، …", Gmail for Android and Thunderbird "بتاريخ …", Yahoo "في يوم …"
    openings=("في", "فى", "بتاريخ", "في تاريخ", "في يوم", "يوم", "بتأريخ", "تاريخ"),
    wrote=(
        "كتب",  # Gmail, Thunderbird, Roundcube, Yahoo, Zoho
        "كتبت",
        "كتب/كتبت",  # Apple Mail, iOS
        "كتب(ت)",
        "تمت كتابة ما يلي بواسطة",  # Gmail since 2015
        "تمت كتابة ما يلي من قبل",
        "تمت الكتابة بواسطة",
        "كتب ما يلي",
        "كتب التالي",
        "جاء من",
        "أرسل",
        "أرسلت",
        "أرسل/أرسلت",
        "قام بكتابة",
        "قام بكتابة ما يلي",
    ),
    labels={
        Label.FROM: ("من", "المرسل", "مرسل من", "من قبل"),
        Label.SENT: (
            "تاريخ الإرسال",  # Outlook
            "تم الإرسال",  # Outlook for iOS and Android
            "تم الإرسال في",
            "أرسلت",
            "أُرسلت",
            "أرسل",
            "مرسلة",  # Zimbra "المرسلة"
            "المرسلة",
            "وقت الإرسال",
            "التاريخ",  # Gmail's and Samsung's forwards
            "تاريخ",
            "بتاريخ",
        ),
        Label.TO: ("إلى", "الى", "المرسل إليه", "المستلم"),
        Label.CC: ("نسخة", "نسخة إلى", "نسخة كربونية", "نسخة الى", "نسخة مخفية", "Cc"),
        Label.SUBJECT: ("الموضوع", "موضوع", "العنوان"),
        Label.OTHER: ("الرد على", "الرد إلى", "المرفقات", "الأهمية", "الأولوية"),
    },
    originals=(
        "الرسالة الأصلية",  # Outlook, Samsung, Zimbra, Roundcube
        "الرسالة الأساسية",  # Yahoo, Outlook.com
        "رسالة أصلية",
        "رسالة أساسية",
        "النص الأصلي",
        "البريد الأصلي",
        "الرسالة الاصلية",
    ),
    forwards=(
        "رسالة معاد توجيهها",  # Gmail "---------- Forwarded message"
        "الرسالة المعاد توجيهها",
        "رسالة مُعاد توجيهها",
        "الرسالة المُحوّلة",
        "رسالة محولة",
        "رسالة مُمرّرة",
        "بداية الرسالة المعاد توجيهها",  # Apple Mail
        "بدء الرسالة المُعاد توجيهها",
        "بدء الرسالة المحوّلة",
        "إعادة توجيه الرسالة",
        "الرسالة المحولة",
        "الرسالة الممررة",
    ),
    devices=(
        "مُرسل من",  # iOS "مُرسل من الـ iPhone", Samsung, Huawei
        "مرسلة من",
        "أُرسلت من",
        "أرسلت من",
        "أُرسل من",
        "تم الإرسال من",  # Outlook for Android, Samsung
        "تم الارسال من",
        "تم إرسالها من",
        "تم إرسال هذه الرسالة من",
        "تم إرساله من",
        "أرسلت هذه الرسالة من",
        "أُرسلت هذه الرسالة من",
        "مُرسلة بواسطة",
        "مُرسل بواسطة",
        "الحصول على Outlook",  # "Get Outlook for iOS"
        "احصل على Outlook",
        "تنزيل Outlook",
    ),
    reply_above=(
        "يرجى كتابة الرد فوق هذا السطر",
        "يرجى كتابة ردك فوق هذا السطر",
        "اكتب ردك فوق هذا السطر",
        "الرجاء كتابة الرد أعلى هذا السطر",
        "الرجاء كتابة ردك فوق هذا السطر",
        "الرد فوق هذا السطر",
        "اكتب ردك أعلى هذا السطر",
        "يرجى الرد أعلى هذا السطر",
        "يرجى كتابة ردك أعلى هذا السطر",
    ),
    closings=(
        "مع التحية",
        "مع تحياتي",
        "مع خالص التحية",
        "مع خالص تحياتي",
        "مع أطيب التحيات",
        "أطيب التحيات",
        "تحياتي",
        "خالص التحيات",
        "وتقبلوا تحياتي",
        "وتفضلوا بقبول فائق الاحترام",
        "وتفضلوا بقبول فائق الاحترام والتقدير",
        "مع الشكر والتقدير",
        "مع وافر التحية",
        "مع وافر التحية والتقدير",
        "شكرا لكم",
        "وشكرا",
        "شكرا",
    ),
)

PERSIAN = Pack(
    code="fa",
    openings=("در", "در تاریخ", "در روز"),
    wrote=("نوشت", "نوشته است", "نوشته", "نوشتند"),
    labels={
        Label.FROM: ("از", "فرستنده"),
        Label.SENT: ("تاریخ", "ارسال", "ارسال شده", "فرستاده شده", "تاریخ ارسال"),
        Label.TO: ("به", "گیرنده"),
        Label.CC: ("رونوشت",),
        Label.SUBJECT: ("موضوع",),
    },
    originals=("پیام اصلی", "پیغام اصلی"),
    forwards=("پیام فوروارد شده", "پیام ارسال شده", "پیام هدایت شده", "شروع پیام ارسالی"),
    devices=("ارسال شده از", "ارسال‌شده از", "فرستاده شده از"),
    reply_above=("لطفا پاسخ خود را بالای این خط بنویسید",),
    closings=("با احترام", "با تشکر", "ارادتمند"),
)

URDU = Pack(
    code="ur",
    openings=("بروز", "مورخہ", "بتاریخ"),
    wrote=("نے لکھا", "نے لکھا ہے", "نے تحریر کیا", "لکھا"),
    labels={
        Label.FROM: ("منجانب", "از", "بھیجنے والا"),
        Label.SENT: ("تاریخ", "بھیجا گیا", "ارسال"),
        Label.TO: ("بنام", "بخدمت", "وصول کنندہ"),
        Label.CC: ("نقل", "کاپی"),
        Label.SUBJECT: ("موضوع", "عنوان"),
    },
    originals=("اصل پیغام", "اصلی پیغام"),
    forwards=("آگے بھیجا گیا پیغام", "فارورڈ کردہ پیغام", "فارورڈ شدہ پیغام"),
    devices=("میرے آئی فون سے بھیجا گیا",),
    device_ends=("سے بھیجا گیا", "سے ارسال کردہ"),
    closings=("والسلام", "آپ کا مخلص"),
)

TURKISH = Pack(
    code="tr",
    wrote=(
        "şunu yazdı",
        "şunları yazdı",
        "yazdı",
        "tarihinde yazdı",
        "şöyle yazdı",
        "tarafından yazıldı",
    ),
    labels={
        Label.FROM: ("Kimden", "Gönderen"),
        Label.SENT: ("Gönderildi", "Tarih", "Gönderme Tarihi", "Gönderilme", "Gönderilenler"),
        Label.TO: ("Kime", "Alıcı"),
        Label.CC: ("Bilgi", "Cc", "Kopya"),
        Label.SUBJECT: ("Konu",),
    },
    originals=("Özgün İleti", "Orijinal Mesaj", "Orijinal ileti", "Asıl ileti"),
    forwards=(
        "İletilen mesaj",
        "Yönlendirilmiş ileti",
        "Yönlendirilen mesaj",
        "İletilmiş mesaj başlangıcı",
        "İletilen ileti başlangıcı",
    ),
    devices=("Android için Outlook", "iOS için Outlook"),
    device_ends=("gönderildi", "gönderilmiştir", "uygulamasını edinin", "edinin"),
    reply_above=("Lütfen yanıtınızı bu satırın üzerine yazın",),
    closings=("Saygılarımla", "İyi çalışmalar", "Sevgiler"),
)

HEBREW = Pack(
    code="he",
    openings=("בתאריך", "ביום", "ב"),
    wrote=("כתב", "כתבה", "כתב/ה", "מאת"),
    labels={
        Label.FROM: ("מאת",),
        Label.SENT: ("נשלח", "תאריך"),
        Label.TO: ("אל",),
        Label.CC: ("עותק",),
        Label.SUBJECT: ("נושא",),
    },
    originals=("הודעה מקורית", "ההודעה המקורית"),
    forwards=("הודעה שהועברה", "הודעה מועברת", "תחילת ההודעה שהועברה"),
    devices=("נשלח מה", "נשלח מ"),
)

MIDDLE_EAST = (ARABIC, PERSIAN, URDU, TURKISH, HEBREW)
