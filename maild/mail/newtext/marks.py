"""Single lines that end what somebody wrote: separators, device lines, signature rules."""

import re
from collections.abc import Callable

from maild.mail.newtext.vocabulary import (
    DEVICE_ENDS,
    DEVICES,
    DISCLAIMERS,
    FORWARDS,
    ORIGINALS,
    REPLY_ABOVE_KEYS,
)

_FRAME = "-_=*~#<>|+: "

# "-- " is the signature separator of RFC 3676 4.3; many clients drop its space, some make it a
# dash (Apple's smart dashes, GitHub's and GitLab's notifications).
_SIGNATURE_RULES = frozenset({"--", "—", "–", "- -"})
_UNDERSCORES = re.compile(r"_{5,}")  # Mailman's footer and Outlook's rule
_ORNAMENT = re.compile(
    r"[-_=*~#+–—\u1427 ]{2,}|[—–\u1427]"
)  # U+1427: Streak's and Mailtrack's mark
_PAGE_RULE = re.compile(r"[-_=*~]{3,} ?[-_=*~]*")

# The same line of any helpdesk: in a frame, with "above" or "below this line" and an answer
_ABOVE = re.compile(
    r"[-#=*_>~+]{2,}.{0,60}?(?:reply|repl|respon|answer|رد|اجاب).{0,60}?"
    r"(?:(?:above|below) this line|(?:فوق|اعلي) هذا (?:السطر|الخط)).{0,20}"
)
# GroupWise: ">>> NAME <addr> 1/5/2025 3:08 PM >>>"
_GROUPWISE = re.compile(r">>> [^>]{1,80}(?:<[^<>]{1,200}> ?)?.{0,20}\d{1,2}[:.]\d{2}.{0,20}>>>")

# What a phone or a program is called; the words beside "sent from" that people do not write.
_DEVICE_NOUN = re.compile(
    r"iphone|ipad|ipod|android|blackberry|samsung|galaxy|huawei|honor|xiaomi|redmi|oppo|nokia|htc"
    r"|lumia|windows|outlook|yahoo|gmail|hotmail|proton|zimbra|k-9|mailbox|airmail|bluemail|spark"
    r"|aqua ?mail|mobile|mobil|handy|smartphone|telefon|phone|tablet|\bmac\b|\bmail\b|device"
    r"|appareil"
    r"|هاتف|جوال|موبايل|ايفون|اي فون|ايباد|اندرويد|سامسونج|سامسونغ|جالكسي|هواوي|جهاز|بريد ياهو"
    r"|تلفون|تليفون|اوتلوك|محمول|بريد|تطبيق|ويندوز|گوشي|موبايل|فون|手机|iphone"
)
_EXCUSE = re.compile(r"excuse|typo|brevity|forgive|pardon|اعذر|عذرا|المعذره|erreurs|concision")


def is_separator(key: str, *, labelled_below: Callable[[], bool]) -> bool:
    """Tell whether a line in matching form is "-----Original Message-----" or a forward's.

    `labelled_below` tells whether the next line is a From or To line; then the words need no
    dashes.
    """
    if len(key) > 160:
        return False
    core = key.strip(_FRAME)
    if core in ORIGINALS or core in FORWARDS:
        return len(key) - len(core) >= 2 or key.endswith(":") or labelled_below()
    if not key.startswith("---"):
        return False
    # Lotus Notes: "----- Forwarded by NAME/ORG on 01/02/2020 10:00 -----"; and any language's
    # words between Outlook's dashes, above its From line
    return core.startswith("forwarded by ") or (key.endswith("---") and labelled_below())


def is_groupwise(key: str) -> bool:
    """Tell whether a line is GroupWise's attribution, which looks like a quoted line."""
    return len(key) <= 300 and _GROUPWISE.fullmatch(key) is not None


def is_reply_marker(key: str) -> bool:
    """Tell whether a line says "reply above this line": maild's own, Zendesk's, Freshdesk's."""
    if len(key) > 200:
        return False
    return any(map(key.__contains__, REPLY_ABOVE_KEYS)) or _ABOVE.fullmatch(key) is not None


def is_device_line(key: str) -> bool:
    """Tell whether a line is what a phone or a mail program adds: "Sent from my iPhone"."""
    core = key.strip("*_-<>([{}]). ")
    if not core or len(key) > 200:
        return False
    begins, ends = core.startswith(DEVICES), core.endswith(DEVICE_ENDS)
    if not begins and not ends:
        return False
    noun = _DEVICE_NOUN.search(core) is not None
    if ends and noun and len(core.split()) <= 14:
        return True
    if not begins:
        return False
    if _EXCUSE.search(core):
        return True
    words = len(core.split())
    if "," in core and "search, organize" not in core:
        return False  # "Sent from my desk, is much easier": a sentence
    if noun and words <= 12:
        return True
    return core.startswith("sent from ") and words <= 8 and ". " not in core


def is_disclaimer(key: str) -> bool:
    """Tell whether a line begins the confidentiality notice that an organisation appends."""
    return key.lstrip("*_ ").startswith(DISCLAIMERS)


def is_signature_rule(line: str) -> bool:
    """Tell whether a line (marks stripped) separates a signature (RFC 3676 4.3)."""
    return line.strip() in _SIGNATURE_RULES


def is_underscore_rule(line: str) -> bool:
    """Tell whether a line is only underscores: Mailman's footer, Outlook's rule."""
    return _UNDERSCORES.fullmatch(line.strip()) is not None


def is_page_rule(line: str) -> bool:
    """Tell whether a line is a rule people draw, above a signature or between two sections."""
    return len(line) <= 100 and _PAGE_RULE.fullmatch(line.strip()) is not None


def is_ornament(line: str) -> bool:
    """Tell whether a line has no words: dashes, stars, a tracker's mark."""
    return len(line) <= 400 and _ORNAMENT.fullmatch(line.strip()) is not None
