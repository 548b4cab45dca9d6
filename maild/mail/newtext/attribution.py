"""The line or lines by which a client says whose text it quotes: "On …, NAME <addr> wrote:".

Clients wrap it over two to five lines, put bidi marks inside, and order date, name and verb as
their language wants. It is told from a sentence of the writer by what a machine always writes:
a clock time, a full date or an address, and a verb next to a colon at the end.
"""

import re
from collections.abc import Sequence

from maild.mail.newtext.vocabulary import OPENINGS, SAID, WROTE

MAX_LINES = 6  # Gmail for iOS with a mailto link spreads one attribution over six
MAX_CHARS = 500
_BARE = 100  # characters of "NAME wrote:" without a date
_BARE_WORDS = 7

ADDRESS = re.compile(r"<(?:mailto:)?[^<>\s@]{1,128}@[^<>\s]{1,255}>?|[\w.+-]{1,64}@[\w-]{1,63}\.\w")
CLOCK = re.compile(r"(?<![\d.])\d{1,2}[:.h]\d{2}(?!\d)(?!\.\d)")
_DAY = re.compile(
    r"(?<!\d)(?:1[34]\d\d|19\d\d|20\d\d)(?!\d)"  # a year, Hijri years too
    r"|(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?!\d)"
    r"|\d{1,4} ?[年년]"
)
_DATE_FIRST = re.compile(r"(?:[^\W\d_]{1,15}+[.,]{0,2}+ ){0,3}+\(?\d")
_NAME_FIRST = re.compile(r"[\"']?[^<>:]{0,80}<")
_ISO_DAY_FIRST = re.compile(r"\d{4}(?:[-/.]\d{1,2}[-/.]|年 ?\d{1,2} ?月 ?)\d{1,2}")
_GMT = re.compile(r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d{2} gmt[+-]\d")
_ENDS_IN_ADDRESS = re.compile(r"<[^<>\s@]{1,128}@[^<>\s]{1,255} ?>$")
_FIRST_PERSON = re.compile(r"(?<!\w)(?:i|we|i have|i've) (?:wrote|said)(?!\w)")
_SPACED_ADDRESS = re.compile(r"< ([^<>\s]{1,255}@[^<>\s]{1,255}) ?>")


def may_begin(key: str) -> bool:
    """Tell cheaply whether a line in matching form could be an attribution's first line."""
    if not key or len(key) > MAX_CHARS:
        return False
    start = key.lstrip("-* ")
    if start != key and WROTE.search(start):
        return True
    if WROTE.match(start) or (key.endswith(":") and len(key) < _BARE and WROTE.search(key)):
        return True
    return (
        _DATE_FIRST.match(start) is not None
        or _opens(start)
        or (("<" in start or "@" in start) and _NAME_FIRST.match(start) is not None)
    )


def is_attribution(key: str, *, quoted_below: bool) -> bool:
    """Tell whether a joined text in matching form is an attribution.

    `quoted_below`: the next line is quoted; then a date without a clock time is enough.
    """
    if len(key) > MAX_CHARS:
        return False
    key = _SPACED_ADDRESS.sub(r"<\1>", key)
    body = key.strip("*_-~ ")
    colon = body.endswith(":")
    body = body.rstrip(": ")
    verb = WROTE.search(body)
    has_address = ADDRESS.search(body) is not None
    if verb is None:
        return _old_gmail(body, colon=colon, has_address=has_address)
    if key.startswith("---") and key.endswith("---"):
        return verb.start() > 0 or verb.end() < len(body)  # Zoho: "---- info wrote ----"
    last_word = verb.end() == len(body)
    if not colon and not (last_word and quoted_below):
        return False
    if _FIRST_PERSON.search(body):
        return False
    if quoted_below and (last_word or verb.start() == 0) and len(body.split()) <= _BARE_WORDS:
        return True  # Thunderbird, KMail, mutt: "NAME wrote:"
    begins = verb.start() == 0 or _DATE_FIRST.match(body) is not None or _opens(body)
    if has_address:
        return begins or _NAME_FIRST.match(body) is not None
    if not begins or (verb.group() in SAID and not quoted_below):
        return False
    if CLOCK.search(body):
        return True
    # a date alone is also how people tell a story: "On 3 May 2025 the manager wrote:"
    return _DAY.search(body) is not None and (quoted_below or body.endswith("you wrote"))


def _old_gmail(body: str, *, colon: bool, has_address: bool) -> bool:
    """Gmail in languages it had no sentence for: "2014-03-20 8:48 GMT+01:00 NAME <addr>:"."""
    if _GMT.match(body):
        return True
    if not has_address or not _ENDS_IN_ADDRESS.search(body):
        return False
    if _ISO_DAY_FIRST.match(body):
        return True
    return colon and _DATE_FIRST.match(body) is not None and CLOCK.search(body) is not None


def _opens(key: str) -> bool:
    if not key.startswith(OPENINGS):
        return False
    for opening in OPENINGS:
        if key.startswith(opening):
            after = key[len(opening) : len(opening) + 1]
            if not after.isalpha() or (not opening.isascii() and ord(opening[0]) > 0x2E80):
                return any(c.isdigit() for c in key[:80])
    return False


def end_of_attribution(
    keys: Sequence[str], quoted: Sequence[bool], start: int, stop: int
) -> int | None:
    """Return the index behind the attribution that begins at line `start`, or None.

    `keys` are the lines in matching form, `quoted` whether a line begins with a quote mark. The
    shortest reading wins, and none that would swallow a line before a better beginning.
    """
    if not may_begin(keys[start]):
        return None
    joined = ""
    blanks = 0
    for at in range(start, min(start + MAX_LINES, stop)):
        key = keys[at]
        if not key:
            blanks += 1
            if blanks > 1:
                return None
            continue
        if at > start and quoted[at] and not _wrapped_end(key):
            return None
        joined = f"{joined} {key}" if joined else key
        if len(joined) > MAX_CHARS:
            return None
        if key[-1] not in ":-*_>" and not WROTE.search(key) and not _GMT.match(key):
            continue
        below = next((i for i in range(at + 1, min(at + 4, stop)) if keys[i]), None)
        quoted_below = below is not None and quoted[below] and not _wrapped_end(keys[below])
        if is_attribution(joined, quoted_below=quoted_below):
            if key[-1] == ">" and below == at + 1 and keys[below].lstrip("> ")[:1] == ":":
                continue
            return None if _better_start(keys, quoted, start, at, stop) else at + 1
    return None


def _wrapped_end(key: str) -> bool:
    """A wrapped attribution's last line may begin with the ">" of its own address: ">:"."""
    rest = key.lstrip("> ")
    return len(key) < 60 and (rest == ":" or (rest.endswith(":") and bool(WROTE.search(rest))))


def _better_start(
    keys: Sequence[str], quoted: Sequence[bool], start: int, end: int, stop: int
) -> bool:
    for later in range(start + 1, end + 1):
        key = keys[later]
        dated = key and not quoted[later] and (_opens(key) or _DATE_FIRST.match(key))
        if dated and end_of_attribution(keys, quoted, later, stop):
            return True
    return False
