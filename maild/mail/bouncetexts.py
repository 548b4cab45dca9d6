"""The texts of servers that report failure without RFC 3464: subjects, phrases, recipients.

Each pattern names its server. They are asked only about a mail whose sender or subject already
says that it is a report, and see the report's own words, not the letter it returns.
"""

import re

ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)

_MAX_LINES = 120
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d[ -]")

# Where the returned letter begins: Exim, qmail, Sendmail, Exchange, MIMEsweeper, Postfix 1...
_RETURNED = re.compile(
    r"^[- *=>]{0,80}(?:this is a copy of (?:the|your) message|below this line is a copy"
    r"|(?:original|returned|unsent|undelivered|bounced) (?:message|mail)"
    r"|message header follows|headers? of (?:the )?(?:original|your) message"
    r"|copy of the (?:original )?message"
    r"|(?:the )?(?:original|text of the|body of the) message (?:follows|was:|was$)"
    r"|undelivered message follows"
    r"|message headers follow|the (?:header|first part) of|included is a copy"
    r"|original message (?:headers?|follows)"
    r"|received: (?:from|by) |return-path: )",
    re.IGNORECASE,
)

_FAILURE_SUBJECT = re.compile(
    r"undeliver|^delivery status$|delivery (?:status )?(?:notification|failure|failed"
    r"|report|error|problem)"
    r"|mail delivery|failure notice|returned mail|returned to sender"
    r"|return(?:ed)? (?:message|email)"
    r"|mail(?:er)? (?:failure|error|system error)|non-?delivery"
    r"|could ?n[o']t be delivered|not delivered"
    r"|message (?:delivery|status)|delivery has failed|nondeliverable|mail could not be"
    r"|warning: could not send|delivery delayed|delayed mail|unzustellbar|user unknown"
    r"|nicht zugestellt"
    r"|returning message|permanent (?:delivery )?(?:failure|error)|failed mail|bounce"
    r"|non remis|échec|notificação de falha|fallo|não entregue|mancata consegna|onbestelbaar"
    r"|تعذر التسليم|لم يتم تسليم|فشل (?:في )?(?:التسليم|تسليم|إرسال|الإرسال)"
    r"|غير قابل للتسليم|تعذر تسليم"
    r"|إشعار حالة التسليم|送信できません|配信(?:不能|エラー)|недоставлен|не доставлено"
)  # in lower case: it is asked about every mail, and ignoring case costs five times as much
_ANSWER = re.compile(r"\W{0,5}(?:re|aw|sv|رد|الرد)\W{0,5}:", re.IGNORECASE)
_FAILURE_TEXT = re.compile(
    r"could ?n[o']t be (?:delivered|reached|sent)|(?:was|were) not (?:delivered|sent)|undeliverable"
    r"|unable to deliver|not be delivered|cannot be delivered|failed to (?:deliver|send)"
    r"|delivery (?:has )?failed"
    r"|permanent(?:ly)? (?:fatal )?(?:error|failure|rejected)|returned (?:to sender"
    r"|message)|user unknown"
    r"|unknown user|no such user|invalid user|mailbox (?:is )?(?:full|unavailable"
    r"|not found|exceeds)|does(?: not|n't) exist"
    r"|could not deliver|couldn't (?:deliver|be delivered)|not reach(?:ed)?"
    r"|rejected your message|recipient unknown"
    r"|account (?:is )?(?:disabled|inactive)|over quota|quota exceeded|invalid recipient"
    r"|host unknown"
    r"|unable to relay|giv(?:ing|en) up|did not reach|can(?:no|')t (?:be )?deliver"
    r"|delivery error|address(?:es)? failed"
    r"|transcript of session|not (?:listed|found) in|refused|unrouteable|bounced"
    r"|undelivered|delivery attempts"
    r"|still being retried|has been delayed|delivery .{0,20}delayed"
    r"|not yet been delivered|problems? (?:with )?deliver|delivery problem"
    r"|rejected (?:by|because|for)|has been rejected|mail (?:was|is) (?:rejected|blocked)"
    r"|تعذر تسليم|لم يتم تسليم|تعذر التسليم|فشل التسليم|配信できません|送信できません|以下のメール",
    re.IGNORECASE,
)
_ABSENCE = re.compile(
    r"out of (?:the )?office|automatic(?:ally)? (?:reply|response)"
    r"|auto(?:matic)?[ -]?(?:reply|response|responder)"
    r"|autoreply|vacation|abwesen|absence|خارج المكتب|رد تلقائي|الرد التلقائي|غير متواجد",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delay|not yet been delivered|will (?:be )?(?:retr|continue)|still being retried"
    r"|do not need to resend"
    r"|warning: (?:message )?(?:could not|still)|temporar(?:y|ily)"
    r"|will keep trying|no action is required",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"giv(?:ing|en) up|permanent|fatal|too long|no further|undeliverable|expired"
    r"|(?<!\d)5\d\d[ -]"
    r"|(?<![\d.])5\.\d+\.\d+",
    re.IGNORECASE,
)

