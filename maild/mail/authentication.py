"""What the mailbox's own server says about a sender: Authentication-Results (RFC 8601).

Only lines of the configured authserv-id count, and of those only the topmost: a sender can write
such a header too, but the receiving server adds its own above it and removes what pretends to be
its own (RFC 8601 5). A desk must name an authserv-id only where its server does so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*([a-z]+)", re.ASCII | re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]{1,255})", re.ASCII | re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]{0,1000}\)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the domain of From was proved, and what the server said."""

    passed: bool
    why: str


def authenticate(headers: Iterable[tuple[str, str]], authserv_id: str, domain: str) -> Verdict:
    """Tell what the server `authserv_id` found about mail from `domain` (both case-insensitive).

    `headers` are (lower-case name, value) from the top. DMARC means alignment (RFC 7489 3.1);
    it must have passed for the very domain of From.
    """
    for name, value in headers:
        if name != "authentication-results":
            continue
        bare = _COMMENT.sub(" ", value[:10_000])
        identity, _, results = bare.partition(";")
        if identity.lower().split()[:1] != [authserv_id.lower()]:  # a version number may follow it
            continue
        found = {m[1].lower(): m[2].lower() for m in reversed(list(_RESULT.finditer(results)))}
        about = _FROM.search(results)
        if about and about[1].lower().rpartition("@")[2] != domain.lower():
            return Verdict(False, f"its result speaks of {about[1][:80]}")
        outcome = found.get("dmarc", "missing")
        return Verdict(outcome == "pass", f"dmarc={outcome}")
    return Verdict(False, f"no result of {authserv_id}")
