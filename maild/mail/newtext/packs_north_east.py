"""The Nordic, Slavic and East Asian languages: the words of mail clients in them."""

from maild.mail.newtext.pack import Label, Pack

DANISH = Pack(
    code="da",
    openings=("Den", "D."),
    wrote=("skrev", "skrev følgende"),
    labels={
        Label.FROM: ("Fra",),
        Label.SENT: ("Sendt", "Dato"),
        Label.TO: ("Til",),
        Label.CC: ("Cc", "Kopi"),
        Label.SUBJECT: ("Emne",),
    },
    originals=("Oprindelig meddelelse", "Original meddelelse", "Oprindelig besked"),
    forwards=("Videresendt meddelelse", "Start på videresendt besked", "Videresendt besked"),
    devices=("Sendt fra", "Hent Outlook", "Sendt med", "Sendt via"),
    farewells=("Med venlig hilsen", "Venlig hilsen", "Hilsen", "Mvh", "Kh", "Vh", "Bedste hilsner"),
)

NORWEGIAN = Pack(
    code="nb",
    openings=("Den",),
    wrote=("skrev", "skreiv"),
    labels={
        Label.FROM: ("Fra",),
        Label.SENT: ("Sendt", "Dato"),
        Label.TO: ("Til",),
        Label.CC: ("Kopi", "Cc"),
        Label.SUBJECT: ("Emne",),
    },
    originals=("Opprinnelig melding", "Original melding"),
    forwards=("Videresendt melding", "Videresendt e-post", "Start på videresendt melding"),
    devices=("Sendt fra", "Få Outlook", "Hent Outlook"),
    farewells=("Med vennlig hilsen", "Vennlig hilsen", "Hilsen", "Mvh"),
)

SWEDISH = Pack(
    code="sv",
    openings=("Den", "På"),
    wrote=("skrev", "skrev följande"),
    labels={
        Label.FROM: ("Från",),
        Label.SENT: ("Skickat", "Datum", "Skickad"),
        Label.TO: ("Till",),
        Label.CC: ("Kopia", "Cc"),
        Label.SUBJECT: ("Ämne",),
    },
    originals=("Ursprungligt meddelande", "Originalmeddelande"),
    forwards=("Vidarebefordrat meddelande", "Vidarebefordrat brev", "Vidarebefordrat mejl"),
    devices=("Skickat från", "Hämta Outlook", "Skickat med", "Skickades från"),
    farewells=(
        "Med vänlig hälsning",
        "Med vänliga hälsningar",
        "Vänliga hälsningar",
        "Mvh",
        "Hälsningar",
    ),
)

FINNISH = Pack(
    code="fi",
    wrote=("kirjoitti",),
    labels={
        Label.FROM: ("Lähettäjä",),
        Label.SENT: ("Lähetetty", "Päivämäärä", "Päiväys"),
        Label.TO: ("Vastaanottaja",),
        Label.CC: ("Kopio",),
        Label.SUBJECT: ("Aihe",),
    },
    originals=("Alkuperäinen viesti",),
    forwards=("Välitetty viesti", "Edelleenlähetetty viesti"),
    devices=("Lähetetty",),
)

POLISH = Pack(
    code="pl",
    openings=("Dnia", "W dniu"),
    wrote=("napisał", "napisała", "napisał(a)", "napisał/a", "pisze"),
    labels={
        Label.FROM: ("Od", "Nadawca"),
        Label.SENT: ("Wysłano", "Data", "Wysłane", "Data wysłania"),
        Label.TO: ("Do",),
        Label.CC: ("DW", "Kopia"),
        Label.SUBJECT: ("Temat",),
    },
    originals=("Wiadomość oryginalna", "Oryginalna wiadomość", "Pierwotna wiadomość"),
    forwards=("Przekazana wiadomość", "Wiadomość przekazana dalej", "Treść przekazanej wiadomości"),
    devices=("Wysłane z", "Wysłano z", "Pobierz program Outlook", "Pobierz Outlook"),
    farewells=("Pozdrawiam", "Z poważaniem", "Serdecznie pozdrawiam", "Pozdrowienia"),
)

