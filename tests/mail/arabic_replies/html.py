"""Arabic replies in HTML, in the markup of each client."""

# ruff: noqa: E501 - a client writes its lines as long as it likes

from tests.mail.arabic_replies.reply import Reply

REPLIES = (
    Reply(
        "gmail web",
        '<div dir="rtl">وعليكم السلام، أرفقت الهوية.</div><br><div class="gmail_quote gmail_quote_container">'
        '<div dir="rtl" class="gmail_attr">في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة &lt;'
        '<a href="mailto:student@diplomas.example">student@diplomas.example</a>&gt;:<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0.8ex 0px 0px;border-right:1px solid rgb(204,204,204)">'
        "<div>نرجو إرفاق الهوية.</div></blockquote></div>",
        "وعليكم السلام، أرفقت الهوية.",
    ),
    Reply(
        "gmail android",
        '<div dir="auto">متى يبدأ الفصل؟</div><br><div class="gmail_quote"><div dir="rtl" class="gmail_attr">'
        'بتاريخ الأحد، ٥ يناير ٢٠٢٥، ٣:٠٨ م كتب الدعم &lt;<a href="mailto:support@diplomas.example">support@diplomas.example</a>&gt;:<br></div>'
        '<blockquote class="gmail_quote"><p>أهلا بك</p></blockquote></div>',
        "متى يبدأ الفصل؟",
    ),
    Reply(
        "gmail web, answer below",
        '<div dir="rtl"><div class="gmail_quote"><div class="gmail_attr">في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة &lt;student@diplomas.example&gt;:<br></div>'
        '<blockquote class="gmail_quote"><div>ما رقمك؟</div></blockquote></div><div>رقمي ١٠٤٢</div></div>',
        "رقمي ١٠٤٢",
    ),
    Reply(
        "gmail web, signature",
        '<div dir="rtl">تم السداد<div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div dir="rtl" class="gmail_signature">خالد الحربي<br>متدرب</div></div><br>'
        '<div class="gmail_quote"><div class="gmail_attr">في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة &lt;student@diplomas.example&gt;:<br></div>'
        '<blockquote class="gmail_quote">نرجو السداد</blockquote></div>',
        "تم السداد",
    ),
    Reply(
        "outlook desktop",
        '<div class="WordSection1"><p class="MsoNormal" dir="RTL">أرجو إرسال الفاتورة.</p><p class="MsoNormal">&nbsp;</p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal" dir="RTL">'
        "<b>من:</b> المالية &lt;finance@diplomas.example&gt; <br><b>تاريخ الإرسال:</b> الأحد، ٥ يناير ٢٠٢٥ ٠٣:٠٨ م<br>"
        "<b>إلى:</b> خالد &lt;khaled@mail.example&gt;<br><b>الموضوع:</b> رد: فاتورة</p></div></div>"
        '<p class="MsoNormal">وصل طلبكم.</p></div>',
        "أرجو إرسال الفاتورة.",
    ),
    Reply(
        "outlook web",
        '<div dir="rtl" class="elementToProof">لم يعمل الرابط</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
        '<div id="divRplyFwdMsg" dir="rtl"><font face="Calibri, sans-serif"><b>من:</b> الدعم &lt;support@diplomas.example&gt;<br>'
        "<b>تم الإرسال:</b> الأحد, 5 يناير, 2025 3:08 م<br><b>إلى:</b> خالد &lt;khaled@mail.example&gt;<br><b>الموضوع:</b> رابط</font><div>&nbsp;</div></div>"
        "<div>هذا الرابط.</div>",
        "لم يعمل الرابط",
    ),
    Reply(
        "outlook for ios",
        '<div dir="rtl">سأراجعها غدا</div><div id="ms-outlook-mobile-signature"><div>الحصول على <a href="https://aka.ms/o0ukef">Outlook لـ iOS</a></div></div>'
        '<hr><div id="divRplyFwdMsg" dir="rtl"><b>من:</b> الدعم &lt;support@diplomas.example&gt;<br><b>تم الإرسال:</b> Sunday, January 5, 2025 3:08:12 PM<br>'
        "<b>إلى:</b> خالد<br><b>الموضوع:</b> متابعة</div><div>هل من جديد؟</div>",
        "سأراجعها غدا",
    ),
    Reply(
        "apple mail",
        '<html><body dir="auto">أريد تغيير البريد<br><br><div dir="rtl">مُرسل من الـ iPhone</div><div dir="rtl"><br>'
        '<blockquote type="cite">في ٥ يناير ٢٠٢٥، الساعة ٣:٠٨ م، كتب/كتبت الدعم &lt;support@diplomas.example&gt;:<br><br></blockquote></div>'
        '<blockquote type="cite"><div dir="rtl">أهلا بك</div></blockquote></body></html>',
        "أريد تغيير البريد",
    ),
    Reply(
        "thunderbird, answer above",
        '<p dir="rtl">وصل الملف.</p><div class="moz-cite-prefix" dir="rtl">في 5/1/2025 3:08 م، كتب الدعم:<br></div>'
        '<blockquote type="cite" cite="mid:1@diplomas.example"><p>هل وصل؟</p></blockquote>',
        "وصل الملف.",
    ),
    Reply(
        "thunderbird, answer below",
        '<div class="moz-cite-prefix">في 5/1/2025 3:08 م، كتب الدعم:<br></div>'
        '<blockquote type="cite" cite="mid:1@diplomas.example"><p>هل وصل؟</p></blockquote><p dir="rtl">نعم وصل.</p>',
        "نعم وصل.",
    ),
    Reply(
        "yahoo web",
        '<div class="ydp1yahoo-style-wrap"><div dir="rtl">سأدفع غدا</div></div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div>'
        '<div dir="rtl">في الأحد، ٥ يناير ٢٠٢٥، ٣:٠٨:١٢ م غرينتش+٣، كتب المالية &lt;finance@diplomas.example&gt;: </div><div><br></div>'
        "<div>نرجو سداد الرسوم.</div></div></div>",
        "سأدفع غدا",
    ),
    Reply(
        "samsung",
        '<div dir="auto">تم الإرسال بالأمس</div><div id="composer_signature" dir="auto">تم الإرسال من هاتف Galaxy</div><div><br></div>'
        '<div dir="auto">-------- الرسالة الأصلية --------</div><div>من: الدعم &lt;support@diplomas.example&gt;</div><div>التاريخ: ٥/١/٢٠٢٥ ٣:٠٨ م (GMT+03:00)</div>'
        "<div>إلى: khaled@mail.example</div><div>الموضوع: متابعة</div><div><br></div><div>متى أرسلتم؟</div>",
        "تم الإرسال بالأمس",
    ),
    Reply(
        "zimbra",
        '<div style="font-family:arial"><div dir="rtl">نأمل الإفادة</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
        "<b>من: </b>الدعم &lt;support@diplomas.example&gt;<br><b>إلى: </b>خالد &lt;khaled@mail.example&gt;<br><b>تاريخ الإرسال: </b>الأحد، 5 يناير، 2025 15:08:12<br>"
        '<b>الموضوع: </b>رد: استفسار<br></div><br><div data-marker="__QUOTED_TEXT__">ما استفساركم؟</div></div>',
        "نأمل الإفادة",
    ),
    Reply(
        "roundcube, answer below",
        '<p id="reply-intro">كتب support@diplomas.example في 2025-01-05 14:52:</p><blockquote type="cite" style="padding:0 0.4em;border-left:#1010ff 2px solid">'
        "<div>كيف نخدمك؟</div></blockquote><p>لا أستطيع الدخول.</p>",
        "لا أستطيع الدخول.",
    ),
    Reply(
        "zoho",
        '<div dir="rtl">أشكركم</div><div class="zmail_extra_hr" style="border-top: 1px solid rgb(204, 204, 204)"><br></div><div class="zmail_extra" data-zbluepencil-ignore="true">'
        '<div id="Zm-_Id_-Sgn1">---- في الأحد, 05 يناير 2025 15:08:12 +0300 <b>info@diplomas.example</b> كتب ----<br></div><blockquote>أهلا بكم</blockquote></div>',
        "أشكركم",
    ),
    Reply(
        "gmail, answers between the quotes",
        '<div dir="rtl"><div class="gmail_quote"><div class="gmail_attr">في الأحد، ٥ يناير ٢٠٢٥ في ٣:٠٨ م تمت كتابة ما يلي بواسطة سارة &lt;student@diplomas.example&gt;:<br></div>'
        '<blockquote class="gmail_quote"><div>ما رقم الطلب؟</div></blockquote><div>١٠٤٢</div><blockquote class="gmail_quote"><div>وما تاريخ السداد؟</div></blockquote><div>أمس</div></div></div>',
        "> ما رقم الطلب؟ ١٠٤٢ > وما تاريخ السداد؟ أمس",
    ),
    Reply(
        "a table of the writer's own",
        '<div dir="rtl">بيانات الرحلة:<table><tr><td>من:</td><td>الرياض</td></tr><tr><td>إلى:</td><td>جدة</td></tr><tr><td>التاريخ:</td><td>13 سبتمبر</td></tr></table>شكرا لكم</div>',
        "بيانات الرحلة: من: الرياض إلى: جدة التاريخ: 13 سبتمبر شكرا لكم",
    ),
)
