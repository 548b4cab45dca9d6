"""Signed names for tickets: reply addresses and Message-IDs that nobody outside can make.

A token is bound to the desk, the ticket, a purpose and the one person it was given to, and, in a
reply address, to a day after which it is void. The person is not written in it: whoever uses it
must be that person, so a token that leaks through a forward is worthless to its finder (RFC 2104
HMAC; the visible ticket number is only a label).
"""

import base64
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

_MAC_BYTES = 16
_REPLY = re.compile(r"([ar])(\d{1,12})-([0-9a-z]{1,5})-([a-z2-7]{26})")
_MESSAGE_ID = re.compile(r"<(\d{1,12})\.([ar])\.([0-9a-z-]{1,60})\.([a-z2-7]{26})@[^<>@\s]{1,255}>")
_EPOCH = date(2020, 1, 1)


class Purpose(StrEnum):
    """Whom a token was given to: somebody of the staff, or somebody outside."""

    STAFF = "a"
    REQUESTER = "r"


@dataclass(frozen=True, slots=True)
class Claim:
    """A token found in a mail; worth nothing until `Keyring.proves` says whose it is."""

    number: int
    purpose: Purpose
    detail: str  # what was signed beside them: the day of expiry, or the letter's key
    mac: str
    void_after: date | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one instance: the first signs, all verify, so that a key can be rotated."""

    keys: tuple[bytes, ...] = field(repr=False)

    def reply_token(
        self, desk: str, number: int, purpose: Purpose, person: str, now: datetime, days: int = 365
    ) -> str:
        """Return the token of a reply address, void `days` after `now` (UTC)."""
        void = now.astimezone(UTC).date() + timedelta(days=days) - _EPOCH
        expiry = _base36(max(0, void.days))  # a machine without a battery wakes up in 1970
        mac = self._mac(self.keys[0], "reply", desk, number, purpose, expiry, person)
        return f"{purpose}{number}-{expiry}-{mac}"

    def message_id(
        self, desk: str, number: int, purpose: Purpose, person: str, key: str, domain: str
    ) -> str:
        """Return the Message-ID of a letter to `person` (RFC 5322 3.6.4).

        `key` names what the letter is about within its ticket ("e17", "reply-1-stage-2"), so
        the same letter composed again has the same id and cannot be enqueued twice.
        """
        mac = self._mac(self.keys[0], "id", desk, number, purpose, key, person)
        return f"<{number}.{purpose}.{key}.{mac}@{domain}>"

    def proves(self, claim: Claim, desk: str, person: str, now: datetime) -> bool:
        """Tell whether `claim` was given to `person` (an address) by this desk and still holds."""
        if claim.void_after is not None and now.astimezone(UTC).date() > claim.void_after:
            return False
        kind = "id" if claim.void_after is None else "reply"
        return any(
            hmac.compare_digest(
                self._mac(key, kind, desk, claim.number, claim.purpose, claim.detail, person),
                claim.mac,
            )
            for key in self.keys
        )

    @staticmethod
    def _mac(
        key: bytes, kind: str, desk: str, number: int, purpose: str, detail: str, person: str
    ) -> str:
        signed = "\0".join((kind, desk, str(number), purpose, detail, person.lower()))
        digest = hmac.digest(key, signed.encode(), "sha256")[:_MAC_BYTES]
        return base64.b32encode(digest).decode().rstrip("=").lower()


def in_addresses(addresses: Iterable[str], subaddress: str | None) -> tuple[Claim, ...]:
    """Find reply tokens in the detail part of addresses (RFC 5233)."""
    if subaddress is None:
        return ()
    found = []
    for address in addresses:
        detail = address.lower().partition("@")[0].partition(subaddress)[2]
        if match := _REPLY.fullmatch(detail):
            void_after = _EPOCH + timedelta(days=min(int(match[3], 36), 100_000))
            found.append(Claim(int(match[2]), Purpose(match[1]), match[3], match[4], void_after))
    return tuple(found)


def in_message_ids(ids: Sequence[str]) -> tuple[Claim, ...]:
    """Find our signed Message-IDs, the newest (last) first."""
    matches = (_MESSAGE_ID.fullmatch(i) for i in reversed(ids))
    return tuple(Claim(int(m[1]), Purpose(m[2]), m[3], m[4]) for m in matches if m)


def without_tokens(text: str, subaddress: str | None) -> str:
    """Return a text in which our reply addresses are plain: a token is for one reader only."""
    if subaddress is None or subaddress not in text:
        return text
    return re.sub(
        rf"{re.escape(subaddress)}(?:{_REPLY.pattern})(?=@)", "", text, flags=re.IGNORECASE
    )


def _base36(n: int) -> str:
    digits = ""
    while n:
        n, rest = divmod(n, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"
