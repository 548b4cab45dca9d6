"""Does one condition hold for one mail? Every answer comes with its reason, for the trace.

Words are compared in the form of `maild.mail.normal`, whole: "pay" does not find "repayment". An
Arabic word is also found behind the letters that are written joined to it (و ف ب ك ل ال لل), so
"فاتورة" finds "بالفاتورة"; a star stands for any ending: "فاتور*" finds "فاتورتي".
"""

from collections.abc import Iterable, Iterator
from datetime import time
from fnmatch import fnmatchcase
from functools import lru_cache

import regex

from maild.mail.normal import normalise
from maild.routing.rules import Attached, Condition, Hours, RoutingFacts, Words

PATTERN_TIMEOUT = 0.2  # seconds one regular expression may take over one text
LONGEST_TEXT = 200_000  # characters of a text that are looked at
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# One particle that joins (و ف), one preposition (ب ك ل), the article; لل is ل with the article.
_PREFIXES = tuple(
    joined + more
    for joined in ("", "و", "ف")
    for more in ("", "لل", "ال", "بال", "كال", "لال", "ب", "ك", "ل")
)
_JOINED = "|".join(_PREFIXES)
_END = {False: r"(?!\w)", True: r"\w*+"}  # of a word; behind a star
_WANTED = regex.compile(r"\w+\*?")


class PatternTooSlowError(Exception):
    """A regular expression did not finish within its time limit."""


def holds(when: Condition, facts: RoutingFacts) -> tuple[bool, str]:
    """Return whether every part of `when` holds, and why: all reasons, or the first failure.

    Raises PatternTooSlowError when a regular expression of `when` takes too long.
    """
    reasons = []
    for held, why in _parts(when, facts):
        if not held:
            return False, why
        reasons.append(why)
    return True, "; ".join(reasons) or "asks nothing"


def _parts(when: Condition, facts: RoutingFacts) -> Iterator[tuple[bool, str]]:
    """Yield (held, why) for every part that asks something, cheap ones first."""
    for what, value, wanted in (
        ("mailbox", facts.mailbox, when.mailbox),
        ("channel", facts.channel, when.channel),
        ("language", facts.language, when.language),
        ("nature", facts.nature.value, tuple(n.value for n in when.nature)),
        ("requester class", facts.requester_class, when.requester_class),
    ):
        if wanted:
            yield _one_of(what, value, wanted)
    yield from _addressed(when, facts)
    yield from _received(when.received, facts)
    yield from _attached(when.attachments, facts.attachments)
    for name, pattern in when.headers.items():
        yield _header(name, pattern, facts)
    yield from _says("subject", when.subject, facts.subject)
    yield from _says("body", when.body, facts.text)
    if when.text.asks:
        yield from _says("text", when.text, f"{facts.subject}\n{facts.text}")


def _addressed(when: Condition, facts: RoutingFacts) -> Iterator[tuple[bool, str]]:
    sender = facts.sender.casefold()
    if when.sender:
        yield _like("sender", (sender,), when.sender)
    if when.domain:
        yield _within(sender, when.domain)
    if when.to:
        yield _like("recipient", tuple(a.casefold() for a in facts.to), when.to)


def _one_of(what: str, value: str | None, wanted: tuple[str, ...]) -> tuple[bool, str]:
    said = value or "unknown"
    if value in wanted:
        return True, f"{what} is {said}"
    return False, f"{what} is {said}, not {' or '.join(wanted)}"