_NAMED = (
    r"(?:failed|invalid|original|final|intended|bad|rcpt)[ -]?(?:to|recipient|address)"
    r"(?:es|s|\(s\))? ?[:=;] ?(?:rfc822; ?)?<?({a})>?"
)
_PREPOSED = (
    r"\b(?:recipient|empfänger|destinataire|destinatario|to|user|address|mailbox|for|errors?)"
    r"(?: ?[:=] ?| |(?=[<'\"(\[]))[<'\"(\[]?(?:smtp:|mailto:)?({a})[>'\")\]]?"
)
# How a server names the recipient. Each is tried on one line of at most 500 characters.
_LINES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^\s{0,8}<({a})>[:.,]? ?(?:.*)$",  # qmail, Postfix, Sendmail: "<addr>:"
        r"^\s{0,8}({a})[:]?\s*$",  # Exim, Gmail: the address alone on its line
        r"^\s{0,12}({a}) ?(?:\.\.\. |: | on |; | \(|, | - )",  # Sendmail, Domino, Exchange 5.5
        _NAMED,  # Exchange 2003, Groupwise, Courier: "Recipient: addr", "RCPT TO:<addr>"
        _PREPOSED,  # DragonFly, MailFoundry, Exchange: "your mail to <addr>", "user addr"
        r"[<'\"(\[](?:smtp:|mailto:|rfc822;)?({a})[>'\")\]]",
        r"^\W{0,10}({a})\W",
    )
    for pattern in [pattern.replace("{a}", ADDRESS.pattern)]
)
_NOT_RECIPIENT = re.compile(
    r"mail from|from:|sender|return-path|message-id|reply-to|contact|postmaster"
    r"|envelope-from|received:"
    r"|subject:|your message (?:from)|<mailto:|\bid ",
    re.IGNORECASE,
)


def head_of_report(text: str) -> str:
    """Return the report's own words: what stands before the letter it returns."""
    lines: list[str] = []
    for line in text.splitlines()[: 4 * _MAX_LINES]:
        if lines and _RETURNED.match(line[:200]):
            break
        lines.append(line[:500])
    return "\n".join(lines[:_MAX_LINES])


def is_failure_subject(subject: str) -> bool:
    """Tell whether a subject is a server's for a failed or delayed delivery, not a reply to one."""
    return not _ANSWER.match(subject) and _FAILURE_SUBJECT.search(subject[:300].lower()) is not None


def is_server_talk(said: str) -> bool:
    """Tell whether a text quotes a mail server: a reply code or an enhanced status code."""
    return _STATUS.search(said) is not None or _REPLY.search(said) is not None


def is_failure_text(said: str) -> bool:
    """Tell whether a report's own words speak of a failed or delayed delivery."""
    return _FAILURE_TEXT.search(said) is not None


def is_absence(subject: str) -> bool:
    """Tell whether a subject is an out-of-office note's."""
    return _ABSENCE.search(subject[:300]) is not None


def is_delay(said: str) -> bool:
    """Tell whether the server is still trying."""
    return _DELAY.search(said) is not None and _GAVE_UP.search(said) is None


def status_of(said: str) -> str | None:
    """Return the first enhanced status code (RFC 3463) or the class of an SMTP reply as one."""
    found = _STATUS.search(said)
    if found is not None:
        return found.group(1)
    reply = _REPLY.search(said)
    return f"{reply.group(1)}.0.0" if reply is not None else None


def recipients(said: str) -> list[str]:
    """Return the addresses a report's own words name as not reached: the first form that fits."""
    lines = said.splitlines()
    for pattern in _LINES:
        found = [
            match.group(1)
            for line in lines
            if not _NOT_RECIPIENT.search(line[: line.find("@") if "@" in line else 0])
            for match in [pattern.search(line)]
            if match is not None
        ]
        if found:
            return list(dict.fromkeys(found))
    return []
