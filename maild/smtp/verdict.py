"""What became of a letter: five verdicts, and how a reply of a server becomes one."""

import re
from dataclasses import dataclass
from datetime import timedelta

RATE_PAUSE = timedelta(minutes=2)
QUOTA_PAUSE = timedelta(hours=1)
SHOWN = 300  # characters of a reply that are kept


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the letter and answers for it from now on (RFC 5321 4.2.5)."""

    reply: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not taken, later perhaps. `retry_after` is set when the server's reply names a wait."""

    reply: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Bounced:
    """Not taken and never will be; a person must be told."""

    reply: str


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The line broke after the final dot: the letter may have been taken or not."""

    reply: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The account is in trouble, not the letter: every letter of the mailbox waits.

    kind: "auth" (wrong password, policy), "tls" (no verified encryption), "network" (not reached)
    or "limit" (rate or quota of the account).
    """

    reply: str
    kind: str
    retry_after: timedelta | None = None


Verdict = Sent | Deferred | Bounced | Uncertain | Refused


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of the server: code and text (RFC 5321 4.2)."""

    code: int
    text: str

    @property
    def positive(self) -> bool:
        """Whether the command was done."""
        return 200 <= self.code < 300

    def __str__(self) -> str:
        words = re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", self.text).strip()
        return f"{self.code} {words}"[:SHOWN]


# Google: 421/450/454 4.7.x, 4.2.1, "rate", "Too many", 550 5.4.5 for the daily limit.
# Microsoft 365: 432 4.3.2 "sender thread limit", "SubmissionQuotaExceeded", 5.7.232, 5.7.233.
# Zoho, SES, Mailgun: "Throttling failure", "sending limit", "sending quota", "limit exceeded".
_RATE = re.compile(
    r"\brate\b.{0,30}(limit|exceed)|too (many|fast)\b.{0,40}(messages|connections|mails?|requests"
    r"|sessions|login)|throttl|thread limit exceeded|sending too fast|slow down|\b4\.7\.28\b",
    re.IGNORECASE,
)
_QUOTA = re.compile(
    r"\b(daily|hourly|sending|submission|outgoing)( \w+){0,3} (quota|limit)s?\b"
    r"|submissionquotaexceeded|\b(recipients|messages) per (day|hour)\b"
    r"|\b5\.4\.5\b|\b5\.7\.23[23]\b",
    re.IGNORECASE,
)
# RFC 4954 6: authentication required, too weak, needs encryption, expired; policy of the account.
_AUTH = frozenset({530, 534, 535, 538})
_GREYLISTED = re.compile(
    r"gr[ae]y-?list.{0,60}?(\d{1,5}) ?(seconds?|minutes?)|(?:try again|retry) (?:in|after) "
    r"(\d{1,5}) ?(seconds?|minutes?)",
    re.IGNORECASE,
)


def judge(reply: Reply) -> Verdict:
    """Return the verdict on a letter whose command got this reply instead of a positive one.

    Only a 5xx is for good (RFC 5321 4.2.1); a code out of any order waits like a 4xx.
    """
    if reply.code in _AUTH:
        return Refused(str(reply), "auth")
    if _QUOTA.search(reply.text):
        return Refused(str(reply), "limit", QUOTA_PAUSE)
    if reply.code < 500 and _RATE.search(reply.text):
        return Refused(str(reply), "limit", RATE_PAUSE)
    if 500 <= reply.code < 600:
        return Bounced(str(reply))
    return Deferred(str(reply), _named_wait(reply.text))


def _named_wait(text: str) -> timedelta | None:
    found = _GREYLISTED.search(text)
    if not found:
        return None
    number, unit = found[1] or found[3], found[2] or found[4]
    seconds = int(number) * (60 if unit.lower().startswith("min") else 1)
    return timedelta(seconds=min(seconds, 14_400))