CZECH = Pack(
    code="cs",
    openings=("Dne",),
    wrote=("napsal", "napsala", "napsal(a)", "napísal", "napísal(a)"),
    labels={
        Label.FROM: ("Od",),
        Label.SENT: ("Odesláno", "Datum", "Odoslané", "Dátum"),
        Label.TO: ("Komu", "Pro"),
        Label.CC: ("Kopie", "Kópia"),
        Label.SUBJECT: ("Předmět", "Predmet"),
    },
    originals=("Původní zpráva", "Původní e-mail", "Pôvodná správa"),
    forwards=("Přeposlaná zpráva", "Začátek přeposílané zprávy", "Preposlaná správa"),
    devices=("Odesláno z", "Odoslané z", "Získat Outlook"),
)

HUNGARIAN = Pack(
    code="hu",
    wrote=("ezt írta", "írta", "a következőt írta"),
    labels={
        Label.FROM: ("Feladó",),
        Label.SENT: ("Küldve", "Dátum", "Elküldve"),
        Label.TO: ("Címzett",),
        Label.CC: ("Másolatot kap", "Másolat"),
        Label.SUBJECT: ("Tárgy",),
    },
    originals=("Eredeti üzenet",),
    forwards=("Továbbított üzenet", "Továbbított levél kezdete"),
)

ROMANIAN = Pack(
    code="ro",
    openings=("În", "La", "Pe", "În data de"),
    wrote=("a scris", "scris"),
    labels={
        Label.FROM: ("De la", "Expeditor"),
        Label.SENT: ("Trimis", "Data", "Trimis la"),
        Label.TO: ("Către", "La", "Catre"),
        Label.CC: ("Cc",),
        Label.SUBJECT: ("Subiect", "Subiectul"),
    },
    originals=("Mesaj original", "Mesajul original"),
    forwards=("Mesaj redirecționat", "Mesaj redirectionat", "Începutul mesajului redirecționat"),
    devices=("Trimis de pe", "Trimis din"),
)

GREEK = Pack(
    code="el",
    openings=("Στις", "Την"),
    wrote=("έγραψε", "ο χρήστης έγραψε", "έγραψαν"),
    labels={
        Label.FROM: ("Από",),
        Label.SENT: ("Εστάλη", "Στάλθηκε", "Ημερομηνία"),
        Label.TO: ("Προς",),
        Label.CC: ("Κοιν", "Κοινοποίηση"),
        Label.SUBJECT: ("Θέμα",),
    },
    originals=("Αρχικό μήνυμα",),
    forwards=("Προωθημένο μήνυμα", "Διαβιβασμένο μήνυμα"),
    devices=("Στάλθηκε από", "Εστάλη από"),
)

RUSSIAN = Pack(
    code="ru",
    openings=("В", "От"),
    wrote=("написал", "написала", "написал(а)", "пишет", "писал", "писал(а)", "писала"),
    labels={
        Label.FROM: ("От", "Отправитель"),
        Label.SENT: ("Отправлено", "Дата", "Послано"),
        Label.TO: ("Кому",),
        Label.CC: ("Копия",),
        Label.SUBJECT: ("Тема",),
    },
    originals=("Исходное сообщение", "Оригинальное сообщение", "Original Message"),
    forwards=(
        "Пересылаемое сообщение",
        "Перенаправленное сообщение",
        "Начало переадресованного сообщения",
        "Пересланное сообщение",
    ),
    devices=("Отправлено с", "Отправлено из", "Отправлено от", "Получить Outlook"),
)

UKRAINIAN = Pack(
    code="uk",
    openings=("У", "В"),
    wrote=("написав", "написала", "написав(-ла)", "пише", "пише(-уть)"),
    labels={
        Label.FROM: ("Від",),
        Label.SENT: ("Надіслано", "Дата", "Відправлено"),
        Label.TO: ("Кому",),
        Label.CC: ("Копія",),
        Label.SUBJECT: ("Тема",),
    },
    originals=("Оригінальне повідомлення", "Початкове повідомлення"),
    forwards=("Переслане повідомлення", "Перенаправлене повідомлення"),
    devices=("Надіслано з", "Відправлено з"),
)