def _like(what: str, values: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[bool, str]:
    for value in values:
        for pattern in wanted:
            if fnmatchcase(value, pattern.casefold()):
                return True, f"{what} is {value}"
    return False, f"{what} is {', '.join(values) or 'unknown'}, not {' or '.join(wanted)}"


def _within(sender: str, domains: tuple[str, ...]) -> tuple[bool, str]:
    own = sender.rpartition("@")[2]
    for domain in domains:
        if own == domain.casefold() or own.endswith("." + domain.casefold()):
            return True, f"sender writes from {domain}"
    return False, f"sender writes from {own or 'nowhere'}, not {' or '.join(domains)}"


def _received(when: Hours, facts: RoutingFacts) -> Iterator[tuple[bool, str]]:
    if when.open:
        held = when.open in facts.open_calendars
        yield held, f"{when.open} is {'open' if held else 'closed'}"
    if when.closed:
        held = when.closed not in facts.open_calendars
        yield held, f"{when.closed} is {'closed' if held else 'open'}"
    if facts.received is None:
        if when.between or when.weekdays:
            yield False, "the time of receipt is unknown"
        return
    if when.between:
        clock = facts.received.time().replace(tzinfo=None)
        yield _inside(clock, *when.between), f"received at {clock:%H:%M}"
    if when.weekdays:
        day = facts.received.weekday()
        yield day in when.weekdays, f"received on a {WEEKDAYS[day]}"


def _inside(clock: time, start: time, end: time) -> bool:
    """Return whether start <= clock < end on a dial; end <= start passes midnight."""
    return start <= clock < end if start < end else clock >= start or clock < end


def _attached(wanted: Attached, names: tuple[str, ...]) -> Iterator[tuple[bool, str]]:
    if wanted.some is not None:
        yield bool(names) is wanted.some, f"{len(names) or 'no'} attachments"
    if wanted.any_of:
        yield _like("attachment", tuple(n.casefold() for n in names), wanted.any_of)


def _header(name: str, pattern: str, facts: RoutingFacts) -> tuple[bool, str]:
    values = [value for key, value in facts.headers if key == name.casefold()]
    if not values:
        return False, f"there is no header {name}"
    held = any(_search(pattern, value) for value in values)
    return held, f"header {name} {'matches' if held else 'does not match'} {pattern}"


def _says(where: str, words: Words, text: str) -> Iterator[tuple[bool, str]]:
    """Yield (held, why) for each thing `words` asks of `text`."""
    if words.any_words or words.all_words:
        spoken = _spoken(text)
        if words.any_words:
            found = next((w for w in words.any_words if _contains(spoken, w)), None)
            held = found is not None
            said = f'"{found}"' if held else f"none of {_quoted(words.any_words)}"
            yield held, f"{where} says {said}"
        if words.all_words:
            missing = tuple(w for w in words.all_words if not _contains(spoken, w))
            held = not missing
            yield (
                held,
                f"{where} says {_quoted(words.all_words)}"
                if held
                else f"{where} does not say {_quoted(missing)}",
            )
    if words.pattern:
        held = _search(words.pattern, text)
        yield held, f"{where} {'matches' if held else 'does not match'} {words.pattern}"


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def words_in(text: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return those of `wanted` that a text says, compared as rules compare them."""
    if not (asked := tuple(wanted)):
        return ()
    spoken = _spoken(text)
    return tuple(word for word in asked if _contains(spoken, word))


@lru_cache(maxsize=4096)
def tokens_of(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase as they are compared; empty when nothing can be compared."""
    return tuple(_WANTED.findall(normalise(phrase)))


@lru_cache(maxsize=8)  # one mail is asked by every rule of a desk: subject, body, both
def _spoken(text: str) -> str:
    """Return a text as it is asked for words."""
    return normalise(text[:LONGEST_TEXT])


def _contains(spoken: str, phrase: str) -> bool:
    """Return whether the words of a phrase follow one another somewhere."""
    wanted = tokens_of(phrase)
    if not wanted or not all(word.removesuffix("*") in spoken for word in wanted):
        return False  # where no letters are alike no word is
    return _following(wanted).search(spoken) is not None


@lru_cache(maxsize=4096)  # the words of rules
def _following(words: tuple[str, ...]) -> "regex.Pattern[str]":
    """Return a pattern of whole words, one after another, each with what may be joined to it.

    It begins with the letters of the first word, which are found at once, and then looks back.
    """
    first, *more = ((regex.escape(w.removesuffix("*")), _END[w.endswith("*")]) for w in words)
    parts = [rf"{first[0]}(?<=(?<!\w)(?:{_JOINED}){first[0]}){first[1]}"]
    parts += [rf"\W++(?:{_JOINED}){stem}{end}" for stem, end in more]
    return regex.compile("".join(parts))


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> "regex.Pattern[str]":
    """Return `pattern` compiled, case ignored. Raises regex.error when it is not one."""
    return regex.compile(pattern, regex.IGNORECASE | regex.VERSION1)


def _search(pattern: str, text: str) -> bool:
    try:
        found = compiled(pattern).search(text[:LONGEST_TEXT], timeout=PATTERN_TIMEOUT)
    except TimeoutError:
        raise PatternTooSlowError(pattern) from None
    return found is not None
