"""Who is writing: a person, or a machine that must never be answered (RFC 3834 2).

The first rule that fits decides, and its reason names the header or the pattern. A rule about
words looks only where a machine puts them: at the start of a subject or of the text.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from maild.mail import autotexts
from maild.mail.mail import Bounce, Nature
from maild.mail.normal import normalise

_Headers = Mapping[str, str]  # lower-case name -> first value

# Headers only a program writes, whatever their value.
_MACHINE_HEADERS = {
    "x-post-messageclass": "9; Autoresponder, Zoho and others",
    "x-cron-env": "cron(8)",
    "x-boxtrapper": "BoxTrapper challenge",
    "x-spamarrest-noloop": "Spam Arrest challenge",
    "x-maild-loop": "maild, here or elsewhere",
    "x-loop": "procmail, Majordomo, Debian's trackers",
    "x-rt-loop-prevention": "Request Tracker",
    "x-otrs-loop": "OTRS",
    "x-roundup-loop": "Roundup",
    "x-jira-fingerprint": "Jira",
    "x-github-reason": "GitHub",
    "x-gitlab-project": "GitLab",
    "x-facebook-notify": "Facebook",
}
# Exchange writes one or more of these into what must not be answered; DR, RN and NRN alone only
# ask for no receipts and stand in letters of people ([MS-OXCMAIL] 2.1.3.2.21).
_SUPPRESS = frozenset({"all", "oof", "autoreply"})
_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "auto-reply"})
_LIST_HEADERS = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-mailman-version")
# What autoresponders call their own headers: X-Auto-Reply-To, X-AutoResponder-Version, …
_MACHINE_NAME = re.compile(
    r"x-.{0,30}(?:auto-?(?:repl|respond|generated|submitted)|holidayreply|machinegenerated|vacation)"
)
_NO_REPLY = re.compile(
    r"<?(?:post_?master|root|nobody|cron-?daemon|www-data|apache)@"
    r"|<?(?:do[-_.]?)?no[-_.]?t?[-_.]?reply[^@\s<>]{0,64}@|<?(?:mailer-?daemon|autoresponder|autoreply)@"
)


def classify(
    headers: Sequence[tuple[str, str]],
    content_type: str,
    subject: str,
    text: str,
    bounce: Bounce | None,
) -> tuple[Nature, str]:
    """Return who wrote a mail and which header or pattern said so; "" for a person.

    `headers` have lower-case names and decoded values; `content_type` is the mail's own, with
    its parameters if they are at hand; `text` the whole readable body.
    """
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name, value)
    content = f"{content_type.lower()} {_said(first, 'content-type')}"
    key = normalise(subject[:500])
    start = normalise(text[:1500])
    complaint = _complaint(first, content, start)
    if complaint:
        return Nature.COMPLAINT, complaint
    if bounce is not None:
        return Nature.BOUNCE, "delivery report (RFC 3464 or a known server's text)"
    rules: tuple[Callable[[], str], ...] = (
        lambda: _report(content),
        lambda: _auto_submitted(first),
        lambda: _machine_header(first),
        lambda: _calendar(first, content),
    )
    for rule in rules:
        reason = rule()
        if reason:
            return Nature.AUTO, reason
    reason = _list(first)
    if reason:
        return Nature.LIST, reason
    reason = _sender(first) or autotexts.subject_of_machine(key) or _text(key, start)
    return (Nature.AUTO, reason) if reason else (Nature.PERSON, "")


def _said(headers: _Headers, name: str) -> str:
    """Return the first value of a header in matching form, "" when there is none."""
    value = headers.get(name)
    return normalise(value[:2000]) if value else ""


def _complaint(headers: _Headers, content: str, start: str) -> str:
    if "feedback-report" in content:
        return "multipart/report; report-type=feedback-report (RFC 5965)"
    if "x-hmxmroriginalrecipient" in headers:
        return "X-HmXmrOriginalRecipient: Outlook.com junk mail report"
    if start.startswith('{"notificationtype":"complaint"'):
        return "Amazon SES complaint notification"
    if autotexts.COMPLAINT.search(start) and "message/feedback-report" in start:
        return "feedback report (RFC 5965)"
    return ""


def _report(content: str) -> str:
    if "disposition-notification" in content:
        return "multipart/report; report-type=disposition-notification (RFC 8098)"
    if "multipart/report" in content:
        return "multipart/report (RFC 6522)"
    return ""


def _auto_submitted(headers: _Headers) -> str:
    value = _said(headers, "auto-submitted")
    # RFC 3834 5: any keyword but "no" is a machine's; comments and parameters may follow
    keyword = re.split(r"[;( ]", value, maxsplit=1)[0]
    if keyword and keyword != "no":
        return f"Auto-Submitted: {keyword} (RFC 3834)"
    return ""


def _machine_header(headers: _Headers) -> str:
    suppress = _said(headers, "x-auto-response-suppress")
    if _SUPPRESS & set(re.split(r"[,; ]+", suppress)):
        return f"X-Auto-Response-Suppress: {suppress[:40]} (Exchange)"
    precedence = _said(headers, "precedence") or _said(headers, "x-precedence")
    if precedence in _PRECEDENCE or _said(headers, "preference") == "auto_reply":
        return f"Precedence: {precedence or 'auto_reply'}"
    if _said(headers, "x-apple-action") == "vacation":
        return "X-Apple-Action: VACATION (iCloud)"
    mailer = _said(headers, "x-mailer")
    if "vacation" in mailer or "autorespond" in mailer:
        return "X-Mailer names an autoresponder"
    if _said(headers, "delivered-to") == "autoresponder":
        return "Delivered-To: Autoresponder"
    for name, writer in _MACHINE_HEADERS.items():
        if name in headers and _said(headers, name) not in ("no", "false", "0", ""):
            return f"{name}: {writer}"
    named = next((n for n in headers if n.startswith("x-") and _MACHINE_NAME.match(n)), None)
    return f"{named}: an autoresponder's header" if named else ""


def _calendar(headers: _Headers, content: str) -> str:
    if "text/calendar" in content and "method=reply" in content.replace('"', "").replace(" ", ""):
        return "text/calendar; method=REPLY (RFC 6047)"
    if _said(headers, "content-class") == "urn:content-classes:calendarmessage":
        return "Content-Class: calendar message (Exchange)"
    return ""


def _list(headers: _Headers) -> str:
    for name in _LIST_HEADERS:
        if _said(headers, name):
            return f"{name} (RFC 2919, RFC 2369)"
    if _said(headers, "precedence") == "list":
        return "Precedence: list"
    if _said(headers, "list-unsubscribe"):
        return "list-unsubscribe (RFC 2369)"
    return ""


def _sender(headers: _Headers) -> str:
    if _said(headers, "return-path") == "<>":
        return "Return-Path: <> (RFC 5321 4.5.5)"
    address = _said(headers, "from").rpartition("<")[2]
    # a web form writes from its own address for a person it names in Reply-To
    if _NO_REPLY.match(address) and not _said(headers, "reply-to"):
        return "From: an address that takes no answers"
    return ""


def _text(subject: str, start: str) -> str:
    if autotexts.RECEIPT_SUBJECT.match(subject) and autotexts.RECEIPT_TEXT.search(start[:600]):
        return "read receipt by its subject and text (Outlook)"
    if not start and autotexts.CALENDAR_SUBJECT.match(subject):
        return "calendar answer by its subject, without a word of text (Exchange)"
    if autotexts.is_challenge(f"{subject} {start[:600]}"):
        return "challenge: asks the sender to confirm"
    if autotexts.AUTO_TEXT.match(start):
        return "text begins as an automatic message"
    return ""