CHINESE = Pack(
    code="zh",
    openings=("在", "于", "於"),
    wrote=("写道", "寫道", "已写入", "写到", "寫到", "撰寫", "编写"),
    labels={
        Label.FROM: ("发件人", "寄件者", "寄件人", "發件人"),
        Label.SENT: ("发送时间", "日期", "寄件日期", "发送日期", "傳送時間", "已发送", "寄送日期"),
        Label.TO: ("收件人", "收件者"),
        Label.CC: ("抄送", "副本"),
        Label.SUBJECT: ("主题", "主旨", "主題"),
    },
    originals=("原始邮件", "原始郵件", "原邮件", "原始訊息"),
    forwards=("转发的邮件", "转发邮件信息", "轉寄郵件", "转发的信件", "開始轉寄郵件", "已转发邮件"),
    devices=("发自我的", "從我的", "从我的", "傳送自我的", "发自", "來自我的", "获取 Outlook"),
)

JAPANESE = Pack(
    code="ja",
    wrote=("のメール", "のメッセージ", "は書きました", "さんは書きました", "wrote"),
    labels={
        Label.FROM: ("差出人", "送信元", "送信者"),
        Label.SENT: ("送信日時", "日時", "日付", "送信日"),
        Label.TO: ("宛先", "To"),
        Label.CC: ("Cc", "CC"),
        Label.SUBJECT: ("件名",),
    },
    originals=("元のメッセージ", "オリジナルメッセージ", "Original Message"),
    forwards=("転送されたメッセージ", "転送メッセージ", "Forwarded message"),
    device_ends=("から送信", "から送信しました", "を入手"),
)

KOREAN = Pack(
    code="ko",
    wrote=("작성", "님이 작성", "님이 작성한 메시지", "작성했습니다", "썼습니다"),
    labels={
        Label.FROM: ("보낸 사람", "보낸사람", "발신"),
        Label.SENT: ("보낸 날짜", "날짜", "보낸날짜", "발신일"),
        Label.TO: ("받는 사람", "받는사람", "수신"),
        Label.CC: ("참조",),
        Label.SUBJECT: ("제목",),
    },
    originals=("원본 메시지", "원본 메일", "Original Message"),
    forwards=("전달된 메시지", "전달된 메일", "Forwarded message"),
    device_ends=("에서 보냄",),
)

VIETNAMESE = Pack(
    code="vi",
    openings=("Vào", "Vào lúc", "Ngày"),
    wrote=("đã viết", "viết"),
    labels={
        Label.FROM: ("Từ",),
        Label.SENT: ("Đã gửi", "Ngày"),
        Label.TO: ("Đến", "Tới"),
        Label.CC: ("Cc",),
        Label.SUBJECT: ("Chủ đề", "Tiêu đề"),
    },
    originals=("Thư gốc",),
    forwards=("Thư đã chuyển tiếp", "Thư chuyển tiếp"),
    devices=("Đã gửi từ", "Được gửi từ"),
)

INDONESIAN = Pack(
    code="id",
    openings=("Pada",),
    wrote=("menulis",),
    labels={
        Label.FROM: ("Dari",),
        Label.SENT: ("Dikirim", "Tanggal"),
        Label.TO: ("Kepada", "Ke"),
        Label.CC: ("Cc",),
        Label.SUBJECT: ("Subjek", "Perihal"),
    },
    originals=("Pesan Asli",),
    forwards=("Pesan terusan", "Pesan yang diteruskan"),
    devices=("Dikirim dari",),
)

NORTH_EAST = (
    DANISH,
    NORWEGIAN,
    SWEDISH,
    FINNISH,
    POLISH,
    CZECH,
    HUNGARIAN,
    ROMANIAN,
    GREEK,
    RUSSIAN,
    UKRAINIAN,
    CHINESE,
    JAPANESE,
    KOREAN,
    VIETNAMESE,
    INDONESIAN,
)
